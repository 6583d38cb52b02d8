package airbyte

import (
	"context"
	"errors"
	"sync"
	"time"

	"airbyte-mcp-server/internal/backoff"
	"airbyte-mcp-server/internal/secret"
)

const (
	// assumedLife is a token's life in an answer without one.
	assumedLife = 900 * time.Second
	// longestLife keeps an absurd life from overflowing a time.
	longestLife = 30 * 24 * time.Hour
	// renewalPause bounds how often refused tokens are renewed: a service that
	// answers 401 to everything must not cause a storm of mints.
	renewalPause = 10 * time.Second
)

const (
	// outagePatience is how long a call waits for a token endpoint that is down.
	outagePatience = 3 * time.Second
	// mintWindow has at most maxMints mints while they fail. The last of them is kept for
	// a sign of life.
	mintWindow = time.Minute
	maxMints   = 8
)

// mintPauses are between failed mints: a token endpoint that is down sees a handful of
// requests a minute, however many callers wait.
var mintPauses = backoff.Doubling{First: time.Second, Longest: 15 * time.Second}

// Failures of the token source itself.
var (
	errClosed           = &Error{Op: opToken.String(), Code: CodeCanceled, Message: "the client is closed"}
	errGivenUp          = &Error{Op: opToken.String(), Code: CodeNetwork, Message: "given up, since the endpoint is back"}
	errExpiredOnArrival = &Error{Op: opToken.String(), Code: CodeBadResponse, Message: "the token had expired before it arrived"}
)

// mintedToken is the answer of a token endpoint.
type mintedToken struct {
	bearer secret.Text
	life   time.Duration // 0 in an answer without one
}

// token is a bearer with its times.
type token struct {
	bearer  secret.Text
	renewAt time.Time
	expires time.Time
}

// mintGate lets mints begin until the client is closed, and waits for the end of all.
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

// close calls stop, which ends the context of all mints, and waits for the mints in
// progress. The lock keeps a mint from beginning between the two.
func (g *mintGate) close(stop context.CancelFunc) {
	g.mu.Lock()
	stop()
	g.mu.Unlock()
	g.wg.Wait()
}

// tokenSource keeps one token. At most one mint is in progress; all waiting callers share
// its result (coalescing). Each waits no longer than its own context, and a mint goes on
// after its first caller has left.
type tokenSource struct {
	op       operation // of the mint
	mint     func(context.Context) (mintedToken, error)
	ctx      context.Context // of the client: ends a mint under way
	gate     *mintGate
	recovery *recovery
	none     error        // why there can be no token, nil if there can
	upstream *tokenSource // of the application tokens with which it mints; nil for those themselves

	mu       sync.Mutex
	token    *token
	minting  chan struct{} // closed at the end of the mint in progress; nil without one
	failure  error         // of the last mint, nil after a success
	failures int           // in a row
	retryAt  time.Time     // of the next mint after a failure
	refused  time.Time     // of the last dropRefused
	outage   outage
}

// newTokenSource returns the source of the tokens that an operation mints.
func (c *Client) newTokenSource(op operation, r *recovery, mint func(context.Context) (mintedToken, error)) *tokenSource {
	return &tokenSource{
		op: op, mint: mint, ctx: c.ctx, gate: c.gate, recovery: r, upstream: c.tokens, none: c.noCredentials(),
		outage: outage{sign: make(chan struct{})},
	}
}

// noCredentials is the failure of every mint of a Client without credentials.
func (c *Client) noCredentials() error {
	if c.cfg.NoCredentials == nil {
		return nil
	}
	return c.completeError(&request{op: opToken}, &Error{
		Code: CodeUnauthorized, Outcome: OutcomeNotSent, Message: c.cfg.NoCredentials.Error(), err: c.cfg.NoCredentials,
	})
}

// acquire returns an unexpired token, after a mint where necessary. A token near its end
// is still returned while its successor is minted in the background.
func (s *tokenSource) acquire(ctx context.Context) (*token, error) {
	if s.none != nil {
		return nil, s.none
	}
	patience := patienceOf(ctx)
	for ctx.Err() == nil {
		tok, minting, err := s.tokenOrMint()
		if minting != nil {
			err = s.awaitMint(ctx, minting)
		} else if err == nil {
			return tok, nil
		}
		again := err == nil || errors.Is(err, errGivenUp) || isOutage(err) && s.endpointOf(err).awaitSign(ctx, patience)
		if !again {
			return nil, err
		}
	}
	return nil, context.Cause(ctx)
}

// tokenOrMint returns a token, or the mint to wait for, or the reason for neither.
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

// awaitMint waits for a mint to end and returns its failure, or the caller's own end. A
// mint in an outage, or a slow one, may hang at an endpoint that is back.
func (s *tokenSource) awaitMint(ctx context.Context, done <-chan struct{}) error {
	slow := time.NewTimer(s.probeAfter())
	defer slow.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-slow.C:
			defer s.recovery.await(s)()
			continue
		case <-done:
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.failure
	}
}

// startMint starts a mint. The caller holds the lock.
func (s *tokenSource) startMint() error {
	done := make(chan struct{})
	ctx, cancel := context.WithCancelCause(s.ctx)
	if !s.gate.run(s.ctx, func() {
		defer cancel(nil)
		started := time.Now()
		minted, err := s.mint(context.WithValue(ctx, impatient{}, true)) // who waits for it has the patience
		if errors.Is(context.Cause(ctx), errGivenUp) {
			err = errGivenUp
		}
		s.recordMint(newToken(minted, started), err)
		close(done)
	}) {
		cancel(nil)
		return errClosed
	}
	s.outage.begin(cancel)
	s.minting = done
	return nil
}

// recordMint stores the result of a mint. A token expired on arrival counts as a failure:
// without a backoff, the waiting callers would mint the next one at once.
func (s *tokenSource) recordMint(tok *token, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.minting = nil
	now := time.Now()
	if err == nil && !tok.aliveAt(now) {
		err = errExpiredOnArrival
	}
	switch {
	case err == nil:
		s.token, s.failure, s.failures, s.retryAt = tok, nil, 0, time.Time{}
		s.outage.end()
	case s.isBorrowed(err):
		s.failure, s.retryAt = err, time.Time{}
	default:
		s.failures++
		s.failure, s.retryAt = err, s.outage.retryAt(now, max(mintPauses.Pause(s.failures), min(retryAfterOf(err), maxRetryAfter)))
	}
}

// isBorrowed reports whether a mint failed for something else than its own endpoint: it was
// given up, or there was no application token for it. Then no backoff of its own follows.
func (s *tokenSource) isBorrowed(err error) bool {
	return errors.Is(err, errGivenUp) || s.endpointOf(err) != s
}

// endpointOf is the source whose endpoint a mint failed at.
func (s *tokenSource) endpointOf(err error) *tokenSource {
	var e *Error
	if s.upstream != nil && errors.As(err, &e) && e.op == opToken && isOutage(err) {
		return s.upstream
	}
	return s
}

// retryAfterOf is the wait asked for by the API, or 0.
func retryAfterOf(err error) time.Duration {
	var apiErr *Error
	if !errors.As(err, &apiErr) {
		return 0
	}
	return apiErr.RetryAfter
}

// newToken counts a token's life from the time before its request. Renewal is a minute
// before the end, or a tenth of the life where that is shorter.
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

// blockedMint is the reason against a mint now, or nil: the client is closed, or the
// backoff after the last failure is not over. Then it is that failure, with the rest of
// the backoff as RetryAfter.
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

// dropRefused drops a token refused by the API, so that the next acquire mints another,
// and reports whether the caller should send its request again. Callers with the same
// refused token share one renewal.
func (s *tokenSource) dropRefused(t *token) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != t {
		return true // another caller has dropped it
	}
	now := time.Now()
	if !s.refused.IsZero() && now.Sub(s.refused) < renewalPause {
		return false
	}
	s.token, s.refused = nil, now
	return true
}
