package sandbox

import (
	"net/http"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/records"
)

// embeddedSource is the body of a create request in the older dialect.
type embeddedSource struct {
	Template  *string        `json:"source_template_id"`
	Workspace *string        `json:"workspace_id"`
	Name      *string        `json:"name"`
	Auth      map[string]any `json:"auth_config"`
	Source    map[string]any `json:"source_config"`
}

// createSource makes a connector in the older dialect. Nothing is checked: secrets
// that no scheme knows are stored as they come, and the first execute fails.
func (s *Server) createSource(x *roundTrip) error {
	body := &embeddedSource{}
	if err := x.decodeInto(body); err != nil {
		return err
	}
	if body.Template == nil {
		return problem.MissingField("body.source_template_id")
	}
	if body.Workspace == nil {
		return problem.MissingField("body.workspace_id")
	}
	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	t, ws := w.templateByID(*body.Template), w.workspaceByID(*body.Workspace)
	if t == nil {
		return problem.New(http.StatusNotFound, "Source template not found")
	}
	if ws == nil {
		return problem.New(http.StatusNotFound, "Workspace not found")
	}
	if err := x.mayUse(ws); err != nil {
		return err
	}
	spec, err := w.catalog.Connector(t.Type)
	if err != nil {
		return err
	}
	config := jsonvalue.Overlay(t.Partial, body.Source)
	if placed, err := placeCredentials(spec, body.Auth, false); err == nil {
		config = jsonvalue.Overlay(config, placed)
	} else {
		config = jsonvalue.Overlay(config, body.Auth)
	}
	c := s.newConnector(&requested{Name: body.Name}, ws, t, t.Type, config)
	c.Unmapped = !mapped(spec, config)
	w.adopt(c)
	w.changed()
	return s.replyConnector(x, c)
}

// legacyEnvelope is the answer of an execute request in the older dialect.
type legacyEnvelope struct {
	Result   any            `json:"result"`
	Metadata map[string]any `json:"connector_metadata"`
}

// legacyMetadata shows paging in the form that the older dialect has for all vendors.
func legacyMetadata(metadata map[string]any) map[string]any {
	for _, key := range jsonvalue.SortedKeys(metadata) {
		if cursor, ok := metadata[key].(string); ok && records.NextNames[naming.Fold(key)] && cursor != "" {
			return map[string]any{"pagination": map[string]any{"cursor": cursor}}
		}
	}
	return map[string]any{}
}
