// Package budget counts what callers hold of the process: bytes of memory, places,
// streams. What is held is counted where it is taken, before it is allocated, and until
// it is let go, by caller and for the process as a whole. Who does not fit waits, and
// callers are served in turn, so that one caller's queue does not delay another caller.
package budget

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Why something cannot be taken.
var (
	// ErrBusy means that it did not fit in time.
	ErrBusy = errors.New("the server is busy")
	// ErrTooLarge means that it is more than one caller may ever hold.
	ErrTooLarge = errors.New("this is more than one caller may hold")
)

// mostWaiting bounds the waiting requests of one holder.
const mostWaiting = 256

// Pool is an amount of one kind of thing. A nil Pool has no bound. It is safe for
// concurrent use.
type Pool struct {
	size, share int64

	mu      sync.Mutex
	free    int64
	holders map[string]*holder
	queue   []*holder // those with waiters, the next to be served first
	waiting int
	refused int64
}

// holder is a caller that holds a part, or waits for one.
type holder struct {
	key     string
	held    int64
	waiters []*waiter // the first to have come first
}

type waiter struct {
	amount  int64
	granted chan struct{} // closed when the amount has been taken; nil if that was at once
}

// New returns a Pool of a size of which one holder may hold a share.
func New(size, share int64) *Pool {
	size = max(size, 1)
	return &Pool{size: size, share: min(max(share, 1), size), free: size, holders: map[string]*holder{}}
}

// Share is the most that one holder may hold; of a nil Pool 0.
func (p *Pool) Share() int64 {
	if p == nil {
		return 0
	}
	return p.share
}

// Use is what a Pool has been asked for.
type Use struct {
	Size, Held       int64
	Waiting, Holders int
	Refused          int64 // since the start
}

// Use tells what is held just now.
func (p *Pool) Use() Use {
	if p == nil {
		return Use{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return Use{Size: p.size, Held: p.size - p.free, Waiting: p.waiting, Holders: len(p.holders), Refused: p.refused}
}

// TryTake takes an amount for a holder, if it fits at once and nobody else's turn comes
// first.
func (p *Pool) TryTake(key string, amount int64) (*Grant, error) {
	if p == nil {
		return nil, nil //nolint:nilnil // a nil Grant is one without a bound
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.checkAmount(amount); err != nil {
		return nil, err
	}
	w := p.enqueue(key, amount)
	if w == nil || !w.isServed() && p.leave(key, w) {
		p.refused++
		return nil, ErrBusy
	}
	return &Grant{pool: p, key: key, amount: amount}, nil
}

// Take takes an amount for a holder and waits until it fits, or ctx ends.
func (p *Pool) Take(ctx context.Context, key string, amount int64) (*Grant, error) {
	if p == nil {
		return nil, nil //nolint:nilnil // a nil Grant is one without a bound
	}
	g := &Grant{pool: p, key: key}
	return g, g.Swap(ctx, amount)
}

// checkAmount refuses an amount that can never fit. The caller holds the lock.
func (p *Pool) checkAmount(amount int64) error {
	if amount > p.share {
		p.refused++
		return ErrTooLarge
	}
	return nil
}

// enqueue adds a waiter and serves all that fit, perhaps it. It returns nil where too many
// requests of the holder wait already. The caller holds the lock.
func (p *Pool) enqueue(key string, amount int64) *waiter {
	h := p.holders[key]
	if h == nil {
		h = &holder{key: key}
		p.holders[key] = h
	}
	w := &waiter{amount: amount}
	if len(p.queue) == 0 && p.fits(h, amount) { // the usual case
		p.grant(h, amount)
		return w
	}
	if len(h.waiters) >= mostWaiting {
		return nil
	}
	w.granted = make(chan struct{})
	if len(h.waiters) == 0 {
		p.queue = append(p.queue, h)
	}
	h.waiters = append(h.waiters, w)
	p.waiting++
	p.serve()
	return w
}

// isServed reports whether the waiter's amount has been taken. The caller holds the lock.
func (w *waiter) isServed() bool {
	select {
	case <-w.granted:
		return true
	default:
		return w.granted == nil
	}
}

func (p *Pool) fits(h *holder, amount int64) bool {
	return amount <= p.free && h.held+amount <= p.share
}

func (p *Pool) grant(h *holder, amount int64) {
	h.held += amount
	p.free -= amount
}

// serve grants what fits to those who wait, one of each holder in turn. A holder at its
// share is passed over. One that only the pool as a whole keeps waiting is not: what
// becomes free is for it, else small requests would starve large ones. The caller holds
// the lock.
func (p *Pool) serve() {
	for i := 0; i < len(p.queue); {
		h := p.queue[i]
		w := h.waiters[0]
		if h.held+w.amount > p.share {
			i++
			continue
		}
		if w.amount > p.free {
			return
		}
		p.grant(h, w.amount)
		close(w.granted)
		h.waiters = h.waiters[1:]
		p.waiting--
		p.queue = slices.Delete(p.queue, i, i+1)
		if len(h.waiters) > 0 {
			p.queue = append(p.queue, h)
		}
		i = 0
	}
}

// leave takes a waiter out of its queue. It reports false for one that has been served.
// The caller holds the lock.
func (p *Pool) leave(key string, w *waiter) bool {
	h := p.holders[key]
	if h == nil {
		return false
	}
	at := slices.Index(h.waiters, w)
	if at < 0 {
		return false
	}
	h.waiters = slices.Delete(h.waiters, at, at+1)
	p.waiting--
	if len(h.waiters) == 0 {
		p.queue = slices.DeleteFunc(p.queue, func(other *holder) bool { return other == h })
	}
	p.forget(h)
	p.serve() // it may have been in the way
	return true
}

// release gives back what a holder held. The caller holds the lock.
func (p *Pool) release(key string, amount int64) {
	if amount == 0 {
		return
	}
	h := p.holders[key]
	h.held -= amount
	p.free += amount
	p.serve()
	p.forget(h)
}

func (p *Pool) forget(h *holder) {
	if h.held == 0 && len(h.waiters) == 0 {
		delete(p.holders, h.key)
	}
}

// busy counts a refusal and says why.
func (p *Pool) busy(cause error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused++
	if cause == nil {
		return ErrBusy
	}
	return fmt.Errorf("%w: %w", ErrBusy, cause)
}
