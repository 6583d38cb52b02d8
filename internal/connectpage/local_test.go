package connectpage_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/internal/connectpage"
)

// fetch sends a request as the client does and returns the status and the page.
func fetch(t *testing.T, client *http.Client, method, target string, form url.Values) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(page)
}

func newClient(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Jar: jar, Transport: transport}
}

// isListening reports whether somebody answers at a page's address.
func isListening(t *testing.T, page string) bool {
	t.Helper()
	u, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", u.Host)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// TestLocal tells the main story over a real connection, from both names of this
// machine, and shows the last page to a program that ends at once.
func TestLocal(t *testing.T) {
	t.Parallel()
	submit := url.Values{"method": {"acmePAT"}, "m0.token": {canary}}
	for _, tt := range []struct {
		host, path, want string
		form             url.Values
	}{
		{"127.0.0.1", "", "Acme is connected", submit},
		{"localhost", "", "Acme is connected", submit},
		{"127.0.0.1", "/cancel", "Nothing was created", url.Values{}},
	} {
		l := connectpage.NewLocal(connectpage.Options{})
		defer l.Close()
		ticket, err := l.Open("ann", connectpage.Form{Setup: acme(), Submit: nothing})
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^http://127\.0\.0\.1:\d+/connect/[A-Za-z0-9_-]{43}$`).MatchString(ticket.URL()) {
			t.Errorf("the page is at %s", ticket.URL())
		}
		go func() {
			_, _ = ticket.Wait(context.WithoutCancel(t.Context()))
			l.Close()
		}()
		page, client := strings.Replace(ticket.URL(), "127.0.0.1", tt.host, 1), newClient(t)
		_, text := fetch(t, client, http.MethodGet, page, nil)
		token := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(text)
		if token == nil {
			t.Fatalf("no form: %s", text)
		}
		form := maps.Clone(tt.form)
		form.Set("token", token[1])
		status, text := fetch(t, client, http.MethodPost, page+tt.path, form)
		if !strings.Contains(text, tt.want) {
			t.Errorf("%s%s: got %d, %s", tt.host, tt.path, status, text)
		}
	}
}

// TestLocalListensWhileThereAreForms and is as quiet as before afterwards.
func TestLocalListensWhileThereAreForms(t *testing.T) {
	t.Parallel()
	l := connectpage.NewLocal(connectpage.Options{Lifetime: 500 * time.Millisecond})
	defer l.Close()
	form := connectpage.Form{Setup: acme(), Submit: nothing}
	for range 2 { // it can begin again
		ticket, err := l.Open("ann", form)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := l.Ticket("ann", ticket.ID()); !ok || got != ticket || !isListening(t, ticket.URL()) {
			t.Fatal("the form is not there")
		}
		if _, ok := l.Ticket("bob", ticket.ID()); ok {
			t.Error("another owner found the form")
		}
		if _, err := ticket.Wait(t.Context()); !errors.Is(err, connectpage.ErrExpired) {
			t.Errorf("got %v", err)
		}
		for end := time.Now().Add(20 * time.Second); isListening(t, ticket.URL()); {
			if time.Now().After(end) {
				t.Fatal("it never stopped listening")
			}
		}
		if _, ok := l.Ticket("ann", ticket.ID()); ok {
			t.Error("the form is still there")
		}
	}
}

// TestLocalRefuses forms that are wrong, and all forms after the end.
func TestLocalRefuses(t *testing.T) {
	t.Parallel()
	l := connectpage.NewLocal(connectpage.Options{})
	if _, err := l.Open("ann", connectpage.Form{}); err == nil {
		t.Error("an empty form was opened")
	}
	ticket, err := l.Open("ann", connectpage.Form{Setup: acme(), Submit: nothing})
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if _, err := ticket.Wait(t.Context()); !errors.Is(err, connectpage.ErrClosed) {
		t.Errorf("waited for %v, want ErrClosed", err)
	}
	if isListening(t, ticket.URL()) {
		t.Error("it still listens")
	}
	if _, err := l.Open("ann", connectpage.Form{Setup: acme(), Submit: nothing}); !errors.Is(err, connectpage.ErrClosed) {
		t.Errorf("opened after the end: %v", err)
	}
}
