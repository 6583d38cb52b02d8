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

// api begins the paths of the API.
const api = "/api/v1"

// routes is the table of everything served.
func (s *Server) routes() []*route {
	var list []*route
	for _, group := range [][]*route{s.tokenRoutes(), s.connectorRoutes(), s.templateRoutes(), s.tenantRoutes(), s.newerRoutes(), s.seedRoutes(), s.controlRoutes()} {
		list = append(list, group...)
	}
	for _, r := range list {
		r.segments = strings.Split(r.path, "/")
	}
	return list
}

func (s *Server) tokenRoutes() []*route {
	const accounts = api + "/account/applications"
	return []*route{
		{name: "token", method: http.MethodPost, path: accounts + "/token", handle: s.issueToken},
		{name: "scoped_token", method: http.MethodPost, path: accounts + "/scoped-token", access: accessApplication, handle: s.issueScopedToken},
		{name: "scoped_token_info", method: http.MethodGet, path: accounts + "/scoped-token/info", access: accessScoped, handle: s.scopedTokenInfo},
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

func (s *Server) templateRoutes() []*route {
	const definitions, templates = api + "/integrations/definitions/sources", api + "/integrations/templates/sources"
	return []*route{
		{name: "definitions", method: http.MethodGet, path: definitions, access: accessApplication, handle: s.listDefinitions},
		{name: "definition", method: http.MethodGet, path: definitions + "/{id}", access: accessApplication, handle: s.getDefinition},
		{name: "templates", method: http.MethodGet, path: templates, access: accessAny, handle: s.listTemplates},
		{name: "create_template", method: http.MethodPost, path: templates, access: accessApplication, handle: s.createTemplate},
		{name: "templates", method: http.MethodGet, path: templates + "/global", access: accessApplication, handle: s.listGlobalTemplates},
		{name: "template", method: http.MethodGet, path: templates + "/{id}", access: accessAny, handle: s.getTemplate},
		{name: "update_template", method: http.MethodPatch, path: templates + "/{id}", access: accessApplication, handle: s.updateTemplate},
		{name: "delete_template", method: http.MethodDelete, path: templates + "/{id}", access: accessApplication, handle: s.deleteTemplate},
		{name: "oauth_application", method: http.MethodPut, path: api + "/oauth/credentials", access: accessApplication, handle: s.putOverride},
		{name: "oauth_application", method: http.MethodDelete, path: api + "/oauth/credentials/connector_type/{type}", access: accessApplication, handle: s.deleteOverride},
	}
}

func (s *Server) tenantRoutes() []*route {
	const workspaces = api + "/workspaces"
	return []*route{
		{name: "workspaces", method: http.MethodGet, path: workspaces, access: accessApplication, handle: s.listWorkspaces},
		{name: "workspace_stats", method: http.MethodGet, path: workspaces + "/stats", access: accessApplication, handle: s.workspaceStats},
		{name: "workspace", method: http.MethodGet, path: workspaces + "/{id}", access: accessApplication, handle: s.getWorkspace},
		{name: "update_workspace", method: http.MethodPut, path: workspaces + "/{id}", access: accessApplication, handle: s.updateWorkspace},
		{name: "delete_workspace", method: http.MethodDelete, path: workspaces + "/{id}", access: accessApplication, handle: s.deleteWorkspace},
		{name: "credentials", method: http.MethodGet, path: api + "/organizations/{id}/credentials", access: accessApplication, handle: s.listCredentials},
		{name: "organizations", method: http.MethodGet, path: api + "/internal/account/organizations", access: accessApplication, handle: s.listOrganizations},
	}
}

// newerRoutes came after the published description of the API.
func (s *Server) newerRoutes() []*route {
	const sessions = api + "/internal/mcp_oauth/sessions"
	return []*route{
		{name: "inspect", method: http.MethodGet, path: api + "/integrations/connectors/{id}/inspect", access: accessApplication, handle: s.inspectConnector},
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
		{name: "scoped_token", method: http.MethodPost, path: api + "/embedded/scoped-token", access: accessApplication, handle: s.issueScopedToken},
		{name: "scoped_token_info", method: http.MethodGet, path: api + "/embedded/scoped-token/info", access: accessScoped, handle: s.scopedTokenInfo},
		{name: "widget_token", method: http.MethodPost, path: api + "/embedded/widget-token", access: accessApplication, handle: s.issueWidgetToken},
		{name: "widget_token", method: http.MethodPost, path: api + "/embedded/widget_token", access: accessApplication, handle: s.issueWidgetToken},
		{name: "connectors", method: http.MethodGet, path: api + "/connectors/connectors_for_user", access: accessAny, handle: s.connectorsForUser},
		{name: "create_connector", method: http.MethodPost, path: api + "/embedded/sources", access: accessAny, handle: s.createSource},
		{name: "execute", method: http.MethodPost, path: api + "/connectors/sources/{id}/execute", access: accessAny, handle: s.execute},
	}
	for _, r := range list {
		r.dialect = seedEra
	}
	return list
}

// controlRoutes are the sandbox's own; faults do not concern them.
func (s *Server) controlRoutes() []*route {
	return []*route{
		{name: "control", method: http.MethodGet, path: controlPrefix + "requests", handle: s.showRequests},
		{name: "control", method: http.MethodDelete, path: controlPrefix + "requests", handle: s.resetRequests},
		{name: "control", method: http.MethodGet, path: controlPrefix + "config", handle: s.showConfig},
		{name: "control", method: http.MethodPut, path: controlPrefix + "config", handle: s.changeConfig},
		{name: "control", method: http.MethodPost, path: controlPrefix + "faults", handle: s.setFaults},
		{name: "control", method: http.MethodDelete, path: controlPrefix + "faults", handle: s.clearFaults},
		{name: "control", method: http.MethodPost, path: controlPrefix + "expire-tokens", handle: s.expireTokens},
		{name: "control", method: http.MethodGet, path: controlPrefix + "consent", handle: s.finishConsent},
	}
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
