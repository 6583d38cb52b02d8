package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
)

const twentyIssues = `{"entity":"issues","action":"list","params":{"owner":"acme","repo":"widgets","per_page":20}}`

func BenchmarkExecuteList(b *testing.B) {
	c := newClient(b)
	do := direct(c, executePath(c))
	for b.Loop() {
		do(twentyIssues)
	}
}

// BenchmarkExecuteListHTTP lists 20 records over real connections.
func BenchmarkExecuteListHTTP(b *testing.B) {
	r, err := Start("127.0.0.1:0", Options{Catalog: catalog()})
	if err != nil {
		b.Fatal(err)
	}
	c := &client{t: b, s: r.Server}
	token, url := c.signIn(), r.URL+executePath(c)
	transport := &http.Transport{MaxIdleConnsPerHost: 2 * runtime.GOMAXPROCS(0)}
	hc := &http.Client{Transport: transport}
	b.SetParallelism(2)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := postOnce(hc, url, token); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
	b.StopTimer()
	transport.CloseIdleConnections()
	if err := r.Close(); err != nil {
		b.Error(err)
	}
}

func postOnce(hc *http.Client, url, token string) error {
	r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(twentyIssues))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := hc.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d: %w", res.StatusCode, err)
	}
	return nil
}

// BenchmarkHeap reports by how much the heap grows with requests of which no two
// are alike, once what is kept has reached its bounds. It is to be read together
// with a large -benchtime, such as 1000000x.
func BenchmarkHeap(b *testing.B) {
	const token = `{"client_id":"` + clientID + `","client_secret":"` + clientSecret + `"}`
	for _, bench := range []struct {
		name, path, body string
		warm             int
	}{
		{"params", "", `{"entity":"issues","action":"list","params":{"owner":"acme","repo":"widgets","per_page":20,"unknown":%d}}`, 10},
		{"repositories", "", `{"entity":"issues","action":"list","params":{"owner":"acme","repo":"r%d","per_page":20}}`, 60},
		{"sql", "", `{"entity":"issues","action":"context_store_sql_query","params":` +
			`{"sql":"SELECT number, title FROM issues WHERE number > %d LIMIT 20"}}`, 10},
		{"names", "", `{"entity":"nothing%d","action":"list"}`, 10},
		{"tokens", "/api/v1/account/applications/token", strings.Replace(token, "}", `,"n":%d}`, 1), 10},
		{"sessions", "/api/v1/internal/mcp_oauth/sessions", `{"source_definition_id":"a","workspace_id":"b","source_template_id":"%d"}`,
			2 * maxSessions},
	} {
		b.Run(bench.name, func(b *testing.B) {
			c := newClient(b)
			path := bench.path
			if path == "" {
				path = executePath(c)
			}
			do := direct(c, path)
			for n := range 2 * maxRows {
				c.s.ledger.execute(callNames{Connector: uuid.NewString(), Entity: "issues", Action: "get", Params: json.RawMessage(strconv.Itoa(n))},
					http.StatusOK)
			}
			for n := range bench.warm {
				do(fmt.Sprintf(bench.body, n))
			}
			before := heapInUse()
			n := bench.warm
			for b.Loop() {
				do(fmt.Sprintf(bench.body, n))
				n++
			}
			grown := float64(heapInUse()) - float64(before)
			runtime.KeepAlive(c)
			b.ReportMetric(grown/float64(b.N), "heap-B/op")
			b.ReportMetric(grown/1024, "heap-kB")
		})
	}
}

func heapInUse() uint64 {
	runtime.GC()
	runtime.GC() // what pools hold goes with the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func executePath(c *client) string {
	return connectorsPath + "/" + c.id("GitHub - default") + "/execute"
}

// direct calls the sandbox without a network and keeps nothing of the answers.
func direct(c *client, path string) func(body string) {
	header := http.Header{"Authorization": {"Bearer " + c.token}}
	return func(body string) {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header = header
		w := &discard{header: http.Header{}}
		c.s.ServeHTTP(w, r)
		if w.status >= http.StatusInternalServerError {
			c.t.Fatalf("%s gives %d", body, w.status)
		}
	}
}

// discard is a response of which only the status is kept.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header { return d.header }

func (d *discard) Write(body []byte) (int, error) { return len(body), nil }

func (d *discard) WriteHeader(status int) { d.status = status }
