package e2e_test

import (
	"fmt"
	"net/http"
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
	unclear  int // writes with the answer that they may have happened
}

const loadWorkers = 8

func (c *cluster) load() *load {
	l := &load{c: c}
	for w := range loadWorkers {
		session := ""
		if w%2 == 0 {
			session = c.openSession(c.front+"/mcp", w%len(c.keys))
		} else {
			session = c.openSession("http://"+c.address[w%len(c.address)]+"/mcp", w%len(c.keys)) // at one replica, for all
		}
		l.wg.Go(func() { l.run(w, session) })
	}
	return l
}

func (l *load) run(w int, session string) {
	for n := 0; !l.stop.Load(); n++ {
		write := n%3 == 0
		params := readCall(n)
		if write {
			params = writeCall(fmt.Sprintf("issue %d of worker %d", n, w))
		}
		a := l.c.send(l.c.front+"/mcp", w%len(l.c.keys), session, "tools/call", params)
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

// awaitCalls waits until n more calls were made.
func (l *load) awaitCalls(n int64) {
	l.c.t.Helper()
	from := l.calls.Load()
	l.c.waitFor("calls go on", func() bool { return l.calls.Load() >= from+n })
}

// finish stops the load and returns its failures.
func (l *load) finish() (failures []string, unclear int) {
	l.stop.Store(true)
	l.wg.Wait()
	return l.failures, l.unclear
}

// TestRollingRestart restarts one replica after the other under load: no call fails.
func TestRollingRestart(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	l := c.load()
	l.awaitCalls(200)
	for i := range c.replicas {
		c.stop(i)
		l.awaitCalls(50)
		c.start(i)
		l.awaitCalls(50)
	}
	failures, unclear := l.finish()
	t.Logf("%d calls, %d failed, %d writes unclear", l.calls.Load(), len(failures), unclear)
	if len(failures) > 0 || unclear > 0 {
		t.Errorf("%d calls failed and %d writes are unclear: %.600q", len(failures), unclear, failures)
	}
	if twice := c.repeatedWrites(); len(twice) > 0 {
		t.Errorf("%d writes arrived twice", len(twice))
	}
}

// TestReplicaKilled kills a replica under load: what it was doing may fail, nothing else,
// and no write happens twice.
func TestReplicaKilled(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	l := c.load()
	l.awaitCalls(100)
	if err := c.replicas[1].Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = c.replicas[1].Wait()
	l.awaitCalls(300)
	failures, unclear := l.finish()
	t.Logf("%d calls, %d failed, %d writes unclear", l.calls.Load(), len(failures), unclear)
	if lost := len(failures) + unclear; lost > loadWorkers {
		t.Errorf("%d calls were lost, more than there could be in the replica: %.600q", lost, failures)
	}
	if twice := c.repeatedWrites(); len(twice) > 0 {
		t.Errorf("%d writes arrived twice", len(twice))
	}
}

// TestStoreAway stops and restarts the store under load: calls go on, what must not be
// guessed is refused, and it heals.
func TestStoreAway(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	l := c.load()
	l.awaitCalls(100)
	session := c.openSession(c.front+"/mcp", 0)
	confirmation := c.askToDelete("http://"+c.address[0]+"/mcp", session)
	kill(c.store)
	l.awaitCalls(300)
	if a := c.send("http://"+c.address[1]+"/mcp", 0, session, "tools/call", deletion(confirmation)); !strings.Contains(a.body, "is refused") {
		t.Errorf("a confirmation while nobody knows whether it was used: %+v", a)
	}
	if a := c.send(c.front+"/mcp", 0, session, "tools/call", readCall(1)); a.failed() {
		t.Errorf("a read while the store is away: %+v", a)
	}
	if got := status(http.MethodGet, c.front+"/readyz"); got != http.StatusOK {
		t.Errorf("readiness while the store is away: HTTP %d", got)
	}
	c.startStore()
	c.waitFor("confirmations work again", func() bool {
		a := c.send(c.front+"/mcp", 0, session, "tools/call", deletion(c.askToDelete(c.front+"/mcp", session)))
		return a.status == http.StatusOK && !strings.Contains(a.body, "is refused")
	})
	l.awaitCalls(100)
	failures, unclear := l.finish()
	if len(failures) > 0 || unclear > 0 {
		t.Errorf("%d calls failed and %d writes are unclear: %.600q", len(failures), unclear, failures)
	}
	if twice := c.repeatedWrites(); len(twice) > 0 {
		t.Errorf("%d writes arrived twice", len(twice))
	}
}
