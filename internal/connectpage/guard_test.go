package connectpage_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/connectpage"
)

// TestHeaders are on every answer, refusals included.
func TestHeaders(t *testing.T) {
	t.Parallel()
	b := newRig(t, nil).browser()
	refused := b.request(http.MethodGet, b.ticket.URL(), nil, func(r *http.Request) { r.Host = "evil.example" })
	for name, a := range map[string]answer{
		"form": b.get(""), "faults": b.post("", nil), "refused": b.do(refused), "unknown": b.get("/nowhere"),
		"success": b.post("", good()), "done": b.get("/done"), "used": b.get(""),
	} {
		for header, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
			"Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := a.header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
		policy := regexp.MustCompile(`^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; form-action 'self'; ` +
			`frame-ancestors 'none'; base-uri 'none'$`)
		if got := a.header.Get("Content-Security-Policy"); !policy.MatchString(got) {
			t.Errorf("%s: the policy is %q", name, got)
		}
	}
}

// TestNothingForeign is in the page: no script, no asset of anybody.
func TestNothingForeign(t *testing.T) {
	t.Parallel()
	body := newRig(t, nil).browser().get("").body
	if found := regexp.MustCompile(`(?i)<script|<link|<img|<iframe|\bsrc=|@import|url\(|\son\w+=|` +
		`javascript:|\sstyle=`).FindString(body); found != "" {
		t.Errorf("the page has %q", found)
	}
}

// TestHost answers to the public name alone.
func TestHost(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		base  string
		hosts map[string]int
	}{
		{"https://tools.example/airbyte", map[string]int{
			"tools.example": 200, "TOOLS.example": 200, "tools.example:443": 200, "evil.example": 403, "tools.example.evil": 403,
			"tools.example:8443": 403, "localhost": 403, "127.0.0.1": 403,
		}},
		{"http://127.0.0.1:4711", map[string]int{
			"127.0.0.1:4711": 200, "localhost:4711": 200, "127.0.0.1:80": 403, "localhost": 403, "evil.example:4711": 403,
			"localhost.evil.example:4711": 403,
		}},
	} {
		b := newRig(t, func(o *connectpage.Options, _ *connectpage.Form) { o.BaseURL = func() string { return tt.base } }).browser()
		for host, want := range tt.hosts {
			a := b.do(b.request(http.MethodGet, b.ticket.URL(), nil, func(r *http.Request) { r.Host = host }))
			if a.status != want {
				t.Errorf("%s: Host %q got %d, want %d", tt.base, host, a.status, want)
			}
		}
	}
}

// TestPrefix is taken with the path of the base URL and without it.
func TestPrefix(t *testing.T) {
	t.Parallel()
	b := newRig(t, nil).browser()
	u, err := url.Parse(b.ticket.URL())
	if err != nil || !regexp.MustCompile(`^/airbyte/connect/[A-Za-z0-9_-]{43}$`).MatchString(u.Path) {
		t.Fatalf("the page is at %s", u)
	}
	b.want(b.get(""), 200, `action="`+u.Path+`"`)
	b.want(b.do(b.request(http.MethodGet, "https://tools.example"+strings.TrimPrefix(u.Path, "/airbyte"), nil, nil)), 200,
		`action="`+u.Path+`"`)
	for _, path := range []string{"/", "/connect", "/connect/", "/airbyte/connect/", "/airbyte/", u.Path + "x", u.Path[:len(u.Path)-1],
		"/other" + u.Path} {
		b.want(b.do(b.request(http.MethodGet, "https://tools.example"+path, nil, nil)), 404)
	}
}

// TestWhoMaySend refuses what another site, another browser or a script without the
// page's own marks sends.
func TestWhoMaySend(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		edit func(*http.Request)
		want int
	}{
		"as browsers do":          {nil, 303},
		"with its origin":         {marked("Origin", "https://tools.example"), 303},
		"origin and site":         {marked("Origin", "https://tools.example", "Sec-Fetch-Site", "same-origin"), 303},
		"site alone":              {marked("Sec-Fetch-Site", "same-origin"), 303},
		"no marks":                {marked(), 403},
		"null origin alone":       {marked("Origin", "null"), 403},
		"evil origin":             {marked("Origin", "https://evil.example"), 403},
		"http origin":             {marked("Origin", "http://tools.example"), 403},
		"evil origin, good site":  {marked("Origin", "https://evil.example", "Sec-Fetch-Site", "same-origin"), 403},
		"good origin, cross-site": {marked("Origin", "https://tools.example", "Sec-Fetch-Site", "cross-site"), 403},
		"same-site":               {marked("Origin", "null", "Sec-Fetch-Site", "same-site"), 403},
		"two origins":             {marked("Origin", "https://tools.example", "Origin", "https://evil.example"), 403},
		"no cookie":               {func(r *http.Request) { r.Header.Del("Cookie") }, 403},
		"another cookie":          {func(r *http.Request) { r.Header.Set("Cookie", strings.Replace(r.Header.Get("Cookie"), "=", "=A", 1)) }, 403},
		"JSON":                    {func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, 415},
		"plain text":              {func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, 415},
		"multipart":               {func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary=x") }, 415},
		"with a charset": {func(r *http.Request) {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
		}, 303},
		"without the page's token": {body("method=acmePAT&m0.token=x"), 403},
		"another token":            {body("token=abc&method=acmePAT&m0.token=x"), 403},
		"no form":                  {body("%zz"), 400},
		"no text":                  {body("token=%ff"), 400},
		"a field twice":            {body("token=a&token=b"), 400},
		"too large":                {body("token=" + strings.Repeat("a", 64<<10)), 413},
		"other method":             {func(r *http.Request) { r.Method = http.MethodPut }, 405},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newRig(t, nil).browser()
			b.get("")
			b.want(b.do(b.request(http.MethodPost, b.ticket.URL(), b.form(good()), tt.edit)), tt.want)
			if got := len(b.sent()); (got == 1) != (tt.want == 303) {
				t.Errorf("submitted %d times", got)
			}
		})
	}
}

// marked replaces what browsers send about the origin of a request.
func marked(pairs ...string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Del("Origin")
		r.Header.Del("Sec-Fetch-Site")
		for i := 0; i < len(pairs); i += 2 {
			r.Header.Add(pairs[i], pairs[i+1])
		}
	}
}

func body(text string) func(*http.Request) {
	return func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(text)) }
}

// TestMarksOfAnotherForm do not fit: they are bound to one ticket.
func TestMarksOfAnotherForm(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	mine, other := r.browser(), r.browser()
	ticket, err := r.pages.Open("bob", connectpage.Form{Setup: acme(), Submit: nothing})
	if err != nil {
		t.Fatal(err)
	}
	mine.get("")
	other.do(other.request(http.MethodGet, ticket.URL(), nil, nil))
	maps.Copy(other.cookies, mine.cookies) // its browser has both cookies, but the token of the other form
	mine.want(other.post("", good()), 403)
	if len(r.sent()) != 0 {
		t.Error("it was submitted")
	}
}

// TestCookies are for the browser's eyes, and for this page.
func TestCookies(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		publicURL: `^__Host-connect-[0-9a-f]{16}=[A-Za-z0-9_-]{43}; Path=/; Max-Age=\d+; HttpOnly; Secure; SameSite=Strict$`,
		"http://127.0.0.1:4711": `^connect-[0-9a-f]{16}=[A-Za-z0-9_-]{43}; Path=/connect/[A-Za-z0-9_-]{43}; Max-Age=\d+; HttpOnly; ` +
			`SameSite=Strict$`,
	} {
		b := newRig(t, func(o *connectpage.Options, _ *connectpage.Form) { o.BaseURL = func() string { return base } }).browser()
		got := b.get("").header.Values("Set-Cookie")
		if len(got) != 1 || !regexp.MustCompile(want).MatchString(got[0]) {
			t.Errorf("%s: got %q", base, got)
		}
	}
}

// TestDoors tells which methods a page takes.
func TestDoors(t *testing.T) {
	t.Parallel()
	b := newRig(t, nil).browser()
	b.get("")
	for page, want := range map[string]string{"/cancel": "POST", "/done": "GET, HEAD", "/consent": "GET, HEAD", "/callback": "GET",
		"": "GET, HEAD, POST"} {
		method := http.MethodDelete
		if a := b.do(b.request(method, b.ticket.URL()+page, nil, nil)); a.status != 405 || a.header.Get("Allow") != want {
			t.Errorf("%s %s: got %d, Allow %q, want %q", method, page, a.status, a.header.Get("Allow"), want)
		}
	}
	b.want(b.do(b.request(http.MethodHead, b.ticket.URL()+"/callback?connector_id=c", nil, nil)), 405)
}

// TestHeadIsNoVisit tells a look at the headers from a person.
func TestHeadIsNoVisit(t *testing.T) {
	t.Parallel()
	b := newRig(t, nil).browser()
	b.want(b.do(b.request(http.MethodHead, b.ticket.URL(), nil, nil)), 200)
	if b.visits() != 0 {
		t.Error("HEAD counts as a visit")
	}
	b.get("")
	b.get("")
	if n := b.visits(); n != 1 {
		t.Errorf("%d visits are logged, want the first alone", n)
	}
}

// TestBaseURL must keep credentials from being sent in the clear.
func TestBaseURL(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]bool{
		"https://tools.example": true, "https://tools.example/a/b/": true, "http://localhost:1": true, "http://[::1]:1": true,
		"http://127.0.0.1:1":   true,
		"http://tools.example": false, "ftp://tools.example": false, "": false, "tools.example": false, "https://": false,
		"https://u:p@tools.example": false, "https://tools.example?x=1": false, "http://localhost.evil.example": false,
	} {
		pages := connectpage.New(connectpage.Options{BaseURL: func() string { return base }})
		_, err := pages.Open("ann", connectpage.Form{Setup: acme(), Submit: nothing})
		if (err == nil) != want {
			t.Errorf("%q: got %v, want opened %v", base, err, want)
		}
		pages.Close()
	}
	rec := httptest.NewRecorder()
	connectpage.New(connectpage.Options{BaseURL: func() string { return "" }}).Handler().
		ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/connect/x", nil))
	if rec.Code != 500 {
		t.Errorf("without a base URL: got %d", rec.Code)
	}
}
