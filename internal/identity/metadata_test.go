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

const base = "https://mcp.example.com/air"

func isServed(path string) bool {
	return path == "/mcp" || path == "/sse" || path == "/mcp/connectors/a%20b"
}

// document asks for the metadata at a path.
func document(m identity.Metadata, method, path string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	m.Handler("/mcp", isServed).ServeHTTP(recorder, httptest.NewRequest(method, path, http.NoBody))
	return recorder
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	m := identity.Metadata{
		Base: "https://mcp.example.com", AuthorizationServers: []string{issuerURL}, Scopes: identity.Scopes{}.Names(), Name: "Acme's data",
	}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	recorder := document(m, http.MethodGet, identity.WellKnown)
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
	recorder = document(m, http.MethodPost, identity.WellKnown)
	if recorder.Code != http.StatusMethodNotAllowed || recorder.Header().Get("Allow") != "GET, HEAD, OPTIONS" {
		t.Errorf("got %d for a POST", recorder.Code)
	}
}

// TestMetadataOfEachAddress: the document that a challenge names has the address that was
// called as its resource, or the audience that the operator has set above it.
func TestMetadataOfEachAddress(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ audience, path, document, resource string }{
		{"", "/mcp", "/air/mcp", base + "/mcp"},
		{"", "/sse", "/air/sse", base + "/sse"},
		{"", "/mcp/connectors/a%20b", "/air/mcp/connectors/a%20b", base + "/mcp/connectors/a%20b"},
		{base + "/mcp", "/mcp/connectors/a%20b", "/air/mcp", base + "/mcp"},
		{base + "/mcp", "/sse", "/air/sse", base + "/sse"},
		{base, "/sse", "/air", base},
		{"https://mcp.example.com", "/sse", "", "https://mcp.example.com"},
		{"https://mcp.example.com/a", "/sse", "/air/sse", base + "/sse"},
		{"https://api.example.com/airbyte", "/mcp", "/air/mcp", base + "/mcp"},
	} {
		m := identity.Metadata{Base: base, Audience: tt.audience}
		if got, want := m.URL(tt.path), "https://mcp.example.com"+identity.WellKnown+tt.document; got != want {
			t.Errorf("%+v: the challenge names %s, want %s", tt, got, want)
		}
		var got struct{ Resource string }
		recorder := document(m, http.MethodGet, identity.WellKnown+tt.document)
		if err := json.Unmarshal(recorder.Body.Bytes(), &got); err != nil || got.Resource != tt.resource {
			t.Errorf("%+v: HTTP %d, resource %q, %v", tt, recorder.Code, got.Resource, err)
		}
	}
	m := identity.Metadata{Base: base}
	for path, want := range map[string]int{
		"/mcp": 200, "/air/mcp/": 200, "/airy/mcp": 404, "/air/air/mcp": 404, "/mcp/connectors/x": 404, "/message": 404, "/": 200, "/air": 200,
	} {
		if got := document(m, http.MethodHead, identity.WellKnown+path).Code; got != want {
			t.Errorf("%s: HTTP %d, want %d", path, got, want)
		}
	}
	if url := (identity.Metadata{}).URL("/mcp"); url != "" {
		t.Errorf("got %q for no address", url)
	}
}

// TestMetadataPreflight lets the pages of any origin send what MCP clients send.
func TestMetadataPreflight(t *testing.T) {
	t.Parallel()
	got := document(identity.Metadata{Base: base}, http.MethodOptions, identity.WellKnown+"/mcp")
	h := got.Header()
	if got.Code != http.StatusNoContent || h.Get("Access-Control-Allow-Origin") != "*" ||
		h.Get("Access-Control-Allow-Methods") != "GET, HEAD" ||
		!strings.Contains(h.Get("Access-Control-Allow-Headers"), "Mcp-Protocol-Version") {
		t.Errorf("HTTP %d %v", got.Code, h)
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
	m := identity.Metadata{Base: base, AuthorizationServers: []string{"http://auth.example.com"}}
	if err := m.Check(); err == nil || !strings.Contains(err.Error(), "authorization server") {
		t.Errorf("got %v", err)
	}
}
