package cli

import (
	"context"
	"sync"

	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools"
)

// pages are where forms are shown: connectpage.Pages or connectpage.Local.
type pages interface {
	Open(owner string, f connectpage.Form) (*connectpage.Ticket, error)
	Ticket(owner, id string) (*connectpage.Ticket, bool)
	Close()
}

// forms lets tools open pages. It is safe for concurrent use.
type forms struct {
	pages pages

	mu   sync.Mutex
	made map[string]*product // by the id of the ticket
}

// product is what a form has made. The page knows less of it.
type product struct {
	owner string

	mu        sync.Mutex
	connected *tools.Connected
}

func newForms(p pages) *forms { return &forms{pages: p, made: map[string]*product{}} }

// Open implements [tools.Forms].
func (f *forms) Open(owner string, form tools.Form) (tools.Ticket, error) {
	made := &product{owner: owner}
	page := connectpage.Form{
		Setup: form.Setup, Workspace: form.Workspace, Name: form.Name,
		Submit: func(ctx context.Context, v setup.Values) (connectpage.Outcome, error) {
			return made.keep(form.Submit(ctx, v))
		},
	}
	if form.Consent != nil {
		page.Consent = func(ctx context.Context, v setup.Values, redirectURL string) (string, error) {
			address, err := form.Consent(ctx, v, redirectURL)
			return address, explain(err)
		}
		page.Consented = func(ctx context.Context, id string) (connectpage.Outcome, error) {
			return made.keep(form.Consented(ctx, id))
		}
	}
	t, err := f.pages.Open(owner, page)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, old := range f.made {
		if _, remembered := f.pages.Ticket(old.owner, id); !remembered {
			delete(f.made, id)
		}
	}
	f.made[t.ID()] = made
	return ticket{t, made}, nil
}

// Ticket implements [tools.Forms].
func (f *forms) Ticket(owner, id string) (tools.Ticket, bool) {
	t, ok := f.pages.Ticket(owner, id)
	if !ok {
		return nil, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	made, ok := f.made[id]
	return ticket{t, made}, ok
}

// Close ends all forms.
func (f *forms) Close() { f.pages.Close() }

// keep notes what was made, and words it for the page.
func (p *product) keep(c *tools.Connected, err error) (connectpage.Outcome, error) {
	if err != nil {
		return connectpage.Outcome{}, explain(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.connected = c
	return connectpage.Outcome{ConnectorID: c.ID, ConnectorName: c.Name, Lines: c.Checks, Warning: c.Next}, nil
}

// ticket is a page with what it has made.
type ticket struct {
	*connectpage.Ticket

	made *product
}

// Wait implements [tools.Ticket].
func (t ticket) Wait(ctx context.Context) (*tools.Connected, error) {
	if _, err := t.Ticket.Wait(ctx); err != nil {
		return nil, err
	}
	t.made.mu.Lock()
	defer t.made.mu.Unlock()
	return t.made.connected, nil
}
