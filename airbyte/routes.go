package airbyte

import (
	"net/http"
	"net/url"
	"strings"
)

// operation is something the API can be asked to do.
type operation int

const (
	opToken operation = iota
	opConnectors
	opExecute
	operations
)

// route is where an operation lives in a dialect of the API.
type route struct {
	method string
	path   string // {id} stands for a path value
}

// routes is the only place that knows paths. A further dialect of the API is a
// further column.
var routes = [operations]struct {
	name    string
	current route
}{
	opToken:      {"minting a token", route{http.MethodPost, "/api/v1/account/applications/token"}},
	opConnectors: {"listing connectors", route{http.MethodGet, "/api/v1/integrations/connectors"}},
	opExecute:    {"executing", route{http.MethodPost, "/api/v1/integrations/connectors/{id}/execute"}},
}

func (op operation) String() string { return routes[op].name }

// target is the URL of an operation on a host.
func (op operation) target(base *url.URL, id string, query url.Values) (method, target string) {
	r := routes[op].current
	u := base.String() + strings.Replace(r.path, "{id}", url.PathEscape(id), 1)
	if len(query) > 0 {
		u += "?" + query.Encode()
	}
	return r.method, u
}
