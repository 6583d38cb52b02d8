package sandbox

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// ask sends a request to a sandbox without a client.
func ask(t *testing.T, s *Server, path string, headers map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.Host = "127.0.0.1:8899"
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// TestLandingPage: who opens the address sees what is in it and how to reach it, in a browser
// and without.
func TestLandingPage(t *testing.T) {
	t.Parallel()
	s, err := New(Options{Catalog: catalog(), Faults: []string{"route=check,status=500"}})
	if err != nil {
		t.Fatal(err)
	}
	for accept, wants := range map[string][]string{
		"*/*":                             {"text/plain", "GitHub - acme-corp, GitHub - archive", "empty: none"},
		"text/html,application/xhtml+xml": {"text/html", "<td>GitHub - acme-corp, GitHub - archive</td>", `href="/__sandbox/requests"`},
	} {
		page := ask(t, s, "/", map[string]string{"Accept": accept})
		text := page.Header().Get("Content-Type") + "\n" + page.Body.String()
		for _, want := range append(wants, "export AIRBYTE_API_HOST=http://127.0.0.1:8899\n", clientSecret, "in force: 1", "51, such as") {
			if !strings.Contains(text, want) || page.Code != http.StatusOK {
				t.Errorf("accepting %s: status %d, %q is missing in\n%s", accept, page.Code, want, text)
			}
		}
	}
	if again := ask(t, s, "/nothing", nil); again.Code != http.StatusNotFound {
		t.Errorf("another page: %d", again.Code)
	}
	if n := len(s.Requests().Routes); n != 1 {
		t.Errorf("the page is counted as a request of a client: %v", s.Requests().Routes)
	}
}

// TestRequestLog: each request is a line, at the level that was asked for, without values.
func TestRequestLog(t *testing.T) {
	t.Parallel()
	for _, all := range []bool{true, false} {
		var out bytes.Buffer
		s, err := New(Options{Catalog: catalog(), Log: zerolog.New(&out).Level(zerolog.InfoLevel), LogRequests: all,
			Faults: []string{"route=workspaces,status=503"}})
		if err != nil {
			t.Fatal(err)
		}
		ask(t, s, "/api/v1/workspaces?name=secret", nil)
		ask(t, s, "/nowhere", nil)
		want := []string{`"path":"/api/v1/workspaces"`, `"fault":"status"`, `"status":503`, `"path":"/nowhere","status":404`}
		for _, part := range want {
			if strings.Contains(out.String(), part) != all {
				t.Errorf("logging %t: %q in\n%s", all, part, &out)
			}
		}
		if strings.Contains(out.String(), "secret") {
			t.Errorf("a value was logged:\n%s", &out)
		}
	}
}
