package airbyte_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
)

// reset is a handler that resets the connection after it has sent some bytes.
func reset(sent string) http.HandlerFunc {
	return rawAnswer(sent, func(conn net.Conn) { _ = conn.(*net.TCPConn).SetLinger(0) })
}

// cut is a handler that closes the connection in good order after some bytes.
func cut(sent string) http.HandlerFunc { return rawAnswer(sent, func(net.Conn) {}) }

func rawAnswer(sent string, beforeClose func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = conn.Write([]byte(sent))
		beforeClose(conn)
		_ = conn.Close()
	}
}

const (
	halfAnswer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n" + `{"status":"success","result":[`
	halfChunks = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n" + `{"sta` + "\r\n"
)

func TestWriteIsSentOnce(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		answer      http.HandlerFunc
		wantCode    airbyte.Code
		wantOutcome airbyte.Outcome
	}{
		{"400", say(400, `{"message":"title is required"}`), airbyte.CodeInvalid, airbyte.OutcomeRejected},
		{"402", say(402, ``), airbyte.CodeForbidden, airbyte.OutcomeRejected},
		{"403", say(403, `{"message":"no"}`), airbyte.CodeForbidden, airbyte.OutcomeRejected},
		{"404", say(404, `{"detail":"Connector not found"}`), airbyte.CodeNotFound, airbyte.OutcomeRejected},
		{"408", say(408, ``), airbyte.CodeInvalid, airbyte.OutcomeUnknown},
		{"422", say(422, `{"detail":"bad"}`), airbyte.CodeInvalid, airbyte.OutcomeRejected},
		{"429", say(429, `{"message":"rate limit exceeded"}`), airbyte.CodeRateLimited, airbyte.OutcomeRejected},
		{"429 with a wait", say(429, ``, "Retry-After", "1"), airbyte.CodeRateLimited, airbyte.OutcomeRejected},
		{"500", say(500, `{"message":"boom"}`), airbyte.CodeServer, airbyte.OutcomeUnknown},
		{"502", say(502, `<html>bad gateway</html>`), airbyte.CodeUnavailable, airbyte.OutcomeUnknown},
		{"503", say(503, ``, "Retry-After", "1"), airbyte.CodeUnavailable, airbyte.OutcomeUnknown},
		{"504", say(504, ``), airbyte.CodeUnavailable, airbyte.OutcomeUnknown},
		{"507", say(507, ``), airbyte.CodeServer, airbyte.OutcomeUnknown},
		{"reset before the answer", reset(""), airbyte.CodeNetwork, airbyte.OutcomeUnknown},
		{"closed before the answer", cut(""), airbyte.CodeNetwork, airbyte.OutcomeUnknown},
		{"reset in mid-body", reset(halfAnswer), airbyte.CodeNetwork, airbyte.OutcomeUnknown},
		{"truncated body", cut(halfAnswer), airbyte.CodeNetwork, airbyte.OutcomeUnknown},
		{"last chunk missing", cut(halfChunks), airbyte.CodeNetwork, airbyte.OutcomeUnknown},
		{"no HTTP", cut("SSH-2.0-OpenSSH_9.9\r\n"), airbyte.CodeNetwork, airbyte.OutcomeUnknown},
		{"in-band failure", say(200, `{"status":"error","result":{"error":"boom"}}`), airbyte.CodeFailed, airbyte.OutcomeUnknown},
		{"empty 200", say(200, ``), airbyte.CodeBadResponse, airbyte.OutcomeUnknown},
		{"empty 204", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, airbyte.CodeBadResponse,
			airbyte.OutcomeUnknown},
		{"too large", say(200, strings.Repeat(" ", 5000)), airbyte.CodeTooLarge, airbyte.OutcomeUnknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.execute = test.answer
			client := a.serve(t, func(cfg *airbyte.Config) { cfg.MaxBody = 4000 })
			failure := run(t.Context(), t, client, createIssue)
			if got := a.executes(); got != 1 {
				t.Errorf("got %d execute requests, want 1", got)
			}
			if failure == nil || failure.Code != test.wantCode || failure.Outcome != test.wantOutcome || failure.Requests != 1 {
				t.Fatalf("got %+v, want code %q, outcome %q after 1 request", failure, test.wantCode, test.wantOutcome)
			}
			checkAdvice(t, failure)
		})
	}
}

// checkAdvice holds the words for a write whose outcome is unknown against the rule
// that nobody may be led to repeat it blindly.
func checkAdvice(t *testing.T, failure *airbyte.Error) {
	t.Helper()
	if failure.Outcome != airbyte.OutcomeUnknown {
		return
	}
	if failure.Retryable() {
		t.Error("a write that may have been done is called retryable")
	}
	if !strings.Contains(failure.Hint, "whether it was done") || strings.Contains(failure.Hint, "try again") {
		t.Errorf("got hint %q, want one to look before the write is repeated", failure.Hint)
	}
}

func TestEveryActionButTheKnownReadsIsAWrite(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"list": true, "get": true, "search": true, "api_search": true, "context_store_search": true,
		"context_store_sql_query": true, "describe": true, "download": true,
		"create": false, "update": false, "delete": false, "archive": false, "LIST": false, "lists": false, "": false,
	}
	for action, want := range tests {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			if got := airbyte.IsRead(action); got != want {
				t.Errorf("IsRead(%q): got %t, want %t", action, got, want)
			}
			synctest.Test(t, func(t *testing.T) {
				a := newAPI()
				a.execute = say(503, ``)
				client := a.serveInMemory(t)
				_ = run(t.Context(), t, client, airbyte.Execution{Entity: "issues", Action: action})
				if got := a.executes() > 1; got != want {
					t.Errorf("got %d requests under 503; repeated %t, want %t", a.executes(), got, want)
				}
			})
		})
	}
}

// net/http itself repeats some requests on a kept connection that breaks.
func TestWriteOnAWarmConnection(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{"reset": reset(""), "closed": cut(""), "cut": cut("HTTP/1.1 2")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.execute = inTurn(a.execute, answer)
			client := a.serve(t)
			mustRun(t.Context(), t, client, listIssues)
			failure := run(t.Context(), t, client, createIssue)
			executes := a.requests(executePath)
			if len(executes) != 2 {
				t.Fatalf("got %d execute requests, want 1 before and 1 for the write", len(executes))
			}
			if executes[0].remote != executes[1].remote {
				t.Fatal("the connection was not reused, so the test shows nothing")
			}
			if failure == nil || failure.Outcome != airbyte.OutcomeUnknown {
				t.Errorf("got %+v, want outcome unknown", failure)
			}
		})
	}
}

func TestWriteHangs(t *testing.T) {
	t.Parallel()
	within := func(d time.Duration) func(context.Context) (context.Context, context.CancelFunc) {
		return func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithTimeout(ctx, d) }
	}
	leaves := func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(ctx)
		time.AfterFunc(3*time.Second, cancel)
		return ctx, cancel
	}
	tests := map[string]struct {
		answer   http.HandlerFunc
		caller   func(context.Context) (context.Context, context.CancelFunc)
		wantCode airbyte.Code
		wantTime time.Duration
	}{
		"until the caller's deadline":       {hang, within(50 * time.Second), airbyte.CodeTimeout, 50 * time.Second},
		"until the client's own time is up": {hang, within(time.Hour), airbyte.CodeTimeout, 90 * time.Second},
		"until the caller leaves":           {hang, leaves, airbyte.CodeCanceled, 3 * time.Second},
		"one byte a second":                 {drip, within(50 * time.Second), airbyte.CodeTimeout, 50 * time.Second},
		"a refusal without an end":          {slowRefusal, within(50 * time.Second), airbyte.CodeUnavailable, 50 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAPI()
				a.execute = test.answer
				client := a.serveInMemory(t, func(cfg *airbyte.Config) { cfg.ExecuteTimeout = 90 * time.Second })
				ctx, cancel := test.caller(t.Context())
				defer cancel()
				start := time.Now()
				failure := run(ctx, t, client, createIssue)
				if got := time.Since(start); got != test.wantTime {
					t.Errorf("got an answer after %s, want %s", got, test.wantTime)
				}
				if failure == nil || failure.Code != test.wantCode || failure.Outcome != airbyte.OutcomeUnknown {
					t.Fatalf("got %+v, want code %q and outcome unknown", failure, test.wantCode)
				}
				if got := a.executes(); got != 1 {
					t.Errorf("got %d execute requests, want 1", got)
				}
				checkAdvice(t, failure)
			})
		})
	}
}

// drip is a handler that sends a byte a second.
func drip(w http.ResponseWriter, r *http.Request) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		_, _ = w.Write([]byte(" "))
		_ = http.NewResponseController(w).Flush()
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

// slowRefusal tells a status at once and never ends its body.
func slowRefusal(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusServiceUnavailable)
	_ = http.NewResponseController(w).Flush()
	hang(w, r)
}

func TestRefusedTokenRepeatsAWriteOnce(t *testing.T) {
	t.Parallel()
	refuse := say(http.StatusUnauthorized, `{"detail":"Invalid authentication credentials"}`)
	tests := map[string]struct {
		answers      []http.HandlerFunc
		wantExecutes int
		wantMints    int
		wantCode     airbyte.Code
		wantOutcome  airbyte.Outcome
	}{
		"then accepted":    {[]http.HandlerFunc{refuse, say(200, okResult)}, 2, 2, "", ""},
		"for ever":         {[]http.HandlerFunc{refuse}, 2, 2, airbyte.CodeUnauthorized, airbyte.OutcomeRejected},
		"then unavailable": {[]http.HandlerFunc{refuse, say(503, "")}, 2, 2, airbyte.CodeUnavailable, airbyte.OutcomeUnknown},
		"403 is final":     {[]http.HandlerFunc{say(403, "")}, 1, 1, airbyte.CodeForbidden, airbyte.OutcomeRejected},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.execute = inTurn(test.answers...)
			client := a.serve(t)
			failure := run(t.Context(), t, client, createIssue)
			if a.executes() != test.wantExecutes || a.mints() != test.wantMints {
				t.Errorf("got %d executes and %d mints, want %d and %d", a.executes(), a.mints(), test.wantExecutes, test.wantMints)
			}
			executes := a.requests(executePath)
			if first, last := executes[0], executes[len(executes)-1]; first.body != last.body {
				t.Errorf("got body %s the second time, want %s", last.body, first.body)
			}
			var code airbyte.Code
			var outcome airbyte.Outcome
			if failure != nil {
				code, outcome = failure.Code, failure.Outcome
			}
			if code != test.wantCode || outcome != test.wantOutcome {
				t.Errorf("got code %q and outcome %q, want %q and %q", code, outcome, test.wantCode, test.wantOutcome)
			}
		})
	}
}

// However long the API takes to refuse, no call is sent a third time.
func TestSlowRefusals(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.execute = slowly(30*time.Second, say(http.StatusUnauthorized, ""))
		failure := run(t.Context(), t, a.serveInMemory(t), createIssue)
		if failure == nil || failure.Requests != 2 || a.executes() != 2 {
			t.Errorf("got %+v after %d requests, want a failure after 2", failure, a.executes())
		}
	})
}

// A write that was refused with 401 and then finds no token was surely not done,
// though it was sent.
func TestRefusedTokenWithoutASuccessor(t *testing.T) {
	t.Parallel()
	a := newAPI()
	a.token = inTurn(a.token, say(http.StatusServiceUnavailable, ""))
	a.execute = say(http.StatusUnauthorized, "")
	failure := run(t.Context(), t, a.serve(t), createIssue)
	if failure == nil || failure.Outcome != airbyte.OutcomeNotSent || failure.Requests != 1 {
		t.Errorf("got %+v, want not_sent with 1 request", failure)
	}
}
