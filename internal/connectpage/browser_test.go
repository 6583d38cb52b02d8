package connectpage_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/schemas/setup"
)

// checkedForm is a form whose values are checked as the program does it.
func checkedForm() connectpage.Form {
	asked := acme()
	return connectpage.Form{
		Setup: asked, Workspace: "customer-1", Name: "acme main",
		Submit: func(_ context.Context, v setup.Values) (connectpage.Outcome, error) { return created(asked, v) },
	}
}

// TestBrowserStory is told with the keyboard alone, without the page's scripts: an
// empty form, its errors, the right values, the result, and a second look at both.
func TestBrowserStory(t *testing.T) {
	t.Parallel()
	b := newTab(t, connectpage.Options{}, checkedForm())
	b.page("Connect Acme")
	b.fits("form")

	b.fill("m0-0", kb.Enter) // sends the empty form
	b.page("Error: Connect Acme")
	b.wantFocus("problems")
	b.fits("errors")
	b.tabTo("Token is required.")
	b.press(kb.Enter)
	b.wantFocus("m0-0") // where the link of the summary leads
	if !strings.Contains(eval[string](b, `document.getElementById("m0-0-problem").innerText`), "is required") {
		t.Error("the fault is not beside the field")
	}

	b.press(canary)
	b.fill("s-6", "acme/site")
	b.tabTo("Connect Acme")
	b.press(kb.Enter)
	b.page("Acme is connected")
	b.fits("done")
	done := eval[string](b, `location.pathname`)
	b.run(chromedp.Reload())
	b.page("Acme is connected")
	if got := eval[string](b, `location.pathname`); got != done || !strings.HasSuffix(got, "/done") {
		t.Errorf("reloading went from %s to %s", done, got)
	}
	b.run(chromedp.Navigate(b.ticket.URL()))
	b.page("This link has been used")
	b.fits("used")
	if got := b.complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

// TestBrowserLabels reads the page as a screen reader does, one way after the other.
func TestBrowserLabels(t *testing.T) {
	t.Parallel()
	b := newTab(t, connectpage.Options{}, checkedForm())
	b.page("Connect Acme")
	b.tabTo("method-0")
	settings := []string{"Repositories", "Start date (optional)", "Contact (optional)", "Window (optional)",
		"Name of the connector (optional)"}
	for _, credentials := range [][]string{{"Token"}, {"Client ID", "Client secret"}} {
		names := b.names()
		if got, want := slices.Sorted(slices.Values(names["textbox"])), slices.Sorted(slices.Values(append(credentials,
			settings...))); !slices.Equal(got, want) {
			t.Errorf("fields %q, want %q", got, want)
		}
		if got, want := names["radio"], []string{"Personal access token", "OAuth"}; !slices.Equal(got, want) {
			t.Errorf("ways %q, want %q", got, want)
		}
		if got, want := names["combobox"], []string{"Archived (optional)", "Region (optional)"}; !slices.Equal(got, want) {
			t.Errorf("lists %q, want %q", got, want)
		}
		for _, role := range []string{"Date", "button", "link", "group"} {
			if len(names[role]) == 0 || slices.Contains(names[role], "") {
				t.Errorf("%s: %q", role, names[role])
			}
		}
		b.press(kb.ArrowDown) // the next way
	}
}

// TestBrowserDoubleSubmit presses Enter twice and makes one connector.
func TestBrowserDoubleSubmit(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	begun, release := make(chan struct{}, 9), make(chan struct{})
	form := checkedForm()
	form.Submit = func(ctx context.Context, _ setup.Values) (connectpage.Outcome, error) {
		calls.Add(1)
		begun <- struct{}{}
		select {
		case <-release:
		case <-ctx.Done():
		}
		return connectpage.Outcome{ConnectorID: "one"}, ctx.Err()
	}
	b := newTab(t, connectpage.Options{}, form)
	b.page("Connect Acme")
	b.tabTo("m0-0")
	b.press(canary + kb.Enter)
	select {
	case <-begun:
	case <-time.After(30 * time.Second):
		t.Fatal("the form was not sent")
	}
	b.press(kb.Enter)
	close(release)
	b.page("Acme is connected")
	if n := calls.Load(); n != 1 {
		t.Errorf("submitted %d times, want once", n)
	}
}

// TestBrowserExpiry finds an expired link, and a form that expires while it is
// being filled in.
func TestBrowserExpiry(t *testing.T) {
	t.Parallel()
	b := newTab(t, connectpage.Options{Lifetime: 15 * time.Second}, checkedForm())
	b.page("Connect Acme")
	b.fill("m0-0", canary)
	if _, err := b.ticket.Wait(t.Context()); !errors.Is(err, connectpage.ErrExpired) {
		t.Fatal(err)
	}
	b.press(kb.Enter)
	b.page("This link has expired")
	b.run(chromedp.Navigate(b.ticket.URL()))
	b.page("This link has expired")
}

// TestBrowserCancel ends the form from the keyboard.
func TestBrowserCancel(t *testing.T) {
	t.Parallel()
	b := newTab(t, connectpage.Options{}, checkedForm())
	b.page("Connect Acme")
	b.tabTo("Cancel")
	b.press(kb.Enter)
	b.page("Cancelled")
	if _, err := b.ticket.Wait(t.Context()); !errors.Is(err, connectpage.ErrCancelled) {
		t.Errorf("got %v, want ErrCancelled", err)
	}
}

// TestBrowserConsent goes to a vendor that sends the browser on to another site, and
// from there back here at once, as vendors do for whom one has agreed before.
func TestBrowserConsent(t *testing.T) {
	t.Parallel()
	var back atomic.Value
	second := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, back.Load().(string), http.StatusFound)
	}))
	defer second.Close()
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, strings.Replace(second.URL, "127.0.0.1", "localhost", 1), http.StatusFound)
	}))
	defer first.Close()
	form := checkedForm()
	form.Consent = func(_ context.Context, _ setup.Values, redirectURL string) (string, error) {
		back.CompareAndSwap(nil, redirectURL+"?error=access_denied")
		return first.URL, nil
	}
	form.Consented = func(_ context.Context, id string) (connectpage.Outcome, error) {
		return connectpage.Outcome{ConnectorID: id}, nil
	}
	b := newTab(t, connectpage.Options{}, form)
	b.page("Connect Acme")
	if got := b.names()["button"]; !slices.Contains(got, "Continue at Acme") || slices.Contains(got, "Connect Acme") {
		t.Errorf("buttons %q", got)
	}
	b.tabTo("method-0")
	b.press(kb.Enter)
	b.page("Error: Connect Acme") // there and back, by one press
	b.wantFocus("problems")

	back.Store(strings.Replace(back.Load().(string), "error=access_denied", "connector_id=c-77", 1))
	b.tabTo("method-0")
	b.press(kb.Enter)
	b.page("Acme is connected")
	if got := b.complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}
