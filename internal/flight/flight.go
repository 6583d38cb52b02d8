// Package flight coalesces requests: callers that ask for the same thing at the same time
// wait for one request. Other than golang.org/x/sync/singleflight, the request ends when
// the last caller has left, and its deadline is the latest of the callers' own.
package flight

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"airbyte-mcp-server/internal/stack"
)

// ErrLeft is wrapped by the error of a caller that gave up a request for which others
// wait still; the error also wraps that of the caller's context.
var ErrLeft = errors.New("the caller left a request that others wait for")

// Group has the requests that are under way, by key. The zero Group is empty and ready to
// use. It is safe for concurrent use.
type Group[V any] struct {
	mu       sync.Mutex
	requests map[string]*request[V]
}

// request is under way for one or more callers.
type request[V any] struct {
	done     chan struct{} // closed when value and err are known
	waiting  int
	lifetime *lifetime
	value    V
	err      error
}

// Do runs a request, or waits for the one of the same key that is under way, and reports
// whether it was the first to ask. A panic of the request is an error to all who wait.
func (g *Group[V]) Do(ctx context.Context, key string, run func(context.Context) (V, error)) (value V, first bool, err error) {
	r, first := g.join(ctx, key, run)
	select {
	case <-r.done:
		return r.value, first, r.err
	case <-ctx.Done():
	}
	if g.leave(key, r, ctx.Err()) {
		<-r.done // it ends at once, and knows best how to say why
		return r.value, first, r.err
	}
	return value, first, fmt.Errorf("%w: %w", ErrLeft, ctx.Err())
}

// join adds a caller to a request, which it begins if there is none.
func (g *Group[V]) join(ctx context.Context, key string, run func(context.Context) (V, error)) (r *request[V], first bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r = g.requests[key]
	if first = r == nil; first {
		r = g.begin(ctx, key, run)
	} else {
		r.lifetime.extend(ctx)
	}
	r.waiting++
	return r, first
}

// begin starts a request with a lifetime of its own. The caller holds the lock.
func (g *Group[V]) begin(ctx context.Context, key string, run func(context.Context) (V, error)) *request[V] {
	r := &request[V]{done: make(chan struct{}), lifetime: newLifetime(ctx)}
	if g.requests == nil {
		g.requests = map[string]*request[V]{}
	}
	g.requests[key] = r
	go func() {
		stack.Grow()
		defer r.lifetime.end(context.Canceled)
		defer g.land(key, r)
		r.value, r.err = run(r.lifetime)
	}()
	return r
}

// land tells those who wait.
func (g *Group[V]) land(key string, r *request[V]) {
	if p := recover(); p != nil { // it must not end the process
		r.err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.forget(key, r)
	close(r.done)
}

// leave gives up waiting. The last to leave ends the request, and is told so.
func (g *Group[V]) leave(key string, r *request[V], why error) (last bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.waiting--; r.waiting > 0 {
		return false
	}
	g.forget(key, r)
	r.lifetime.end(why)
	return true
}

// forget lets nobody join a request any more. The caller holds the lock.
func (g *Group[V]) forget(key string, r *request[V]) {
	if g.requests[key] == r {
		delete(g.requests, key)
	}
}
