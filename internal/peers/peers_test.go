package peers_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"airbyte-mcp-server/internal/peers"
)

// registry is one of a test.
type registry struct {
	mu     sync.Mutex
	values map[string][]byte
	away   bool
}

func (r *registry) Announce(name string, value func() []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.values[name] = value()
}

func (r *registry) Announced(_ context.Context, name string) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.away {
		return nil, errors.New("away")
	}
	return r.values[name], nil
}

// replica serves one page below /connect/ and remembers what came.
type replica struct {
	*httptest.Server

	peers *peers.Peers
	mu    sync.Mutex
	came  []*http.Request
}

const secret = "a secret of all replicas"

func (r *registry) start(t *testing.T, secret string, config *tls.Config) *replica {
	t.Helper()
	s := &replica{peers: peers.New(peers.Options{Secret: secret, Registry: r, TLS: config})}
	own := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		s.mu.Lock()
		s.came = append(s.came, req)
		s.mu.Unlock()
		w.Header().Set("X-Request-Id", "of the page")
		_, _ = io.WriteString(w, "the page, "+string(body))
	})
	handler := s.peers.Pages("/connect/", own, func(w http.ResponseWriter, _ *http.Request, err error) {
		status := http.StatusServiceUnavailable
		if errors.Is(err, peers.ErrStopped) {
			status = http.StatusGone
		}
		http.Error(w, err.Error(), status)
	})
	s.Server = httptest.NewUnstartedServer(handler)
	if config != nil {
		s.StartTLS()
		pair := s.TLS.Certificates[0]
		config.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &pair, nil }
	} else {
		s.Start()
	}
	t.Cleanup(func() { s.Close(); s.peers.Close() })
	s.peers.Announce(func() string { return s.URL })
	return s
}

func newRegistry() *registry { return &registry{values: map[string][]byte{}} }

func (s *replica) page() string { return "/connect/" + s.peers.Prefix() + "secret?a=b" }

// ask sends a request to a replica.
func (s *replica) ask(t *testing.T, method, target, body string, header ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "mcp.example.com"
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// TestPassedOn: a request arrives as it came, without the credentials of its caller.
func TestPassedOn(t *testing.T) {
	t.Parallel()
	for name, secure := range map[string]bool{"http": false, "https": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRegistry()
			config := func() *tls.Config {
				if secure {
					return &tls.Config{MinVersion: tls.VersionTLS12}
				}
				return nil
			}
			a, b := r.start(t, secret, config()), r.start(t, secret, config())
			status, text := b.ask(t, http.MethodPost, a.page(), "filled in", "Cookie", "x=y", "Authorization", "Bearer t",
				"X-Proxy-Secret", "s", "X-Forwarded-User", "root", "Range", "bytes=1-2")
			if status != http.StatusOK || text != "the page, filled in" || len(a.came) != 1 || len(b.came) != 0 {
				t.Fatalf("got %d %q", status, text)
			}
			got := a.came[0]
			if got.Host != "mcp.example.com" || got.Header.Get("Cookie") != "x=y" || got.Header.Get("Range") != "bytes=1-2" ||
				got.URL.RawQuery != "a=b" {
				t.Errorf("it arrived as %s %v", got.Host, got.Header)
			}
			for _, hidden := range []string{"Authorization", "X-Proxy-Secret", "X-Forwarded-User", peers.Header} {
				if got.Header.Get(hidden) != "" {
					t.Errorf("%s was passed on", hidden)
				}
			}
		})
	}
}

// TestOtherCertificate: a replica whose address shows another certificate than announced
// is not talked to.
func TestOtherCertificate(t *testing.T) {
	t.Parallel()
	r := newRegistry()
	a := r.start(t, secret, &tls.Config{MinVersion: tls.VersionTLS12})
	b := r.start(t, secret, nil)
	id := strings.TrimSuffix(a.peers.Prefix(), ".")
	r.values[id] = []byte(`{"URL":"` + a.URL + `","Certificate":"AAAA"}`)
	if status, _ := b.ask(t, http.MethodGet, a.page(), ""); status != http.StatusServiceUnavailable || len(a.came) != 0 {
		t.Errorf("got %d, and %d requests arrived", status, len(a.came))
	}
}

// TestGone: whoever has what is asked for may have stopped, or be away.
func TestGone(t *testing.T) {
	t.Parallel()
	r := newRegistry()
	a, b := r.start(t, secret, nil), r.start(t, secret, nil)
	page, id := a.page(), strings.TrimSuffix(a.peers.Prefix(), ".")
	want := func(what string, status int) {
		t.Helper()
		if got, text := b.ask(t, http.MethodGet, page, ""); got != status {
			t.Errorf("%s: got %d %q, want %d", what, got, text, status)
		}
	}
	r.away = true
	want("never seen, and nobody can be asked", http.StatusServiceUnavailable)
	r.away = false
	want("announced", http.StatusOK)
	r.away = true
	want("seen before", http.StatusOK)
	r.away = false
	announced := r.values[id]
	delete(r.values, id)
	want("the registry has lost it", http.StatusOK)
	r.values[id] = []byte(`{"URL":"` + b.URL + `"}`)
	want("another start has the address", http.StatusGone)
	r.values[id] = announced
	a.Close()
	want("it does not answer", http.StatusServiceUnavailable)
	delete(r.values, id)
	want("it does not answer and is not announced", http.StatusGone)
}

// TestNoOpenProxy: nothing but an announced replica is asked, and an id that names none is
// looked for here.
func TestNoOpenProxy(t *testing.T) {
	t.Parallel()
	r := newRegistry()
	a := r.start(t, secret, nil)
	for _, target := range []string{
		"/connect/127.0.0.1:80.x", "/connect/UPPERCASEUPPERCA.x", "/connect/short.x", "/connect/none", "/connect/" + a.peers.Prefix() + "x",
	} {
		if status, text := a.ask(t, http.MethodGet, target, ""); status != http.StatusOK || text != "the page, " {
			t.Errorf("%s: got %d %q, want this replica's answer", target, status, text)
		}
	}
	if status, _ := a.ask(t, http.MethodGet, "/connect/abcdefghijklmnop.x", ""); status != http.StatusGone {
		t.Errorf("a replica that nobody has announced: got %d", status)
	}
}

// capture returns a pass that a replica makes for a page of another, which it never reaches.
func (r *registry) capture(t *testing.T, from, of *replica) string {
	t.Helper()
	var pass string
	listener := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { pass = r.Header.Get(peers.Header) }))
	defer listener.Close()
	id := strings.TrimSuffix(of.peers.Prefix(), ".")
	announced := r.values[id]
	r.values[id] = []byte(`{"URL":"` + listener.URL + `"}`)
	from.ask(t, http.MethodGet, of.page(), "")
	r.values[id] = announced
	return pass
}

// TestPasses: a pass is good for one request, at one start of one replica, once.
func TestPasses(t *testing.T) {
	t.Parallel()
	r, strange := newRegistry(), newRegistry()
	a, b, stranger := r.start(t, secret, nil), r.start(t, secret, nil), strange.start(t, "another secret", nil)
	pass := r.capture(t, b, a)
	tries := []struct {
		what           string
		at             *replica
		method, target string
		pass           string
		want           int
	}{
		{"empty", a, http.MethodGet, a.page(), "", http.StatusMisdirectedRequest},
		{"no base64", a, http.MethodGet, a.page(), "%%", http.StatusMisdirectedRequest},
		{"forged", a, http.MethodGet, a.page(), "Zm9yZ2Vk", http.StatusMisdirectedRequest},
		{"with another key", a, http.MethodGet, a.page(), strange.capture(t, stranger, a), http.StatusMisdirectedRequest},
		{"for another replica", b, http.MethodGet, a.page(), pass, http.StatusMisdirectedRequest},
		{"for another method", a, http.MethodPost, a.page(), pass, http.StatusMisdirectedRequest},
		{"for another page", a, http.MethodGet, a.page() + "x", pass, http.StatusMisdirectedRequest},
		{"good", a, http.MethodGet, a.page(), pass, http.StatusOK},
		{"repeated", a, http.MethodGet, a.page(), pass, http.StatusMisdirectedRequest},
	}
	for _, try := range tries {
		if status, text := try.at.ask(t, try.method, try.target, "", peers.Header, try.pass); status != try.want {
			t.Errorf("%s: got %d %q, want %d", try.what, status, text, try.want)
		}
	}
	if len(a.came) != 1 || len(b.came) != 0 {
		t.Errorf("%d and %d requests arrived", len(a.came), len(b.came))
	}
}

// TestOneHop: what was passed on is not passed on again.
func TestOneHop(t *testing.T) {
	t.Parallel()
	r := newRegistry()
	a, b := r.start(t, secret, nil), r.start(t, secret, nil)
	id := strings.TrimSuffix(a.peers.Prefix(), ".")
	r.values[id] = []byte(`{"URL":"` + b.URL + `"}`) // b is led to itself
	if status, _ := b.ask(t, http.MethodGet, a.page(), ""); status != http.StatusGone || len(a.came)+len(b.came) != 0 {
		t.Errorf("got %d", status)
	}
}

// TestAsk: questions are answered by the replica that is asked; the answer of a stranger
// is none.
func TestAsk(t *testing.T) {
	t.Parallel()
	r := newRegistry()
	a, b := r.start(t, secret, nil), r.start(t, secret, nil)
	id := strings.TrimSuffix(a.peers.Prefix(), ".")
	a.peers.Answer("echo", func(_ context.Context, question []byte) ([]byte, error) { return question, nil })
	if got, err := b.peers.Ask(t.Context(), id, "echo", []byte(`"q"`)); err != nil || string(got) != `"q"` {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := b.peers.Ask(t.Context(), id, "unknown", []byte(`1`)); !errors.Is(err, peers.ErrStopped) {
		t.Errorf("a question that nobody knows: %v", err)
	}
	planted := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "planted") }))
	defer planted.Close()
	r.values[id] = []byte(`{"URL":"` + planted.URL + `"}`)
	if got, err := b.peers.Ask(t.Context(), id, "echo", []byte(`"q"`)); !errors.Is(err, peers.ErrAway) {
		t.Errorf("a planted answer: %q, %v", got, err)
	}
	if _, err := b.peers.Ask(t.Context(), "abcdefghijklmnop", "echo", []byte(`"q"`)); !errors.Is(err, peers.ErrStopped) {
		t.Errorf("a replica that has stopped: %v", err)
	}
}

// TestNone: a server of one replica has no others.
func TestNone(t *testing.T) {
	t.Parallel()
	var none *peers.Peers
	if none.Prefix() != "" || none.Elsewhere("abcdefghijklmnop.x") != "" {
		t.Error("one replica has peers")
	}
	w := httptest.NewRecorder()
	r, _ := none.Accept(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	if r != nil || w.Code != http.StatusMisdirectedRequest {
		t.Errorf("got %d", w.Code)
	}
}
