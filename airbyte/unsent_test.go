package airbyte_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
)

type unsentWrite struct {
	fault        error
	faults       int // dials that fail, after the one for the token
	wantExecutes int
	wantRequests int // told in the error; 0 for success
	wantMessage  string
}

func unsentWrites() map[string]unsentWrite {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	unresolved := &net.DNSError{Err: "no such host", Name: "api.example", IsNotFound: true}
	return map[string]unsentWrite{
		"refused twice":    {refused, 2, 1, 0, ""},
		"refused always":   {refused, 100, 0, 3, "refused or unreachable"},
		"unresolved once":  {unresolved, 1, 1, 0, ""},
		"unresolved":       {unresolved, 100, 0, 3, "cannot be resolved"},
		"TLS always fails": {errors.New("tls: handshake failure"), 100, 0, 3, "TLS handshake failed"},
	}
}

// What never left this machine may be sent again, also if it is a write.
func TestWriteThatNeverLeft(t *testing.T) {
	t.Parallel()
	for name, test := range unsentWrites() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a, n := newAPI(), newNetwork()
				n.cold = true
				n.fault = func(dials int) error {
					if dials > 1 && dials <= 1+test.faults {
						return test.fault
					}
					return nil
				}
				client := a.serveOn(t, n)
				failure := run(t.Context(), t, client, createIssue)
				if got := a.executes(); got != test.wantExecutes {
					t.Errorf("got %d execute requests, want %d", got, test.wantExecutes)
				}
				if test.wantRequests == 0 {
					if failure != nil {
						t.Errorf("got %v, want success", failure)
					}
					return
				}
				if failure == nil || failure.Code != airbyte.CodeNetwork || failure.Outcome != airbyte.OutcomeNotSent ||
					failure.Requests != test.wantRequests {
					t.Fatalf("got %+v, want network and not_sent after %d attempts", failure, test.wantRequests)
				}
				if !strings.Contains(failure.Message, test.wantMessage) {
					t.Errorf("got message %q, want %q in it", failure.Message, test.wantMessage)
				}
			})
		})
	}
}

func TestCallerLeavesWhileConnecting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, n := newAPI(), newNetwork()
		n.cold = true
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		n.fault = func(dials int) error {
			if dials > 1 {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}
		client := a.serveOn(t, n)
		failure := run(ctx, t, client, createIssue)
		if failure == nil || failure.Code != airbyte.CodeTimeout || failure.Outcome != airbyte.OutcomeNotSent {
			t.Errorf("got %+v, want timeout and not_sent", failure)
		}
	})
}

// roundTripper is a transport that tells nothing about its connections.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestForeignTransportIsNotTrusted(t *testing.T) {
	t.Parallel()
	a := newAPI()
	broken := errors.New("broken")
	var mu sync.Mutex
	executes := 0
	client := a.serve(t, func(cfg *airbyte.Config) {
		inner := &http.Transport{}
		t.Cleanup(inner.CloseIdleConnections)
		cfg.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == tokenPath {
				return inner.RoundTrip(r)
			}
			mu.Lock()
			defer mu.Unlock()
			executes++
			return nil, broken
		})
	})
	failure := run(t.Context(), t, client, createIssue)
	if failure == nil || failure.Outcome != airbyte.OutcomeUnknown || executes != 1 {
		t.Errorf("got %+v after %d requests, want outcome unknown after 1", failure, executes)
	}
	if !errors.Is(failure, broken) {
		t.Errorf("got %v, want the cause to be kept", failure)
	}
}

func TestInvalidExecutionIsNotSent(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		id string
		x  airbyte.Execution
	}{
		"params cut off":     {"c-1", airbyte.Execution{Entity: "issues", Action: "create", Params: []byte(`{"a":`)}},
		"params of two":      {"c-1", airbyte.Execution{Entity: "issues", Action: "list", Params: []byte(`{} {}`)}},
		"no id":              {"", listIssues},
		"id of a dot":        {".", listIssues},
		"id of two dots":     {"..", createIssue},
		"id with a slash":    {"a/b", createIssue},
		"id climbs":          {"../../workspaces", createIssue},
		"id with a query":    {"a?b", createIssue},
		"id climbs, encoded": {"a%2f..", createIssue},
		"id on Windows":      {`a\b`, createIssue},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			client := a.serve(t)
			_, err := client.Execute(t.Context(), "main", test.id, test.x)
			failure := failureOf(t, err)
			if failure == nil || failure.Code != airbyte.CodeInvalid || failure.Outcome != airbyte.OutcomeNotSent {
				t.Errorf("got %+v, want invalid and not_sent", failure)
			}
			if got := a.mints() + a.executes(); got != 0 {
				t.Errorf("got %d requests, want none", got)
			}
		})
	}
}

// The prefix is how the API itself writes an id at times.
func TestIDWithPrefixIsSent(t *testing.T) {
	t.Parallel()
	a := newAPI()
	client := a.serve(t)
	const id = "source_id:0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0"
	if _, err := client.Execute(t.Context(), "main", id, listIssues); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("/api/v1/integrations/connectors/%s/execute", id)
	if got := len(a.requests(want)); got != 1 {
		t.Errorf("got %d requests of %s, want 1", got, want)
	}
}
