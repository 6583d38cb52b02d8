package cli

import (
	"context"

	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools/manage"
)

// pages show forms to a person: connectpage.Pages or connectpage.Local.
type pages interface {
	Open(owner string, f connectpage.Form) (*connectpage.Ticket, error)
	Ticket(owner, id string) (*connectpage.Ticket, bool)
	Close()
}

// forms implements [manage.Forms] with pages. A page knows of a connector what it shows;
// the connector itself travels as the page's value.
type forms struct{ pages }

// Open opens a page for an owner.
func (f forms) Open(owner string, form manage.Form) (manage.Ticket, error) {
	t, err := f.pages.Open(owner, connectpage.Form{
		Setup: form.Setup, Workspace: form.Workspace, Name: form.Name,
		Submit: func(ctx context.Context, v setup.Values) (connectpage.Outcome, error) {
			return outcomeOf(form.Submit(ctx, v))
		},
		Consent: func(ctx context.Context, v setup.Values, redirectURL string) (string, error) {
			address, err := form.Consent(ctx, v, redirectURL)
			return address, explain(err)
		},
		Consented: func(ctx context.Context, id string) (connectpage.Outcome, error) {
			return outcomeOf(form.Consented(ctx, id))
		},
	})
	return ticket{t}, err
}

// Ticket finds a page of this owner that is still remembered.
func (f forms) Ticket(owner, id string) (manage.Ticket, bool) {
	t, ok := f.pages.Ticket(owner, id)
	return ticket{t}, ok
}

func outcomeOf(c *manage.Connected, err error) (connectpage.Outcome, error) {
	if err != nil {
		return connectpage.Outcome{}, explain(err)
	}
	return connectpage.Outcome{ConnectorID: c.ID, ConnectorName: c.Name, Lines: c.Checks, Warning: c.Next, Value: c}, nil
}

// ticket is an open page as [manage.Ticket].
type ticket struct{ *connectpage.Ticket }

// Wait returns the connector that was created on the page.
func (t ticket) Wait(ctx context.Context) (*manage.Connected, error) {
	out, err := t.Ticket.Wait(ctx)
	connected, _ := out.Value.(*manage.Connected)
	return connected, err
}
