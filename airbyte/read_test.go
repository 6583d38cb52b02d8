package airbyte_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
)

// clocked keeps when requests arrive.
type clocked struct {
	mu    sync.Mutex
	times []time.Time
}

func (c *clocked) wrap(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.times = append(c.times, time.Now())
		c.mu.Unlock()
		h(w, r)
	}
}

// gaps are the pauses between the requests.
func (c *clocked) gaps() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var gaps []time.Duration
	for i := 1; i < len(c.times); i++ {
		gaps = append(gaps, c.times[i].Sub(c.times[i-1]))
	}
	return gaps
}

type repeatedRead struct {
	answers      []http.HandlerFunc
	wantRequests int
	wantCode     airbyte.Code // "" for success
}

func repeatedReads() map[string]repeatedRead {
	ok := say(200, okResult)
	answers := func(h ...http.HandlerFunc) []http.HandlerFunc { return h }
	return map[string]repeatedRead{
		"503 twice":                {answers(say(503, ""), say(503, ""), ok), 3, ""},
		"503 for ever":             {answers(say(503, "")), 3, airbyte.CodeUnavailable},
		"502 once":                 {answers(say(502, "<html>"), ok), 2, ""},
		"504 once":                 {answers(say(504, ""), ok), 2, ""},
		"429 once":                 {answers(say(429, ""), ok), 2, ""},
		"429 for ever":             {answers(say(429, "")), 3, airbyte.CodeRateLimited},
		"500 once":                 {answers(say(500, ""), ok), 2, ""},
		"500 for ever":             {answers(say(500, "")), 2, airbyte.CodeServer},
		"no answer, twice":         {answers(hangUp, hangUp, ok), 3, ""},
		"no answer, for ever":      {answers(hangUp), 3, airbyte.CodeNetwork},
		"hangs once":               {answers(hang, ok), 2, ""},
		"hangs for ever":           {answers(hang), 3, airbyte.CodeTimeout},
		"half an answer":           {answers(halfBody, ok), 2, ""},
		"400 is final":             {answers(say(400, ""), ok), 1, airbyte.CodeInvalid},
		"403 is final":             {answers(say(403, ""), ok), 1, airbyte.CodeForbidden},
		"404 is final":             {answers(say(404, ""), ok), 1, airbyte.CodeNotFound},
		"422 is final":             {answers(say(422, ""), ok), 1, airbyte.CodeInvalid},
		"501 once, like 500":       {answers(say(501, ""), ok), 2, ""},
		"in-band failure is final": {answers(say(200, `{"status":"error"}`), ok), 1, airbyte.CodeFailed},
		"no JSON is final":         {answers(say(200, `<html>`), ok), 1, airbyte.CodeBadResponse},
	}
}

func TestReadIsRepeated(t *testing.T) {
	t.Parallel()
	for name, test := range repeatedReads() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAPI()
				var clock clocked
				a.execute = clock.wrap(inTurn(test.answers...))
				client := a.serveInMemory(t)
				failure := run(t.Context(), t, client, listIssues)
				if got := a.executes(); got != test.wantRequests {
					t.Errorf("got %d requests, want %d", got, test.wantRequests)
				}
				var code airbyte.Code
				if failure != nil {
					code = failure.Code
					if failure.Requests != test.wantRequests {
						t.Errorf("got an error that tells of %d requests, want %d", failure.Requests, test.wantRequests)
					}
				}
				if code != test.wantCode {
					t.Errorf("got code %q, want %q", code, test.wantCode)
				}
				for i, gap := range clock.gaps() {
					if gap <= 0 || i > 0 && gap <= clock.gaps()[i-1] {
						t.Errorf("got gaps %v, want pauses that grow", clock.gaps())
					}
				}
			})
		})
	}
}

// halfBody announces more than it sends.
func halfBody(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte(`{"status":"success","result":[`))
	panic(http.ErrAbortHandler)
}

// The list of connectors follows the same rules.
func TestListOfConnectorsIsRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.connectors = inTurn(say(503, ""), say(502, ""), say(200, `{"data":[{"id":"c-1","name":"GitHub"}]}`))
		client := a.serveInMemory(t)
		list, err := client.Connectors(t.Context(), "default")
		if err != nil || len(list) != 1 || a.lists() != 3 {
			t.Errorf("got %v, %v after %d requests, want one connector after 3", list, err, a.lists())
		}
	})
}

// never is the pause before a second request that is not sent.
const never = -1

type retryAfterCase struct {
	status   int
	value    func() string
	deadline time.Duration
	min, max time.Duration // of the pause; never for no second request
	wantWait time.Duration // told to the caller when there is no second request
}

func retryAfterCases() map[string]retryAfterCase {
	return map[string]retryAfterCase{
		"seconds":              {429, text("1"), time.Minute, time.Second, 2 * time.Second, 0},
		"more seconds":         {429, text("7"), time.Minute, 7 * time.Second, 7 * time.Second, 0},
		"seconds with 503":     {503, text("7"), time.Minute, 7 * time.Second, 7 * time.Second, 0},
		"date":                 {429, in(9 * time.Second), time.Minute, 8 * time.Second, 9 * time.Second, 0},
		"date that has passed": {429, in(-time.Hour), time.Minute, time.Second, 2 * time.Second, 0},
		"zero":                 {429, text("0"), time.Minute, time.Second, 2 * time.Second, 0},
		"negative":             {429, text("-1"), time.Minute, time.Second, 2 * time.Second, 0},
		"words":                {429, text("abc"), time.Minute, time.Second, 2 * time.Second, 0},
		"absent":               {429, text(""), time.Minute, time.Second, 2 * time.Second, 0},
		"absent with 503":      {503, text(""), time.Minute, 250 * time.Millisecond, 500 * time.Millisecond, 0},
		"a whole minute":       {429, text("60"), 2 * time.Minute, time.Minute, time.Minute, 0},
		"just over a minute":   {429, text("61"), time.Hour, never, never, 61 * time.Second},
		"over a minute":        {429, text("120"), time.Hour, never, never, 120 * time.Second},
		"date over a minute":   {429, in(time.Hour), 2 * time.Hour, never, never, 59 * time.Minute},
		"absurd":               {429, text("99999999999"), time.Hour, never, never, 24 * time.Hour},
		"beyond the deadline":  {429, text("30"), 20 * time.Second, never, never, 30 * time.Second},
		"at the deadline":      {503, text("20"), 20 * time.Second, never, never, 20 * time.Second},
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for name, test := range retryAfterCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAPI()
				var clock clocked
				a.execute = clock.wrap(inTurn(func(w http.ResponseWriter, r *http.Request) {
					say(test.status, "", "Retry-After", test.value())(w, r)
				}, a.execute))
				client := a.serveInMemory(t)
				ctx, cancel := context.WithTimeout(t.Context(), test.deadline)
				defer cancel()
				start := time.Now()
				failure := run(ctx, t, client, listIssues)
				gaps := clock.gaps()
				if test.min == never {
					if len(gaps) != 0 || time.Since(start) != 0 || failure == nil || failure.RetryAfter < test.wantWait {
						t.Errorf("got %+v after %s, want an error at once that asks for %s", failure, time.Since(start), test.wantWait)
					}
					return
				}
				if failure != nil || len(gaps) != 1 || gaps[0] < test.min || gaps[0] > test.max {
					t.Errorf("got %v and gaps %v, want success after one of %s to %s", failure, gaps, test.min, test.max)
				}
			})
		})
	}
}

func text(s string) func() string { return func() string { return s } }

func in(d time.Duration) func() string {
	return func() string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
}

// A pause that cannot end before the deadline is not begun: the caller gets the
// API's own words at once, not a timeout later.
func TestNoPauseBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.execute = slowly(10*time.Second, say(503, `{"message":"maintenance"}`))
		client := a.serveInMemory(t)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second+100*time.Millisecond)
		defer cancel()
		start := time.Now()
		failure := run(ctx, t, client, listIssues)
		if failure == nil || failure.Message != "maintenance" || time.Since(start) != 10*time.Second || a.executes() != 1 {
			t.Errorf("got %+v after %s and %d requests, want the API's words after 10s and 1", failure, time.Since(start), a.executes())
		}
	})
}

func TestCallerLeavesDuringAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.execute = say(503, "", "Retry-After", "30")
		client := a.serveInMemory(t)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(2*time.Second, cancel)
		start := time.Now()
		failure := run(ctx, t, client, listIssues)
		if failure == nil || time.Since(start) != 2*time.Second || a.executes() != 1 {
			t.Errorf("got %+v after %s and %d requests, want a failure after 2s and 1", failure, time.Since(start), a.executes())
		}
	})
}

// The upstream request ends when its caller leaves.
func TestCallerLeavesARequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		var ended time.Time
		a.execute = func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			ended = time.Now()
		}
		client := a.serveInMemory(t)
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		time.AfterFunc(2*time.Second, cancel)
		failure := run(ctx, t, client, listIssues)
		synctest.Wait()
		if failure == nil || failure.Code != airbyte.CodeCanceled || a.executes() != 1 {
			t.Errorf("got %+v after %d requests, want canceled after 1", failure, a.executes())
		}
		if got := ended.Sub(start); got != 2*time.Second {
			t.Errorf("the upstream request ended after %s, want 2s", got)
		}
	})
}

func TestReadSurvivesRefusedConnections(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, n := newAPI(), newNetwork()
		n.cold = true
		n.fault = func(dials int) error {
			if dials == 2 || dials == 3 {
				return &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
			}
			return nil
		}
		mustRun(t.Context(), t, a.serveOn(t, n), listIssues)
	})
}
