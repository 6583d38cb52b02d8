package sandbox

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// stamp is a time as the API writes it.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// json is the workspace as the API shows it.
func (ws *workspace) json() map[string]any {
	return map[string]any{
		"id": ws.id, "name": ws.name, "organization_id": organizationID, "status": ws.status, "cache_enabled": nil, "tombstone": false,
		"visibility": "shared", "color": nil, "created_at": stamp(ws.created), "updated_at": stamp(ws.updated),
	}
}

// listWorkspaces answers a page of the workspaces.
func (s *Server) listWorkspaces(x *exchange) error {
	query := x.r.URL.Query()
	limit, err := queryInt(query, "limit", 20, 1, 100)
	if err != nil {
		return err
	}
	status := query.Get("status")
	if status != "" && status != "active" && status != "inactive" {
		return invalidField("query.status", "enum", "Input should be 'active' or 'inactive'", nil)
	}
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
		next = x.pageURL(query, matching[end-1].id)
	}
	return x.reply(http.StatusOK, map[string]any{"data": data, "next": next})
}

func (w *world) matching(part, status string) []*workspace {
	w.mu.RLock()
	defer w.mu.RUnlock()
	var out []*workspace
	for _, ws := range w.workspaces {
		if strings.Contains(strings.ToLower(ws.name), strings.ToLower(part)) && (status == "" || status == ws.status) {
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
	i := slices.IndexFunc(list, func(ws *workspace) bool { return ws.id == string(id) })
	if err != nil || i < 0 {
		return 0, newProblem(http.StatusBadRequest, "Invalid cursor")
	}
	return i + 1, nil
}

// pageURL is the address of the next page, on the host that the client called.
func (x *exchange) pageURL(query url.Values, lastID string) string {
	next := url.Values{}
	for key, values := range query {
		next[key] = values
	}
	next.Set("cursor", base64.RawURLEncoding.EncodeToString([]byte(lastID)))
	scheme := "http"
	if x.r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + x.r.Host + x.r.URL.Path + "?" + next.Encode()
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
		return 0, invalidField("query."+name, "int_parsing", "Input should be a valid integer, unable to parse string as an integer", nil)
	case n < low:
		return 0, invalidField("query."+name, "greater_than_equal", fmt.Sprintf("Input should be greater than or equal to %d", low), map[string]any{"ge": low})
	case n > high:
		return 0, invalidField("query."+name, "less_than_equal", fmt.Sprintf("Input should be less than or equal to %d", high), map[string]any{"le": high})
	}
	return n, nil
}
