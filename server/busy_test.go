package server

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
)

// BenchmarkBusyBesideIdle has 64 callers call at once over real connections while 10,000
// sessions are idle. What the server adds is the difference between its percentiles and
// those of the same callers asking the upstream directly.
func BenchmarkBusyBesideIdle(b *testing.B) {
	const idle, callers = 10000, 64
	r, api := benchRig(b, 1<<10)
	h := r.HTTP(HTTPOptions{Caller: r.session, MaxSessions: idle + callers})
	web := httptest.NewServer(h)
	b.Cleanup(func() {
		h.Close()
		web.Close()
	})
	for range idle {
		w := httptest.NewRecorder()
		req := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/mcp", strings.NewReader(initialize("1")))
		req.Header.Set("Content-Type", "application/json")
		h.ServeHTTP(w, req)
	}
	frame := modern(listIssues("1", "o"))
	header := http.Header{
		"Content-Type": {"application/json"}, "Accept": {"application/json, text/event-stream"},
		mcp.HeaderProtocolVersion: {mcp.LATEST_PROTOCOL_VERSION}, mcp.HeaderMethod: {"tools/call"}, mcp.HeaderName: {"github_issues_list"},
	}
	body := `{"entity":"issues","action":"list","params":{"owner":"o","repo":"r"}}`
	for _, run := range []struct {
		name, url, body string
		header          http.Header
	}{
		{"direct", api.URL + "/api/v1/integrations/connectors/c-1/execute", body, http.Header{"Content-Type": {"application/json"}}},
		{"server", web.URL + "/mcp", frame, header},
	} {
		b.Run(run.name, func(b *testing.B) {
			benchCallers(b, callers, run.url, run.body, run.header)
		})
	}
}

// benchCallers lets callers call at once and reports the percentiles of their times.
func benchCallers(b *testing.B, callers int, url, body string, header http.Header) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers}}
	var mu sync.Mutex
	var took []time.Duration
	next := make(chan struct{})
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for range next {
				began := time.Now()
				benchCall(b, client, url, body, header)
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
			}
		})
	}
	for b.Loop() {
		next <- struct{}{}
	}
	close(next)
	wg.Wait()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1e3, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1e3, "p99-ms")
}

func benchCall(b *testing.B, client *http.Client, url, body string, header http.Header) {
	req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader([]byte(body)))
	if err != nil {
		b.Error(err)
		return
	}
	req.Header = header
	resp, err := client.Do(req)
	if err != nil {
		b.Error(err)
		return
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		b.Errorf("HTTP %d, %v", resp.StatusCode, err)
	}
}
