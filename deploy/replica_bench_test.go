package deploy_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// measured reads a number from the page of metrics.
func measured(b *testing.B, base, metric string) float64 {
	b.Helper()
	_, page := fetch(b, base, "/metrics")
	found := regexp.MustCompile(`(?m)^` + metric + ` (\S+)$`).FindStringSubmatch(page)
	if found == nil {
		b.Fatalf("there is no %s", metric)
	}
	value, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		b.Fatal(err)
	}
	return value
}

const initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":` +
	`{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}`

// BenchmarkReplica measures the process of one replica, as it is shipped, for the table
// of sizes in docs/remote.md. The emulator runs in the process of the test: its work is
// in the times, but not in cpu-ms/call and RSS-MB, which are those of the replica.
func BenchmarkReplica(b *testing.B) {
	for _, records := range []int{1, 20} {
		b.Run("read-"+strconv.Itoa(records), func(b *testing.B) { benchReads(b, records) })
	}
	b.Run("sessions", benchSessions)
	b.Run("streams", benchStreams)
}

// benchReads has 16 callers at the same time list so many records.
func benchReads(b *testing.B, records int) {
	base := serve(b, startSandbox(b))
	_, session := post(b, base, "", initialize)
	var last atomic.Int64
	call := func() string { // another one each time: equal calls at the same time would share one request to the API
		n := last.Add(1)
		return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"github_issues_list",`+
			`"arguments":{"owner":"acme","repo":"widgets-%d","per_page":%d}}}`, n, n, records)
	}
	post(b, base, session, call())
	idle := measured(b, base, "process_resident_memory_bytes")
	before := measured(b, base, "process_cpu_seconds_total")
	var mu sync.Mutex
	var took []time.Duration
	var bytes atomic.Int64
	b.SetParallelism(8) // on two cores
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			began := time.Now()
			bytes.Add(benchCall(b, base, session, call()))
			mu.Lock()
			took = append(took, time.Since(began))
			mu.Unlock()
		}
	})
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric((measured(b, base, "process_cpu_seconds_total")-before)*1000/float64(len(took)), "cpu-ms/call")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(bytes.Load())/float64(len(took))/1000, "answer-kB")
	b.ReportMetric(idle/1e6, "idle-RSS-MB")
	b.ReportMetric(measured(b, base, "process_resident_memory_bytes")/1e6, "RSS-MB")
}

// benchCall makes one call and returns the size of its answer.
func benchCall(b *testing.B, base, session, call string) int64 {
	resp, err := request(b, http.MethodPost, base, "/mcp", call, "Mcp-Session-Id", session)
	if err != nil {
		b.Error(err)
		return 0
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		b.Errorf("status %d, %v", resp.StatusCode, err)
	}
	return n
}

// benchSessions opens sessions and leaves them idle.
func benchSessions(b *testing.B) {
	base := serve(b, startSandbox(b))
	post(b, base, "", initialize)
	before := measured(b, base, "process_resident_memory_bytes")
	const sessions = 5000
	for b.Loop() {
		for range sessions {
			post(b, base, "", initialize)
		}
	}
	held := measured(b, base, "process_resident_memory_bytes") - before
	b.ReportMetric(held/1000/float64(b.N*sessions), "RSS-kB/session")
}

// benchStreams opens event streams, which the replica holds until its callers go.
func benchStreams(b *testing.B) {
	base := serve(b, startSandbox(b))
	post(b, base, "", initialize)
	before := measured(b, base, "process_resident_memory_bytes")
	const streams = 500
	for b.Loop() {
		for range streams {
			resp, err := request(b, http.MethodGet, base, "/sse", "")
			if err != nil || resp.StatusCode != http.StatusOK {
				b.Fatalf("%v, %v", resp, err)
			}
			b.Cleanup(func() { resp.Body.Close() })
		}
	}
	held := measured(b, base, "process_resident_memory_bytes") - before
	b.ReportMetric(held/1000/float64(b.N*streams), "RSS-kB/stream")
}
