package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/setup"
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
	// Wait returns when the page has done its work, was cancelled or has expired.
	Wait(ctx context.Context) (*Connected, error)
}

// waitStep is how often a caller that waits for a person is told so; waitMargin is
// left of the call's time for the answer.
const (
	waitStep   = 5 * time.Second
	waitMargin = 3 * time.Second
)

// form is the page that connects a type for a session.
func (b *Box) form(s Session, asked *setup.Setup, name string) Form {
	return Form{
		Setup: asked, Workspace: s.Workspace, Name: name,
		Submit: func(ctx context.Context, v setup.Values) (*Connected, error) {
			return b.Connect(ctx, s, ConnectRequest{Setup: asked, Values: v}, func(string) {})
		},
		Consent: func(ctx context.Context, v setup.Values, redirectURL string) (string, error) {
			return b.consent(ctx, s, asked, v, redirectURL)
		},
		Consented: func(ctx context.Context, id string) (*Connected, error) {
			return b.consented(ctx, s, asked, id)
		},
	}
}

// OpenForm opens the page that connects a type.
func (b *Box) OpenForm(s Session, asked *setup.Setup, name string) (Ticket, error) {
	if b.opts.Forms == nil {
		return nil, errors.New("this server has no pages to give credentials on; use `airbyte-mcp-server connect` in a terminal")
	}
	return b.opts.Forms.Open(s.owner(), b.form(s, asked, name))
}

// setupTools are the tools that look after the connectors of a workspace.
func setupTools() []*Tool {
	text := func(name, words string, required bool) *schemas.Parameter {
		return &schemas.Parameter{Name: name, Type: "string", Required: required, Description: words}
	}
	which := text("connector", "Alias, name, type or id from `list_connectors`.", true)
	return []*Tool{
		manageTool(&Tool{
			Name: "list_connector_types", Title: "Airbyte: list connector types", Effect: Read, run: runListTypes,
			Description: "List the types of services that can be connected. Costs no Airbyte operation.",
		}, text("query", "Part of a name.", false)),
		manageTool(&Tool{
			Name: "describe_connector_setup", Title: "Airbyte: describe a connector's set-up", Effect: Read, run: runDescribeSetup,
			Description: "Show what connecting a type of service asks for: ways to authenticate, credentials, settings. Costs no Airbyte operation.",
		}, text("type", "Slug or title from `list_connector_types`, e.g. `github`.", true)),
		manageTool(&Tool{
			Name: "connect_connector", Title: "Airbyte: connect a service", Effect: Create, VerifyWith: "list_connectors", run: runConnect,
			Description: "Connect a service: the user gives the credentials on a web page of this server, never in the chat. Creates the connector and proves it with one billed read.",
		}, text("type", "Slug or title, e.g. `github`.", true), text("name", "Name of the new connector.", false),
			text("ticket", "From an earlier answer: wait for that page again.", false)),
		manageTool(&Tool{
			Name: "check_connector", Title: "Airbyte: check a connector", Effect: Read, run: runCheck,
			Description: "Show a connector's configuration, secrets masked, and have Airbyte check it. Costs no Airbyte operation.",
		}, which),
		updateConnector(which),
		deleteConnector(which),
	}
}

func runListTypes(ctx context.Context, c *call) (*Result, error) {
	var wanted struct{ Query string }
	if err := json.Unmarshal(c.args.JSON(), &wanted); err != nil {
		return nil, fmt.Errorf("reading the arguments of %s: %w", c.tool.Name, err)
	}
	types, err := c.Types(ctx, c.Session, wanted.Query)
	if err != nil {
		return nil, err
	}
	return ours(types)
}

func runDescribeSetup(ctx context.Context, c *call) (*Result, error) {
	var wanted struct{ Type string }
	if err := json.Unmarshal(c.args.JSON(), &wanted); err != nil {
		return nil, fmt.Errorf("reading the arguments of %s: %w", c.tool.Name, err)
	}
	asked, err := c.Setup(ctx, c.Session, wanted.Type)
	if err != nil {
		return nil, err
	}
	return ours(DescribeSetup(asked))
}

// runConnect opens a page for the user, or waits for one that is open.
func runConnect(ctx context.Context, c *call) (*Result, error) {
	var wanted struct{ Type, Name, Ticket string }
	if err := json.Unmarshal(c.args.JSON(), &wanted); err != nil {
		return nil, fmt.Errorf("reading the arguments of %s: %w", c.tool.Name, err)
	}
	reply, asked := c.Recall()
	if asked && !reply.Accepted {
		return nil, &RefusedError{c.tool.Name, "the user did not open the page"}
	}
	if id := reply.Memory + wanted.Ticket; id != "" {
		ticket, ok := c.forms().Ticket(c.owner(), id)
		if !ok {
			return nil, &RefusedError{c.tool.Name, "that page has expired; call again without `ticket`"}
		}
		return c.wait(ctx, ticket)
	}
	fields, err := c.Setup(ctx, c.Session, wanted.Type)
	if err != nil {
		return nil, err
	}
	ticket, err := c.OpenForm(c.Session, fields, wanted.Name)
	if err != nil {
		return nil, &RefusedError{c.tool.Name, err.Error()}
	}
	_, err = c.Ask(Question{
		Text: fmt.Sprintf("Give the credentials of %s on this page. They go to Airbyte, not through the chat.", fields.Title),
		URL:  ticket.URL(), Memory: ticket.ID(),
	})
	switch {
	case err == nil:
		return c.wait(ctx, ticket)
	case !errors.Is(err, ErrNoDialog):
		return nil, err
	}
	return waiting(ticket, "Give the user this link. When the page has been filled in, or to wait for it, call connect_connector again with the ticket.")
}

// forms never is nil.
func (b *Box) forms() Forms {
	if b.opts.Forms == nil {
		return noForms{}
	}
	return b.opts.Forms
}

type noForms struct{}

func (noForms) Open(string, Form) (Ticket, error)    { return nil, errors.New("there are no pages") }
func (noForms) Ticket(string, string) (Ticket, bool) { return nil, false }

// wait waits for a person, as long as the call may take.
func (c *call) wait(ctx context.Context, ticket Ticket) (*Result, error) {
	began := time.Now()
	deadline, limited := ctx.Deadline()
	for {
		step, cancel := context.WithTimeout(ctx, waitStep)
		done, err := ticket.Wait(step)
		cancel()
		switch {
		case err == nil:
			c.trace.ConnectorID = done.ID
			return ours(struct {
				Status    string     `json:"status"`
				Connector *Connected `json:"connector"`
			}{"connected", done})
		case !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil:
			return nil, &RefusedError{c.tool.Name, err.Error()}
		case limited && time.Until(deadline) < waitStep+waitMargin:
			return waiting(ticket, "The page has not been filled in yet. Call connect_connector again with the ticket to go on waiting.")
		}
		c.Progress(time.Since(began).Seconds(), 0, "waiting for the user to fill in the page")
	}
}

// waiting is the answer while a page is open.
func waiting(t Ticket, next string) (*Result, error) {
	return ours(map[string]string{"status": "waiting_for_user", "url": t.URL(), "ticket": t.ID(), "next": next})
}
