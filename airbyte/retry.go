package airbyte

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"airbyte-mcp-server/internal/backoff"
)

const (
	maxSends      = 3 // of a request that may be repeated
	firstPause    = 500 * time.Millisecond
	throttlePause = 2 * time.Second // instead of firstPause after a 429
	maxPause      = 30 * time.Second
	maxRetryAfter = 60 * time.Second // longer waits are left to the caller
)

// sendWithRetries sends a request with a bearer and repeats it where that is safe:
//
//   - anything the API refused with 401 is sent once more with a renewed token;
//   - anything that provably never left this machine may be sent again;
//   - a read is repeated after 429, 502, 503, 504, network failures and timeouts,
//     and once after 500; a write never.
func (c *Client) sendWithRetries(ctx context.Context, r *request) (*answer, error) {
	source, failure := c.chooseToken(ctx, r)
	if failure != nil {
		return nil, failure
	}
	renewed := false
	for {
		tok, err := source.acquire(ctx)
		if err != nil {
			return nil, c.unsent(ctx, r, err)
		}
		r.bearer = tok.bearer
		a, failure := c.sendOnce(ctx, r)
		if failure == nil {
			return a, nil
		}
		if failure.Status == http.StatusUnauthorized && failure.vendorStatus == 0 {
			if renewed || !source.dropRefused(tok) {
				return nil, failure
			}
			renewed = true
			continue
		}
		pause, again := nextPause(r, failure)
		if !again || !sleepWithin(ctx, pause) {
			return nil, failure
		}
	}
}

// chooseToken sets the dialect of a request and returns the source of its token.
func (c *Client) chooseToken(ctx context.Context, r *request) (*tokenSource, *Error) {
	d, failure := c.resolveDialect(ctx, r)
	if failure != nil {
		return nil, failure
	}
	r.dialect = d
	route, ok := r.op.routeIn(d)
	if !ok {
		return nil, c.completeError(r, &Error{Code: CodeUnsupported, Outcome: OutcomeNotSent,
			Message: "the API at " + c.base.Host + " speaks its older dialect, which cannot do this"})
	}
	scoped := route.bearer == bearerScoped || route.bearer == bearerByScope && c.cfg.TokenScope == ScopeWorkspace
	switch {
	case !scoped:
		return c.tokens, nil
	case r.workspace == "": // the organization's token would reach further than wanted
		return nil, c.completeError(r, &Error{Code: CodeInvalid, Outcome: OutcomeNotSent, Message: "no workspace is named"})
	default:
		return c.scoped.sourceFor(r.workspace), nil
	}
}

// unsent is the failure of a request for a reason before it was sent, such as a failed
// mint of its token.
func (c *Client) unsent(ctx context.Context, r *request, err error) *Error {
	if apiErr, ok := errors.AsType[*Error](err); ok {
		e := *apiErr
		e.Outcome, e.Requests = OutcomeNotSent, r.sends
		if e.Op != r.name() {
			e.Op = r.name() + ": " + apiErr.Op
		}
		return &e
	}
	if unknown, ok := errors.AsType[*UnknownWorkspaceError](err); ok {
		return c.completeError(r, &Error{Code: CodeNotFound, Message: unknown.Error(), Outcome: OutcomeNotSent, err: unknown})
	}
	return c.contextFailure(ctx, r, OutcomeNotSent, "the time was up before it could be sent")
}

// contextFailure is the failure of a caller whose own context ended while it waited for a
// shared request.
func (c *Client) contextFailure(ctx context.Context, r *request, outcome Outcome, late string) *Error {
	e := &Error{Code: CodeTimeout, Message: late, Outcome: outcome, err: context.Cause(ctx)}
	if errors.Is(ctx.Err(), context.Canceled) {
		e.Code, e.Message = CodeCanceled, stopped
	}
	return c.completeError(r, e)
}

// nextPause reports whether a failed request is sent again, and after which pause: a
// doubling backoff with jitter, or the longer wait asked for by the API.
func nextPause(r *request, e *Error) (time.Duration, bool) {
	if r.sends >= maxSends || !repeatable(r, e) || e.RetryAfter > maxRetryAfter {
		return 0, false
	}
	pause := firstPause
	if e.Code == CodeRateLimited {
		pause = throttlePause
	}
	pause = backoff.Doubling{First: pause, Longest: maxPause}.Pause(r.sends)
	pause = pause/2 + rand.N(pause/2) //nolint:gosec // jitter, not a secret
	return max(pause, e.RetryAfter), true
}

func repeatable(r *request, e *Error) bool {
	if r.noRetry {
		return false
	}
	switch e.Code {
	case CodeNetwork, CodeTimeout:
		return !r.write || e.Outcome == OutcomeNotSent
	case CodeRateLimited, CodeUnavailable:
		return !r.write
	case CodeServer:
		return !r.write && r.sends == 1
	default:
		return false
	}
}

// sleepWithin waits and reports true. It reports false at once for a wait beyond the
// deadline of ctx, and when ctx ends.
func sleepWithin(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
