package sandbox

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"airbyte-mcp-server/internal/sandbox/problem"
)

// connectorID accepts both ways in which connectors are named.
func connectorID(id string) string {
	return strings.ToLower(strings.TrimPrefix(id, instancePrefix))
}

// instancePrefix precedes the connector's id in execution metadata.
const instancePrefix = "source_id:"

// listConnectors answers the connectors of one workspace.
func (s *Server) listConnectors(x *roundTrip) error {
	query := x.r.URL.Query()
	definition, err := queryUUID(query, "definition_id")
	if err != nil {
		return err
	}
	ws, err := s.workspaceOf(query)
	if err != nil {
		return err
	}
	data := []any{}
	if ws == nil {
		return x.reply(http.StatusOK, map[string]any{"data": data})
	}
	if err := x.mayUse(ws); err != nil {
		return err
	}
	list := s.world.in(ws, definition, s.switches.duration("delete_delay"))
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	for _, c := range list {
		data = append(data, s.world.listItem(c))
	}
	return x.reply(http.StatusOK, map[string]any{"data": data})
}

// workspaceNames are the query parameters that name a workspace; all but the
// first are older spellings.
var workspaceNames = []string{"workspace_name", "customer_name", "external_user_id"}

// workspaceOf finds the workspace that a query names. It is nil, without an error,
// where the sandbox is told to answer with an empty list.
func (s *Server) workspaceOf(query url.Values) (*workspace, error) {
	id, err := queryUUID(query, "workspace_id")
	if err != nil {
		return nil, err
	}
	match := func(ws *workspace) bool { return ws.ID == id }
	if id == "" {
		name := ""
		for _, key := range workspaceNames {
			if name = query.Get(key); name != "" {
				break
			}
		}
		if name == "" {
			p := problem.InvalidField("query", "value_error", "Value error, One of workspace_name or workspace_id must be provided", nil)
			p.Status = s.switches.status("list_without_workspace")
			return nil, p
		}
		match = func(ws *workspace) bool { return ws.Name == name }
	}
	ws := s.world.findWorkspace(match)
	if ws == nil && s.switches.Is("unknown_workspace_list", "404") {
		return nil, problem.New(http.StatusNotFound, "Workspace not found")
	}
	return ws, nil
}

func queryUUID(query url.Values, name string) (string, error) {
	text := query.Get(name)
	if text == "" {
		return "", nil
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return "", problem.InvalidUUID("query."+name, err)
	}
	return id.String(), nil
}

// listItem is a connector as lists show it; the caller holds mu.
func (w *world) listItem(c *connector) map[string]any {
	t := w.templateByID(c.Template)
	if t == nil {
		t = w.templateOf(c.Type)
	}
	return map[string]any{
		"id": c.ID, "name": c.Name, "summarized_source_template": w.item(t),
		"created_at": stamp(c.Created), "updated_at": stamp(c.Updated),
	}
}

// connectorsForUser answers the same question in the older dialect, in which an
// unknown user simply has no connectors.
func (s *Server) connectorsForUser(x *roundTrip) error { return s.answerForUser(x, "connectors") }

// instancesForUser is what connectorsForUser was called before.
func (s *Server) instancesForUser(x *roundTrip) error { return s.answerForUser(x, "instances") }

func (s *Server) answerForUser(x *roundTrip, key string) error {
	query := x.r.URL.Query()
	for _, name := range []string{"external_user_id", "definition_id"} {
		if query.Get(name) == "" {
			return problem.MissingField("query." + name)
		}
	}
	definition, err := queryUUID(query, "definition_id")
	if err != nil {
		return err
	}
	name := query.Get("external_user_id")
	rows := []any{}
	if ws := s.world.findWorkspace(func(ws *workspace) bool { return ws.Name == name }); ws != nil {
		if err := x.mayUse(ws); err != nil {
			return err
		}
		for _, c := range s.world.in(ws, definition, s.switches.duration("delete_delay")) {
			rows = append(rows, map[string]any{"id": c.ID, "name": c.Name})
		}
	}
	return x.reply(http.StatusOK, map[string]any{key: rows})
}
