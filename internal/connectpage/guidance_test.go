package connectpage_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/schemas/setup"
)

// Each way leads to where its credential is made, and the way that people have is first.
func TestWhereItIsMade(t *testing.T) {
	t.Parallel()
	b := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
		f.Setup.Methods[0], f.Setup.Methods[1] = f.Setup.Methods[1], f.Setup.Methods[0]
		f.Setup.Methods[0].MadeAt, f.Setup.Methods[1].MadeAt = "https://acme.example/apps", "https://acme.example/tokens"
		f.Consent = func(context.Context, setup.Values, string) (string, error) { return "", errors.New("no") }
		f.Consented = func(context.Context, string) (connectpage.Outcome, error) { return connectpage.Outcome{}, nil }
	}).browser()
	page := b.get("")
	b.want(page, 200, `href="https://acme.example/tokens"`, "Where to make this token", `href="https://acme.example/apps"`,
		"Where to make this client secret")
	if strings.Contains(page.body, "docs.example") {
		t.Error("the documentation of the interface is where people look for a token")
	}
	at := -1
	for _, way := range []string{`value="consent:acmeOAuth"`, `value="acmePAT"`, `value="acmeOAuth"`} {
		next := strings.Index(page.body, way)
		if next <= at {
			t.Errorf("%s is not in its place", way)
		}
		at = next
	}
}

// TestEveryWayIsMadeSomewhere: the catalog says so for each connector.
func TestEveryWayIsMadeSomewhere(t *testing.T) {
	t.Parallel()
	for _, c := range everyConnector(t) {
		for _, m := range setup.Of(c).Methods {
			if u, err := url.Parse(m.MadeAt); err != nil || u.Scheme != "https" || u.Host == "" {
				t.Errorf("%s, %s: made at %q", c.Name, m.Name, m.MadeAt)
			}
		}
	}
}

// The page tells how long it is good for, what is kept, and how to end that.
func TestWhatIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newRig(t, nil).browser()
		kept := []string{"Airbyte keeps what you enter", "revoke it at Acme", "This server keeps nothing."}
		b.want(b.get(""), 200, append(kept, "for 10 more minutes")...)
		time.Sleep(8 * time.Minute)
		b.want(b.get(""), 200, "for two more minutes")
		time.Sleep(90 * time.Second)
		b.want(b.get(""), 200, "for less than a minute")
		b.post("", good())
		b.want(b.get("/done"), 200, kept...)
	})
}

// Only what was entered has to be entered again.
func TestEnterAgain(t *testing.T) {
	t.Parallel()
	b := newRig(t, nil).browser()
	b.get("")
	empty := good()
	delete(empty, "m0.token")
	if page := b.post("", empty); strings.Contains(page.body, "Enter again") {
		t.Error("a token that was not entered is to be entered again")
	}
	without := good()
	delete(without, "s.repositories")
	page := b.post("", without)
	if got := strings.Count(page.body, "Enter again"); got != 1 {
		t.Errorf("%d fields are to be entered again, want 1", got)
	}
}

// A label that would stand there twice is seen once.
func TestLabelTwice(t *testing.T) {
	t.Parallel()
	b := newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
		f.Setup.Methods = f.Setup.Methods[:1]
		f.Setup.Methods[0].Title = f.Setup.Methods[0].Fields[0].Title
	}).browser()
	b.want(b.get(""), 200, "<legend>Token</legend>", `<label for="m0-0" class="hidden">Token`)
}

// Whom a person goes back to depends on who asked for the page.
func TestWhoAsked(t *testing.T) {
	t.Parallel()
	for _, terminal := range []bool{true, false} {
		b := newRig(t, func(o *connectpage.Options, _ *connectpage.Form) { o.Terminal = terminal }).browser()
		pages := b.get("").body
		b.post("", good())
		pages += b.get("/done").body + b.get("").body
		if strings.Contains(pages, "assistant") == terminal || strings.Contains(pages, "command") != terminal {
			t.Errorf("asked by a terminal: %t; the pages are %s", terminal, pages)
		}
	}
}

// The page before a consent leads on by itself, once: who comes back may choose again.
func TestConsentLeadsOnOnce(t *testing.T) {
	t.Parallel()
	c := newConsentRig(t)
	c.target = "https://vendor.example/authorize?client_id=1&scope=a%20b"
	c.get("")
	c.wantAt(c.post("", map[string]string{"method": "consent:acmeOAuth"}), "/consent")
	first, second := c.get("/consent"), c.get("/consent")
	if got, want := first.header.Get("Refresh"), "3; url="+c.target; got != want {
		t.Errorf("it leads by %q, want %q", got, want)
	}
	if got := second.header.Get("Refresh"); got != "" {
		t.Errorf("it leads again, by %q", got)
	}
	c.want(second, 200, "Continue at Acme", "Choose another way", "vendor.example")
}
