package sandbox

import (
	"net/http"
	"strings"
)

// dialect is the way a route speaks of errors.
type dialect int

const (
	current   dialect = iota
	seedEra           // the API of January 2026
	framework         // answers that no route of the API gives
)

// access says which tokens a route takes.
type access int

const (
	accessOpen        access = iota // none
	accessApplication               // of the organization
	accessAny                       // of the organization or of one workspace
	accessScoped                    // of one workspace
)

// route is one operation of the API.
type route struct {
	name    string // short, for fault rules
	method  string
	path    string // {x} stands for any segment
	access  access
	dialect dialect
	handle  func(*exchange) error

	segments []string
}

const controlPrefix = "/__sandbox/"

// routes is the table of everything served.
func (s *Server) routes() []*route {
	const api = "/api/v1"
	list := []*route{
		{name: "token", method: http.MethodPost, path: api + "/account/applications/token", handle: s.issueToken},
		{name: "connectors", method: http.MethodGet, path: api + "/integrations/connectors", access: accessAny, handle: s.listConnectors},
		{name: "connector", method: http.MethodGet, path: api + "/integrations/connectors/{id}", access: accessApplication, handle: s.getConnector},
		{name: "execute", method: http.MethodPost, path: api + "/integrations/connectors/{id}/execute", access: accessAny, handle: s.execute},
		{name: "workspaces", method: http.MethodGet, path: api + "/workspaces", access: accessApplication, handle: s.listWorkspaces},
		{name: "control", method: http.MethodGet, path: controlPrefix + "requests", handle: s.showRequests},
		{name: "control", method: http.MethodDelete, path: controlPrefix + "requests", handle: s.resetRequests},
		{name: "control", method: http.MethodGet, path: controlPrefix + "config", handle: s.showConfig},
		{name: "control", method: http.MethodPost, path: controlPrefix + "faults", handle: s.setFaults},
		{name: "control", method: http.MethodDelete, path: controlPrefix + "faults", handle: s.clearFaults},
		{name: "control", method: http.MethodPost, path: controlPrefix + "expire-tokens", handle: s.expireTokens},
	}
	for _, r := range list {
		r.segments = strings.Split(r.path, "/")
	}
	return list
}

// find picks the route for a request and the values of its placeholders. Without
// a route, allowed says whether the path exists for other methods.
func find(routes []*route, method, path string) (found *route, values []string, allowed bool) {
	segments := strings.Split(path, "/")
	for _, r := range routes {
		v, ok := r.match(segments)
		if !ok {
			continue
		}
		if r.method == method {
			return r, v, true
		}
		allowed = true
	}
	return nil, nil, allowed
}

func (r *route) match(segments []string) ([]string, bool) {
	if len(segments) != len(r.segments) {
		return nil, false
	}
	var values []string
	for i, want := range r.segments {
		switch {
		case strings.HasPrefix(want, "{") && segments[i] != "":
			values = append(values, segments[i])
		case want != segments[i]:
			return nil, false
		}
	}
	return values, true
}
