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
	once     sync.Once
	why      error                     // once over is closed
	deadline atomic.Pointer[time.Time] // nil for none
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
	l.once.Do(func() {
		l.why = why
		close(l.over)
	})
}

// Done implements [context.Context].
func (l *lifetime) Done() <-chan struct{} { return l.over }

// Err implements [context.Context].
func (l *lifetime) Err() error {
	select {
	case <-l.over:
		return l.why
	default:
		return nil
	}
}
