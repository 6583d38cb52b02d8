package manage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// Forms open pages on which a person gives what must not pass through a chat.
type Forms interface {
	// Open opens a page for an owner.
	Open(owner string, f Form) (Ticket, error)
	// Ticket finds a page of this owner that is still remembered.
	Ticket(owner, id string) (Ticket, bool)
}

// Form is a page to be filled in once.
type Form struct {
	Setup     *setup.Setup
	Workspace string
	Principal string // who asked for it
	Remote    bool   // the link may reach somebody else than whoever asked for it
	Name      string // of the instance, to begin with
	// Submit creates the connector from what was filled in.
	Submit func(context.Context, setup.Values) (*Connected, error)
	// Consent begins the vendor's own consent and returns the address of its page.
	Consent func(ctx context.Context, v setup.Values, redirectURL string) (string, error)
	// Consented tells of the connector that a consent has created.
	Consented func(ctx context.Context, id string) (*Connected, error)
}

// Ticket is an open page.
type Ticket interface {
	ID() string
	URL() string
	// Wait returns when the page has done its work, was cancelled or has expired. The error
	// is ErrNeedsCode when it was filled in and waits for its code.
	Wait(ctx context.Context) (*Connected, error)
	// NeedsCode reports whether what is entered waits for a code that the page then shows.
	NeedsCode() bool
	// Redeem hands the code over, so that what was entered is used.
	Redeem(ctx context.Context, code string) error
}

// ErrNeedsCode says that a page was filled in and waits for its code.
var ErrNeedsCode = errors.New("the page waits for its code")

// waitStep is how often a caller that waits for a person is told so; waitMargin is
// left of the call's time for the answer.
const (
	waitStep   = 5 * time.Second
	waitMargin = 3 * time.Second
)

// form is the page that connects a type for a session.
func (m *Manager) form(s tools.Session, asked *setup.Setup, name string) Form {
	begun := &consents{}
	return Form{
		Setup: asked, Workspace: s.Workspace, Principal: s.Principal, Remote: !s.Operator, Name: name,
		Submit: func(ctx context.Context, v setup.Values) (*Connected, error) {
			return m.Connect(ctx, s, ConnectRequest{Setup: asked, Values: v}, func(string) {})
		},
		Consent: func(ctx context.Context, v setup.Values, redirectURL string) (string, error) {
			return m.beginConsent(ctx, s, asked, begun, v, redirectURL)
		},
		Consented: func(ctx context.Context, id string) (*Connected, error) {
			return m.consented(ctx, s, asked, begun, id)
		},
	}
}

// OpenForm opens the page that connects a type.
func (m *Manager) OpenForm(s tools.Session, asked *setup.Setup, name string) (Ticket, error) {
	if m.opts.Forms == nil {
		return nil, errors.New("this server has no pages to give credentials on; use `airbyte-mcp-server connect` in a terminal")
	}
	return m.opts.Forms.Open(s.CallerKey(), m.form(s, asked, name))
}

// runConnect opens a page for the user, or waits for one that is open.
func (m *Manager) runConnect(ctx context.Context, c *calls.Call) (*calls.Result, error) {
	var wanted struct{ Type, Name, Ticket, Code string }
	if err := c.Arguments(&wanted); err != nil {
		return nil, err
	}
	if ticket, code, err := m.openPage(c, wanted.Ticket, wanted.Code); err != nil {
		return nil, err
	} else if ticket != nil {
		return m.goOn(ctx, c, ticket, code)
	}
	if wanted.Type == "" {
		return nil, &schemas.InvalidError{Faults: []schemas.Fault{{Path: "type", Problem: "is required, unless `ticket` is given"}}}
	}
	fields, err := m.setupFor(ctx, c.Session, wanted.Type)
	if err != nil {
		return nil, err
	}
	ticket, err := m.OpenForm(c.Session, fields, wanted.Name)
	if err != nil {
		return nil, &tools.RefusedError{Tool: c.Tool().Name, Reason: err.Error()}
	}
	_, err = c.Ask(calls.Question{
		Text: fmt.Sprintf("Give the credentials of %s on this page. They go to Airbyte, not through the chat.", cleantext.Quote(fields.Title)),
		URL:  ticket.URL(), Memory: ticket.ID(),
	})
	switch {
	case err == nil:
		return m.wait(ctx, c, ticket)
	case !unasked(err):
		return nil, err
	}
	return linked(ticket)
}

// linked has the model pass the link on.
func linked(ticket Ticket) (*calls.Result, error) {
	return waiting(ticket, "Give the user this link. When the page has been filled in, or to wait for it, call connect_connector again "+
		"with the ticket."+aboutCode(ticket))
}

// unasked reports that the host could not ask its user, or that nobody has answered.
func unasked(err error) bool {
	return errors.Is(err, calls.ErrNoDialog) || errors.Is(err, calls.ErrNoAnswer)
}

// forms never is nil.
func (m *Manager) forms() Forms {
	if m.opts.Forms == nil {
		return noForms{}
	}
	return m.opts.Forms
}

type noForms struct{}

func (noForms) Open(string, Form) (Ticket, error)    { return nil, errors.New("there are no pages") }
func (noForms) Ticket(string, string) (Ticket, bool) { return nil, false }

// wait waits for a person, as long as the call may take.
func (m *Manager) wait(ctx context.Context, c *calls.Call, ticket Ticket) (*calls.Result, error) {
	began := time.Now()
	deadline, limited := ctx.Deadline()
	for {
		step, cancel := context.WithTimeout(ctx, waitStep)
		done, err := ticket.Wait(step)
		cancel()
		switch {
		case err == nil:
			c.About(done.ID)
			return calls.Made(struct {
				Status    string     `json:"status"`
				Connector *Connected `json:"connector"`
				Tools     *news      `json:"tools,omitempty"`
			}{"connected", done, m.newsOf(ctx, c.Session, done.Type)})
		case errors.Is(err, ErrNeedsCode):
			return m.askCode(ctx, c, ticket, "")
		case !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil:
			return nil, &tools.RefusedError{Tool: c.Tool().Name, Reason: err.Error()}
		case limited && time.Until(deadline) < waitStep+waitMargin:
			return waiting(ticket, "The page has not been filled in yet. Call connect_connector again with the ticket to go on waiting.")
		}
		c.Progress(time.Since(began).Seconds(), 0, "waiting for the user to fill in the page")
	}
}

// waiting is the answer while a page is open.
func waiting(t Ticket, next string) (*calls.Result, error) {
	return calls.Made(map[string]string{"status": "waiting_for_user", "url": t.URL(), "ticket": t.ID(), "next": next})
}
