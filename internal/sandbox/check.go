package sandbox

import (
	"net/http"

	"github.com/google/uuid"

	"airbyte-mcp-server/schemas"
)

// checkNew tries a configuration before a connector is made of it.
func (s *Server) checkNew(x *exchange) error {
	r, ws, err := x.parseRequested()
	if err != nil {
		return err
	}
	s.world.mu.Lock()
	c, err := s.build(r, ws)
	s.world.mu.Unlock()
	if err != nil {
		return err
	}
	return s.answerCheck(x, c, c.Config)
}

// checkUpdate tries a changed configuration of a connector.
func (s *Server) checkUpdate(x *exchange) error {
	body, c, err := x.parseUpdate()
	if err != nil {
		return err
	}
	s.world.mu.RLock()
	config, err := body.merged(s, c)
	s.world.mu.RUnlock()
	if err != nil {
		return err
	}
	return s.answerCheck(x, c, config)
}

// answerCheck says whether the vendor would take the credentials. A failed check
// is a successful request.
func (s *Server) answerCheck(x *exchange, c *connector, config map[string]any) error {
	spec, err := s.world.catalog.Connector(c.Kind)
	if err != nil {
		return err
	}
	entity := checkEntity(spec)
	if !rejected(config) {
		return x.reply(http.StatusOK, map[string]any{
			"id": uuid.NewString(), "status": "succeeded", "error_message": nil, "failure_reason": nil,
			"entity_check_results": []any{map[string]any{"entity": entity, "status": "succeeded", "status_code": 200, "error_message": nil}},
		})
	}
	message := spec.Title + " refused the credentials"
	return x.reply(http.StatusOK, map[string]any{
		"id": uuid.NewString(), "status": "failed", "error_message": message,
		"failure_reason": map[string]any{
			"timestamp": s.world.clock().UnixMilli(), "failure_origin": "source", "failure_type": "config_error", "external_message": message,
			"internal_message": nil, "stacktrace": nil, "retryable": false, "from_trace_message": nil, "stream_descriptor": nil,
		},
		"entity_check_results": []any{map[string]any{"entity": entity, "status": "failed", "status_code": 401, "error_message": badCredentials}},
	})
}

// badCredentials is the vendor's word for credentials that it does not take.
const badCredentials = "Bad credentials"

// checkEntity is the entity by which a connection is tried.
func checkEntity(spec *schemas.Connector) string {
	first := ""
	for _, e := range spec.Entities {
		for _, a := range e.Actions {
			if a.PreferredForCheck {
				return e.Name
			}
		}
		if first == "" && e.Action(schemas.ActionList) != nil {
			first = e.Name
		}
	}
	return first
}
