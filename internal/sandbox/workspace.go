package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/records"
)

// workspace keeps the connectors of one tenant.
type workspace struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Status  string    `json:"status"`
	Cache   *bool     `json:"cache_enabled"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}

func (w *world) addWorkspace(name string) *workspace {
	at := records.Present.Add(-90 * 24 * time.Hour)
	ws := &workspace{ID: w.seed.Of("workspace", name).UUID(), Name: name, Status: "active", Created: at, Updated: at}
	w.workspaces = append(w.workspaces, ws)
	return ws
}

// openWorkspace finds the workspace of that name or creates it.
func (w *world) openWorkspace(name string) *workspace {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, ws := range w.workspaces {
		if ws.Name == name {
			return ws
		}
	}
	now := w.clock().UTC()
	ws := &workspace{ID: uuid.NewString(), Name: name, Status: "active", Created: now, Updated: now}
	w.workspaces = append(w.workspaces, ws)
	w.changed()
	return ws
}

// findWorkspace finds a workspace, nil if there is none.
func (w *world) findWorkspace(match func(*workspace) bool) *workspace {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if i := slices.IndexFunc(w.workspaces, match); i >= 0 {
		return w.workspaces[i]
	}
	return nil
}

// workspaceByID finds a workspace; the caller holds mu.
func (w *world) workspaceByID(id string) *workspace {
	for _, ws := range w.workspaces {
		if ws.ID == id {
			return ws
		}
	}
	return nil
}

func (w *world) inactive(ws *workspace) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return ws.Status == "inactive"
}

// stamp is a time as the API writes it.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// json is the workspace as the API shows it.
func (ws *workspace) json() map[string]any {
	return map[string]any{
		"id": ws.ID, "name": ws.Name, "organization_id": organizationID, "status": ws.Status, "cache_enabled": ws.Cache, "tombstone": false,
		"visibility": "shared", "color": nil, "created_at": stamp(ws.Created), "updated_at": stamp(ws.Updated),
	}
}

// listWorkspaces answers a page of the workspaces.
func (s *Server) listWorkspaces(x *roundTrip) error {
	query := x.r.URL.Query()
	limit, err := queryInt(query, "limit", 20, 1, 100)
	if err != nil {
		return err
	}
	status := query.Get("status")
	if status != "" && !workspaceStates[status] {
		return problem.InvalidField("query.status", "enum", "Input should be 'active' or 'inactive'", nil)
	}
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	matching := s.world.matching(query.Get("name_contains"), status)
	start, err := startAfter(matching, query.Get("cursor"))
	if err != nil {
		return err
	}
	end := min(start+limit, len(matching))
	data := []any{}
	for _, ws := range matching[start:end] {
		data = append(data, ws.json())
	}
	var next any
	if end < len(matching) {
		next = x.pageURL(query, matching[end-1].ID)
	}
	return x.reply(http.StatusOK, map[string]any{"data": data, "next": next})
}

var workspaceStates = map[string]bool{"active": true, "inactive": true}

func (w *world) matching(part, status string) []*workspace {
	var out []*workspace
	for _, ws := range w.workspaces {
		if strings.Contains(strings.ToLower(ws.Name), strings.ToLower(part)) && (status == "" || status == ws.Status) {
			out = append(out, ws)
		}
	}
	return out
}

// startAfter finds where the page after a cursor begins.
func startAfter(list []*workspace, cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	id, err := base64.RawURLEncoding.DecodeString(cursor)
	i := slices.IndexFunc(list, func(ws *workspace) bool { return ws.ID == string(id) })
	if err != nil || i < 0 {
		return 0, problem.New(http.StatusBadRequest, "Invalid cursor")
	}
	return i + 1, nil
}

// pageURL is the address of the next page, on the host that the client called.
func (x *roundTrip) pageURL(query url.Values, lastID string) string {
	next := maps.Clone(query)
	next.Set("cursor", base64.RawURLEncoding.EncodeToString([]byte(lastID)))
	return x.origin() + x.r.URL.Path + "?" + next.Encode()
}

// origin is the scheme and host that the client called.
func (x *roundTrip) origin() string {
	if x.r.TLS != nil {
		return "https://" + x.r.Host
	}
	return "http://" + x.r.Host
}

// queryInt reads a number from the query within bounds.
func queryInt(query url.Values, name string, fallback, low, high int) (int, error) {
	text := query.Get(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return 0, problem.InvalidField("query."+name, "int_parsing", "Input should be a valid integer, unable to parse string as an integer", nil)
	case n < low:
		return 0, problem.InvalidField("query."+name, "greater_than_equal", fmt.Sprintf("Input should be greater than or equal to %d", low),
			map[string]any{"ge": low})
	case n > high:
		return 0, problem.InvalidField("query."+name, "less_than_equal", fmt.Sprintf("Input should be less than or equal to %d", high),
			map[string]any{"le": high})
	}
	return n, nil
}

// queryBool reads a truth value from the query in any of its usual spellings.
func queryBool(query url.Values, name string) (bool, error) {
	switch strings.ToLower(query.Get(name)) {
	case "", "false", "0", "no", "off", "f", "n":
		return false, nil
	case "true", "1", "yes", "on", "t", "y":
		return true, nil
	}
	return false, problem.InvalidField("query."+name, "bool_parsing", "Input should be a valid boolean, unable to interpret input", nil)
}

func (s *Server) workspaceStats(x *roundTrip) error {
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	active, inactive := len(s.world.matching("", "active")), len(s.world.matching("", "inactive"))
	return x.reply(http.StatusOK, map[string]any{"active_count": active, "inactive_count": inactive, "total_count": active + inactive})
}

// workspaceInPath finds the workspace that the path names; the caller holds mu.
func (x *roundTrip) workspaceInPath() (*workspace, error) {
	id, err := x.uuidInPath()
	if err != nil {
		return nil, err
	}
	if ws := x.s.world.workspaceByID(id); ws != nil {
		return ws, nil
	}
	return nil, problem.New(http.StatusNotFound, "Workspace not found")
}

func (s *Server) getWorkspace(x *roundTrip) error {
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	ws, err := x.workspaceInPath()
	if err != nil {
		return err
	}
	return x.reply(http.StatusOK, ws.json())
}

// updateWorkspace changes a workspace. A new name is free to be taken again at
// once, which is how callers that go by name end up in an empty workspace.
func (s *Server) updateWorkspace(x *roundTrip) error {
	var body struct {
		Name   *string `json:"name"`
		Status *string `json:"status"`
		Cache  *bool   `json:"cache_enabled"`
	}
	if err := x.decodeInto(&body); err != nil {
		return err
	}
	if body.Status != nil && !workspaceStates[*body.Status] {
		return problem.InvalidField("body.status", "enum", "Input should be 'active' or 'inactive'", nil)
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	ws, err := x.workspaceInPath()
	if err != nil {
		return err
	}
	if body.Name != nil {
		ws.Name = *body.Name
	}
	if body.Status != nil {
		ws.Status = *body.Status
	}
	if body.Cache != nil {
		ws.Cache = body.Cache
	}
	ws.Updated = s.world.clock().UTC()
	s.world.changed()
	return x.reply(http.StatusOK, ws.json())
}

// deleteWorkspace removes a workspace with its connectors and the dialogs that
// would add some.
func (s *Server) deleteWorkspace(x *roundTrip) error {
	w := s.world
	w.mu.Lock()
	defer w.mu.Unlock()
	ws, err := x.workspaceInPath()
	if err != nil {
		return err
	}
	w.workspaces = slices.DeleteFunc(w.workspaces, func(other *workspace) bool { return other == ws })
	maps.DeleteFunc(w.consents, func(_ string, c *consent) bool { return c.workspace == ws })
	w.connectors = slices.DeleteFunc(w.connectors, func(c *connector) bool { return c.workspace == ws })
	w.changed()
	return x.reply(http.StatusOK, map[string]any{"id": ws.ID, "deleted_at": stamp(w.clock())})
}

// decodeInto reads the body into a struct whose fields may all be absent.
func (x *roundTrip) decodeInto(body any) error {
	if _, err := x.decodeBody(); err != nil {
		return err
	}
	err := jsonvalue.Decode(x.body, body)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return problem.InvalidField("body."+wrong.Field, "type_error", "Input should be a valid "+kindName(wrong), nil)
	}
	if err != nil {
		return problem.InvalidField("body", "json_invalid", "JSON decode error", nil)
	}
	return nil
}

// kindName is the type that a field should have had, in the words of validation.
func kindName(wrong *json.UnmarshalTypeError) string {
	switch name := wrong.Type.String(); {
	case strings.HasPrefix(name, "map"):
		return "dictionary"
	case strings.HasPrefix(name, "[]"):
		return "list"
	case name == "bool":
		return "boolean"
	}
	return "string"
}
