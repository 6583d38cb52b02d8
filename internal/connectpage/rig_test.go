package connectpage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/setup"
)

const canary = "canary-7f3e91"

// acme is a type of connector with a field of every kind.
func acme() *setup.Setup {
	return &setup.Setup{
		Connector: "acme", Title: "Acme", DocsURL: "https://docs.example/acme",
		Methods: []setup.Method{
			{Name: "acmePAT", Title: "Personal access token", Type: "bearer", Fields: []setup.Field{
				{Name: "token", Title: "Token", Description: "Made in Acme's settings.", Type: "string", Required: true, Secret: true,
					Placement: setup.PlaceCredentials},
			}},
			{Name: "acmeOAuth", Title: "OAuth", Type: "oauth2", OAuth: true, Scopes: []string{"read:all"}, Fields: []setup.Field{
				{Name: "client_id", Title: "Client ID", Type: "string", Required: true, Placement: setup.PlaceCredentials},
				{Name: "client_secret", Title: "Client secret", Type: "string", Required: true, Secret: true, Placement: setup.PlaceCredentials},
			}},
		},
		Settings: []setup.Field{
			{Name: "start_date", Title: "Start date", Description: "From when on.", Type: "string", Format: "date-time",
				Placement: setup.PlaceReplication},
			{Name: "day", Title: "Day", Type: "string", Format: "date", Placement: setup.PlaceReplication},
			{Name: "contact", Title: "Contact", Type: "string", Format: "email", Placement: setup.PlaceReplication},
			{Name: "window", Title: "Window", Type: "integer", Minimum: "1", Maximum: "90", Default: json.RawMessage(`14`),
				Placement: setup.PlaceReplication},
			{Name: "archived", Title: "Archived", Type: "boolean", Placement: setup.PlaceReplication},
			{Name: "region", Title: "Region", Type: "string", Enum: []any{"eu", "us"}, Default: json.RawMessage(`"eu"`),
				Placement: setup.PlaceEnvironment},
			{Name: "repositories", Title: "Repositories", Type: "array", Items: "string", Required: true, Example: "acme/site",
				Placement: setup.PlaceReplication},
		},
	}
}

// rig is pages with one form, and what the form's functions were given.
type rig struct {
	*testing.T
	pages  *connectpage.Pages
	ticket *connectpage.Ticket
	log    *bytes.Buffer

	mu        sync.Mutex
	submitted []setup.Values
}

const publicURL = "https://tools.example/airbyte"

// newRig opens a form. The work of Submit is optional: without it, what was sent is
// checked as the program does it.
func newRig(t *testing.T, change func(*connectpage.Options, *connectpage.Form)) *rig {
	t.Helper()
	r := &rig{T: t, log: &bytes.Buffer{}}
	opts := connectpage.Options{BaseURL: func() string { return publicURL },
		Log: zerolog.New(zerolog.SyncWriter(r.log)).Level(zerolog.TraceLevel)}
	form := connectpage.Form{Setup: acme(), Workspace: "customer-1", Name: "acme main"}
	form.Submit = func(_ context.Context, v setup.Values) (connectpage.Outcome, error) { return created(form.Setup, v) }
	if change != nil {
		change(&opts, &form)
	}
	submit := form.Submit
	form.Submit = func(ctx context.Context, v setup.Values) (connectpage.Outcome, error) {
		r.mu.Lock()
		r.submitted = append(r.submitted, v)
		r.mu.Unlock()
		return submit(ctx, v)
	}
	r.pages = connectpage.New(opts)
	t.Cleanup(r.pages.Close)
	var err error
	if r.ticket, err = r.pages.Open("ann", form); err != nil {
		t.Fatal(err)
	}
	return r
}

func created(s *setup.Setup, v setup.Values) (connectpage.Outcome, error) {
	if _, err := s.Check(v); err != nil {
		return connectpage.Outcome{}, err
	}
	return connectpage.Outcome{ConnectorID: "c-1", ConnectorName: v.Name, Lines: []string{"the token works"},
		Warning: "no issues were found"}, nil
}

// visits counts the visits in the log.
func (r *rig) visits() int { return strings.Count(r.log.String(), "connection form visited") }

// sent lists what Submit was given.
func (r *rig) sent() []setup.Values {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.submitted
}

// browser is a person's browser, as far as the handler sees it.
type browser struct {
	*rig
	cookies map[string]*http.Cookie
	token   string
}

func (r *rig) browser() *browser { return &browser{rig: r, cookies: map[string]*http.Cookie{}} }

// answer is what a request got.
type answer struct {
	status   int
	header   http.Header
	body     string
	location string
}

// request builds what a browser sends; edit changes it.
func (b *browser) request(method, target string, form url.Values, edit func(*http.Request)) *http.Request {
	req := httptest.NewRequestWithContext(b.Context(), method, target, nil)
	if method == http.MethodPost {
		req = httptest.NewRequestWithContext(b.Context(), method, target, strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", "null") // as browsers say from a page without referrer
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for _, c := range b.cookies {
		req.AddCookie(c)
	}
	if edit != nil {
		edit(req)
	}
	return req
}

func (b *browser) do(req *http.Request) answer {
	b.Helper()
	rec := httptest.NewRecorder()
	b.pages.Handler().ServeHTTP(rec, req)
	for _, c := range rec.Result().Cookies() {
		b.cookies[c.Name] = c
	}
	if found := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(rec.Body.String()); found != nil {
		b.token = found[1]
	}
	return answer{rec.Code, rec.Header(), rec.Body.String(), rec.Header().Get("Location")}
}

func (b *browser) get(page string) answer {
	b.Helper()
	return b.do(b.request(http.MethodGet, b.ticket.URL()+page, nil, nil))
}

// patient looks again for as long as the browser is told to wait.
func (b *browser) patient(a answer) answer {
	b.Helper()
	for strings.HasSuffix(a.location, "/wait") || a.status == http.StatusOK && strings.HasSuffix(a.header.Get("Refresh"), "/wait?look") {
		a = b.get("/wait?look")
	}
	return a
}

// post sends the fields with the token of the form.
func (b *browser) post(page string, fields map[string]string) answer {
	b.Helper()
	return b.do(b.request(http.MethodPost, b.ticket.URL()+page, b.form(fields), nil))
}

func (b *browser) form(fields map[string]string) url.Values {
	form := url.Values{"token": {b.token}}
	for key, value := range fields {
		form.Set(key, value)
	}
	return form
}

// good is a form filled in rightly.
func good() map[string]string {
	return map[string]string{"method": "acmePAT", "m0.token": canary, "s.repositories": "acme/site\r\nacme/app", "name": "my acme"}
}

// want fails the test if the answer is another one.
func (b *browser) want(a answer, status int, parts ...string) {
	b.Helper()
	if a.status != status {
		b.Errorf("got status %d, want %d: %s", a.status, status, a.body)
	}
	for _, part := range parts {
		if !strings.Contains(a.body, part) {
			b.Errorf("the page lacks %q: %s", part, a.body)
		}
	}
}

// wantAt fails the test unless the browser is sent to that page of the form.
func (b *browser) wantAt(a answer, page string) {
	b.Helper()
	path := strings.TrimPrefix(b.ticket.URL(), "https://tools.example")
	if a.status != http.StatusSeeOther || a.location != path+page {
		b.Errorf("got status %d, location %q, want 303 to %q: %s", a.status, a.location, page, a.body)
	}
}

func everyConnector(t *testing.T) []*schemas.Connector {
	t.Helper()
	catalog := schemas.Embedded()
	names, err := catalog.Names()
	if err != nil || len(names) == 0 {
		t.Fatalf("the catalog has %d connectors, %v", len(names), err)
	}
	var list []*schemas.Connector
	for _, name := range names {
		c, err := catalog.Connector(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	return list
}
