package connectpage_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/setup"
)

// slow is a form whose check takes a while.
func slow(t *testing.T, out connectpage.Outcome, err error) *browser {
	t.Helper()
	b := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
		f.Submit = func(context.Context, setup.Values) (connectpage.Outcome, error) {
			time.Sleep(20 * time.Second)
			return out, err
		}
	}).browser()
	b.get("")
	return b
}

// Who sends the form gets a page that moves, at once; it tells how long it has been, and
// leads on when there is something to see.
func TestCheckingPage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := slow(t, connectpage.Outcome{ConnectorID: "c-1"}, nil)
		start := time.Now()
		b.wantAt(b.post("", good()), "/wait")
		page := b.get("/wait")
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("the page came after %v", took)
		}
		b.want(page, 200, "Checking…", "Airbyte asks Acme")
		if got := page.header.Get("Refresh"); !strings.HasPrefix(got, "1; url=/airbyte/connect/") {
			t.Errorf("the page loads itself by %q", got)
		}
		b.want(b.get("/wait?look"), 200, "it has been 4 seconds")
		// A reload, the way back and a second click change nothing.
		b.wantAt(b.get(""), "/wait")
		b.wantAt(b.post("", good()), "/wait")
		if page = b.patient(b.get("/wait?look")); len(b.sent()) != 1 {
			t.Errorf("sent %d times", len(b.sent()))
		}
		b.wantAt(page, "/done")
		if took := time.Since(start); took > 21*time.Second {
			t.Errorf("the end was seen after %v, want it at once", took)
		}
		b.wantAt(b.get("/wait"), "/done")
	})
}

// What was wrong stands in the form afterwards, however often it is loaded.
func TestFailureAfterAWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := slow(t, connectpage.Outcome{}, &schemas.InvalidError{Faults: []schemas.Fault{{Path: "repositories", Problem: "is unknown"}}})
		b.wantAt(b.patient(b.post("", good())), "")
		for range 2 {
			page := b.get("")
			b.want(page, 200, "Repositories is unknown.", "my acme", "Error: Connect Acme")
			if strings.Contains(page.body, canary) {
				t.Error("the secret is in the page")
			}
		}
		b.wantAt(b.get("/wait"), "")
	})
}

// A refusal is one sentence, about what was given.
func TestRefusalInASentence(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"Acme refused the credentials; users: Bad credentials": "Acme refused this token. Nothing was created.",
		"HTTP 401":                          "Acme refused this token. Nothing was created.",
		"the site acme/none does not exist": "The check at Acme failed. Nothing was created.",
	} {
		b := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
			f.Submit = func(context.Context, setup.Values) (connectpage.Outcome, error) {
				return connectpage.Outcome{}, &connectpage.RefusedError{Said: said}
			}
		}).browser()
		b.get("")
		b.want(b.post("", good()), 422, want, "The check said: "+said)
		keys := good()
		keys["method"], keys["m1.client_id"], keys["m1.client_secret"] = "acmeOAuth", "id", "hush-hush"
		if strings.Contains(want, "this token") {
			b.want(b.post("", keys), 422, "Acme refused this client secret. Nothing was created.")
		}
	}
}
