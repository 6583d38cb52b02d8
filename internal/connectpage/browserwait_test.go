package connectpage_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/schemas/setup"
)

// TestBrowserChecking: a browser without scripts shows that something goes on, and sees the
// end by itself.
func TestBrowserChecking(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	form := checkedForm()
	submit := form.Submit
	form.Submit = func(ctx context.Context, v setup.Values) (connectpage.Outcome, error) {
		<-release
		return submit(ctx, v)
	}
	operator := connectpage.Operator{Name: "Acme Tools", Contact: "https://acme.example/help", Logo: logo(t, png(t))}
	b := newTab(t, connectpage.Options{Operator: operator}, form)
	b.page("Connect Acme")
	if got := eval[int](b, `document.querySelector("header img").naturalWidth`); got != 1 {
		t.Errorf("the logo is %d pixels wide", got)
	}
	b.fill("m0-0", canary)
	b.fill("s-6", "acme/site")
	b.tabTo("Connect Acme")
	b.press(kb.Enter)
	b.page("Checking…")
	eval[bool](b, `window.stop(), true`) // as long as it is looked at
	b.fits("checking")
	if got := eval[string](b, `getComputedStyle(document.querySelector(".bar div")).animationName`); got != "pass" {
		t.Errorf("what moves is %q", got)
	}
	b.run(chromedp.Navigate(b.ticket.URL()))
	b.page("Checking…")
	close(release)
	b.page("Acme is connected")
	if got := b.complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

// TestBrowserBeforeTheConsent: who comes back from the vendor sees where one goes, and may
// choose another way.
func TestBrowserBeforeTheConsent(t *testing.T) {
	t.Parallel()
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>Vendor</title>")
	}))
	defer vendor.Close()
	form := checkedForm()
	form.Consent = func(context.Context, setup.Values, string) (string, error) { return vendor.URL, nil }
	form.Consented = func(context.Context, string) (connectpage.Outcome, error) { return connectpage.Outcome{}, nil }
	b := newTab(t, connectpage.Options{}, form)
	b.page("Connect Acme")
	b.tabTo("method-0")
	b.press(kb.Enter)
	b.page("Vendor") // by itself
	b.run(chromedp.Navigate(b.ticket.URL() + "/consent"))
	b.page("Sign in at Acme")
	b.fits("consent")
	if text := eval[string](b, `document.body.innerText`); !strings.Contains(text, hostOf(t, vendor.URL)) {
		t.Errorf("the page does not say where one goes: %s", text)
	}
	b.tabTo("Choose another way")
	b.press(kb.Enter)
	b.page("Connect Acme")
}
