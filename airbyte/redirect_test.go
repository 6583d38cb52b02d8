package airbyte_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"airbyte-mcp-server/airbyte"
)

// A redirect would carry the bearer, the client secret or a body to another place.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	calls := map[string]struct {
		set         func(*api, http.HandlerFunc)
		path        string
		call        func(context.Context, *airbyte.Client) error
		wantOutcome airbyte.Outcome
	}{
		"token": {
			func(a *api, h http.HandlerFunc) { a.token = h }, tokenPath, execute(createIssue), airbyte.OutcomeNotSent,
		},
		"connectors": {
			func(a *api, h http.HandlerFunc) { a.connectors = h }, connectorsPath,
			func(ctx context.Context, c *airbyte.Client) error {
				_, err := c.Connectors(ctx, "default")
				return err
			}, airbyte.OutcomeUnknown,
		},
		"read": {
			func(a *api, h http.HandlerFunc) { a.execute = h }, executePath, execute(listIssues), airbyte.OutcomeUnknown,
		},
		"write": {
			func(a *api, h http.HandlerFunc) { a.execute = h }, executePath, execute(createIssue), airbyte.OutcomeUnknown,
		},
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		for name, test := range calls {
			t.Run(fmt.Sprintf("%s %d", name, status), func(t *testing.T) {
				t.Parallel()
				var reached atomic.Int32
				trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
				t.Cleanup(trap.Close)
				a := newAPI()
				test.set(a, say(status, `<html>moved</html>`, "Location", trap.URL+test.path))
				failure := failureOf(t, test.call(t.Context(), a.serve(t)))
				if got := reached.Load(); got != 0 {
					t.Errorf("got %d requests at the other host, want none", got)
				}
				if got := len(a.requests(test.path)); got != 1 {
					t.Errorf("got %d requests at the API, want 1", got)
				}
				if failure == nil || failure.Code != airbyte.CodeRedirect || failure.Outcome != test.wantOutcome ||
					failure.Status != status {
					t.Errorf("got %+v, want a redirect with outcome %q", failure, test.wantOutcome)
				}
			})
		}
	}
}

func execute(x airbyte.Execution) func(context.Context, *airbyte.Client) error {
	return func(ctx context.Context, c *airbyte.Client) error {
		_, err := c.Execute(ctx, "main", "c-1", x)
		return err
	}
}
