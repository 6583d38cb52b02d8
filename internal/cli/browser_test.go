package cli_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// browser is what a person fills in a page with.
type browser struct {
	t      *testing.T
	client *http.Client
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, &http.Client{Jar: jar}}
}

// get fetches a page and returns the token of its form.
func (b *browser) get(page string) (token string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, page, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	found := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(b.do(r))
	if found == nil {
		b.t.Fatal("the page has no form")
	}
	return found[1]
}

// send sends a form and returns the page that follows.
func (b *browser) send(page string, form url.Values) string {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, page, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "null") // as browsers say from a page without referrer
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

func (b *browser) do(r *http.Request) string {
	b.t.Helper()
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(body)
}

// page waits for the address of the page on the screen.
func (p *person) page() string {
	p.t.Helper()
	p.sees("it works once:")
	p.sees("/connect/")
	p.sees("\n")
	p.mu.Lock()
	defer p.mu.Unlock()
	return regexp.MustCompile(`http://127\.0\.0\.1:\d+/connect/[\w-]+`).FindString(p.seen)
}

func TestConnectInTheBrowser(t *testing.T) {
	t.Parallel()
	p := sit(t.Context(), t, "connect", "github", "--sandbox", "--browser", "--name", "mine", "--json")
	page, b := p.page(), newBrowser(t)
	form := url.Values{"token": {b.get(page)}, "name": {"mine"}, "method": {"githubPAT"}, "m0.token": {"ghp_canary_page"},
		"s.repositories": {"widgets"}}
	if got := b.send(page, form); strings.Contains(got, "canary") || !strings.Contains(got, "repositories") {
		t.Errorf("a wrong value is answered with %s", got)
	}
	form.Set("s.repositories", "acme/widgets")
	if got := b.send(page, form); !strings.Contains(got, "they work") {
		t.Errorf("the page ends with %s", got)
	}
	code, screen := p.leaves()
	if got := p.stdout.String(); code != 0 || !strings.Contains(got, `"type": "github"`) || !strings.Contains(got,
		`"credentials_work": true`) {
		t.Errorf("exit code %d, it prints %q; the screen shows %q", code, got, screen)
	}
	if strings.Contains(screen+p.stdout.String(), "canary") {
		t.Errorf("the secret was shown: %q", screen)
	}
}

func TestCancelInTheBrowser(t *testing.T) {
	t.Parallel()
	p := sit(t.Context(), t, "connect", "github", "--sandbox", "--browser")
	page, b := p.page(), newBrowser(t)
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the program has ended
	b.send(page+"/cancel", url.Values{"token": {b.get(page)}})
	if code, screen := p.leaves(); code != 1 || !strings.Contains(screen, "nothing was created: the person pressed Cancel") {
		t.Errorf("exit code %d, want 1; the screen shows %q", code, screen)
	}
}
