package manage_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
	"airbyte-mcp-server/tools/manage"
)

// emptyAccount answers as Airbyte does of a workspace without connectors.
type emptyAccount struct{}

func (emptyAccount) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"data":[]}`
	if strings.HasSuffix(r.URL.Path, "/token") {
		body = `{"access_token":"bearer","expires_in":900}`
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// page is a page of one caller, whose person needs a while.
type page struct {
	caller string
	needs  time.Duration
	done   *manage.Connected // nil for a person who cancels
	begun  time.Time
}

func (*page) ID() string  { return "p-1" }
func (*page) URL() string { return "https://tools.example/connect/p" }

func (p *page) Wait(ctx context.Context) (*manage.Connected, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(time.Until(p.begun.Add(p.needs))):
	}
	if p.done == nil {
		return nil, errors.New("the page was cancelled")
	}
	return p.done, nil
}

func (p *page) NeedsCode() bool { return false }

func (p *page) Redeem(context.Context, string) error { return nil }

func (p *page) Open(caller string, _ manage.Form) (manage.Ticket, error) {
	p.caller, p.begun = caller, time.Now()
	return p, nil
}

func (p *page) Ticket(caller, id string) (manage.Ticket, bool) {
	return p, caller == p.caller && id == p.ID()
}

// listener keeps what it was told, and gives an answer to questions.
type listener struct {
	calls.Silent

	told  []float64
	asked []calls.Question
	reply *calls.Reply // of an earlier run
	opens bool         // the person opens the page at once
}

func (l *listener) Progress(done, _ float64, _ string) { l.told = append(l.told, done) }

func (l *listener) Ask(q calls.Question) (calls.Reply, error) {
	if !l.opens {
		return l.Silent.Ask(q)
	}
	l.asked = append(l.asked, q)
	return calls.Reply{Accepted: true}, nil
}

func (l *listener) Recall() (calls.Reply, bool) {
	if l.reply == nil {
		return calls.Reply{}, false
	}
	return *l.reply, true
}

// withPage is a Manager whose forms are one page.
func withPage(t *testing.T, forms manage.Forms) *manage.Manager {
	t.Helper()
	client, err := airbyte.New(airbyte.Config{
		Host: "http://127.0.0.1:1", ClientID: "id", ClientSecret: secret.New("secret"), Transport: emptyAccount{},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	m := manage.New(schemas.Embedded(), client, manage.Options{Forms: forms})
	t.Cleanup(m.Close)
	return m
}

// TestConnectWaits waits for a person as long as the call may take, tells how long it has
// waited, and answers in time.
func TestConnectWaits(t *testing.T) {
	t.Parallel()
	done := &manage.Connected{ID: "c-9", Name: "GitHub - new", Proven: true}
	for name, tt := range map[string]struct {
		page   page
		limit  time.Duration
		dialog listener
		took   time.Duration
		told   []float64
		want   string // in the answer or the error
	}{
		"filled in at once": {page{done: done}, time.Minute, listener{opens: true}, 0, nil, `"status":"connected"`},
		"filled in after a while": {
			page{done: done, needs: 12 * time.Second}, time.Minute, listener{opens: true}, 12 * time.Second, []float64{5, 10}, `"id":"c-9"`,
		},
		"not filled in": {
			page{done: done, needs: time.Hour}, 30 * time.Second, listener{opens: true}, 25 * time.Second,
			[]float64{5, 10, 15, 20}, `"status":"waiting_for_user"`,
		},
		"cancelled": {page{needs: 7 * time.Second}, time.Minute, listener{opens: true}, 7 * time.Second, []float64{5}, "the page was cancelled"},
		"nobody to ask": {
			page{done: done}, time.Minute, listener{}, 0, nil, `"ticket":"p-1","url":"https://tools.example/connect/p"`,
		},
		"not opened": {
			page{done: done}, time.Minute, listener{reply: &calls.Reply{Memory: "p-1"}}, 0, nil, "the user did not open the page",
		},
		"expired": {
			page{done: done}, time.Minute, listener{reply: &calls.Reply{Accepted: true, Memory: "p-0"}}, 0, nil, "that page has expired",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := withPage(t, &tt.page)
				ctx, cancel := context.WithTimeout(t.Context(), tt.limit)
				defer cancel()
				begun := time.Now()
				result, err := m.Calls().Call(ctx, tools.Session{Workspace: "main"}, &tt.dialog, "connect_connector",
					json.RawMessage(`{"type":"github","name":"GitHub - new"}`))
				if took := time.Since(begun); took != tt.took || !slices.Equal(tt.dialog.told, tt.told) {
					t.Errorf("took %s and told %v, want %s and %v", took, tt.dialog.told, tt.took, tt.told)
				}
				if got := spoken(result, err); !strings.Contains(got, tt.want) {
					t.Errorf("got %s, want %s", got, tt.want)
				}
			})
		})
	}
}

// spoken is what a call answers, or its error.
func spoken(result *calls.Result, err error) string {
	if err != nil {
		return err.Error()
	}
	return string(result.Data)
}

// TestTicketsBelongToTheirCaller goes on waiting with a ticket, but not with that of
// somebody else.
func TestTicketsBelongToTheirCaller(t *testing.T) {
	t.Parallel()
	p := &page{done: &manage.Connected{ID: "c-9"}}
	m := withPage(t, p)
	ann, eve := tools.Session{Principal: "ann", Workspace: "main"}, tools.Session{Principal: "eve", Workspace: "main"}
	call := func(s tools.Session, arguments string) string {
		return spoken(m.Calls().Call(t.Context(), s, calls.Silent{}, "connect_connector", json.RawMessage(arguments)))
	}
	if got := call(ann, `{"type":"github"}`); !strings.Contains(got, `"waiting_for_user"`) {
		t.Fatalf("got %s", got)
	}
	if got := call(eve, `{"type":"github","ticket":"p-1"}`); !strings.Contains(got, "that page has expired; call again without `ticket`") {
		t.Errorf("another caller gets %s", got)
	}
	if got := call(ann, `{"type":"github","ticket":"p-1"}`); !strings.Contains(got, `"connected"`) {
		t.Errorf("the caller gets %s", got)
	}
}

// TestNoPages tells the way that is left where there are no pages.
func TestNoPages(t *testing.T) {
	t.Parallel()
	m := withPage(t, nil)
	for arguments, want := range map[string]string{
		`{"type":"github"}`:                "`airbyte-mcp-server connect` in a terminal",
		`{"type":"github","ticket":"p-1"}`: "that page has expired",
		`{"type":"gihub"}`:                 `unknown connector type "gihub"; did you mean github?`,
	} {
		_, err := m.Calls().Call(t.Context(), tools.Session{Workspace: "main"}, calls.Silent{}, "connect_connector", json.RawMessage(arguments))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", arguments, err, want)
		}
	}
}
