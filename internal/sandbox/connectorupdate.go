package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
)

// connectorUpdate is the body of an update or of a check before one.
type connectorUpdate struct {
	Name        *string         `json:"name"`
	Replication map[string]any  `json:"replication_config"`
	Entities    json.RawMessage `json:"entities"`
}

func (x *roundTrip) parseUpdate() (*connectorUpdate, *connector, error) {
	if _, err := x.uuidInPath(); err != nil {
		return nil, nil, err
	}
	body := &connectorUpdate{}
	if err := x.decodeInto(body); err != nil {
		return nil, nil, err
	}
	if err := checkEntities(body.Entities); err != nil {
		return nil, nil, err
	}
	c, err := x.connectorInPath()
	return body, c, err
}

// merged is the connector with the configuration that it has after the update.
func (u *connectorUpdate) merged(s *Server, c *connector) (*connector, error) {
	spec, err := s.world.catalog.Connector(c.Type)
	if err != nil {
		return nil, err
	}
	next := *c
	next.Config = jsonvalue.Overlay(c.Config, u.Replication)
	next.Unmapped = !mapped(spec, next.stored(spec))
	return &next, s.checkConfig(spec, next.Config)
}

// updateConnector changes a connector. Its records are made anew where they depend
// on the configuration.
func (s *Server) updateConnector(x *roundTrip) error {
	body, c, err := x.parseUpdate()
	if err != nil {
		return err
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	next, err := body.merged(s, c)
	if err != nil {
		return err
	}
	if body.Name != nil && *body.Name != "" {
		next.Name = *body.Name
	}
	if !jsonvalue.IsNull(body.Entities) {
		next.Entities = body.Entities
	}
	next.Updated = s.world.clock().UTC()
	if !s.world.replaceConnector(c, next, body.Replication != nil) {
		return problem.New(http.StatusNotFound, "Connector not found")
	}
	s.world.changed()
	return s.replyConnector(x, next)
}

// replaceConnector puts a changed connector in the place of the old one, which requests in
// flight may still use.
func (w *world) replaceConnector(old, next *connector, reload bool) bool {
	i := slices.Index(w.connectors, old)
	if i < 0 {
		return false // deleted or changed meanwhile
	}
	if reload {
		next.Writes = old.saved()
		w.prepare(next)
	}
	w.connectors[i] = next
	return true
}

// repeatsDelete reports whether the connector is being deleted already and the
// sandbox is told to take that well.
func (s *Server) repeatsDelete(x *roundTrip) bool {
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	id := connectorID(x.values[0])
	return s.switches.Is("second_delete", "202") && slices.ContainsFunc(s.world.connectors,
		func(c *connector) bool { return c.ID == id && c.Deleted != nil })
}

// deleteConnector begins the deletion, which ends a little later.
func (s *Server) deleteConnector(x *roundTrip) error {
	if _, err := x.uuidInPath(); err != nil {
		return err
	}
	if s.repeatsDelete(x) {
		return x.reply(http.StatusAccepted, map[string]any{"job_id": uuid.NewString()})
	}
	c, err := x.connectorInPath()
	if err != nil {
		return err
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	now := s.world.clock().UTC()
	s.world.purge(now.Add(-s.switches.duration("delete_delay")))
	if i := slices.Index(s.world.connectors, c); i >= 0 {
		next := *c
		next.Deleted = &now
		next.Config, next.Writes = map[string]any{}, nil
		s.world.connectors[i] = &next
	}
	s.world.changed()
	return x.reply(http.StatusAccepted, map[string]any{"job_id": uuid.NewString()})
}
