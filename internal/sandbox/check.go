package sandbox

import (
	"net/http"

	"github.com/google/uuid"

	"airbyte-mcp-server/schemas"
)

// checkNew tries a configuration before a connector is made of it.
func (s *Server) checkNew(x *roundTrip) error {
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
	return s.answerCheck(x, c)
}

// checkUpdate tries a changed configuration of a connector.
func (s *Server) checkUpdate(x *roundTrip) error {
	body, c, err := x.parseUpdate()
	if err != nil {
		return err
	}
	s.world.mu.RLock()
	next, err := body.merged(s, c)
	s.world.mu.RUnlock()
	if err != nil {
		return err
	}
	return s.answerCheck(x, next)
}

// answerCheck says whether the vendor would take the credentials. A failed check
// is a successful request.
func (s *Server) answerCheck(x *roundTrip, c *connector) error {
	spec, err := s.world.catalog.Connector(c.Type)
	if err != nil {
		return err
	}
	if s.switches.Is("check_polling", "pending") {
		return x.reply(http.StatusOK, checkResult("pending", nil, nil, nil))
	}
	entity := map[string]any{"entity": checkEntity(spec), "status": "succeeded", "status_code": http.StatusOK, "error_message": nil}
	var message string
	switch {
	case c.Unmapped:
		message = unmappedConfig
		entity["status_code"] = nil
	case rejected(c.Config):
		message = spec.Title + " refused the credentials"
		entity["status_code"] = http.StatusUnauthorized
	default:
		return x.reply(http.StatusOK, checkResult("succeeded", nil, nil, []any{entity}))
	}
	entity["status"], entity["error_message"] = "failed", badCredentials
	return x.reply(http.StatusOK, checkResult("failed", message, s.world.failure(message), []any{entity}))
}

// checkResult is the answer of a check.
func checkResult(status string, message, reason any, entities []any) map[string]any {
	return map[string]any{"id": uuid.NewString(), "status": status, "error_message": message, "failure_reason": reason,
		"entity_check_results": entities}
}

// failure explains a failed check.
func (w *world) failure(message string) map[string]any {
	return map[string]any{
		"timestamp": w.clock().UnixMilli(), "failure_origin": "source", "failure_type": "config_error", "external_message": message,
		"internal_message": nil, "stacktrace": nil, "retryable": false, "from_trace_message": nil, "stream_descriptor": nil,
	}
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
