package sandbox

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/records"
)

// rateWindow is the time over which requests are counted.
const rateWindow = time.Minute

// rate counts the requests of each token in the present window.
type rate struct {
	clock records.Clock

	mu    sync.Mutex
	since time.Time
	count map[string]int
}

func newRate(c records.Clock) *rate { return &rate{clock: c} }

// wait counts a request. It tells how long the caller has to wait if there were
// more of them than allowed.
func (r *rate) wait(token string, limit int) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.clock()
	if now.Sub(r.since) >= rateWindow {
		r.since, r.count = now, map[string]int{}
	}
	if r.count[token]++; r.count[token] <= limit {
		return 0
	}
	return r.since.Add(rateWindow).Sub(now)
}

// checkRate refuses requests beyond what the switch allows in a minute.
func (x *roundTrip) checkRate() error {
	allowed := x.s.switches.Get("rate_limit")
	if allowed == "none" || x.route.access == accessOpen {
		return nil
	}
	limit, err := strconv.Atoi(allowed)
	if err != nil {
		return err // the switch's values are numbers
	}
	wait := x.s.rate.wait(x.caller.ID, limit)
	if wait <= 0 {
		return nil
	}
	x.w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	return problem.New(http.StatusTooManyRequests, "%s", faultText(http.StatusTooManyRequests))
}
