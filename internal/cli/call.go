package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

type callCmd struct {
	Yes  bool     `name:"yes" help:"Agree to what would be asked, such as whether to delete."`
	Raw  bool     `name:"raw" help:"${call_raw}"`
	What []string `arg:"" name:"name" help:"Name of the tool, then its arguments as a JSON object; - reads them from standard input."`
}

// Help is shown below the flags.
func (*callCmd) Help() string {
	return "A write that must be confirmed, see --write-rules, is asked about on the terminal. Without a terminal it needs --yes."
}

// Run makes one call, through the same checks as a call over MCP.
func (c *callCmd) Run(ctx context.Context, a *app) error {
	names, arguments, err := c.split(a)
	if err != nil {
		return err
	}
	if names[0] == "connect_connector" && !c.Raw {
		return &usageError{errors.New("the page of connect_connector would end with this command: use airbyte-mcp-server connect TYPE --browser")}
	}
	if a.settings.DownloadDir == "" {
		a.settings.DownloadDir = "." // what a private folder has is gone when the program ends
	}
	return a.withBackend(ctx, func(ctx context.Context, p *backend) error {
		result, err := c.call(ctx, p, a.dialog(ctx, c.Yes), names, arguments)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.Stdout, "%s\n", result.JSON())
		return err
	})
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
	text = strings.TrimPrefix(text, "\ufeff")
	// The arguments as the system gave them: parsing replaces what is not UTF-8.
	if !utf8.ValidString(text + strings.Join(a.Args, "")) {
		return nil, nil, &usageError{errors.New("the arguments are not UTF-8: use a terminal or a file with that encoding; nothing was sent")}
	}
	return c.What[:count], json.RawMessage(text), nil
}

func (c *callCmd) call(ctx context.Context, p *backend, d calls.Dialog, names []string, arguments json.RawMessage) (*calls.Result, error) {
	if !c.Raw {
		s := p.session
		s.Listing.Surface = tools.Auto // what a host is shown is no matter here
		return p.manager.Calls().Call(ctx, s, d, names[0], arguments)
	}
	if !json.Valid(arguments) {
		return nil, &usageError{errors.New("the parameters are not valid JSON")}
	}
	return p.manager.Calls().Execute(ctx, p.session, d, names[0], calls.Execution{Entity: names[1], Action: names[2], Params: arguments})
}

// explain adds to a failure what a person at a terminal needs: whether a write may
// have happened, and the next step.
func explain(err error) error {
	if confirm, ok := errors.AsType[*calls.ConfirmationError](err); ok {
		return fmt.Errorf("%w Answer it on a terminal, or agree to it with --yes.", confirm) //nolint:revive,staticcheck // shown as it is
	}
	failure, ok := errors.AsType[interface {
		error
		Doubtful() bool // it was a write that may have happened
		Advice() string // what to do next
	}](err)
	if !ok {
		return err
	}
	if failure.Doubtful() {
		err = fmt.Errorf("%w\nIt may have happened: check before repeating it.", err) //nolint:revive,staticcheck // shown as it is
	}
	if failure.Advice() != "" {
		err = fmt.Errorf("%w\nNext: %s.", err, failure.Advice()) //nolint:revive,staticcheck // shown as it is
	}
	return err
}
