package server

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/state"
)

// memoryBus is a ReplicaBus within one process.
type memoryBus struct {
	mu          sync.Mutex
	subscribers map[string]map[*func([]byte)]bool // by channel
	fault       error                             // of deliveries
	loses       bool                              // the message of a faulty delivery, or else its acknowledgement
}

func newMemoryBus() *memoryBus {
	return &memoryBus{subscribers: map[string]map[*func([]byte)]bool{}}
}

func (b *memoryBus) Publish(_ context.Context, channel string, message []byte) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for take := range b.subscribers[channel] {
		go (*take)(message)
	}
	return len(b.subscribers[channel]) > 0, nil
}

func (b *memoryBus) Deliver(ctx context.Context, channel string, message []byte) error {
	b.mu.Lock()
	fault, loses := b.fault, b.loses
	b.mu.Unlock()
	if fault != nil && loses {
		return fault
	}
	delivered, err := b.Publish(ctx, channel, message)
	if err == nil && !delivered {
		err = state.ErrNobody
	}
	return cmp.Or(fault, err)
}

func (b *memoryBus) Subscribe(channel string, take func([]byte)) func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.subscribers[channel] == nil {
		b.subscribers[channel] = map[*func([]byte)]bool{}
	}
	b.subscribers[channel][&take] = true
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.subscribers[channel], &take)
	}
}

func (b *memoryBus) fail(fault error, loses bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fault, b.loses = fault, loses
}

// open is how many subscriptions there are.
func (b *memoryBus) open() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, channel := range b.subscribers {
		n += len(channel)
	}
	return n
}

// pair is two replicas with the same key on one bus.
func pair(t *testing.T) (r *rig, bus *memoryBus, one, other *web) {
	t.Helper()
	r, bus = newRig(t), newMemoryBus()
	onBus := func(o *HTTPOptions) { o.ReplicaBus = bus }
	return r, bus, r.web(t, onBus), r.web(t, onBus)
}

// A message for a stream may come to any replica, as long as the stream is open.
func TestMessageForAnotherReplicasStream(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, bus, one, other := pair(t)
		s := one.stream()
		ping := func() webReply {
			reply, err := other.do(t.Context(), http.MethodPost, s.endpoint, request("1", "ping", `{}`), jsonHeaders(nil)...)
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			return reply
		}
		if got := ping(); got.status != http.StatusAccepted || len(s.take()) != 1 {
			t.Errorf("got HTTP %d and %v on the stream, want 202 and one answer", got.status, s.take())
		}
		bus.fail(state.ErrAway, true)
		if got := ping(); got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") != "1" || len(s.take()) != 0 {
			t.Errorf("without the bus: HTTP %d, want 503 and a second to wait", got.status)
		}
		bus.fail(nil, false)
		s.leave()
		synctest.Wait()
		if got := ping(); got.status != http.StatusNotFound {
			t.Errorf("after the stream's end: HTTP %d, want 404", got.status)
		}
		if got := bus.open(); got != 0 {
			t.Errorf("%d subscriptions outlive the stream", got)
		}
	})
}

// TestUnconfirmedMessage: whoever is told that nothing was done is told the truth. What may
// have been taken is an unknown outcome where it may change something, else it can be sent
// again.
func TestUnconfirmedMessage(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault   error
		loses   bool
		message string
		status  int
		words   string
		writes  int
	}{
		"a write, taken": {state.ErrUnconfirmed, false, createIssue("1", "t"), http.StatusGatewayTimeout,
			"It is not known whether github_issues_create", 1},
		"a write, lost":      {state.ErrUnconfirmed, true, createIssue("1", "t"), http.StatusGatewayTimeout, "Look whether the change", 0},
		"a write, not sent":  {state.ErrAway, true, createIssue("1", "t"), http.StatusServiceUnavailable, "nothing was done", 0},
		"a write, to nobody": {state.ErrNobody, true, createIssue("1", "t"), http.StatusNotFound, "session not found", 0},
		"an unknown tool":    {state.ErrUnconfirmed, true, callTool("1", "no_such", `{}`), http.StatusGatewayTimeout, "not known whether", 0},
		"a read":             {state.ErrUnconfirmed, false, listIssues("1", "o"), http.StatusServiceUnavailable, "It changes nothing", 0},
		"no call": {state.ErrUnconfirmed, true, request("1", "tools/list", `{}`), http.StatusServiceUnavailable,
			"can be sent again", 0},
		"an answer to a question": {state.ErrUnconfirmed, true, `{"jsonrpc":"2.0","id":"server-1","result":{}}`, http.StatusServiceUnavailable,
			"can be sent again", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r, bus, one, other := pair(t)
				s := one.stream()
				bus.fail(tt.fault, tt.loses)
				got, err := other.do(t.Context(), http.MethodPost, s.endpoint, tt.message, jsonHeaders(nil)...)
				if err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				if got.status != tt.status || !strings.Contains(got.body, tt.words) || (got.header.Get("Retry-After") != "") !=
					(tt.status == http.StatusServiceUnavailable) {
					t.Errorf("HTTP %d %v %s, want %d %q", got.status, got.header, got.body, tt.status, tt.words)
				}
				if strings.Contains(got.body, "nothing was done") && r.up.load().executed != 0 {
					t.Error("something was done")
				}
				if tt.writes > 0 && r.up.load().executed != tt.writes {
					t.Errorf("%d executes, want %d: the test shows nothing", r.up.load().executed, tt.writes)
				}
			})
		})
	}
}

// A cancellation ends its request at whichever replica that is, and the subscription of a
// session ends with the session.
func TestCancellationAtAnotherReplica(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, bus, one, other := pair(t)
		session := one.open()
		r.up.set(hang)
		done := make(chan webReply)
		go func() { done <- one.post(listIssues("7", "o"), session...) }()
		synctest.Wait()
		if got := other.post(cancelled("7"), session...); got.status != http.StatusAccepted {
			t.Errorf("the cancellation: HTTP %d, want 202", got.status)
		}
		start := time.Now()
		if got := <-done; len(got.messages) != 0 || time.Since(start) != 0 {
			t.Errorf("the cancelled call got %v after %s, want no answer at once", got.messages, time.Since(start))
		}
		if got := r.up.load(); got.active != 0 || got.abandoned != 1 {
			t.Errorf("upstream %+v, want the call closed", got)
		}
		if got := bus.open(); got == 0 {
			t.Error("the session has no subscription, so the test shows nothing")
		}
		reply, err := one.do(t.Context(), http.MethodDelete, "/mcp", "", session...)
		if err != nil || reply.status != http.StatusNoContent {
			t.Fatalf("DELETE: HTTP %d, %v", reply.status, err)
		}
		if got := bus.open(); got != 0 {
			t.Errorf("%d subscriptions outlive the session", got)
		}
	})
}
