package airbyte_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
)

// slowly puts a pause before a handler.
func slowly(pause time.Duration, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(pause):
			h(w, r)
		case <-r.Context().Done():
		}
	}
}

// guarded lets only the bearer that was minted last pass.
func (a *api) guarded(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !a.valid(r) {
			say(http.StatusUnauthorized, `{"detail":"Invalid authentication credentials"}`)(w, r)
			return
		}
		h(w, r)
	}
}

// together makes n calls at once and returns how many failed.
func together(n int, call func(i int) error) (failures int) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	for i := range n {
		wg.Go(func() {
			if call(i) != nil {
				mu.Lock()
				failures++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return failures
}

type sharedMint struct {
	before             func(*testing.T, *api, *airbyte.Client)
	wantMints          int
	wantExecutesACall  int
	wantExecutesBefore int
}

func sharedMints() map[string]sharedMint {
	return map[string]sharedMint{
		"no token yet": {
			before:    func(*testing.T, *api, *airbyte.Client) {},
			wantMints: 1, wantExecutesACall: 1,
		},
		"the token has expired": {
			before: func(t *testing.T, _ *api, c *airbyte.Client) {
				mustRun(t.Context(), t, c, listIssues)
				time.Sleep(901 * time.Second)
			},
			wantMints: 2, wantExecutesACall: 1, wantExecutesBefore: 1,
		},
		"the API refuses the token": {
			before: func(t *testing.T, a *api, c *airbyte.Client) {
				mustRun(t.Context(), t, c, listIssues)
				a.revoke()
			},
			wantMints: 2, wantExecutesACall: 2, wantExecutesBefore: 1,
		},
	}
}

func TestCallersShareOneMint(t *testing.T) {
	t.Parallel()
	const callers = 200
	for name, test := range sharedMints() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAPI()
				a.token = slowly(time.Second, a.token)
				a.execute = slowly(time.Second, a.guarded(a.execute))
				client := a.serveInMemory(t)
				test.before(t, a, client)
				failures := together(callers, func(int) error {
					_, err := client.Execute(t.Context(), "main", "c-1", createIssue)
					return err
				})
				if failures != 0 {
					t.Errorf("got %d failed calls, want none", failures)
				}
				if got := a.mints(); got != test.wantMints {
					t.Errorf("got %d mints, want %d", got, test.wantMints)
				}
				if got, want := a.executes(), test.wantExecutesBefore+callers*test.wantExecutesACall; got != want {
					t.Errorf("got %d executes, want %d", got, want)
				}
			})
		})
	}
}

// A service that refuses every token must not cause a storm of mints.
func TestEveryTokenRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.execute = slowly(20*time.Millisecond, say(http.StatusUnauthorized, `{"detail":"Invalid authentication credentials"}`))
		client := a.serveInMemory(t)
		together(100, func(int) error {
			failure := run(t.Context(), t, client, createIssue)
			if failure == nil || failure.Code != airbyte.CodeUnauthorized || failure.Outcome != airbyte.OutcomeRejected {
				t.Errorf("got %+v, want unauthorized and rejected", failure)
			}
			return nil
		})
		if got := a.mints(); got > 2 {
			t.Errorf("got %d mints for 100 calls, want at most 2", got)
		}
		if got := a.executes(); got > 200 {
			t.Errorf("got %d executes for 100 calls, want at most 200", got)
		}
		for range 600 {
			_ = run(t.Context(), t, client, listIssues)
			time.Sleep(80 * time.Millisecond)
		}
		if got := a.mints(); got > 2+6 {
			t.Errorf("got %d mints in a minute of refusals, want at most one in 10 s", got)
		}
	})
}

func TestTokenEndpointDown(t *testing.T) {
	t.Parallel()
	const outage, patience = 60 * time.Second, 50 * time.Second
	for name, fault := range map[string]http.HandlerFunc{
		"unavailable": say(http.StatusServiceUnavailable, "<html>down</html>"),
		"hangs":       hang,
		"hangs up":    hangUp,
		"says 429":    say(http.StatusTooManyRequests, `{"message":"rate limit exceeded"}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAPI()
				healthy, start := a.token, time.Now()
				a.token = func(w http.ResponseWriter, r *http.Request) {
					if time.Since(start) < outage {
						fault(w, r)
						return
					}
					healthy(w, r)
				}
				client := a.serveInMemory(t)
				together(200, func(i int) error {
					time.Sleep(time.Duration(i) * outage / 200)
					ctx, cancel := context.WithTimeout(t.Context(), patience)
					defer cancel()
					failure := run(ctx, t, client, createIssue)
					if ctx.Err() != nil {
						t.Errorf("caller %d was answered after its deadline", i)
					}
					if failure != nil && failure.Outcome != airbyte.OutcomeNotSent {
						t.Errorf("got outcome %q, want %q", failure.Outcome, airbyte.OutcomeNotSent)
					}
					return nil
				})
				if got := a.mints(); got > 8 {
					t.Errorf("got %d mints in the outage, want at most 8", got)
				}
				before := a.mints()
				time.Sleep(time.Until(start.Add(outage + 15*time.Second)))
				mustRun(t.Context(), t, client, createIssue)
				if got := a.mints() - before; got > 1 {
					t.Errorf("got %d mints after the outage, want at most 1", got)
				}
			})
		})
	}
}

// Whoever comes while no mint may begin is told when the next one may.
func TestHeldBackCallerIsToldToWait(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		header   []string
		min, max time.Duration
	}{
		"own pace":            {nil, time.Millisecond, time.Second},
		"as the API asks":     {[]string{"Retry-After", "20"}, 20 * time.Second, 20 * time.Second},
		"never over a minute": {[]string{"Retry-After", "3600"}, time.Hour, time.Hour},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAPI()
				a.token = inTurn(say(http.StatusTooManyRequests, `{"message":"rate limit exceeded"}`, test.header...), a.token)
				client := a.serveInMemory(t)
				_ = run(t.Context(), t, client, listIssues)
				failure := run(t.Context(), t, client, listIssues)
				if failure == nil || failure.RetryAfter < test.min || failure.RetryAfter > test.max {
					t.Fatalf("got %+v, want RetryAfter between %s and %s", failure, test.min, test.max)
				}
				wait := min(failure.RetryAfter, time.Minute)
				time.Sleep(wait - time.Millisecond)
				_ = run(t.Context(), t, client, listIssues)
				if got := a.mints(); got != 1 {
					t.Errorf("got %d mints before the time, want 1", got)
				}
				time.Sleep(time.Millisecond)
				mustRun(t.Context(), t, client, listIssues)
			})
		})
	}
}

func TestWaitersLeaveWithTheirOwnContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.token = slowly(20*time.Second, a.token)
		client := a.serveInMemory(t)
		canceled, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		hasty, stop := context.WithTimeout(t.Context(), 5*time.Second)
		defer stop()
		waiters := []struct {
			ctx      context.Context
			wantCode airbyte.Code
			wantTime time.Duration
		}{
			{canceled, airbyte.CodeCanceled, time.Second},
			{hasty, airbyte.CodeTimeout, 5 * time.Second},
			{t.Context(), "", 20 * time.Second},
		}
		start := time.Now()
		together(len(waiters), func(i int) error {
			w := waiters[i]
			failure := run(w.ctx, t, client, createIssue)
			if got := time.Since(start); got != w.wantTime {
				t.Errorf("waiter %d left after %s, want %s", i, got, w.wantTime)
			}
			switch {
			case w.wantCode == "" && failure != nil:
				t.Errorf("waiter %d got %v, want success", i, failure)
			case w.wantCode != "" && (failure == nil || failure.Code != w.wantCode || failure.Outcome != airbyte.OutcomeNotSent):
				t.Errorf("waiter %d got %+v, want code %q and not_sent", i, failure, w.wantCode)
			}
			return nil
		})
		if got := a.mints(); got != 1 {
			t.Errorf("got %d mints, want 1 that goes on when its first caller has left", got)
		}
	})
}

func TestUselessTokenAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer   http.HandlerFunc
		wantCode airbyte.Code
	}{
		"wrong secret":    {say(401, `{"message":"invalid client credentials"}`), airbyte.CodeUnauthorized},
		"no token":        {say(200, `{"token_type":"bearer"}`), airbyte.CodeBadResponse},
		"empty token":     {say(200, `{"access_token":""}`), airbyte.CodeBadResponse},
		"null":            {say(200, `null`), airbyte.CodeBadResponse},
		"empty":           {say(200, ``), airbyte.CodeBadResponse},
		"page":            {say(200, `<html>sign in</html>`), airbyte.CodeBadResponse},
		"no header value": {say(200, `{"access_token":"two\nlines"}`), airbyte.CodeBadResponse},
		"other type":      {say(200, `{"access_token":7}`), airbyte.CodeBadResponse},
		"too large":       {say(200, `{"access_token":"`+fmt.Sprintf("%2000d", 1)+`"}`), airbyte.CodeTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.token = test.answer
			client := a.serve(t, func(cfg *airbyte.Config) { cfg.MaxBody = 1000 })
			failure := run(t.Context(), t, client, createIssue)
			if failure == nil || failure.Code != test.wantCode || failure.Outcome != airbyte.OutcomeNotSent {
				t.Errorf("got %+v, want code %q and not_sent", failure, test.wantCode)
			}
			if a.mints() != 1 || a.executes() != 0 {
				t.Errorf("got %d mints and %d executes, want 1 and 0", a.mints(), a.executes())
			}
		})
	}
}

func TestNoMintForACallerWhoHasLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		client := a.serveInMemory(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		failure := run(ctx, t, client, createIssue)
		if failure == nil || failure.Code != airbyte.CodeCanceled || failure.Outcome != airbyte.OutcomeNotSent {
			t.Errorf("got %+v, want canceled and not_sent", failure)
		}
		synctest.Wait() // for a mint in the background
		if got := a.mints() + a.executes(); got != 0 {
			t.Errorf("got %d requests, want none", got)
		}
	})
}

func TestCloseEndsAMint(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.token = hang
		client := a.serveInMemory(t)
		start := time.Now()
		time.AfterFunc(time.Second, client.Close)
		failure := run(t.Context(), t, client, createIssue)
		if failure == nil || failure.Outcome != airbyte.OutcomeNotSent || time.Since(start) != time.Second {
			t.Errorf("got %+v after %s, want not_sent after 1s", failure, time.Since(start))
		}
		time.Sleep(time.Minute)
		failure = run(t.Context(), t, client, createIssue)
		if failure == nil || failure.Code != airbyte.CodeCanceled || failure.Outcome != airbyte.OutcomeNotSent {
			t.Errorf("got %+v from a closed client, want canceled and not_sent", failure)
		}
		if got := a.mints(); got != 1 {
			t.Errorf("got %d mints, want none after Close", got)
		}
	})
}

// Close may come at any moment: the race detector watches.
func TestCloseDuringCalls(t *testing.T) {
	t.Parallel()
	for range 20 {
		client := newAPI().serve(t)
		var wg sync.WaitGroup
		wg.Go(client.Close)
		for range 4 {
			wg.Go(func() { _, _ = client.Execute(t.Context(), "main", "c-1", listIssues) })
		}
		wg.Wait()
	}
}
