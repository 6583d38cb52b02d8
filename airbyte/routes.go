package airbyte

import (
	"net/http"
	"net/url"
	"strings"
)

// operation is one operation of the API.
type operation int

const (
	opToken operation = iota
	opScopedToken
	opScopedInfo
	opOrganizations
	opWorkspaces
	opDefinitions
	opTemplates
	opTemplate
	opCloneTemplate
	opConnectors
	opCreate
	opConnector
	opUpdate
	opDelete
	opCheckNew
	opCheck
	opConsent
	opExecute
	opStores
	opInspect
	operations
)

// bearerKind is the kind of token for a route.
type bearerKind int

const (
	bearerNone        bearerKind = iota
	bearerApplication            // of the whole organization
	bearerScoped                 // of the request's workspace
	bearerByScope                // either, by Config.TokenScope
)

// hostKind is the host of a route.
type hostKind int

const (
	hostAPI hostKind = iota
	hostCloud
)

// route is the place of an operation in a dialect of the API. The zero route stands for a
// dialect without the operation.
type route struct {
	method string
	path   string // {id} is replaced by the request's id
	host   hostKind
	bearer bearerKind
}

// Paths that several routes share.
const (
	accountsPath    = "/api/v1/account/applications"
	workspacesPath  = "/api/v1/workspaces"
	definitionsPath = "/api/v1/integrations/definitions/sources"
	templatesPath   = "/api/v1/integrations/templates/sources"
	connectorsPath  = "/api/v1/integrations/connectors"
)

// routes is the only place that knows paths. A further dialect of the API is a
// further column.
var routes = [operations]struct {
	name          string
	current, seed route
}{
	opToken: {
		"minting a token",
		route{http.MethodPost, accountsPath + "/token", hostAPI, bearerNone},
		route{http.MethodPost, "/api/v1/applications/token", hostCloud, bearerNone},
	},
	opScopedToken: {
		"minting a workspace's token",
		route{http.MethodPost, accountsPath + "/scoped-token", hostAPI, bearerApplication},
		route{http.MethodPost, "/api/v1/embedded/scoped-token", hostAPI, bearerApplication},
	},
	opScopedInfo: {
		"looking up a workspace's token",
		route{http.MethodGet, accountsPath + "/scoped-token/info", hostAPI, bearerScoped},
		route{http.MethodGet, "/api/v1/embedded/scoped-token/info", hostAPI, bearerScoped},
	},
	opOrganizations: {
		"listing organizations",
		route{http.MethodGet, "/api/v1/internal/account/organizations", hostAPI, bearerApplication},
		route{},
	},
	opWorkspaces: {
		"listing workspaces",
		route{http.MethodGet, workspacesPath, hostAPI, bearerApplication},
		route{http.MethodGet, workspacesPath, hostAPI, bearerApplication},
	},
	opDefinitions: {
		"listing connector types",
		route{http.MethodGet, definitionsPath, hostAPI, bearerApplication},
		route{http.MethodGet, definitionsPath, hostAPI, bearerApplication},
	},
	opTemplates: {
		"listing templates",
		route{http.MethodGet, templatesPath, hostAPI, bearerByScope},
		route{http.MethodGet, templatesPath, hostAPI, bearerScoped},
	},
	opTemplate: {
		"getting a template",
		route{http.MethodGet, templatesPath + "/{id}", hostAPI, bearerByScope},
		route{http.MethodGet, templatesPath + "/{id}", hostAPI, bearerScoped},
	},
	opCloneTemplate: {
		"cloning a template",
		route{http.MethodPost, templatesPath, hostAPI, bearerApplication},
		route{http.MethodPost, templatesPath, hostAPI, bearerApplication},
	},
	opConnectors: {
		"listing connectors",
		route{http.MethodGet, connectorsPath, hostAPI, bearerByScope},
		route{http.MethodGet, "/api/v1/connectors/connectors_for_user", hostAPI, bearerByScope},
	},
	opCreate: {
		"creating a connector",
		route{http.MethodPost, connectorsPath, hostAPI, bearerByScope},
		route{http.MethodPost, "/api/v1/embedded/sources", hostAPI, bearerScoped},
	},
	opConnector: {
		"getting a connector",
		route{http.MethodGet, connectorsPath + "/{id}", hostAPI, bearerApplication},
		route{},
	},
	opUpdate: {
		"updating a connector",
		route{http.MethodPut, connectorsPath + "/{id}", hostAPI, bearerApplication},
		route{},
	},
	opDelete: {
		"deleting a connector",
		route{http.MethodDelete, connectorsPath + "/{id}", hostAPI, bearerApplication},
		route{},
	},
	opCheckNew: {
		"checking a new connector",
		route{http.MethodPost, connectorsPath + "/check", hostAPI, bearerApplication},
		route{},
	},
	opCheck: {
		"checking a connector",
		route{http.MethodPost, connectorsPath + "/{id}/check", hostAPI, bearerApplication},
		route{},
	},
	opConsent: {
		"starting a vendor's consent",
		route{http.MethodPost, connectorsPath + "/oauth/initiate", hostAPI, bearerByScope},
		route{},
	},
	opExecute: {
		"executing",
		route{http.MethodPost, connectorsPath + "/{id}/execute", hostAPI, bearerByScope},
		route{http.MethodPost, "/api/v1/connectors/sources/{id}/execute", hostAPI, bearerByScope},
	},
	opStores: {
		"listing Context Stores",
		route{http.MethodGet, "/api/v1/organizations/{id}/credentials", hostAPI, bearerApplication},
		route{},
	},
	opInspect: {
		"inspecting a connector",
		route{http.MethodGet, connectorsPath + "/{id}/inspect", hostAPI, bearerApplication},
		route{},
	},
}

func (op operation) String() string { return routes[op].name }

// routeIn returns the operation's route in a dialect, and whether there is one.
func (op operation) routeIn(d Dialect) (route, bool) {
	r := routes[op].current
	if d == DialectSeed {
		r = routes[op].seed
	}
	return r, r.method != ""
}

// address is the method and the URL of a request.
func (c *Client) address(r *request) (method, target string) {
	route, _ := r.op.routeIn(r.dialect)
	u := c.hostOf(r).String() + strings.Replace(route.path, "{id}", url.PathEscape(r.id), 1)
	if len(r.query) > 0 {
		u += "?" + r.query.Encode()
	}
	return route.method, u
}

// hostOf is the host of a request.
func (c *Client) hostOf(r *request) *url.URL {
	if route, _ := r.op.routeIn(r.dialect); route.host == hostCloud {
		return c.cloud
	}
	return c.base
}
