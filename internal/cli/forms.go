package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/internal/netname"
	"airbyte-mcp-server/internal/peers"
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
type forms struct {
	pages

	address func() string // of the pages; nil where they are on this machine
	peers   *peers.Peers  // other replicas, which have pages too; nil for none
}

// Open opens a page for an owner.
func (f forms) Open(owner string, form manage.Form) (manage.Ticket, error) {
	t, err := f.pages.Open(owner, connectpage.Form{
		Setup: form.Setup, Workspace: form.Workspace, Principal: form.Principal, Name: form.Name,
		NeedsCode: form.Remote && f.isOnNetwork(),
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

// operator is who runs this server, as the settings have it for the pages.
func (a *app) operator() (o connectpage.Operator, err error) {
	s := a.settings
	o.Name, o.Contact = s.PageName, s.PageContact
	if s.PageLogo == "" {
		return o, nil
	}
	file, err := os.Open(s.PageLogo)
	if err != nil {
		return o, &usageError{err: fmt.Errorf("--page-logo: %w", err)}
	}
	defer file.Close()
	picture, err := io.ReadAll(io.LimitReader(file, 1<<20)) // more than is served
	if err == nil {
		o.Logo, err = connectpage.ReadLogo(picture)
	}
	if err != nil {
		return o, &usageError{err: fmt.Errorf("--page-logo %s: %w", s.PageLogo, err)}
	}
	return o, nil
}

// pagesAt are the pages of a server over HTTP.
func (a *app) pagesAt(own *address, prefix func() string) (*connectpage.Pages, error) {
	operator, err := a.operator()
	if err != nil {
		return nil, err
	}
	return connectpage.New(connectpage.Options{BaseURL: own.url, Log: a.log, Operator: operator, Prefix: prefix}), nil
}

// isOnNetwork reports whether other machines reach the pages, so that a link may be opened
// by somebody else than whoever asked for it.
func (f forms) isOnNetwork() bool {
	if f.address == nil {
		return false
	}
	u, err := url.Parse(f.address())
	return err != nil || !netname.IsLoopback(u.Hostname())
}

// Ticket finds a page of this owner that is still remembered.
func (f forms) Ticket(owner, id string) (manage.Ticket, bool) {
	if at := f.peers.Elsewhere(id); at != "" {
		return f.findPeerTicket(at, owner, id)
	}
	t, ok := f.pages.Ticket(owner, id)
	return ticket{t}, ok
}

func outcomeOf(c *manage.Connected, err error) (connectpage.Outcome, error) {
	if rejected, ok := errors.AsType[*manage.RejectedError](err); ok {
		return connectpage.Outcome{}, &connectpage.RefusedError{Said: rejected.Reason}
	}
	if err != nil {
		return connectpage.Outcome{}, explain(err)
	}
	return connectpage.Outcome{ConnectorID: c.ID, ConnectorName: c.Name, Lines: linesOf(c), Warning: c.Next, Value: c}, nil
}

// linesOf is what a person wants to know of what was tried: the connector is named beside it.
func linesOf(c *manage.Connected) []string {
	if c.Proven {
		return []string{"A record was read with these credentials: they work."}
	}
	return slices.DeleteFunc(slices.Clone(c.Checks), func(line string) bool { return strings.Contains(line, c.ID) })
}

// ticket is an open page as [manage.Ticket].
type ticket struct{ *connectpage.Ticket }

// Wait returns the connector that was created on the page.
func (t ticket) Wait(ctx context.Context) (*manage.Connected, error) {
	out, err := t.Ticket.Wait(ctx)
	if errors.Is(err, connectpage.ErrNeedsCode) {
		return nil, manage.ErrNeedsCode
	}
	connected, _ := out.Value.(*manage.Connected)
	return connected, err
}

// Redeem hands over the code that the page has shown.
func (t ticket) Redeem(ctx context.Context, code string) error {
	err := t.Ticket.Redeem(ctx, code)
	if wrong, ok := errors.AsType[*connectpage.WrongCodeError](err); ok {
		return &manage.WrongCodeError{Left: wrong.Left}
	}
	return err
}
