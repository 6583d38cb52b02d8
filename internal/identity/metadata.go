package identity

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// WellKnown is the path of the metadata; the path that it is about stands behind it.
const WellKnown = "/.well-known/oauth-protected-resource"

// Metadata tells clients where to get a token for this server (RFC 9728). Each address of
// the server has a document of its own, which names this address as its resource: clients
// take no other.
type Metadata struct {
	Base                 string   // where this server is; /mcp and /sse are behind it
	Audience             string   // that all tokens are made for, if all are made for one; else ""
	AuthorizationServers []string // addresses of issuers
	Scopes               []string // that can be asked for
	Name                 string   // for people; may be empty
}

// CanonicalResource checks the address under which clients know this server, and that
// it is written in the one way that tokens and metadata repeat to the letter (RFC 8707).
func CanonicalResource(text string) (string, error) {
	u, err := parseEndpoint(text)
	if err != nil {
		return "", fmt.Errorf("the address of this server: %w", err)
	}
	if u.RawQuery != "" || u.ForceQuery {
		return "", errors.New("the address of this server: leave the query out")
	}
	u.Host = strings.ToLower(u.Host)
	u.Path = strings.TrimRight(u.Path, "/")
	if want := u.String(); want != text {
		return "", fmt.Errorf("the address of this server: write it as %s", want)
	}
	return text, nil
}

// Check reports what would mislead clients.
func (m Metadata) Check() error {
	if _, err := CanonicalResource(m.Base); err != nil {
		return err
	}
	for _, server := range m.AuthorizationServers {
		if _, err := parseEndpoint(server); err != nil {
			return fmt.Errorf("authorization server %q: %w", server, err)
		}
	}
	return nil
}

// Resource is for what clients of a path such as /mcp ask for a token: its address, or
// the audience of all tokens where that is above it.
func (m Metadata) Resource(path string) string {
	address := m.Base + path
	if rest, ok := strings.CutPrefix(address, m.Audience); ok && m.Audience != "" && (rest == "" || rest[0] == '/') {
		return m.Audience
	}
	return address
}

// URL is the address of the document about a path, for challenges.
func (m Metadata) URL(path string) string {
	u, err := url.Parse(m.Resource(path))
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host + WellKnown + strings.TrimRight(u.EscapedPath(), "/")
}

// pathOf is the path that a request for a document is about; a proxy may have taken the
// path of the base off.
func (m Metadata) pathOf(r *http.Request) string {
	path := strings.TrimPrefix(strings.TrimRight(r.URL.EscapedPath(), "/"), WellKnown)
	if u, err := url.Parse(m.Base); err == nil && u.Path != "" {
		if rest, ok := strings.CutPrefix(path, u.EscapedPath()); ok && (rest == "" || rest[0] == '/') {
			path = rest
		}
	}
	return path
}

// document is the JSON of RFC 9728, which has no empty lists.
type document struct {
	Resource             string   `json:"resource"`
	AuthorizationServers []string `json:"authorization_servers,omitempty"`
	Scopes               []string `json:"scopes_supported,omitempty"`
	Methods              []string `json:"bearer_methods_supported"`
	Name                 string   `json:"resource_name,omitempty"`
}

// Handler serves the documents to GET and HEAD, at WellKnown and behind it. They are
// public: any page may read them. The document without a path is that of main, and
// isPath tells the other paths that there are.
func (m Metadata) Handler(main string, isPath func(string) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		switch r.Method {
		case http.MethodGet, http.MethodHead:
		case http.MethodOptions:
			h.Set("Access-Control-Allow-Methods", "GET, HEAD")
			h.Set("Access-Control-Allow-Headers", "Mcp-Protocol-Version, Authorization, *") // the star leaves Authorization out
			h.Set("Access-Control-Max-Age", "600")
			w.WriteHeader(http.StatusNoContent)
			return
		default:
			h.Set("Allow", "GET, HEAD, OPTIONS")
			http.Error(w, "method not allowed: use GET", http.StatusMethodNotAllowed)
			return
		}
		path := cmp.Or(m.pathOf(r), main)
		if path != main && !isPath(path) {
			http.Error(w, "not found: no such address is served here", http.StatusNotFound)
			return
		}
		body, err := json.Marshal(document{m.Resource(path), m.AuthorizationServers, m.Scopes, []string{"header"}, m.Name})
		if err != nil {
			panic(err) // plain text
		}
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "public, max-age=300")
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(body) // the caller may be gone
	})
}
