package airbyte

import (
	"context"
	"time"
)

// hangingAfter is the age from which a mint is given up for another one, once, when its
// endpoint answers probes: the mint may hang at an endpoint that is back.
const hangingAfter = 2 * time.Second

// outage is what a token source knows of an endpoint that is down. Its methods are called
// with the source's lock.
type outage struct {
	begun  []time.Time // the last mints without a success between them, at most maxMints
	cancel context.CancelCauseFunc
	sign   chan struct{} // closed by a sign of life
	silent bool          // the last probe since the last mint began had no sign of life
	signed bool          // the next mint follows from a sign
	bought bool          // the mint in progress does
	misled bool          // it failed: probes say nothing until one has no sign of life
}

// begin notes a mint.
func (o *outage) begin(cancel context.CancelCauseFunc) {
	if len(o.begun) >= maxMints {
		o.begun = o.begun[1:]
	}
	o.begun = append(o.begun, time.Now())
	o.cancel, o.bought, o.signed, o.silent = cancel, o.signed, false, false
}

// end notes the success of a mint.
func (o *outage) end() {
	o.begun, o.silent, o.signed, o.bought, o.misled = nil, false, false, false, false
}

// retryAt is when the next mint may begin after a failed one, without a sign of life.
func (o *outage) retryAt(now time.Time, pause time.Duration) time.Time {
	o.misled = o.misled || o.bought
	at := now.Add(pause)
	if n := len(o.begun) - (maxMints - 1); n >= 0 {
		if free := o.begun[n].Add(mintWindow); free.After(at) {
			return free
		}
	}
	return at
}

// mayMint reports whether one more mint keeps within maxMints.
func (o *outage) mayMint(now time.Time) bool {
	return len(o.begun) < maxMints || now.Sub(o.begun[0]) >= mintWindow
}

// noteProbe notes the result of a probe. A sign of life allows one mint at once, in the
// place of one that hangs.
func (s *tokenSource) noteProbe(alive bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, now := &s.outage, time.Now()
	wasSilent := o.silent
	o.silent = !alive
	switch {
	case !alive:
		o.misled = false
	case !o.mayMint(now), o.misled:
	case s.minting != nil:
		if wasSilent || !o.bought && now.Sub(o.begun[len(o.begun)-1]) >= hangingAfter {
			o.signed = true
			o.cancel(errGivenUp)
		}
	case isOutage(s.failure) && now.Before(s.retryAt):
		s.retryAt, o.signed = time.Time{}, true
		close(o.sign)
		o.sign = make(chan struct{})
	}
}

// noteEarlierSign notes a sign of life for which no call waited, unless a mint has begun
// since then.
func (s *tokenSource) noteEarlierSign(at time.Time) {
	s.mu.Lock()
	n := len(s.outage.begun)
	stale := n > 0 && !at.After(s.outage.begun[n-1])
	s.mu.Unlock()
	if !stale {
		s.noteProbe(true)
	}
}

// probeAfter is how long a mint may take before its endpoint is probed.
func (s *tokenSource) probeAfter() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failures > 0 {
		return 0
	}
	return probePause
}

// impatient marks the context of a request that does not wait for an endpoint that is down.
type impatient struct{}

// patienceOf is how long a call waits for an endpoint that is down. Who has little time,
// such as the beginning of a session, is told at once.
func patienceOf(ctx context.Context) time.Time {
	now := time.Now()
	deadline, ok := ctx.Deadline()
	if ctx.Value(impatient{}) != nil || ok && deadline.Sub(now) < 3*outagePatience {
		return now
	}
	return now.Add(outagePatience)
}

// awaitSign waits until a mint may begin: after a sign of life, or at the end of the
// backoff. It reports false where that is later than the call's patience.
func (s *tokenSource) awaitSign(ctx context.Context, patience time.Time) bool {
	if !time.Now().Before(patience) {
		return false
	}
	s.mu.Lock()
	sign, wake := s.outage.sign, s.retryAt
	s.mu.Unlock()
	inTime := !wake.After(patience)
	if !inTime {
		wake = patience
	}
	defer s.recovery.await(s)()
	timer := time.NewTimer(time.Until(wake))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-s.ctx.Done():
		return true
	case <-sign:
		return true
	case <-timer.C:
		return inTime
	}
}
