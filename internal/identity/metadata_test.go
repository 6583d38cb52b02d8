package identity_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/identity"
)

func TestMetadata(t *testing.T) {
	t.Parallel()
	m := identity.Metadata{
		Resource: resource, AuthorizationServers: []string{issuerURL}, Scopes: identity.Scopes{}.Names(), Name: "Acme's data",
	}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	if got, want := m.URL(), "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"; got != want {
		t.Errorf("got the URL %s, want %s", got, want)
	}
	if got, want := m.Paths(), []string{"/.well-known/oauth-protected-resource/mcp",
		"/.well-known/oauth-protected-resource"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got the paths %v, want %v", got, want)
	}
	recorder := httptest.NewRecorder()
	m.Handler().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, m.Paths()[0], http.NoBody))
	var got map[string]any
	if err := json.Unmarshal(recorder.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"resource": resource, "authorization_servers": []any{issuerURL}, "bearer_methods_supported": []any{"header"},
		"scopes_supported": []any{"airbyte:read", "airbyte:write", "airbyte:delete"}, "resource_name": "Acme's data",
	}
	if !reflect.DeepEqual(got, want) || recorder.Code != http.StatusOK || recorder.Header().Get("Content-Type") != "application/json" {
		t.Errorf("got %d %v, want %v", recorder.Code, got, want)
	}
	recorder = httptest.NewRecorder()
	m.Handler().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodPost, m.Paths()[0], http.NoBody))
	if recorder.Code != http.StatusMethodNotAllowed || recorder.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("got %d for a POST", recorder.Code)
	}
}

func TestMetadataOfARoot(t *testing.T) {
	t.Parallel()
	m := identity.Metadata{Resource: "http://localhost:8080"}
	if err := m.Check(); err != nil || m.URL() != "http://localhost:8080/.well-known/oauth-protected-resource" || len(m.Paths()) != 1 {
		t.Errorf("got %v, %s, %v", err, m.URL(), m.Paths())
	}
	recorder := httptest.NewRecorder()
	m.Handler().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
	if got, want := recorder.Body.String(), `{"resource":"http://localhost:8080","bearer_methods_supported":["header"]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if url := (identity.Metadata{}).URL(); url != "" {
		t.Errorf("got %q for no resource", url)
	}
}

func TestCanonicalResource(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://mcp.example.com/mcp":        "",
		"https://mcp.example.com":            "",
		"http://127.0.0.1:8080/mcp":          "",
		"https://mcp.example.com/mcp/":       "write it as https://mcp.example.com/mcp",
		"HTTPS://MCP.example.com":            "write it as https://mcp.example.com",
		"https://mcp.example.com/mcp?a=b":    "leave the query out",
		"https://mcp.example.com/mcp#x":      "leave user names",
		"https://user:pw@mcp.example.com":    "leave user names",
		"http://mcp.example.com/mcp":         "not https",
		"http://localhost.evil.com/mcp":      "not https",
		"mcp.example.com/mcp":                "want an address",
		"":                                   "want an address",
		"https://mcp.example.com/\x7f":       "want an address",
		"ftp://mcp.example.com/authenticate": "not https",
	} {
		if _, err := identity.CanonicalResource(text); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q in it", text, err, want)
		}
	}
	m := identity.Metadata{Resource: resource, AuthorizationServers: []string{"http://auth.example.com"}}
	if err := m.Check(); err == nil || !strings.Contains(err.Error(), "authorization server") {
		t.Errorf("got %v", err)
	}
}
