package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"airbyte-mcp-server/airbyte"
)

type callCmd struct {
	Name      string `arg:"" help:"Name of the tool, see the tools command."`
	Arguments string `arg:"" optional:"" default:"{}" help:"Arguments as a JSON object; - reads them from standard input."`
}

// Run makes one call, through the same checks as a call over MCP.
func (c *callCmd) Run(ctx context.Context, a *app) error {
	arguments := json.RawMessage(c.Arguments)
	if c.Arguments == "-" {
		var err error
		if arguments, err = io.ReadAll(a.Stdin); err != nil {
			return fmt.Errorf("reading standard input: %w", err)
		}
	}
	p, err := a.open()
	if err != nil {
		return err
	}
	defer p.Close()
	ctx, cancel := context.WithTimeout(ctx, a.settings.CallTimeout)
	defer cancel()
	result, err := p.box.Call(ctx, p.session, c.Name, arguments)
	if err != nil {
		return explain(err)
	}
	_, err = fmt.Fprintf(a.Stdout, "%s\n", result.JSON())
	return err
}

// explain adds to a failure what a person at a terminal needs: whether a write may
// have happened, and the next step.
func explain(err error) error {
	var api *airbyte.Error
	if !errors.As(err, &api) {
		return err
	}
	if api.Outcome == airbyte.OutcomeUnknown {
		err = fmt.Errorf("%w\nIf this was a write, it may have happened: check before repeating it.", err) //nolint:revive,staticcheck // shown as it is
	}
	if api.Hint != "" {
		err = fmt.Errorf("%w\nNext: %s.", err, api.Hint) //nolint:revive,staticcheck // shown as it is
	}
	return err
}

type connectorsCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists the connectors of the workspace.
func (c *connectorsCmd) Run(ctx context.Context, a *app) error {
	p, err := a.open()
	if err != nil {
		return err
	}
	defer p.Close()
	ctx, cancel := context.WithTimeout(ctx, a.settings.CallTimeout)
	defer cancel()
	rows, err := p.box.Connectors(ctx, p.session)
	if err != nil {
		return explain(err)
	}
	if c.JSON {
		return a.printJSON(rows)
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintf(a.Stdout, "Workspace %q has no connectors; connect one at https://app.airbyte.ai.\n", a.settings.Workspace)
		return err
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tTYPE\tTOOLS\tID")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", r.Name, r.Type, r.Tools, r.ID)
	}
	return w.Flush()
}
