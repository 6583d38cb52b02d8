package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/tools/manage"
)

type connectorsDeleteCmd struct {
	connectorRef

	Yes  bool `name:"yes" help:"Do not ask."`
	JSON bool `name:"json" help:"Print JSON."`
}

// errDeclined ends a command whose user did not agree.
var errDeclined = errors.New("nothing was done: that was not the name")

// Run deletes a connector, once the person has agreed.
func (c *connectorsDeleteCmd) Run(ctx context.Context, a *app) error {
	return a.withBackend(ctx, func(ctx context.Context, p *backend) error {
		if err := a.mayWrite("connectors delete"); err != nil {
			return err
		}
		found, err := p.manager.Locate(ctx, p.session, c.Ref)
		if err != nil {
			return err
		}
		if err := c.agree(ctx, a, p, found); err != nil {
			return err
		}
		a.status.Show("Deleting %q", found.Name)
		var deleted struct {
			ID   string `json:"deleted"`
			Name string `json:"name"`
		}
		if err := changeConnector(ctx, a.dialog(ctx, true), p, "delete_connector", map[string]any{"connector": found.ID}, &deleted); err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(deleted)
		}
		_, err = fmt.Fprintf(a.Stdout, "Deleted %q (id %s)\n", terminal.Plain(found.Name), found.ID)
		return err
	})
}

// agree says what will be lost and asks for the name.
func (c *connectorsDeleteCmd) agree(ctx context.Context, a *app, p *backend, found airbyte.Connector) error {
	lost := fmt.Sprintf("This will %s. Its tools are gone with it.", manage.LostWith(found, p.session.Workspace))
	if c.Yes {
		return nil
	}
	person := a.terminal()
	if person == nil {
		return &usageError{err: errors.New(terminal.Plain(lost) + "\nThere is no terminal to ask on: agree to it with --yes")}
	}
	fmt.Fprintln(a.Stderr, terminal.Plain(lost))
	answer, err := person.Ask(ctx, "To delete it, type its name: ")
	if errors.Is(err, terminal.ErrNoAnswer) || err == nil && !strings.EqualFold(answer, cmp.Or(strings.TrimSpace(found.Name), found.ID)) {
		err = errDeclined
	}
	return err
}
