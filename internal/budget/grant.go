package budget

import (
	"context"
	"sync"
)

// Grant is what was taken from a Pool. A nil Grant is one of a nil Pool. It is for one
// goroutine at a time.
type Grant struct {
	pool   *Pool
	key    string
	amount int64
}

// Swap lets go of what is held and takes another amount instead. While it waits it holds
// nothing, so that requests which have begun cannot wait for each other for ever. After
// an error nothing is held.
func (g *Grant) Swap(ctx context.Context, amount int64) error {
	if g == nil {
		return nil
	}
	p := g.pool
	p.mu.Lock()
	held := g.amount
	g.amount = 0
	p.release(g.key, held)
	err := p.checkAmount(amount)
	var w *waiter
	if err == nil {
		w = p.enqueue(g.key, amount)
	}
	p.mu.Unlock()
	switch {
	case err != nil:
		return err
	case w == nil:
		return p.busy(nil)
	}
	if w.granted != nil {
		if err := g.await(ctx, w); err != nil {
			return err
		}
	}
	g.amount = amount
	return nil
}

// await waits until a waiter has been served.
func (g *Grant) await(ctx context.Context, w *waiter) error {
	select {
	case <-w.granted:
		return nil
	case <-ctx.Done():
	}
	g.pool.mu.Lock()
	left := g.pool.leave(g.key, w)
	g.pool.mu.Unlock()
	if left {
		return g.pool.busy(context.Cause(ctx))
	}
	return nil // it was served at the same moment
}

// Shrink gives back all but an amount.
func (g *Grant) Shrink(amount int64) {
	if g == nil || amount >= g.amount {
		return
	}
	g.pool.mu.Lock()
	defer g.pool.mu.Unlock()
	back := g.amount - amount
	g.amount = amount
	g.pool.release(g.key, back)
}

// Release gives everything back. Further calls do nothing.
func (g *Grant) Release() { g.Shrink(0) }

// Account gathers the grants of one request, so that they are given back together when
// its answer has been written. A nil Account gives back at once. It is safe for
// concurrent use.
type Account struct {
	mu     sync.Mutex
	grants []*Grant
	closed bool
}

// Adopt makes the account responsible for a grant. A closed account gives it back.
func (a *Account) Adopt(g *Grant) {
	if g == nil {
		return
	}
	if a != nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		if !a.closed {
			a.grants = append(a.grants, g)
			return
		}
	}
	g.Release()
}

// Close gives everything back.
func (a *Account) Close() {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	for _, g := range a.grants {
		g.Release()
	}
	a.grants = nil
}

type accountKey struct{}

// WithAccount puts an account into a context.
func WithAccount(ctx context.Context, a *Account) context.Context {
	return context.WithValue(ctx, accountKey{}, a)
}

// AccountOf is the account of a context, or nil.
func AccountOf(ctx context.Context) *Account {
	a, _ := ctx.Value(accountKey{}).(*Account)
	return a
}
