package manage_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/sandbox"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
	"airbyte-mcp-server/tools/manage"
)

// desk keeps the forms that were opened.
type desk struct{ opened []manage.Form }

type noTicket struct{}

func (noTicket) ID() string  { return "t-1" }
func (noTicket) URL() string { return "https://tools.example/connect/x" }
func (noTicket) Wait(context.Context) (*manage.Connected, error) {
	return nil, context.DeadlineExceeded
}

func (noTicket) NeedsCode() bool                      { return false }
func (noTicket) Redeem(context.Context, string) error { return nil }

func (d *desk) Open(_ string, f manage.Form) (manage.Ticket, error) {
	d.opened = append(d.opened, f)
	return noTicket{}, nil
}

func (d *desk) Ticket(string, string) (manage.Ticket, bool) { return noTicket{}, true }

// journal writes down all requests.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) RoundTrip(r *http.Request) (*http.Response, error) {
	j.mu.Lock()
	j.lines = append(j.lines, r.Method+" "+r.URL.Path)
	j.mu.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}

// about counts the requests about an id.
func (j *journal) about(id string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := 0
	for _, line := range j.lines {
		if strings.Contains(line, id) {
			n++
		}
	}
	return n
}

// newDesk is a Manager with forms over the emulator.
func newDesk(t *testing.T, o calls.Options) (*manage.Manager, *airbyte.Client, *desk, *journal) {
	t.Helper()
	catalog := schemas.Embedded()
	running, err := sandbox.Start("127.0.0.1:0", sandbox.Options{Catalog: catalog, Dataset: "small", Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Close() })
	k, j, d := running.Credentials(), &journal{}, &desk{}
	client, err := airbyte.New(airbyte.Config{
		Host: running.URL, ClientID: k.ClientID, ClientSecret: secret.New(k.ClientSecret), OrganizationID: k.OrganizationID, Transport: j,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	m := manage.New(catalog, client, manage.Options{Calls: o, Forms: d})
	t.Cleanup(m.Close)
	return m, client, d, j
}

// openConsent opens a page for GitHub.
func openConsent(t *testing.T, m *manage.Manager, d *desk, s tools.Session) manage.Form {
	t.Helper()
	asked, err := m.Setup(t.Context(), s, "github")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.OpenForm(s, asked, ""); err != nil {
		t.Fatal(err)
	}
	return d.opened[len(d.opened)-1]
}

// consent goes to the vendor's page and agrees; it returns the id that comes back.
func consent(t *testing.T, f manage.Form) string {
	t.Helper()
	target, err := f.Consent(t.Context(), setup.Values{Fields: map[string]string{"repositories": "acme/widgets"}},
		"https://tools.example/callback")
	if err != nil {
		t.Fatal(err)
	}
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := browser.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	back, err := url.Parse(response.Header.Get("Location"))
	if err != nil || back.Query().Get("connector_id") == "" {
		t.Fatalf("the vendor's page answered %d, %v", response.StatusCode, err)
	}
	return back.Query().Get("connector_id")
}

// TestConsentBringsOnlyItsOwn: the id in the address of the way back is believed only of a
// connector that is new in the workspace. Of any other id nothing is asked, and all are
// answered alike.
func TestConsentBringsOnlyItsOwn(t *testing.T) {
	t.Parallel()
	m, client, d, j := newDesk(t, calls.Options{})
	mine, rival := tools.Session{Workspace: "default"}, "everything"
	ids := map[string]string{"an id that there is not": "00000000-0000-4000-8000-000000000000", "a name": "github"}
	for workspace, names := range map[string][2]string{rival: {"a foreign connector", "github"}, "default": {"an old connector", "github"}} {
		list, err := client.Connectors(t.Context(), workspace)
		if err != nil || len(list) == 0 {
			t.Fatal(list, err)
		}
		for _, c := range list {
			name := names[0]
			if c.Type != names[1] {
				name += " of another type"
			}
			ids[name] = c.ID
		}
	}
	f := openConsent(t, m, d, mine)
	if _, err := f.Consented(t.Context(), ids["an old connector"]); err == nil {
		t.Error("a connector was believed to come of a consent that nobody began")
	}
	made := consent(t, f)
	const want = "it brought no new connector of this type into this workspace"
	for name, id := range ids {
		got, err := f.Consented(t.Context(), id)
		if err == nil || err.Error() != want || got != nil {
			t.Errorf("%s: got %+v, %v, want %s", name, got, err, want)
		}
		if n := j.about(id); n != 0 {
			t.Errorf("%s: %d requests, want none", name, n)
		}
	}
	done, err := f.Consented(t.Context(), made)
	if err != nil || done.ID != made || !done.Proven {
		t.Errorf("the connector of the consent: got %+v, %v", done, err)
	}
	if _, err := openConsent(t, m, d, mine).Consented(t.Context(), made); err == nil {
		t.Error("another form took the connector of this consent")
	}
}

// TestConsentHoldsTheRules: no consent begins where no connector may be created.
func TestConsentHoldsTheRules(t *testing.T) {
	t.Parallel()
	rules, err := calls.ParseRules([]string{"airbyte.connectors.create=deny"})
	if err != nil {
		t.Fatal(err)
	}
	m, _, d, _ := newDesk(t, calls.Options{Rules: rules})
	_, err = openConsent(t, m, d, tools.Session{Workspace: "default"}).Consent(t.Context(), setup.Values{}, "https://tools.example/callback")
	if tools.Kind(err) != tools.KindRefused {
		t.Errorf("got %v, want a refusal", err)
	}
}

// TestLimitedCallersConnectTheirTypes: a caller whose policy names connectors sees the
// types of those, and opens pages for no other.
func TestLimitedCallersConnectTheirTypes(t *testing.T) {
	t.Parallel()
	m, _, d, _ := newDesk(t, calls.Options{})
	s := tools.Session{Workspace: "everything", Policy: tools.Policy{Connectors: []string{"github"}}}
	types, err := m.Types(t.Context(), s, "")
	if err != nil || len(types) != 1 || types[0].Name != "github" {
		t.Errorf("types: got %+v, %v, want github alone", types, err)
	}
	for tool, arguments := range map[string]string{"describe_connector_setup": `{"type":"%s"}`, "connect_connector": `{"type":"%s"}`} {
		for _, name := range []string{"stripe", "Stripe", "nothing"} {
			_, err := m.Calls().Call(t.Context(), s, calls.Silent{}, tool, json.RawMessage(strings.ReplaceAll(arguments, "%s", name)))
			unknown, ok := errors.AsType[*manage.UnknownTypeError](err)
			if !ok || strings.Contains(unknown.Hint, "stripe") {
				t.Errorf("%s %s: got %v, want an unknown type", tool, name, err)
			}
		}
		if _, err := m.Calls().Call(t.Context(), s, calls.Silent{}, tool,
			json.RawMessage(strings.ReplaceAll(arguments, "%s", "github"))); err != nil {
			t.Errorf("%s github: %v", tool, err)
		}
	}
	if len(d.opened) != 1 {
		t.Errorf("%d pages were opened, want that for github", len(d.opened))
	}
}
