package state

import (
	"context"
	"sync"
	"time"
)

// maxLimited bounds the tenants whose limits are remembered; those that wait for nothing
// are forgotten first.
const maxLimited = 10000

// longestWait bounds the time that a bucket takes to fill.
const longestWait = 50 * 365 * 24 * time.Hour

// Local keeps tenants within bounds in one process.
type Local struct {
	mu      sync.Mutex
	full    map[string]time.Time // when the bucket of a key is full again
	running map[string]int
}

// NewLocal returns a Local.
func NewLocal() *Local {
	return &Local{full: map[string]time.Time{}, running: map[string]int{}}
}

// Allow takes one from a bucket that fills at a rate per second up to a burst, and says
// how long to wait where it is empty. It counts as Redis does: a key has one bucket,
// known by when it is full again, whatever rates and bursts it is asked with in turn.
func (l *Local) Allow(_ context.Context, key string, perSecond float64, burst int) (bool, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, step := time.Now(), within(float64(time.Second)/perSecond)
	full := l.full[key]
	if full.Before(now) {
		full = now
	}
	if wait := full.Add(step).Sub(now) - within(float64(burst)*float64(step)); wait > 0 {
		return false, wait
	}
	l.forgetFull(now)
	l.full[key] = full.Add(step)
	return true, 0
}

// within is a duration that can be calculated with, however odd a rate is.
func within(nanoseconds float64) time.Duration {
	return time.Duration(min(nanoseconds, float64(longestWait)))
}

// forgetFull drops buckets that are full again, where there are many. The caller holds the
// lock.
func (l *Local) forgetFull(now time.Time) {
	if len(l.full) < maxLimited {
		return
	}
	for key, full := range l.full {
		if full.Before(now) {
			delete(l.full, key)
		}
	}
}

// Acquire takes one of a number of places, until it is released.
func (l *Local) Acquire(_ context.Context, key string, limit int) (func(), bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running[key] >= limit {
		return nil, false
	}
	l.running[key]++
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.running[key]--; l.running[key] <= 0 {
			delete(l.running, key)
		}
	}), true
}
