package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/sandbox/problem"
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
	dialect problem.Dialect
	shared  bool // both dialects have it, though its errors are of one
	older   bool // from before the dialects; a switch leaves it out
	handle  func(*roundTrip) error

	segments []string
}

const controlPrefix = "/__sandbox/"

// api begins the paths of the API, templates those of the kinds of connectors.
const (
	api       = "/api/v1"
	templates = api + "/integrations/templates/sources"
)

// The values of the switch that chooses the dialects which are served.
const (
	dialectSwitch  = "dialect"
	dialectBoth    = "both"
	dialectCurrent = "current"
	dialectSeed    = "seed"
)

// olderRoutes is the switch of what came before both dialects.
const olderRoutes = "older_routes"

// table names the routes that are served: those of a dialect, with or without what
// came before it.
type table struct {
	dialect string
	older   bool
}

// served is the choice that the switches make.
func (s *Server) served() table {
	return table{s.switches.Get(dialectSwitch), s.switches.Is(olderRoutes, "served")}
}

// routes are the tables of everything that can be served.
func (s *Server) routes() map[table][]*route {
	tables := map[table][]*route{}
	for _, group := range [][]*route{s.tokenRoutes(), s.connectorRoutes(), s.organizationRoutes(), s.newerRoutes(), s.seedRoutes(),
		s.sharedRoutes(), s.controlRoutes()} {
		for _, r := range group {
			r.segments = strings.Split(r.path, "/")
			for _, t := range r.tables() {
				tables[t] = append(tables[t], r)
			}
		}
	}
	return tables
}

// routeNames are the names by which rules mean routes, sorted.
func (s *Server) routeNames() []string {
	names := map[string]bool{}
	for _, list := range s.tables {
		for _, r := range list {
			names[r.name] = r.name != "control"
		}
	}
	maps.DeleteFunc(names, func(_ string, means bool) bool { return !means })
	return slices.Sorted(maps.Keys(names))
}

// tables are those that have the route.
func (r *route) tables() []table {
	dialects := []string{dialectBoth}
	if r.shared || r.dialect == problem.Current {
		dialects = append(dialects, dialectCurrent)
	}
	if r.shared || r.dialect == problem.SeedEra {
		dialects = append(dialects, dialectSeed)
	}
	var out []table
	for _, d := range dialects {
		out = append(out, table{d, true})
		if !r.older {
			out = append(out, table{d, false})
		}
	}
	return out
}

func (s *Server) tokenRoutes() []*route {
	const accounts = api + "/account/applications"
	return []*route{
		{name: "token", method: http.MethodPost, path: accounts + "/token", handle: s.issueToken},
		{name: "scoped_token", method: http.MethodPost, path: accounts + "/scoped-token", access: accessApplication, handle: s.issueScopedToken},
		{name: "scoped_token_info", method: http.MethodGet, path: accounts + "/scoped-token/info", access: accessScoped,
			handle: s.scopedTokenInfo},
		{name: "widget_token", method: http.MethodPost, path: accounts + "/widget-token", access: accessApplication, handle: s.issueWidgetToken},
	}
}

func (s *Server) connectorRoutes() []*route {
	const connectors = api + "/integrations/connectors"
	return []*route{
		{name: "connectors", method: http.MethodGet, path: connectors, access: accessAny, handle: s.listConnectors},
		{name: "create_connector", method: http.MethodPost, path: connectors, access: accessAny, handle: s.createConnector},
		{name: "check", method: http.MethodPost, path: connectors + "/check", access: accessApplication, handle: s.checkNew},
		{name: "oauth", method: http.MethodPost, path: connectors + "/oauth/initiate", access: accessAny, handle: s.initiateOAuth},
		{name: "connector", method: http.MethodGet, path: connectors + "/{id}", access: accessApplication, handle: s.getConnector},
		{name: "update_connector", method: http.MethodPut, path: connectors + "/{id}", access: accessApplication, handle: s.updateConnector},
		{name: "delete_connector", method: http.MethodDelete, path: connectors + "/{id}", access: accessApplication, handle: s.deleteConnector},
		{name: "check", method: http.MethodPost, path: connectors + "/{id}/check", access: accessApplication, handle: s.checkUpdate},
		{name: "execute", method: http.MethodPost, path: connectors + "/{id}/execute", access: accessAny, handle: s.execute},
	}
}

// organizationRoutes are about what belongs to the organization as a whole.
func (s *Server) organizationRoutes() []*route {
	return []*route{
		{name: "templates", method: http.MethodGet, path: templates + "/global", access: accessApplication, handle: s.listGlobalTemplates},
		{name: "oauth_application", method: http.MethodPut, path: api + "/oauth/credentials", access: accessApplication, handle: s.putOverride},
		{name: "oauth_application", method: http.MethodDelete, path: api + "/oauth/credentials/connector_type/{type}",
			access: accessApplication, handle: s.deleteOverride},
		{name: "credentials", method: http.MethodGet, path: api + "/organizations/{id}/credentials", access: accessApplication,
			handle: s.listCredentials},
		{name: "organizations", method: http.MethodGet, path: api + "/internal/account/organizations", access: accessApplication,
			handle: s.listOrganizations},
		{name: "enrollment", method: http.MethodGet, path: api + "/internal/account/enrollment-status", access: accessApplication,
			handle: s.showEnrollment},
	}
}

// sharedRoutes are the same in both dialects.
func (s *Server) sharedRoutes() []*route {
	const definitions, workspaces = api + "/integrations/definitions/sources", api + "/workspaces"
	list := []*route{
		{name: "token", method: http.MethodPost, path: "/v1/applications/token", handle: s.issueToken}, // of the general API, for other clients
		{name: "definitions", method: http.MethodGet, path: definitions, access: accessApplication, handle: s.listDefinitions},
		{name: "definition", method: http.MethodGet, path: definitions + "/{id}", access: accessApplication, handle: s.getDefinition},
		{name: "templates", method: http.MethodGet, path: templates, access: accessAny, handle: s.listTemplates},
		{name: "create_template", method: http.MethodPost, path: templates, access: accessApplication, handle: s.createTemplate},
		{name: "template", method: http.MethodGet, path: templates + "/{id}", access: accessAny, handle: s.getTemplate},
		{name: "update_template", method: http.MethodPatch, path: templates + "/{id}", access: accessApplication, handle: s.updateTemplate},
		{name: "delete_template", method: http.MethodDelete, path: templates + "/{id}", access: accessApplication, handle: s.deleteTemplate},
		{name: "workspaces", method: http.MethodGet, path: workspaces, access: accessApplication, handle: s.listWorkspaces},
		{name: "workspace_stats", method: http.MethodGet, path: workspaces + "/stats", access: accessApplication, handle: s.workspaceStats},
		{name: "workspace", method: http.MethodGet, path: workspaces + "/{id}", access: accessApplication, handle: s.getWorkspace},
		{name: "update_workspace", method: http.MethodPut, path: workspaces + "/{id}", access: accessApplication, handle: s.updateWorkspace},
		{name: "delete_workspace", method: http.MethodDelete, path: workspaces + "/{id}", access: accessApplication, handle: s.deleteWorkspace},
	}
	for _, r := range list {
		r.shared = true
	}
	return list
}

// newerRoutes came after the published description of the API.
func (s *Server) newerRoutes() []*route {
	const sessions = api + "/internal/mcp_oauth/sessions"
	return []*route{
		{name: "inspect", method: http.MethodGet, path: api + "/integrations/connectors/{id}/inspect", access: accessApplication,
			handle: s.inspectConnector},
		{name: "skills", method: http.MethodGet, path: api + "/skills", access: accessApplication, handle: s.listSkills},
		{name: "skills", method: http.MethodGet, path: api + "/skills/search", access: accessApplication, handle: s.searchSkills},
		{name: "skills", method: http.MethodGet, path: api + "/skills/docs", access: accessApplication, handle: s.skillDocs},
		{name: "session", method: http.MethodPost, path: sessions, access: accessApplication, handle: s.createSession},
		{name: "session", method: http.MethodGet, path: sessions + "/{id}", access: accessApplication, handle: s.getSession},
		{name: "session", method: http.MethodPatch, path: sessions + "/{id}", access: accessApplication, handle: s.patchSession},
	}
}

// seedRoutes are those of the older dialect. They act on the same objects.
func (s *Server) seedRoutes() []*route {
	list := []*route{
		{name: "token", method: http.MethodPost, path: api + "/applications/token", handle: s.issueToken},
		{name: "scoped_token", method: http.MethodPost, path: api + "/embedded/scoped-token", access: accessApplication,
			handle: s.issueScopedToken},
		{name: "scoped_token_info", method: http.MethodGet, path: api + "/embedded/scoped-token/info", access: accessScoped,
			handle: s.scopedTokenInfo},
		{name: "widget_token", method: http.MethodPost, path: api + "/embedded/widget-token", access: accessApplication,
			handle: s.issueWidgetToken},
		{name: "widget_token", method: http.MethodPost, path: api + "/embedded/widget_token", access: accessApplication,
			handle: s.issueWidgetToken},
		{name: "connectors", method: http.MethodGet, path: api + "/connectors/connectors_for_user", access: accessAny,
			handle: s.connectorsForUser},
		{name: "create_connector", method: http.MethodPost, path: api + "/embedded/sources", access: accessAny, handle: s.createSource},
		{name: "execute", method: http.MethodPost, path: api + "/connectors/sources/{id}/execute", access: accessAny, handle: s.execute},
		{name: "connectors", method: http.MethodGet, path: api + "/connectors/instances_for_user", access: accessAny,
			handle: s.instancesForUser, older: true},
		{name: "create_connector", method: http.MethodPost, path: api + "/connectors/instances", access: accessAny, handle: s.createConnector,
			older: true},
		{name: "execute", method: http.MethodPost, path: api + "/connectors/instances/{id}/execute", access: accessAny, handle: s.execute,
			older: true},
	}
	for _, r := range list {
		r.dialect = problem.SeedEra
	}
	return list
}

// controlRoutes are the sandbox's own; faults do not concern them.
func (s *Server) controlRoutes() []*route {
	list := []*route{
		{name: "control", method: http.MethodGet, path: "/", handle: s.showLanding},
		{name: "control", method: http.MethodGet, path: controlPrefix + "requests", handle: s.showRequests},
		{name: "control", method: http.MethodDelete, path: controlPrefix + "requests", handle: s.resetRequests},
		{name: "control", method: http.MethodGet, path: controlPrefix + "config", handle: s.showConfig},
		{name: "control", method: http.MethodPut, path: controlPrefix + "config", handle: s.changeConfig},
		{name: "control", method: http.MethodPost, path: controlPrefix + "faults", handle: s.setFaults},
		{name: "control", method: http.MethodDelete, path: controlPrefix + "faults", handle: s.clearFaults},
		{name: "control", method: http.MethodPost, path: controlPrefix + "expire-tokens", handle: s.expireTokens},
		{name: "control", method: http.MethodGet, path: controlPrefix + "consent", handle: s.finishConsent},
		{name: "control", method: http.MethodGet, path: widgetPath, handle: s.showWidget},
		{name: "control", method: http.MethodGet, path: "/widget-bridge", handle: s.showWidget},
	}
	for _, r := range list {
		r.shared = true
	}
	return list
}

// find picks the route for a request and the values of its placeholders. Without
// a route, allowed are the methods that the path has.
func find(routes []*route, method, path string) (found *route, values, allowed []string) {
	segments := strings.Split(path, "/")
	for _, r := range routes {
		v, ok := r.match(segments)
		if !ok {
			continue
		}
		if r.method == method {
			return r, v, nil
		}
		allowed = append(allowed, r.method)
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
