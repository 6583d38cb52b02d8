package identity

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const wellKnown = "/.well-known/oauth-protected-resource"

// Metadata tells clients where to get a token for this server (RFC 9728).
type Metadata struct {
	Resource             string   // the canonical address of this server, such as https://mcp.example.com/mcp
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
	if _, err := CanonicalResource(m.Resource); err != nil {
		return err
	}
	for _, server := range m.AuthorizationServers {
		if _, err := parseEndpoint(server); err != nil {
			return fmt.Errorf("authorization server %q: %w", server, err)
		}
	}
	return nil
}

// Paths are where the handler belongs: the well-known path, with the path of the
// resource after it if that has one, and without.
func (m Metadata) Paths() []string {
	if path := m.path(); path != "" {
		return []string{wellKnown + path, wellKnown}
	}
	return []string{wellKnown}
}

// URL is the address of the metadata, for challenges; "" for a resource that is no address.
func (m Metadata) URL() string {
	u, err := url.Parse(m.Resource)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host + m.Paths()[0]
}

func (m Metadata) path() string {
	u, err := url.Parse(m.Resource)
	if err != nil {
		return ""
	}
	return strings.TrimRight(u.EscapedPath(), "/")
}

// document is the JSON of RFC 9728, which has no empty lists.
type document struct {
	Resource             string   `json:"resource"`
	AuthorizationServers []string `json:"authorization_servers,omitempty"`
	Scopes               []string `json:"scopes_supported,omitempty"`
	Methods              []string `json:"bearer_methods_supported"`
	Name                 string   `json:"resource_name,omitempty"`
}

// Handler serves the document to GET and HEAD. It is public: any page may read it.
func (m Metadata) Handler() http.Handler {
	body, err := json.Marshal(document{m.Resource, m.AuthorizationServers, m.Scopes, []string{"header"}, m.Name})
	if err != nil {
		panic(err) // plain text
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed: use GET", http.StatusMethodNotAllowed)
			return
		}
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "public, max-age=300")
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(body) // the caller may be gone
	})
}
