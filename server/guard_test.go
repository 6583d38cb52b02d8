package server

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
)

var guardedRoutes = []struct{ method, path string }{
	{"POST", "/mcp"}, {"GET", "/mcp"}, {"DELETE", "/mcp"}, {"OPTIONS", "/mcp"},
	{"POST", "/message?sessionId=x"}, {"GET", "/message?sessionId=x"}, {"OPTIONS", "/message"},
	{"POST", "/sse"}, {"DELETE", "/sse"}, {"OPTIONS", "/sse"},
}

// A web page must neither reach the server under a name that it has rebound to
// this machine, nor call it from another origin, on any route or method.
func TestGuardHostAndOrigin(t *testing.T) {
	t.Parallel()
	const local = "127.0.0.1:8080"
	for _, tt := range []struct {
		host, origin string
		pass         bool
	}{
		{local, "", true},
		{"localhost", "", true},
		{"LOCALHOST:8080", "", true},
		{"[::1]:8080", "", true},
		{"[::1]", "", true},
		{"127.9.9.9:1", "", true},
		{"mcp.example.com", "", true},
		{"MCP.Example.com", "", true},
		{"evil.com", "", false},
		{"localhost.evil.com", "", false},
		{"localhost.evil.com:8080", "", false},
		{"evil.com:8080", "", false},
		{"127.0.0.1.evil.com", "", false},
		{"0.0.0.0:8080", "", false},
		{"10.0.0.1:8080", "", false},
		{"[::2]:8080", "", false},
		{"169.254.169.254", "", false},
		{"evil.com", "http://localhost", false},
		{local, "http://localhost:3000", true},
		{local, "https://127.0.0.1", true},
		{local, "http://[::1]:3000", true},
		{local, "https://app.example.com", true},
		{local, "https://App.Example.com", true},
		{local, "https://evil.com", false},
		{local, "null", false},
		{local, "http://localhost.evil.com", false},
		{local, "http://127.0.0.1.evil.com", false},
		{local, "http://localhost@evil.com", false},
		{local, "file://localhost", false},
		{local, "chrome-extension://abc", false},
		{local, "localhost", false},
		{local, "https://app.example.com.evil.com", false},
		{local, "http://app.example.com", false},
	} {
		t.Run(tt.host+" "+tt.origin, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { checkHostAndOrigin(t, tt.host, tt.origin, tt.pass) })
		})
	}
}

func checkHostAndOrigin(t *testing.T, host, origin string, pass bool) {
	w := newRig(t).web(t, func(o *HTTPOptions) {
		o.AllowedHosts, o.AllowedOrigins = []string{"mcp.example.com"}, []string{"https://app.example.com"}
	})
	header := jsonHeaders([]string{"Host", host})
	if origin != "" {
		header = append(header, "Origin", origin)
	}
	for _, route := range guardedRoutes {
		reply, err := w.do(t.Context(), route.method, route.path, request("1", "ping", `{}`), header...)
		if err != nil {
			t.Fatal(err)
		}
		if refused := reply.status == http.StatusForbidden; refused == pass {
			t.Errorf("%s %s: HTTP %d", route.method, route.path, reply.status)
		}
		want := ""
		if pass {
			want = origin
		}
		if got := reply.header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s %s: Access-Control-Allow-Origin %q, want %q", route.method, route.path, got, want)
		}
	}
}

// Two Origin headers are no page that we trust.
func TestGuardTwoOrigins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).web(t)
		if got := w.post(initialize("1"), "Origin", "http://localhost", "Origin", "https://evil.com").status; got != http.StatusForbidden {
			t.Errorf("HTTP %d, want %d", got, http.StatusForbidden)
		}
	})
}

func TestGuardBearer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		headers []string
		pass    bool
	}{
		{"right", []string{"Bearer " + testBearer}, true},
		{"lower-case scheme", []string{"bearer " + testBearer}, true},
		{"upper-case scheme", []string{"BEARER " + testBearer}, true},
		{"none", nil, false},
		{"empty", []string{""}, false},
		{"scheme alone", []string{"Bearer"}, false},
		{"scheme and space", []string{"Bearer "}, false},
		{"token alone", []string{testBearer}, false},
		{"wrong", []string{"Bearer wrong"}, false},
		{"longer", []string{"Bearer " + testBearer + "x"}, false},
		{"shorter", []string{"Bearer " + testBearer[1:]}, false},
		{"other case", []string{"Bearer " + strings.ToUpper(testBearer)}, false},
		{"two spaces", []string{"Bearer  " + testBearer}, true}, // as RFC 9110 has it
		{"another scheme", []string{"Basic " + testBearer}, false},
		{"twice", []string{"Bearer " + testBearer, "Bearer " + testBearer}, false},
		{"wrong and right", []string{"Bearer wrong", "Bearer " + testBearer}, false},
		{"placeholder", []string{"Bearer REDACTED"}, false},
		{"API token", []string{"Bearer " + testAPIToken}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { checkBearer(t, tt.headers, tt.pass) })
		})
	}
}

func checkBearer(t *testing.T, headers []string, pass bool) {
	r := newRig(t)
	w := r.web(t, func(o *HTTPOptions) { o.Authenticator = static(testBearer) })
	header := jsonHeaders(nil)
	for _, h := range headers {
		header = append(header, "Authorization", h)
	}
	for _, route := range guardedRoutes {
		if route.method == http.MethodOptions {
			continue // preflights have no token
		}
		reply, err := w.do(t.Context(), route.method, route.path, initialize("1"), header...)
		if err != nil {
			t.Fatal(err)
		}
		refused := reply.header.Get("WWW-Authenticate") != "" &&
			(reply.status == http.StatusUnauthorized || reply.status == http.StatusBadRequest)
		if refused == pass {
			t.Errorf("%s %s: HTTP %d", route.method, route.path, reply.status)
		}
		if refused && !strings.HasPrefix(reply.header.Get("WWW-Authenticate"), "Bearer ") {
			t.Errorf("%s %s: WWW-Authenticate %q", route.method, route.path, reply.header.Get("WWW-Authenticate"))
		}
		if strings.Contains(reply.body, testBearer) {
			t.Errorf("%s %s: the answer holds the token", route.method, route.path)
		}
	}
	if strings.Contains(r.log.String(), testBearer) {
		t.Error("the log holds the token")
	}
}

// A page that may call the server gets through its preflight, without a token.
func TestGuardPreflight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).web(t, func(o *HTTPOptions) { o.Authenticator = static(testBearer) })
		reply, err := w.do(t.Context(), http.MethodOptions, "/mcp", "", "Origin", "http://localhost:6274",
			"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "mcp-protocol-version")
		if err != nil || reply.status != http.StatusNoContent {
			t.Fatalf("HTTP %d, %v", reply.status, err)
		}
		for _, name := range []string{"Authorization", "Content-Type", "Mcp-Session-Id", "Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name"} {
			if !strings.Contains(reply.header.Get("Access-Control-Allow-Headers"), name) {
				t.Errorf("header %s is not allowed", name)
			}
		}
		if got := reply.header.Get("Vary"); !strings.Contains(got, "Origin") {
			t.Errorf("Vary %q, want Origin", got)
		}
	})
}

// A Host that nobody listed passes only where the caller has to know a token.
func TestGuardUnlistedHost(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		bearer bool
		hosts  []string
		want   int
	}{
		{false, nil, http.StatusForbidden},
		{true, nil, http.StatusOK},
		{true, []string{"mcp.example.com"}, http.StatusForbidden},
	} {
		t.Run(strconv.FormatBool(tt.bearer)+strings.Join(tt.hosts, ","), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newRig(t).web(t, func(o *HTTPOptions) {
					o.AllowedHosts = tt.hosts
					if tt.bearer {
						o.Authenticator = static(testBearer)
					}
				})
				if got := w.post(initialize("1"), "Host", "proxy.internal", "Authorization", "Bearer "+testBearer).status; got != tt.want {
					t.Errorf("HTTP %d, want %d", got, tt.want)
				}
			})
		})
	}
}
