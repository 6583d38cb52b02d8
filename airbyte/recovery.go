package airbyte

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	// probePause is between the probes of an endpoint that is down.
	probePause = time.Second
	// probeTimeout bounds one probe. Probes overlap: the next one does not wait for a hanging one.
	probeTimeout = 3 * time.Second
)

// recovery notices that a token endpoint is back: while calls wait for it, a request
// without credentials is sent once a second. One recovery is shared by all sources whose
// tokens come from the endpoint, so that many of them cause no more probes than one.
type recovery struct {
	ask func(context.Context) bool // reports a sign of life
	ctx context.Context            // of the client
	run func(context.Context, func()) bool

	mu      sync.Mutex
	waiting map[*tokenSource]int // calls by source
	stop    context.CancelFunc   // of the probes; nil without any
	asked   time.Time            // of the last probe
	alive   time.Time            // of the last probe with a sign of life
}

// newRecovery returns the recovery of the endpoint of a token operation.
func (c *Client) newRecovery(op operation) *recovery {
	return &recovery{
		ctx: c.ctx, run: c.gate.run, waiting: map[*tokenSource]int{},
		ask: func(ctx context.Context) bool { return c.probeEndpoint(ctx, op) },
	}
}

// await registers a call that waits for a source, until it is told to leave. Probes run
// between the first call and the last.
func (r *recovery) await(s *tokenSource) (leave func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting[s]++; time.Since(r.alive) < probePause {
		s.noteEarlierSign(r.alive)
	}
	if r.stop == nil {
		ctx, stop := context.WithCancel(r.ctx)
		if r.run(ctx, func() { r.probe(ctx) }) {
			r.stop = stop
		} else {
			stop()
		}
	}
	return sync.OnceFunc(func() { r.leave(s) })
}

func (r *recovery) leave(s *tokenSource) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting[s]--; r.waiting[s] <= 0 {
		delete(r.waiting, s)
	}
	if len(r.waiting) == 0 && r.stop != nil {
		r.stop()
		r.stop = nil
	}
}

// probe sends probes until its context ends.
func (r *recovery) probe(ctx context.Context) {
	for sleepWithin(ctx, r.untilNext()) && ctx.Err() == nil {
		r.mu.Lock()
		r.asked = time.Now()
		r.mu.Unlock()
		// Not with ctx: the next call can use the result of a probe that outlasts the last one.
		r.run(r.ctx, func() {
			ctx, cancel := context.WithTimeout(r.ctx, probeTimeout)
			defer cancel()
			began := time.Now()
			r.tell(r.ask(ctx), began)
		})
	}
}

func (r *recovery) untilNext() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(0, time.Until(r.asked.Add(probePause)))
}

// tell tells the result of a probe to all sources for which calls wait.
func (r *recovery) tell(alive bool, began time.Time) {
	r.mu.Lock()
	if alive {
		r.alive = began
	}
	sources := slices.Collect(maps.Keys(r.waiting))
	r.mu.Unlock()
	for _, s := range sources {
		s.noteProbe(alive)
	}
}

// probeEndpoint sends a request without credentials to the endpoint of a token operation,
// and reports a sign of life: any answer but a failure of the server or a 429. It is a
// GET, which mints nothing.
func (c *Client) probeEndpoint(ctx context.Context, op operation) bool {
	d := c.dialect()
	if d == DialectAuto {
		d = DialectCurrent
	}
	_, target := c.address(&request{op: op, dialect: d})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return false
	}
	req.Header.Set("User-Agent", c.cfg.UserAgent)
	resp, err := c.http.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, maxErrorBody) // so that the connection can be used again
	c.cfg.Log.Debug().Str("op", op.String()).Int("status", resp.StatusCode).Msg("airbyte probe")
	return resp.StatusCode < http.StatusInternalServerError && resp.StatusCode != http.StatusTooManyRequests
}

// isOutage reports whether an endpoint may be back at any moment after a failure. A 429 is
// none: then the endpoint says itself when to come again. Nor is a certificate that is not
// trusted, which somebody must change.
func isOutage(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.err == nil || !isHandshake(e.err)) &&
		slices.Contains([]Code{CodeNetwork, CodeTimeout, CodeUnavailable, CodeServer}, e.Code)
}
