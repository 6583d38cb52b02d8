package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// load has callers read and write without a pause, over the balancer, in sessions and
// without.
type load struct {
	c        *cluster
	stop     atomic.Bool
	wg       sync.WaitGroup
	calls    atomic.Int64
	mu       sync.Mutex
	failures []string
	unclear  int // writes of which their caller was told that they may have happened
}

const loadWorkers = 8

func (c *cluster) load() *load {
	l := &load{c: c}
	for w := range loadWorkers {
		session := ""
		if w%2 == 0 {
			session = c.begin(c.front+"/mcp", w%len(c.keys))
		} else {
			session = c.begin("http://"+c.at[w%len(c.at)]+"/mcp", w%len(c.keys)) // at one replica, for all
		}
		l.wg.Go(func() { l.run(w, session) })
	}
	return l
}

func (l *load) run(w int, session string) {
	for n := 0; !l.stop.Load(); n++ {
		write := n%3 == 0
		params := list(n)
		if write {
			params = create(fmt.Sprintf("issue %d of worker %d", n, w))
		}
		a := l.c.post(l.c.front+"/mcp", w%len(l.c.keys), session, "tools/call", params)
		l.calls.Add(1)
		if !a.failed() {
			continue
		}
		l.mu.Lock()
		if write && (a.err != nil || a.status >= 500 || strings.Contains(a.body, "may have happened")) {
			l.unclear++
		} else {
			l.failures = append(l.failures, fmt.Sprintf("%v HTTP %d %.200s", a.err, a.status, a.body))
		}
		l.mu.Unlock()
	}
}

// further waits until so many more calls were made.
func (l *load) further(n int64) {
	l.c.t.Helper()
	from := l.calls.Load()
	l.c.until("calls go on", func() bool { return l.calls.Load() >= from+n })
}

// end stops the load and returns what failed.
func (l *load) end() (failures []string, unclear int) {
	l.stop.Store(true)
	l.wg.Wait()
	return l.failures, l.unclear
}

// TestRollingRestart restarts one replica after the other under load: no call fails.
func TestRollingRestart(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	l := c.load()
	l.further(200)
	for i := range c.replicas {
		c.stop(i)
		l.further(50)
		c.start(i)
		l.further(50)
	}
	failures, unclear := l.end()
	t.Logf("%d calls, %d failed, %d writes unclear", l.calls.Load(), len(failures), unclear)
	if len(failures) > 0 || unclear > 0 {
		t.Errorf("%d calls failed and %d writes are unclear: %.600q", len(failures), unclear, failures)
	}
	if twice := c.doubled(); len(twice) > 0 {
		t.Errorf("%d writes arrived twice", len(twice))
	}
}

// TestReplicaKilled kills a replica under load: what it was doing may fail, nothing else,
// and no write happens twice.
func TestReplicaKilled(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	l := c.load()
	l.further(100)
	if err := c.replicas[1].Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = c.replicas[1].Wait()
	l.further(300)
	failures, unclear := l.end()
	t.Logf("%d calls, %d failed, %d writes unclear", l.calls.Load(), len(failures), unclear)
	if lost := len(failures) + unclear; lost > loadWorkers {
		t.Errorf("%d calls were lost, more than there could be in the replica: %.600q", lost, failures)
	}
	if twice := c.doubled(); len(twice) > 0 {
		t.Errorf("%d writes arrived twice", len(twice))
	}
}

// TestStoreAway stops and restarts the store under load: calls go on, what must not be
// guessed is refused, and it heals.
func TestStoreAway(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	l := c.load()
	l.further(100)
	session := c.begin(c.front+"/mcp", 0)
	confirmation := c.askToDelete(session)
	end(c.store)
	l.further(300)
	if a := c.post(c.front+"/mcp", 0, session, "tools/call", deletion(confirmation)); !strings.Contains(a.body, "is refused") {
		t.Errorf("a confirmation while nobody knows whether it was used: %+v", a)
	}
	if a := c.post(c.front+"/mcp", 0, session, "tools/call", list(1)); a.failed() {
		t.Errorf("a read while the store is away: %+v", a)
	}
	if got := status(http.MethodGet, c.front+"/readyz"); got != http.StatusOK {
		t.Errorf("readiness while the store is away: HTTP %d", got)
	}
	c.startStore()
	c.until("confirmations work again", func() bool {
		a := c.post(c.front+"/mcp", 0, session, "tools/call", deletion(c.askToDelete(session)))
		return a.status == http.StatusOK && !strings.Contains(a.body, "is refused")
	})
	l.further(100)
	failures, unclear := l.end()
	if len(failures) > 0 || unclear > 0 {
		t.Errorf("%d calls failed and %d writes are unclear: %.600q", len(failures), unclear, failures)
	}
	if twice := c.doubled(); len(twice) > 0 {
		t.Errorf("%d writes arrived twice", len(twice))
	}
}

// TestSessionsAcrossReplicas begins a session at one replica and goes on at the others.
func TestSessionsAcrossReplicas(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	url := func(i int) string { return "http://" + c.at[i] + "/mcp" }
	session := c.begin(url(0), 0)
	for i := range c.at {
		if a := c.post(url(i), 0, session, "tools/call", list(i)); a.failed() {
			t.Errorf("replica %d: %+v", i, a)
		}
		if a := c.post(url(i), 1, session, "tools/call", list(i)); a.status != http.StatusNotFound {
			t.Errorf("another caller in the session at replica %d: HTTP %d, want 404", i, a.status)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, url(1), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.keys[0])
	req.Header.Set("Mcp-Session-Id", session)
	if resp, err := http.DefaultClient.Do(req); err != nil || resp.StatusCode != http.StatusNoContent {
		t.Fatalf("ending the session: %v, %v", resp, err)
	} else {
		resp.Body.Close()
	}
	for i := range c.at {
		c.until("the session has ended everywhere", func() bool {
			return c.post(url(i), 0, session, "ping", "{}").status == http.StatusNotFound
		})
	}
}

// deletion is a write that has to be confirmed.
func deletion(confirmation string) string {
	return `{"name":"call_write_tool","arguments":{"name":"slack_reactions_delete","arguments":{"channel":"C0","timestamp":"1.2","name":"x","confirmation":"` + confirmation + `"}}}`
}

var confirmationIn = regexp.MustCompile(`\\"confirmation\\": \\"([^"\\]+)`)

// askToDelete returns the token that a deletion asks for.
func (c *cluster) askToDelete(session string) string {
	c.t.Helper()
	a := c.post(c.front+"/mcp", 0, session, "tools/call", strings.Replace(deletion(""), `,"confirmation":""`, "", 1))
	found := confirmationIn.FindStringSubmatch(a.body)
	if found == nil {
		c.t.Fatalf("no confirmation is asked for: %+v", a)
	}
	return found[1]
}
