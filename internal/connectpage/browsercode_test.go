package connectpage_test

import (
	"context"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/schemas/setup"
)

// TestBrowserCode: a page that may have reached a stranger says for whom it is, shows a code
// in large letters when it was filled in, and goes on when the code was handed over.
func TestBrowserCode(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	form := checkedForm()
	form.NeedsCode, form.Principal, form.Workspace = true, "ann@"+strings.Repeat("long", 20)+".example", strings.Repeat("customer-", 12)+"1"
	submit := form.Submit
	form.Submit = func(ctx context.Context, v setup.Values) (connectpage.Outcome, error) {
		calls.Add(1)
		return submit(ctx, v)
	}
	b := newTab(t, connectpage.Options{}, form)
	b.page("Connect Acme")
	b.fits("form for a stranger")
	b.saysForWhom()
	b.fill("m0-0", canary)
	b.fill("s-6", "acme/site")
	b.tabTo("Connect Acme")
	b.press(kb.Enter)
	b.page("Your code")
	b.fits("code")
	code := b.shownCode()
	if calls.Load() != 0 {
		t.Error("something was submitted without the code")
	}
	goOn := func(want string) {
		t.Helper()
		b.tabTo("I have given the code: go on")
		b.press(kb.Enter)
		b.page(want)
	}
	goOn("Your code") // too early
	b.run(chromedp.Reload())
	b.page("Your code")
	if again := b.shownCode(); again != code {
		t.Errorf("reloading shows %q, want %q", again, code)
	}
	if err := b.ticket.Redeem(t.Context(), code); err != nil {
		t.Fatal(err)
	}
	goOn("Acme is connected")
	b.fits("done after the code")
	if n := calls.Load(); n != 1 {
		t.Errorf("submitted %d times, want once", n)
	}
	if got := b.complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

// saysForWhom wants a page to say whom it is for, readably.
func (b *tab) saysForWhom() {
	b.Helper()
	if narrow := eval[[]string](b, narrowNames); len(narrow) > 0 {
		b.Errorf("names in less than 200 pixels: %q", narrow)
	}
	if text := eval[string](b, `document.body.innerText`); !strings.Contains(text, "ann@long") || !strings.Contains(text, "customer-") ||
		!strings.Contains(text, "Did somebody send you this link?") {
		b.Errorf("the page does not say for whom it is: %s", text)
	}
}

// shownCode is the code that the page shows in large letters.
func (b *tab) shownCode() string {
	b.Helper()
	code := eval[string](b, `document.querySelector("#code code").innerText`)
	size := eval[float64](b, `parseFloat(getComputedStyle(document.querySelector("#code code")).fontSize)`)
	if !regexp.MustCompile(`^[2-9A-Z]{6}$`).MatchString(code) || size < 32 {
		b.Fatalf("the code is %q, in letters of %v pixels", code, size)
	}
	return code
}

// narrowNames lists the names whose letters would stand below each other on a small screen.
const narrowNames = `[...document.querySelectorAll(".asking dd")]
	.filter(e => e.getBoundingClientRect().width < 200).map(e => e.innerText)`
