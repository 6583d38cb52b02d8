package e2e_test

import (
	"context"
	"flag"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"
)

// attackLatency has TestAttacks judge the neighbour's latency too: it needs the machine for
// itself. `go test ./e2e -run TestAttacks -attack-latency`; BenchmarkAttacks tells the figures.
var attackLatency = flag.Bool("attack-latency", false, "whether TestAttacks judges the latency of the other tenant")

const (
	attackTime       = 8 * time.Second
	attackedMemory   = 256_000 // kB
	oversizedMemory  = 80_000  // kB, for an answer over the limit
	acceptableDelay  = 100 * time.Millisecond
	acceptableFactor = 3 // of the neighbour's latency while there is no attack
)

// attack is what one tenant does to a server with the limits that are shipped.
type attack struct {
	name   string
	memory int // the most that the server may hold, in kB
	tls    bool
	run    func(context.Context, *attacker) // until the context ends, or less
}

func attacks() []attack {
	return []attack{
		{"20,000 sessions", attackedMemory, false, floodSessions},
		{"waits for pages", attackedMemory, false, awaitPages},
		{"waits for pages over HTTP/2", attackedMemory, true, awaitPages},
		{"waits for pages over streams", attackedMemory, false, awaitPagesOverStreams},
		{"more pages than anybody fills in", attackedMemory, false, openManyPages},
		{"unread results", attackedMemory, false, leaveResultsUnread},
		{"unread overviews", attackedMemory, false, leaveOverviewsUnread},
		{"unfinished bodies", attackedMemory, false, leaveBodiesUnfinished},
		{"unfinished bodies for a stream", attackedMemory, false, leaveMessagesUnfinished},
		{"many unfinished small bodies", attackedMemory, false, leaveSmallBodiesUnfinished},
		{"idle connections", attackedMemory, false, leaveConnectionsIdle},
		{"unfinished headers", attackedMemory, false, leaveHeadersUnfinished},
		{"unfinished bodies of strangers", attackedMemory, false, leaveStrangersBodiesUnfinished},
		{"unfinished bodies over one connection", attackedMemory, true, leaveBodiesOfOneConnection},
		{"unfinished bodies over HTTP/2 connections", attackedMemory, true, leaveBodiesOfManyConnections},
		{"large client facts", attackedMemory, false, sendLargeFacts},
		{"unread stream", attackedMemory, false, leaveListsUnread},
		{"unread streams with large headers", attackedMemory, false, leaveManyStreamsUnread},
		{"unread lists without sessions", attackedMemory, false, leaveStatelessListsUnread},
		{"large answers", attackedMemory, false, fetchLargeLists},
		{"oversized answer, plain", oversizedMemory, false, fetchOversized("plain")},
		{"oversized answer, chunked", oversizedMemory, false, fetchOversized("chunked")},
		{"oversized answer, gzip", oversizedMemory, false, fetchOversized("gzip")},
	}
}

// TestAttacks has one tenant take what it can get. The server stays within its memory, and
// each request of the other tenant succeeds.
func TestAttacks(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("skipped: it takes long")
	}
	api := startSharedAPI(t)
	for _, one := range attacks() { //nolint:paralleltest // one server after the other, or they would be slow for each other
		t.Run(one.name, func(t *testing.T) {
			seen := one.against(t, api)
			t.Logf("%+v", seen)
			if seen.memory > one.memory {
				t.Errorf("the server held %d kB, more than %d", seen.memory, one.memory)
			}
			if limit := max(acceptableDelay, acceptableFactor*seen.idle); *attackLatency && seen.attacked > limit {
				t.Errorf("p99 of the other tenant was %v, more than %v", seen.attacked, limit)
			}
		})
	}
}

// BenchmarkAttacks measures what an attack takes of the server and of the other tenant.
func BenchmarkAttacks(b *testing.B) {
	api := startSharedAPI(b)
	for _, one := range attacks() {
		b.Run(one.name, func(b *testing.B) {
			var seen damage
			for b.Loop() {
				seen = one.against(b, api)
			}
			b.ReportMetric(0, "ns/op") // the length of an attack says nothing
			b.ReportMetric(float64(seen.idle.Microseconds())/1000, "idle-p99-ms")
			b.ReportMetric(float64(seen.attacked.Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(seen.memory)/1000, "RSS-MB")
			b.ReportMetric(float64(seen.calls), "calls")
		})
	}
}

// damage is what an attack did.
type damage struct {
	memory         int           // the most that the server held, in kB
	idle, attacked time.Duration // the other tenant's latency, p99, before the attack and under it
	calls          int           // of the other tenant under the attack
	answers        map[int]int   // to the attacker, by status; 0 for none
}

// against makes an attack on a server of its own. Failures of the other tenant fail the test.
func (one attack) against(t testing.TB, api *sharedAPI) damage {
	t.Helper()
	s := api.serve(t, one.tls)
	defer kill(s.process)
	idle := s.newNeighbour()
	idle.workWhile(func() { <-time.After(2 * time.Second) })
	ctx, cancel := context.WithTimeout(t.Context(), attackTime)
	defer cancel()
	a, attacked := s.attacker(), s.newNeighbour()
	attacked.workWhile(func() { one.run(ctx, a) })
	for _, n := range []*neighbour{idle, attacked} {
		for i, text := range n.failures {
			if i < 5 {
				t.Errorf("the other tenant: %s", text)
			}
		}
		if len(n.took) < 10 {
			t.Errorf("the other tenant made only %d requests", len(n.took))
		}
	}
	return damage{s.peakMemory(), idle.slowest(), attacked.slowest(), len(attacked.took), a.answers()}
}

// workWhile has the tenant work while something happens.
func (n *neighbour) workWhile(happens func()) {
	stop := make(chan struct{})
	var working sync.WaitGroup
	working.Go(func() { n.work(stop) })
	happens()
	close(stop)
	working.Wait()
}

// answers are how all attacks were answered, by status.
func (a *attacker) answers() map[int]int {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := map[int]int{}
	for _, one := range a.seen {
		for status, count := range one {
			all[status] += count
		}
	}
	return all
}

// atOnce does something so many times at once, and counts its statuses.
func (a *attacker) atOnce(times int, do func(i int) (status int)) {
	var all sync.WaitGroup
	for i := range times {
		all.Go(func() { a.count("", do(i)) })
	}
	all.Wait()
}

// fetch begins a request whose body comes from a reader, and waits for the answer.
func (a *attacker) fetch(ctx context.Context, path string, body io.Reader, length int64) (status int) {
	return a.fetchWith(ctx, a.client, path, body, length)
}

func (a *attacker) fetchWith(ctx context.Context, client *http.Client, path string, body io.Reader, length int64) (status int) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.front+path, body)
	if err != nil {
		return 0
	}
	req.ContentLength = length
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+a.keys[0])
	resp, err := client.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body) // what there is of it
	return resp.StatusCode
}
