package sandbox

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
)

// connectorID accepts both ways in which connectors are named.
func connectorID(id string) string {
	return strings.ToLower(strings.TrimPrefix(id, instancePrefix))
}

// instancePrefix precedes the connector's id in execution metadata.
const instancePrefix = "source_id:"

// listConnectors answers the connectors of one workspace.
func (s *Server) listConnectors(x *exchange) error {
	query := x.r.URL.Query()
	definition, err := queryUUID(query, "definition_id")
	if err != nil {
		return err
	}
	ws, err := s.workspaceOf(query)
	if err != nil {
		return err
	}
	if err := x.mayUse(ws); err != nil {
		return err
	}
	data := []any{}
	for _, c := range s.world.in(ws, definition) {
		data = append(data, s.world.listItem(c))
	}
	return x.reply(http.StatusOK, map[string]any{"data": data})
}

// workspaceNames are the query parameters that name a workspace; all but the
// first are older spellings.
var workspaceNames = []string{"workspace_name", "customer_name", "external_user_id"}

// workspaceOf finds the workspace that a query names.
func (s *Server) workspaceOf(query url.Values) (*workspace, error) {
	id, err := queryUUID(query, "workspace_id")
	if err != nil {
		return nil, err
	}
	match := func(ws *workspace) bool { return ws.id == id }
	if id == "" {
		name := ""
		for _, key := range workspaceNames {
			if name = query.Get(key); name != "" {
				break
			}
		}
		if name == "" {
			return nil, invalidField("query", "value_error", "Value error, One of workspace_name or workspace_id must be provided", nil)
		}
		match = func(ws *workspace) bool { return ws.name == name }
	}
	if ws := s.world.findWorkspace(match); ws != nil {
		return ws, nil
	}
	return nil, newProblem(http.StatusNotFound, "Workspace not found")
}

func queryUUID(query url.Values, name string) (string, error) {
	text := query.Get(name)
	if text == "" {
		return "", nil
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return "", invalidUUID("query."+name, err)
	}
	return id.String(), nil
}

func invalidUUID(field string, err error) error {
	return invalidField(field, "uuid_parsing", "Input should be a valid UUID, "+err.Error(), nil)
}

// connectorInPath finds the connector that the path names, if the caller may use it.
func (x *exchange) connectorInPath() (*connector, error) {
	c := x.s.world.connector(connectorID(x.values[0]))
	if c == nil {
		return nil, newProblem(http.StatusNotFound, "Connector not found")
	}
	return c, x.mayUse(c.workspace)
}

// getConnector answers one connector.
func (s *Server) getConnector(x *exchange) error {
	if _, err := uuid.Parse(x.values[0]); err != nil {
		return invalidUUID("path.id", err)
	}
	c, err := x.connectorInPath()
	if err != nil {
		return err
	}
	return x.reply(http.StatusOK, s.world.detail(c))
}

// listItem is a connector as lists show it.
func (w *world) listItem(c *connector) map[string]any {
	return map[string]any{
		"id": c.id, "name": c.name, "summarized_source_template": w.templateItem(c.kind),
		"created_at": stamp(c.created), "updated_at": stamp(c.updated),
	}
}

// templateItem is the organization's template of a kind of connector.
func (w *world) templateItem(kind string) map[string]any {
	h := w.heads[kind]
	return map[string]any{
		"id": w.templateID(kind), "name": h.Title, "icon": nil, "connector_name": kind, "organization_id": organizationID,
		"actor_definition_id": h.DefinitionID, "tags": []any{}, "customization": nil, "mode": "MULTI",
		"created_at": stamp(present.Add(-history)), "updated_at": stamp(present.Add(-history)),
	}
}

func (w *world) templateID(kind string) string { return w.seed.of("template", kind).uuid() }

// detail is a connector as shown on its own.
func (w *world) detail(c *connector) map[string]any {
	config := c.config
	if config == nil {
		config = map[string]any{}
	}
	return map[string]any{
		"id": c.id, "name": c.name, "source_template": w.templateDetail(c.kind), "replication_config": config,
		"entities": nil, "created_at": stamp(c.created), "updated_at": stamp(c.updated),
	}
}

func (w *world) templateDetail(kind string) map[string]any {
	h := w.heads[kind]
	spec := map[string]any{"type": "object", "required": []any{}, "properties": map[string]any{}}
	return map[string]any{
		"id": w.templateID(kind), "name": h.Title, "icon": nil, "source_definition_id": h.DefinitionID,
		"user_config_spec": map[string]any{"connectionSpecification": spec}, "partial_default_config": map[string]any{},
		"customization": nil, "tags": []any{}, "mode": "MULTI", "is_experimental": false,
		"created_at": stamp(present.Add(-history)), "updated_at": stamp(present.Add(-history)),
	}
}
