package flight

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// lifetime is the context of a request for which several callers wait. It ends for the
// reason for which the last of them left; its deadline is the latest of theirs.
type lifetime struct {
	context.Context

	over     chan struct{}
	deadline atomic.Pointer[time.Time] // nil for none

	mu    sync.Mutex
	why   error // nil until over is closed
	after map[*func()]bool
}

// newLifetime is the lifetime of a request for which one caller waits.
func newLifetime(ctx context.Context) *lifetime {
	l := &lifetime{Context: context.WithoutCancel(ctx), over: make(chan struct{})}
	if deadline, ok := ctx.Deadline(); ok {
		l.deadline.Store(&deadline)
	}
	return l
}

// extend makes the request last as long as one more caller waits.
func (l *lifetime) extend(ctx context.Context) {
	deadline, ok := ctx.Deadline()
	if !ok {
		l.deadline.Store(nil)
		return
	}
	if latest := l.deadline.Load(); latest != nil && deadline.After(*latest) {
		l.deadline.Store(&deadline)
	}
}

// Deadline implements [context.Context].
func (l *lifetime) Deadline() (time.Time, bool) {
	if deadline := l.deadline.Load(); deadline != nil {
		return *deadline, true
	}
	return time.Time{}, false
}

func (l *lifetime) end(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.why != nil {
		return
	}
	l.why = why
	close(l.over)
	for f := range l.after {
		go (*f)()
	}
	l.after = nil
}

// AfterFunc makes package context tell contexts derived from this one of its end by a call.
// For a context of a foreign type without it, package context keeps a goroutine waiting.
func (l *lifetime) AfterFunc(f func()) (stop func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.why != nil {
		go f()
		return func() bool { return false }
	}
	if l.after == nil {
		l.after = map[*func()]bool{}
	}
	l.after[&f] = true
	return func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		waits := l.after[&f]
		delete(l.after, &f)
		return waits
	}
}

// Done implements [context.Context].
func (l *lifetime) Done() <-chan struct{} { return l.over }

// Err implements [context.Context].
func (l *lifetime) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.why
}
