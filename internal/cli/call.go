package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools"
)

type callCmd struct {
	Raw  bool     `name:"raw" help:"Call CONNECTOR ENTITY ACTION [JSON] as it is, for pairs that are newer than the catalog. Nothing is checked."`
	What []string `arg:"" name:"name" help:"Name of the tool, then its arguments as a JSON object; - reads them from standard input."`
}

// Run makes one call, through the same checks as a call over MCP.
func (c *callCmd) Run(ctx context.Context, a *app) error {
	names, arguments, err := c.split(a)
	if err != nil {
		return err
	}
	p, err := a.open()
	if err != nil {
		return err
	}
	defer p.Close()
	ctx, cancel := context.WithTimeout(ctx, a.settings.CallTimeout)
	defer cancel()
	result, err := c.call(ctx, p, names, arguments)
	if err != nil {
		return explain(err)
	}
	_, err = fmt.Fprintf(a.Stdout, "%s\n", result.JSON())
	return err
}

// split takes the names and the JSON out of the positional arguments.
func (c *callCmd) split(a *app) (names []string, arguments json.RawMessage, err error) {
	count, wanted := 1, "NAME [JSON|-]"
	if c.Raw {
		count, wanted = 3, "--raw CONNECTOR ENTITY ACTION [JSON|-]"
	}
	if len(c.What) < count || len(c.What) > count+1 {
		return nil, nil, &usageError{errors.New("want call " + wanted)}
	}
	text := "{}"
	if len(c.What) > count {
		text = c.What[count]
	}
	if text == "-" {
		if arguments, err = io.ReadAll(a.Stdin); err != nil {
			return nil, nil, fmt.Errorf("reading standard input: %w", err)
		}
		text = string(arguments)
	}
	return c.What[:count], json.RawMessage(text), nil
}

func (c *callCmd) call(ctx context.Context, p *platform, names []string, arguments json.RawMessage) (*tools.Result, error) {
	if !c.Raw {
		return p.box.Call(ctx, p.session, names[0], arguments)
	}
	if !json.Valid(arguments) {
		return nil, &usageError{errors.New("the parameters are not valid JSON")}
	}
	return p.box.Execute(ctx, p.session, names[0], airbyte.Execution{Entity: names[1], Action: names[2], Params: arguments})
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
