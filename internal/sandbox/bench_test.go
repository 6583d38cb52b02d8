package sandbox

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func BenchmarkExecuteList(b *testing.B) {
	c := newClient(b)
	path := "/api/v1/integrations/connectors/" + c.id("GitHub - default") + "/execute"
	body := `{"entity":"issues","action":"list","params":{"owner":"acme","repo":"widgets","per_page":20}}`
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+c.token)
		w := httptest.NewRecorder()
		c.s.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}
