package airbyte_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"airbyte-mcp-server/airbyte"
)

// BenchmarkExecuteOverhead compares Execute with a bare POST to the same server.
func BenchmarkExecuteOverhead(b *testing.B) {
	record := `{"id":9007199254740993,"title":"` + strings.Repeat("x", 60) + `"},`
	body := `{"status":"success","result":[` + strings.Repeat(record, 20_000/len(record)) +
		`{}],"connector_metadata":{},"execution_metadata":{"execution_time_ms":1}}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == tokenPath {
			_, _ = io.WriteString(w, `{"access_token":"x","expires_in":900}`)
			return
		}
		_, _ = io.WriteString(w, body)
	}))
	b.Cleanup(server.Close)

	b.Run("bare", func(b *testing.B) {
		transport := &http.Transport{MaxIdleConnsPerHost: 256}
		b.Cleanup(transport.CloseIdleConnections)
		client := &http.Client{Transport: transport}
		request := []byte(`{"entity":"issues","action":"list","params":{"owner":"acme","repo":"widgets"}}`)
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			resp, err := client.Post(server.URL+executePath, "application/json", bytes.NewReader(request))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.ReadAll(resp.Body); err != nil {
				b.Fatal(err)
			}
			_ = resp.Body.Close()
		}
	})
	b.Run("client", func(b *testing.B) {
		client := newClient(b, server.URL)
		x := airbyte.Execution{Entity: "issues", Action: "list", Params: []byte(`{"owner":"acme","repo":"widgets"}`)}
		mustRun(b.Context(), b, client, x)
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := client.Execute(b.Context(), "main", "c-1", x); err != nil {
				b.Fatal(err)
			}
		}
	})
}
