package state

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxLimited bounds the tenants whose limits are remembered; those that wait for nothing
// are forgotten first.
const maxLimited = 10000

// Local keeps tenants within bounds in one process.
type Local struct {
	mu      sync.Mutex
	rates   map[string]*rate.Limiter
	running map[string]int
}

// NewLocal returns a Local.
func NewLocal() *Local {
	return &Local{rates: map[string]*rate.Limiter{}, running: map[string]int{}}
}

// Allow takes one from a bucket that fills at a rate per second up to a burst, and says
// how long to wait where it is empty.
func (l *Local) Allow(_ context.Context, key string, perSecond float64, burst int) (bool, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	bucket, ok := l.rates[key]
	if !ok || bucket.Limit() != rate.Limit(perSecond) || bucket.Burst() != burst {
		l.forgetFull()
		bucket = rate.NewLimiter(rate.Limit(perSecond), burst)
		l.rates[key] = bucket
	}
	reservation := bucket.Reserve()
	if wait := reservation.Delay(); wait > 0 {
		reservation.Cancel()
		return false, wait
	}
	return true, 0
}

// forgetFull drops buckets that are full again. The caller holds the lock.
func (l *Local) forgetFull() {
	if len(l.rates) < maxLimited {
		return
	}
	for key, bucket := range l.rates {
		if bucket.Tokens() >= float64(bucket.Burst()) {
			delete(l.rates, key)
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
