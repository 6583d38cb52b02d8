package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/netname"
)

// guard checks the Host and the Origin of each request to an MCP route, against DNS
// rebinding and foreign web pages.
type guard struct {
	authenticated bool     // callers must authenticate
	hosts         []string // besides loopback names
	origins       []string // besides loopback origins
}

// admitRequest reports whether a request may pass. If not, it answers the request.
func (g *guard) admitRequest(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case !g.knowsHost(r.Host):
		http.Error(w, "forbidden: this server does not answer to that Host; see --allowed-hosts", http.StatusForbidden)
	case !g.trustsOrigin(r.Header.Values("Origin")):
		http.Error(w, "forbidden: web pages of that Origin may not call this server; see --allowed-origins", http.StatusForbidden)
	case r.Method == http.MethodOptions:
		allowPage(w, r)
		w.WriteHeader(http.StatusNoContent)
	default:
		allowPage(w, r)
		return true
	}
	return false
}

// knowsHost refuses foreign Host names: a web page could reach a local server under a
// name that it has rebound to this machine. An authenticated caller is no such page.
func (g *guard) knowsHost(hostport string) bool {
	host, _ := netname.Split(hostport)
	if netname.IsLoopback(host) || containsFold(g.hosts, host) || containsFold(g.hosts, hostport) {
		return true
	}
	return g.authenticated && len(g.hosts) == 0
}

// trustsOrigin admits requests without an Origin, which no web page sends, pages of this
// machine, and the listed origins.
func (g *guard) trustsOrigin(headers []string) bool {
	if len(headers) != 1 {
		return len(headers) == 0
	}
	if containsFold(g.origins, headers[0]) {
		return true
	}
	u, err := url.Parse(headers[0])
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && netname.IsLoopback(u.Hostname())
}

// containsFold reports whether a host or an origin is in a list, without regard to case.
func containsFold(list []string, name string) bool {
	return slices.ContainsFunc(list, func(one string) bool { return strings.EqualFold(one, name) })
}

// allowPage sets the CORS headers with which a browser lets a trusted page read the answer.
func allowPage(w http.ResponseWriter, r *http.Request) {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	h.Add("Vary", "Origin")
	h.Set("Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept, Last-Event-ID, "+
		"Mcp-Session-Id, Mcp-Protocol-Version, Mcp-Method, Mcp-Name, "+
		"X-Mcp-Connectors, X-Mcp-Tools, X-Mcp-Exclude-Tools, X-Mcp-Effects, X-Mcp-Readonly, X-Mcp-Surface")
	h.Set("Access-Control-Expose-Headers", "Mcp-Session-Id, Mcp-Protocol-Version, WWW-Authenticate, Retry-After, X-Request-Id")
	h.Set("Access-Control-Max-Age", "600")
}
