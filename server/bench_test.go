package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// benchRig is a server over a real connection to an upstream that answers with a
// result of about a size.
func benchRig(b *testing.B, size int) (*rig, *httptest.Server) {
	b.Helper()
	up := newUpstream()
	up.set(always(records(size)))
	api := httptest.NewServer(up)
	b.Cleanup(api.Close)
	r := newRigOver(b, up, airbyte.Config{Host: api.URL})
	r.session.Answers.Format = tools.CompactJSON // as serve does
	return r, api
}

// records is a list of about a size, in an envelope as vendors have it.
func records(size int) string {
	const record = `{"id":9007199254740993,"name":"A \"quoted\" name","email":"customer@example.com","status":"active","amount":100.50,` +
		`"created_at":"2026-01-01T03:04:05Z","tags":["alpha","beta"],"note":"One line.\nAnother.","milestone":null}`
	return `{"data":[` + strings.Repeat(record+",", size/len(record)) + record + `],"meta":{"has_more":true}}`
}

// BenchmarkCallOverhead has one caller make one call after the other. What a
// transport adds is its time less that of bare, which asks the upstream directly.
func BenchmarkCallOverhead(b *testing.B) {
	for _, size := range []int{1 << 10, 20 << 10, 1 << 20} {
		b.Run(strconv.Itoa(size>>10)+"kB", func(b *testing.B) {
			b.Run("bare", func(b *testing.B) { benchBare(b, size) })
			b.Run("stdio", func(b *testing.B) { benchStdio(b, size) })
			b.Run("http", func(b *testing.B) { benchHTTP(b, size) })
		})
	}
}

func benchBare(b *testing.B, size int) {
	_, api := benchRig(b, size)
	client := api.Client()
	body := []byte(`{"entity":"issues","action":"list","params":{"owner":"o","repo":"r"}}`)
	b.ReportAllocs()
	for b.Loop() {
		benchPost(b, client, api.URL+"/api/v1/integrations/connectors/c-1/execute", body)
	}
}

func benchStdio(b *testing.B, size int) {
	r, _ := benchRig(b, size)
	in, toServer := benchPipe(b)
	fromServer, out := benchPipe(b)
	ended := make(chan error, 1)
	go func() { ended <- r.ServeStdio(context.Background(), r.session, in, out) }()
	lines := bufio.NewReaderSize(fromServer, 64<<10)
	frame := []byte(listIssues("1", "o") + "\n")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := toServer.Write(frame); err != nil {
			b.Fatal(err)
		}
		benchLine(b, lines)
	}
	toServer.Close()
	if err := <-ended; err != nil {
		b.Error(err)
	}
}

func benchPipe(b *testing.B) (r, w *os.File) {
	b.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		r.Close()
		w.Close()
	})
	return r, w
}

// benchLine reads a line without keeping it.
func benchLine(b *testing.B, lines *bufio.Reader) {
	b.Helper()
	for {
		part, err := lines.ReadSlice('\n')
		if err == nil {
			return
		}
		if len(part) == 0 {
			b.Fatal(err)
		}
	}
}

func benchHTTP(b *testing.B, size int) {
	r, _ := benchRig(b, size)
	h := r.HTTP(HTTPOptions{Caller: r.session})
	web := httptest.NewServer(h)
	b.Cleanup(func() {
		h.Close()
		web.Close()
	})
	frame := []byte(modern(listIssues("1", "o")))
	header := jsonHeaders(modernHeaders(b, listIssues("1", "o")))
	b.ReportAllocs()
	for b.Loop() {
		benchPost(b, web.Client(), web.URL+"/mcp", frame, header...)
	}
}

func benchPost(b *testing.B, client *http.Client, url string, body []byte, header ...string) {
	b.Helper()
	req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		b.Fatalf("HTTP %d, %v", resp.StatusCode, err)
	}
}

// BenchmarkListTools answers tools/list with all tools of the catalog, from the frame to
// the bytes of the answer. What that costs is to be held against copying the same bytes.
func BenchmarkListTools(b *testing.B) {
	r := newRig(b)
	everything(b, r.up)
	answer := func() reply {
		f, problem := parseFrame([]byte(request("1", "tools/list", `{}`)))
		if problem != nil {
			b.Fatal(problem.message)
		}
		return r.handle(b.Context(), r.newExchange(f, r.session, &peer{}, nil))
	}
	list := answer().json
	b.Run("answer", func(b *testing.B) {
		b.SetBytes(int64(len(list)))
		b.ReportAllocs()
		for b.Loop() {
			got := answer()
			if len(got.json) != len(list) {
				b.Fatal("another list")
			}
			r.recycle(got)
		}
	})
	b.Run("copy", func(b *testing.B) {
		b.SetBytes(int64(len(list)))
		b.ReportAllocs()
		for b.Loop() {
			if len(bytes.Clone(list)) != len(list) {
				b.Fatal("another list")
			}
		}
	})
}

// everything connects one of each connector of the catalog.
func everything(tb testing.TB, up *upstream) {
	tb.Helper()
	names, err := catalog.Names()
	if err != nil {
		tb.Fatal(err)
	}
	var rows []string
	for i, name := range names {
		conn, err := catalog.Connector(name)
		if err != nil {
			tb.Fatal(err)
		}
		rows = append(rows,
			fmt.Sprintf(`{"id":"c-%d","name":%q,"summarized_source_template":{"name":%q,"connector_name":%q,"actor_definition_id":%q}}`,
				i+1, conn.Title+" - test", conn.Title, name, conn.DefinitionID))
	}
	up.connectors = strings.Join(rows, ",")
}

// BenchmarkEncodeResult writes the answer to a call, from the API's bytes.
func BenchmarkEncodeResult(b *testing.B) {
	for _, size := range []int{1 << 10, 20 << 10, 1 << 20} {
		b.Run(strconv.Itoa(size>>10)+"kB", func(b *testing.B) {
			result := &calls.Result{Data: json.RawMessage(records(size)), Source: calls.SourceLive}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			var frame []byte
			for b.Loop() {
				var err error
				if frame, err = encodeCall(frame, nil, success(result, false)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkIdleSessions keeps sessions of streamable HTTP that nobody uses. B/session is
// what each holds in memory.
func BenchmarkIdleSessions(b *testing.B) {
	const count = 10000
	r := newRig(b)
	for b.Loop() {
		h := r.HTTP(HTTPOptions{Caller: r.session, MaxSessions: count})
		before := heapInUse()
		for range count {
			w := httptest.NewRecorder()
			req := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/mcp", strings.NewReader(initialize("1")))
			req.Header.Set("Content-Type", "application/json")
			h.ServeHTTP(w, req)
			if w.Code != http.StatusOK {
				b.Fatal(w.Body.String())
			}
		}
		b.ReportMetric(float64(heapInUse()-before)/count, "B/session")
		h.Close()
	}
}

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
