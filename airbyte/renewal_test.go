package airbyte_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
)

type earlyRenewal struct {
	expiresIn string
	mintTakes time.Duration
	renewAt   time.Duration // after the first token was asked for
}

func earlyRenewals() map[string]earlyRenewal {
	return map[string]earlyRenewal{
		"fifteen minutes: a minute early": {`,"expires_in":900`, time.Second, 840 * time.Second},
		"an hour: a minute early":         {`,"expires_in":3600`, time.Second, 3540 * time.Second},
		"short life: a tenth early":       {`,"expires_in":100`, time.Second, 90 * time.Second},
		"counted from before the mint":    {`,"expires_in":100`, 29 * time.Second, 90 * time.Second},
		"absent means 900 s":              {``, time.Second, 840 * time.Second},
		"null means 900 s":                {`,"expires_in":null`, time.Second, 840 * time.Second},
		"zero means 900 s":                {`,"expires_in":0`, time.Second, 840 * time.Second},
		"negative means 900 s":            {`,"expires_in":-5`, time.Second, 840 * time.Second},
	}
}

func TestTokenIsRenewedEarly(t *testing.T) {
	t.Parallel()
	for name, test := range earlyRenewals() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAPI()
				a.token = slowly(test.mintTakes, func(w http.ResponseWriter, _ *http.Request) {
					fmt.Fprintf(w, `{"access_token":%q%s}`, a.issue(), test.expiresIn)
				})
				client := a.serveInMemory(t)
				start := time.Now()
				steps := []struct {
					at         time.Duration
					wantBearer string
					wantMints  int
				}{
					{0, "bearer-1", 1},
					{test.renewAt - time.Second, "bearer-1", 1},
					{test.renewAt + time.Second, "bearer-1", 2}, // the old one still serves
					{test.renewAt + time.Second + test.mintTakes + time.Second, "bearer-2", 2},
				}
				for _, step := range steps {
					time.Sleep(time.Until(start.Add(step.at)))
					began := time.Now()
					mustRun(t.Context(), t, client, listIssues)
					if waited := time.Since(began); step.at > 0 && waited > 0 {
						t.Errorf("at %s: waited %s for a token, want none", step.at, waited)
					}
					synctest.Wait()
					executes := a.requests(executePath)
					if got := executes[len(executes)-1].bearer; got != step.wantBearer {
						t.Errorf("at %s: got %s, want %s", step.at, got, step.wantBearer)
					}
					if got := a.mints(); got != step.wantMints {
						t.Errorf("at %s: got %d mints, want %d", step.at, got, step.wantMints)
					}
				}
			})
		})
	}
}

func TestTokenServesWhileItsRenewalFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.token = inTurn(a.token, say(http.StatusServiceUnavailable, ""))
		client := a.serveInMemory(t)
		mustRun(t.Context(), t, client, listIssues)
		time.Sleep(841 * time.Second)
		for range 58 {
			mustRun(t.Context(), t, client, listIssues)
			time.Sleep(time.Second)
		}
		if got := a.mints(); got < 2 || got > 8 {
			t.Errorf("got %d mints, want the first and a few spaced attempts", got)
		}
		time.Sleep(2 * time.Second)
		failure := run(t.Context(), t, client, createIssue)
		if failure == nil || failure.Code != airbyte.CodeUnavailable || failure.Outcome != airbyte.OutcomeNotSent {
			t.Errorf("got %+v with an expired token, want unavailable and not_sent", failure)
		}
	})
}

// A refused token is renewed again ten seconds after the last renewal, not before.
func TestRefusedTokensAreRenewedEveryTenSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.execute = say(http.StatusUnauthorized, `{"detail":"Invalid authentication credentials"}`)
		client := a.serveInMemory(t)
		start := time.Now()
		for _, step := range []struct {
			at        time.Duration
			wantMints int
		}{
			{0, 2}, {10*time.Second - time.Millisecond, 2}, {10 * time.Second, 3},
			{20*time.Second - time.Millisecond, 3}, {20 * time.Second, 4},
		} {
			time.Sleep(time.Until(start.Add(step.at)))
			if failure := run(t.Context(), t, client, listIssues); failure == nil || failure.Code != airbyte.CodeUnauthorized {
				t.Errorf("at %s: got %+v, want unauthorized", step.at, failure)
			}
			if got := a.mints(); got != step.wantMints {
				t.Errorf("at %s: got %d mints, want %d", step.at, got, step.wantMints)
			}
		}
	})
}

// A token that is dead on arrival must not make its waiters mint without end.
func TestTokenDeadOnArrival(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.token = slowly(10*time.Millisecond, say(http.StatusOK, `{"access_token":"x","expires_in":0.001}`))
		client := a.serveInMemory(t)
		for range 600 {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			failure := run(ctx, t, client, listIssues)
			cancel()
			if failure == nil || failure.Code != airbyte.CodeBadResponse {
				t.Fatalf("got %+v, want a bad response", failure)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if got := a.mints(); got > 8 {
			t.Errorf("got %d mints in a minute, want at most 8", got)
		}
	})
}
