package server

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// memoryBus is a ReplicaBus within one process.
type memoryBus struct {
	mu          sync.Mutex
	subscribers map[string]map[*func([]byte)]bool // by channel
	down        bool
}

func newMemoryBus() *memoryBus {
	return &memoryBus{subscribers: map[string]map[*func([]byte)]bool{}}
}

func (b *memoryBus) Publish(_ context.Context, channel string, message []byte) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down {
		return false, errors.New("the bus is down")
	}
	for take := range b.subscribers[channel] {
		go (*take)(message)
	}
	return len(b.subscribers[channel]) > 0, nil
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

func (b *memoryBus) setDown(down bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.down = down
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
		bus.setDown(true)
		if got := ping(); got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") != "1" || len(s.take()) != 0 {
			t.Errorf("without the bus: HTTP %d, want 503 and a second to wait", got.status)
		}
		bus.setDown(false)
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
