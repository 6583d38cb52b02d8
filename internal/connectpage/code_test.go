package connectpage_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/schemas/setup"
)

// newCodeRig opens a form for somebody on the network.
func newCodeRig(t *testing.T, change func(*connectpage.Form)) *browser {
	t.Helper()
	return newRig(t, func(_ *connectpage.Options, f *connectpage.Form) {
		f.NeedsCode, f.Principal = true, "mallory\u202e\nfrom rival"
		if change != nil {
			change(f)
		}
	}).browser()
}

// code is the code on the page that a browser is shown.
func (b *browser) code() string {
	b.Helper()
	found := regexp.MustCompile(`id="code"><code>([0-9A-Z]{6})</code>`).FindStringSubmatch(b.get("/code").body)
	if found == nil {
		b.Fatal("the page shows no code")
	}
	return found[1]
}

// TestCodeStory: a page that reached somebody says for whom it is, and creates nothing
// before its code was handed over.
func TestCodeStory(t *testing.T) {
	t.Parallel()
	b := newCodeRig(t, nil)
	b.want(b.get(""), 200, "<dd>customer-1</dd>", "<dd>mallory from rival</dd>", "<dd>tools.example</dd>", "Did somebody send you this link?")
	if err := b.ticket.Redeem(t.Context(), "ABCDEF"); err == nil || len(b.sent()) != 0 {
		t.Errorf("before anything was entered: got %v and %d submissions", err, len(b.sent()))
	}
	b.want(b.post("", map[string]string{"method": "acmePAT", "s.repositories": "a/b"}), 422, "Token is required")
	b.wantAt(b.post("", good()), "/code")
	code := b.code()
	if _, err := b.ticket.Wait(t.Context()); !errors.Is(err, connectpage.ErrNeedsCode) || len(b.sent()) != 0 {
		t.Errorf("waited for %v, %d submissions; want ErrNeedsCode and none", err, len(b.sent()))
	}
	stranger := b.browser()
	if a := stranger.get("/code"); a.status != http.StatusForbidden || strings.Contains(a.body, code) {
		t.Errorf("another browser gets %d %s", a.status, a.body)
	}
	stranger.get("")
	if a := stranger.get("/code"); a.status != http.StatusForbidden {
		t.Errorf("another browser that has loaded the form gets %d", a.status)
	}
	if err := b.ticket.Redeem(t.Context(), " "+strings.ToLower(code[:3])+"-"+code[3:]); err != nil {
		t.Fatal(err)
	}
	if out, err := b.ticket.Wait(t.Context()); err != nil || out.ConnectorName != "my acme" || len(b.sent()) != 1 {
		t.Errorf("got %+v, %v after %d submissions", out, err, len(b.sent()))
	}
	b.wantAt(b.get("/code"), "/done")
	b.want(b.get("/done"), 200, "Acme is connected")
	if err := b.ticket.Redeem(t.Context(), code); err == nil || len(b.sent()) != 1 {
		t.Errorf("a second time: got %v and %d submissions", err, len(b.sent()))
	}
	if strings.Contains(b.log.String(), code) || strings.Contains(b.log.String(), canary) {
		t.Errorf("the log tells secrets: %s", b.log)
	}
}

// TestWrongCodes: five end the form, whatever was entered meanwhile, and nothing is kept.
func TestWrongCodes(t *testing.T) {
	t.Parallel()
	b := newCodeRig(t, nil)
	b.get("")
	b.post("", good())
	code := ""
	for n := range 5 {
		if n == 3 {
			b.post("", good()) // tries are not given back
		}
		code = b.code()
		err := b.ticket.Redeem(t.Context(), "0"+code[1:])
		if errors.Is(err, connectpage.ErrVoid) != (n == 4) || err == nil {
			t.Fatalf("try %d: %v", n+1, err)
		}
	}
	if err := b.ticket.Redeem(t.Context(), code); !errors.Is(err, connectpage.ErrVoid) || len(b.sent()) != 0 {
		t.Errorf("the right code then: got %v and %d submissions", err, len(b.sent()))
	}
	if _, err := b.ticket.Wait(t.Context()); !errors.Is(err, connectpage.ErrVoid) {
		t.Errorf("waited for %v, want ErrVoid", err)
	}
	b.want(b.get("/done"), 410, "is void")
	b.want(b.get(""), 410, "is void")
}

// TestCodeOfAnEarlierEntry is worth nothing.
func TestCodeOfAnEarlierEntry(t *testing.T) {
	t.Parallel()
	b := newCodeRig(t, nil)
	b.get("")
	b.post("", good())
	first := b.code()
	b.get("")
	b.post("", good())
	if second := b.code(); second == first {
		t.Skip("one in a billion")
	}
	if err := b.ticket.Redeem(t.Context(), first); err == nil || len(b.sent()) != 0 {
		t.Errorf("got %v and %d submissions", err, len(b.sent()))
	}
}

// TestExpiryOfEntries: what waits for its code is forgotten with the form.
func TestExpiryOfEntries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newCodeRig(t, nil)
		b.get("")
		b.post("", good())
		code := b.code()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if err := b.ticket.Redeem(t.Context(), code); !errors.Is(err, connectpage.ErrExpired) || len(b.sent()) != 0 {
			t.Errorf("got %v and %d submissions", err, len(b.sent()))
		}
		b.wantAt(b.get("/code"), "/done")
	})
}

// TestRefusedEntry: what Airbyte refuses comes back to the person, without secrets.
func TestRefusedEntry(t *testing.T) {
	t.Parallel()
	b := newCodeRig(t, func(f *connectpage.Form) {
		f.Submit = func(_ context.Context, _ setup.Values) (connectpage.Outcome, error) {
			return connectpage.Outcome{}, errors.New("the vendor refuses " + canary)
		}
	})
	b.get("")
	b.post("", good())
	if err := b.ticket.Redeem(t.Context(), b.code()); err == nil || strings.Contains(err.Error(), canary) {
		t.Errorf("got %v, want the refusal without the secret", err)
	}
	b.wantAt(b.get("/code"), "")
	if a := b.get(""); a.status != 200 || !strings.Contains(a.body, "The vendor refuses (hidden).") || strings.Contains(a.body, canary) {
		t.Errorf("the form is %s", a.body)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.ticket.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("waited for %v, want nothing to be held", err)
	}
}

// TestConsentNeedsTheCode: nobody is sent to the vendor before.
func TestConsentNeedsTheCode(t *testing.T) {
	t.Parallel()
	began := 0
	b := newCodeRig(t, func(f *connectpage.Form) {
		f.Consent = func(context.Context, setup.Values, string) (string, error) { began++; return vendorURL, nil }
		f.Consented = func(_ context.Context, id string) (connectpage.Outcome, error) {
			return connectpage.Outcome{ConnectorID: id}, nil
		}
	})
	b.get("")
	b.wantAt(b.post("", map[string]string{"method": "consent:acmeOAuth", "s.repositories": "a/b"}), "/code")
	code := b.code()
	b.wantAt(b.get("/consent"), "")
	if began != 0 {
		t.Fatal("a consent began without the code")
	}
	if err := b.ticket.Redeem(t.Context(), code); err != nil || began != 1 {
		t.Fatalf("got %v and %d consents", err, began)
	}
	b.wantAt(b.get("/code"), "/consent")
	b.want(b.get("/consent"), 200, "vendor.example")
	c := &consentRig{browser: b}
	c.wantAt(c.returns("connector_id=c-9"), "/done")
}

// TestEntriesAreBounded: the sum of what waits for codes is, of one caller and of all.
func TestEntriesAreBounded(t *testing.T) {
	t.Parallel()
	b := newCodeRig(t, nil)
	full := good()
	full["m0.token"] = strings.Repeat("x", 60<<10)
	fill := func(owner string) answer {
		ticket, err := b.pages.Open(owner, connectpage.Form{Setup: acme(), NeedsCode: true, Submit: nothing})
		if err != nil {
			t.Fatal(err)
		}
		other := (&rig{T: t, pages: b.pages, ticket: ticket, log: b.log}).browser()
		other.get("")
		return other.post("", full)
	}
	filled := func(owner string) (n int) {
		for ; n < 100; n++ {
			if a := fill(owner); a.status == http.StatusServiceUnavailable {
				b.want(a, 503, "too many forms wait for their codes")
				break
			}
		}
		return n
	}
	if n := filled("bob"); n < 5 || n > 8 {
		t.Errorf("%d forms of 120 kB wait for their codes, want 8 at most", n)
	}
	b.get("")
	b.wantAt(b.post("", good()), "/code") // another caller's
	owners := 1
	for ; owners < 20 && filled(fmt.Sprint("caller ", owners)) > 5; owners++ {
	}
	if owners > 9 {
		t.Errorf("%d callers hold what they may, together more than all may", owners)
	}
}

// TestEndedFormsAreBounded: those of one caller that are still remembered.
func TestEndedFormsAreBounded(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *connectpage.Options, _ *connectpage.Form) { o.MaxOpen = 2 })
	var ids []string
	for range 6 {
		ticket, err := r.pages.Open("bob", connectpage.Form{Setup: acme(), Submit: nothing})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, ticket.ID())
		b := (&rig{T: t, pages: r.pages, ticket: ticket, log: r.log}).browser()
		b.get("")
		b.wantAt(b.post("/cancel", nil), "/done")
	}
	for i, id := range ids {
		if _, known := r.pages.Ticket("bob", id); known != (i >= 3) {
			t.Errorf("form %d of 6: remembered %v", i+1, known)
		}
	}
	if _, known := r.pages.Ticket("ann", r.ticket.ID()); !known {
		t.Error("another caller's form was forgotten")
	}
}
