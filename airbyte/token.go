package airbyte

import (
	"context"
	"errors"
	"sync"
	"time"

	"airbyte-mcp-server/internal/secret"
)

const (
	// assumedLife is a token's life when the API does not tell one.
	assumedLife = 900 * time.Second
	// longestLife keeps a nonsensical life from overflowing a time.
	longestLife = 30 * 24 * time.Hour
	// Failed mints are repeated at growing distances, so that a token endpoint
	// that is down sees a handful of requests a minute however many callers wait.
	firstBackoff = time.Second
	maxBackoff   = 15 * time.Second
	// renewalPause bounds how often refused tokens are renewed: a service that
	// answers 401 to everything must not cause a storm of mints.
	renewalPause = 10 * time.Second
)

// Failures of the token source itself.
var (
	errClosed           = &Error{Op: opToken.String(), Code: CodeCanceled, Message: "the client is closed"}
	errExpiredOnArrival = &Error{Op: opToken.String(), Code: CodeBadResponse, Message: "the token had expired before it arrived"}
)

// mintedToken is what the token endpoint gave.
type mintedToken struct {
	bearer secret.Text
	life   time.Duration // 0 when the API told none
}

// token is a bearer and the times it lives by.
type token struct {
	bearer  secret.Text
	renewAt time.Time
	expires time.Time
}

// mintGate lets mints begin until the client is closed, and knows when all have ended.
type mintGate struct {
	mu sync.Mutex
	wg sync.WaitGroup
}

// run runs a mint in the background, unless the client is closed.
func (g *mintGate) run(ctx context.Context, mint func()) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if ctx.Err() != nil {
		return false
	}
	g.wg.Go(mint)
	return true
}

// close forbids further mints by stop, which ends their context, and waits for those
// under way. The lock keeps a mint from beginning between the two.
func (g *mintGate) close(stop context.CancelFunc) {
	g.mu.Lock()
	stop()
	g.mu.Unlock()
	g.wg.Wait()
}

// tokenSource keeps one token. However many callers ask, at most one
// mint is under way; all who wait share its success or its failure, each waits no
// longer than its own context, and a mint goes on when the caller that caused it
// has left.
type tokenSource struct {
	mint func(context.Context) (mintedToken, error)
	ctx  context.Context // of the client: ends a mint under way
	gate *mintGate

	mu      sync.Mutex
	token   *token
	minting chan struct{} // closed when the mint under way has ended; nil when none is
	failure error         // of the last mint, nil after a success
	backoff time.Duration
	retryAt time.Time // no mint before this, after a failure
	refused time.Time // when a refused token was last dropped
}

func newTokenSource(ctx context.Context, gate *mintGate, mint func(context.Context) (mintedToken, error)) *tokenSource {
	return &tokenSource{mint: mint, ctx: ctx, gate: gate}
}

// acquire returns a token that has not expired. A token near its end is still
// returned while its successor is minted in the background.
func (s *tokenSource) acquire(ctx context.Context) (*token, error) {
	for ctx.Err() == nil {
		tok, minting, err := s.tokenOrMint()
		if minting == nil {
			return tok, err
		}
		if err := s.awaitMint(ctx, minting); err != nil {
			return nil, err
		}
	}
	return nil, context.Cause(ctx)
}

// tokenOrMint returns a token, or the mint to wait for, or why there is neither.
func (s *tokenSource) tokenOrMint() (*token, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	usable := s.token != nil && s.token.aliveAt(now)
	if usable && now.Before(s.token.renewAt) {
		return s.token, nil, nil
	}
	held := s.blockedMint(now)
	if s.minting == nil && held == nil {
		held = s.startMint()
	}
	switch {
	case usable:
		return s.token, nil, nil
	case s.minting != nil:
		return nil, s.minting, nil
	default:
		return nil, nil, held
	}
}

// awaitMint waits for a mint to end and returns its failure, or the caller's own end.
func (s *tokenSource) awaitMint(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-done:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure
}

// startMint starts a mint. The caller holds the lock.
func (s *tokenSource) startMint() error {
	done := make(chan struct{})
	if !s.gate.run(s.ctx, func() {
		started := time.Now()
		minted, err := s.mint(s.ctx)
		s.recordMint(newToken(minted, started), err)
		close(done)
	}) {
		return errClosed
	}
	s.minting = done
	return nil
}

// recordMint keeps what a mint gave. A token that is dead on arrival is a failure like
// any other: without a pause, those who wait would mint the next one at once.
func (s *tokenSource) recordMint(tok *token, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.minting = nil
	now := time.Now()
	if err == nil && !tok.aliveAt(now) {
		err = errExpiredOnArrival
	}
	if err == nil {
		s.token, s.failure, s.backoff, s.retryAt = tok, nil, 0, time.Time{}
		return
	}
	s.backoff = min(max(2*s.backoff, firstBackoff), maxBackoff)
	s.failure, s.retryAt = err, now.Add(max(s.backoff, min(retryAfterOf(err), maxRetryAfter)))
}

// retryAfterOf is how long the API asked to wait.
func retryAfterOf(err error) time.Duration {
	var apiErr *Error
	if !errors.As(err, &apiErr) {
		return 0
	}
	return apiErr.RetryAfter
}

// newToken counts a token's life from before it was asked for, and renews it
// early: a minute, or a tenth of its life where that is shorter.
func newToken(minted mintedToken, asked time.Time) *token {
	life := minted.life
	if life <= 0 {
		life = assumedLife
	}
	return &token{
		bearer:  minted.bearer,
		renewAt: asked.Add(life - min(time.Minute, life/10)),
		expires: asked.Add(life),
	}
}

// aliveAt compares the monotonic clock and the wall clock: the former stands still
// while a machine sleeps, the latter may be set.
func (t *token) aliveAt(now time.Time) bool {
	return now.Before(t.expires) && now.Round(0).Before(t.expires.Round(0))
}

// blockedMint is why no mint may begin now: the client is closed, or the last one
// failed a moment ago. Then it is that failure, with the time until the next.
func (s *tokenSource) blockedMint(now time.Time) error {
	if s.ctx.Err() != nil {
		return errClosed
	}
	if !now.Before(s.retryAt) {
		return nil
	}
	var apiErr *Error
	if !errors.As(s.failure, &apiErr) {
		return s.failure
	}
	shared := *apiErr
	shared.RetryAfter = max(shared.RetryAfter, s.retryAt.Sub(now))
	return &shared
}

// dropRefused drops a token that the API did not accept, so that the next get mints
// another, and reports whether asking again makes sense. Callers that were refused
// with the same token share one renewal.
func (s *tokenSource) dropRefused(t *token) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != t {
		return true // somebody else has seen to it
	}
	now := time.Now()
	if !s.refused.IsZero() && now.Sub(s.refused) < renewalPause {
		return false
	}
	s.token, s.refused = nil, now
	return true
}
