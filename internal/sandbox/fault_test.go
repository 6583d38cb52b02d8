package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestParseFaultErrors(t *testing.T) {
	t.Parallel()
	bad := []string{"", "route=execute", "status=abc", "status=99", "status=503,hang", "hang=1", "delay", "delay=x", "nth=0,hang",
		"times=-1,hang", "rate=x,hang", "color=red,hang", "status=500,body=6", "huge=1TBB", "huge=0"}
	for _, text := range bad {
		if _, err := parseFault(text); err == nil {
			t.Errorf("rule %q is accepted", text)
		}
	}
	for rule, says := range map[string]string{
		"nonsense":                     "nonsense",
		"route=exeute,status=500":      "no such route; did you mean execute?; there are check, connector, ",
		"route=control,nth=2,hang":     "no such route",
		"route=execute,status=500,x=1": "unknown key",
	} {
		if _, err := New(Options{Catalog: catalog(), Faults: []string{rule}}); err == nil || !strings.Contains(err.Error(), rule) ||
			!strings.Contains(err.Error(), says) {
			t.Errorf("New gives %v, want an error that quotes the rule %s and says %s", err, rule, says)
		}
	}
}

func TestFaultMatching(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rule string
		want []int // statuses of list, list, get, workspaces
	}{
		{"status=503", []int{503, 503, 503, 503}},
		{"route=execute,status=503", []int{503, 503, 503, 200}},
		{"route=workspaces,status=502", []int{200, 200, 200, 502}},
		{"action=get,status=503", []int{200, 200, 503, 200}},
		{"entity=labels,status=503", []int{200, 200, 200, 200}},
		{"connector=github,action=list,nth=2,status=429", []int{200, 429, 200, 200}},
		{"connector=GitHub - default,times=1,status=500", []int{500, 200, 200, 200}},
		{"connector=stripe,status=500", []int{200, 200, 200, 200}},
		{"rate=0,status=500", []int{200, 200, 200, 200}},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			t.Parallel()
			c := newClient(t)
			if a := c.send("POST", "/__sandbox/faults", P{"rules": []string{test.rule}}, nil); a.status != 200 {
				t.Fatalf("setting the rule: %d %s", a.status, a.body)
			}
			list := func() int { return c.execute("GitHub - default", "issues", "list", P{"per_page": 1}).status }
			got := []int{list(), list(), c.execute("GitHub - default", "issues", "get", P{"number": 1}).status, c.get("/api/v1/workspaces").status}
			for i, want := range test.want {
				if got[i] != want {
					t.Errorf("request %d gives %d, want %d", i, got[i], want)
				}
			}
			c.send("DELETE", "/__sandbox/faults", nil, nil)
			if got := c.get("/api/v1/workspaces").status; got != 200 {
				t.Errorf("without rules: %d", got)
			}
		})
	}
}

func TestFaultRate(t *testing.T) {
	t.Parallel()
	c := newClient(t, func(o *Options) { o.Faults = []string{"route=workspaces,rate=0.1,status=503"} })
	failed := 0
	for range 1000 {
		if c.get("/api/v1/workspaces").status == 503 {
			failed++
		}
	}
	if failed < 60 || failed > 140 {
		t.Errorf("%d of 1000 requests failed, want about 100", failed)
	}
}

func TestFaultBodies(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	tests := []struct{ rule, contentType, body string }{
		{"status=429,retry_after=7", "application/json", `{"errors":[],"message":"rate limit exceeded"}`},
		{"status=500,body=1", "application/json", `{"errors":[],"message":"Internal server error"}`},
		{"status=401,body=2", "application/json", `{"detail":"Invalid authentication credentials"}`},
		{"status=422,body=3", "application/json", `{"detail":[{"loc":["body"],"msg":"Unprocessable Entity","type":"value_error"}]}`},
		{"status=502,body=4", "application/json", `{"error":"Bad Gateway"}`},
		{"status=503,body=5", "text/html", `<html><body><h1>503 Service Unavailable</h1></body></html>`},
		{"malformed", "application/json", `{"status":"success","result":[{"id":`},
		{"empty", "application/json", ``},
	}
	for _, test := range tests {
		a := c.send("GET", "/api/v1/workspaces", nil, http.Header{FaultHeader: {test.rule}})
		if got := a.header.Get("Content-Type"); got != test.contentType || string(a.body) != test.body {
			t.Errorf("%s: got %s %s, want %s %s", test.rule, got, a.body, test.contentType, test.body)
		}
		if got, want := a.header.Get("Retry-After"), map[bool]string{true: "7"}[strings.Contains(test.rule, "retry_after")]; got != want {
			t.Errorf("%s: Retry-After is %q", test.rule, got)
		}
	}
	inband := c.execute("GitHub - default", "issues", "list", nil)
	if inband.text("status") != "success" {
		t.Errorf("a later request is %s", inband.body)
	}
	a := c.send("GET", "/api/v1/workspaces", nil, http.Header{FaultHeader: {"redirect=http://127.0.0.1:1/trap"}})
	if a.status != 307 || a.header.Get("Location") != "http://127.0.0.1:1/trap" {
		t.Errorf("redirect: %d to %q", a.status, a.header.Get("Location"))
	}
	if a := c.send("GET", "/api/v1/workspaces", nil, http.Header{FaultHeader: {"nonsense"}}); a.status != 400 {
		t.Errorf("a malformed rule in the header gives %d, want 400", a.status)
	}
}

func TestFaultExpiresToken(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	old := c.token
	if a := c.send("GET", "/api/v1/workspaces", nil, http.Header{FaultHeader: {"expire_token"}}); a.status != 401 {
		t.Errorf("got %d, want 401", a.status)
	}
	if got := c.get("/api/v1/workspaces").status; got != 401 {
		t.Errorf("the token still gives %d", got)
	}
	if c.token = c.signIn(); c.token == old || c.get("/api/v1/workspaces").status != 200 {
		t.Error("a new token does not help")
	}
}

// start runs a sandbox that ends with the test.
func start(t *testing.T, faults ...string) (*Running, *http.Client, string) {
	t.Helper()
	r, err := Start("127.0.0.1:0", Options{Catalog: catalog(), Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := r.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	hc := &http.Client{Transport: transport}
	body, _ := json.Marshal(P{"client_id": clientID, "client_secret": clientSecret})
	res, err := hc.Post(r.URL+"/api/v1/account/applications/token", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&token); err != nil {
		t.Fatal(err)
	}
	return r, hc, token.AccessToken
}

// fetch asks for the workspaces over the network.
func fetch(ctx context.Context, r *Running, hc *http.Client, token, rule string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL+"/api/v1/workspaces", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set(FaultHeader, rule)
	res, err := hc.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return io.ReadAll(res.Body)
}

func TestTransportFaults(t *testing.T) {
	r, hc, token := start(t)
	tests := []struct {
		rule string
		ok   func([]byte, error) bool
	}{
		{"delay=1ms", func(b []byte, err error) bool { return err == nil && bytes.HasPrefix(b, []byte(`{"data"`)) }},
		{"reset", func(_ []byte, err error) bool { return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) }},
		{"reset_body", func(_ []byte, err error) bool { return err != nil }},
		{"truncate", func(b []byte, err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) && len(b) > 0 }},
		{"huge=3MB", func(b []byte, err error) bool { return err == nil && len(b) > 3<<20 && json.Valid(b) }},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			b, err := fetch(t.Context(), r, hc, token, test.rule)
			if !test.ok(b, err) {
				t.Errorf("got %d bytes, error %v", len(b), err)
			}
		})
	}
}

func TestHangEndsWithTheClient(t *testing.T) {
	r, hc, token := start(t)
	for _, rule := range []string{"hang", "slow", "delay=1h"} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if _, err := fetch(ctx, r, hc, token, rule); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: got %v, want the deadline", rule, err)
		}
		cancel()
	}
}

func TestCloseEndsHangingRequests(t *testing.T) {
	r, hc, token := start(t)
	done := make(chan error, 1)
	go func() {
		_, err := fetch(context.WithoutCancel(t.Context()), r, hc, token, "hang")
		done <- err
	}()
	for r.Requests().Routes["GET /api/v1/workspaces"] == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := r.Close(); err != nil {
		t.Errorf("closing: %v", err)
	}
	<-done // ended, whatever the client saw
}

func TestStartRefusesOtherAddresses(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "example.com:80", "nonsense"} {
		if r, err := Start(addr, Options{Catalog: catalog()}); err == nil {
			_ = r.Close()
			t.Errorf("%s is accepted", addr)
		}
	}
}
