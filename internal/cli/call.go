package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

type callCmd struct {
	Yes    bool `name:"yes" help:"Agree to what would be asked, such as whether to delete."`
	DryRun bool `name:"dry-run" help:"Only show the request that a write would send."`
	Raw    bool `name:"raw" help:"${call_raw}"`
	// Output is a path.
	Output string `name:"output" short:"o" placeholder:"FILE" help:"Write the answer, or the file of a download, to FILE."`
	Force  bool   `name:"force" help:"With --output, replace a file that is there."`
	// Four arguments and no list, so that flags may stand between them.
	Name   string  `arg:"" name:"name" completion-predictor:"tool" help:"Name of the tool; with --raw, of the connector."`
	Second *string `arg:"" optional:"" name:"json" help:"Arguments, a JSON object; - for standard input. With --raw, the entity."`
	Third  *string `arg:"" optional:"" name:"action" help:"With --raw, the action."`
	Fourth *string `arg:"" optional:"" name:"params" help:"With --raw, the arguments."`
}

// Help is shown below the flags.
func (*callCmd) Help() string {
	return "A write that must be confirmed, see --write-rules, is asked about on the terminal. Without a terminal it needs --yes. " +
		"On a terminal the JSON is indented, or with --answer-format table a table."
}

// Run makes one call, through the same checks as a call over MCP.
func (c *callCmd) Run(ctx context.Context, a *app) error {
	names, arguments, err := c.split(a)
	if err != nil {
		return err
	}
	if names[0] == "connect_connector" && !c.Raw {
		return &usageError{err: errors.New("the page of connect_connector would end with this command: " +
			"use airbyte-mcp-server connect TYPE --browser")}
	}
	if err := c.checkOutput(); err != nil {
		return err
	}
	if a.settings.DownloadDir == "" { // what a private folder has is gone when the program ends
		a.settings.DownloadDir = filepath.Dir(c.Output)
	}
	return a.withBackend(ctx, func(ctx context.Context, p *backend) error {
		result, err := c.call(ctx, p, a.dialog(ctx, c.Yes), names, arguments)
		if unclear, ok := errors.AsType[*airbyte.LocateError](err); ok && unclear.Ambiguous {
			return fmt.Errorf("%w\nNext: airbyte-mcp-server %s", err, c.clearly(ctx, p, names, arguments, unclear.First()))
		}
		if err != nil {
			return err
		}
		if err := c.answer(a, result); err != nil {
			return err
		}
		if terminal.Is(a.Stdout) && result.Source == calls.SourceLive && c.deletes(ctx, p, names[0], arguments) {
			fmt.Fprintln(a.Stderr, "Deleted.") // vendors answer with nothing at all
		}
		return nil
	})
}

// deletes reports whether the tool takes something away.
func (c *callCmd) deletes(ctx context.Context, p *backend, name string, arguments json.RawMessage) bool {
	if c.Raw {
		return false
	}
	f, err := p.manager.Directory().Find(ctx, p.session, name, arguments)
	return err == nil && f.Tool.Effect == tools.Delete
}

// split takes the names and the JSON out of the positional arguments.
func (c *callCmd) split(a *app) (names []string, arguments json.RawMessage, err error) {
	count, wanted := 1, "NAME [JSON|-]"
	if c.Raw {
		count, wanted = 3, "--raw CONNECTOR ENTITY ACTION [JSON|-]"
	}
	given := []string{c.Name}
	for _, word := range []*string{c.Second, c.Third, c.Fourth} {
		if word != nil {
			given = append(given, *word)
		}
	}
	if len(given) < count || len(given) > count+1 {
		return nil, nil, &usageError{err: errors.New("want call " + wanted)}
	}
	text := "{}"
	if len(given) > count {
		text = given[count]
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
		return nil, nil, &usageError{err: errors.New("the arguments are not UTF-8: " +
			"use a terminal or a file with that encoding; nothing was sent")}
	}
	return given[:count], json.RawMessage(text), nil
}

func (c *callCmd) call(ctx context.Context, p *backend, d calls.Dialog, names []string, arguments json.RawMessage) (*calls.Result, error) {
	if !c.Raw {
		s := p.session
		s.Listing.Surface = tools.Auto // what a host is shown is no matter here
		if !c.DryRun {
			return p.manager.Calls().Call(ctx, s, d, names[0], arguments)
		}
		f, err := p.manager.Directory().Find(ctx, s, names[0], arguments)
		if err != nil {
			return nil, err
		}
		if f.Arguments, err = withDryRun(f); err != nil {
			return nil, err
		}
		return p.manager.Calls().Run(ctx, d, f)
	}
	if !json.Valid(arguments) {
		return nil, &usageError{err: errors.New("the parameters are not valid JSON")}
	}
	return p.manager.Calls().Execute(ctx, p.session, d, calls.RawCall{
		Connector: names[0], Execution: calls.Execution{Entity: names[1], Action: names[2], Params: arguments}, DryRun: c.DryRun,
	})
}

// clearly is the command again, with one of several connectors named.
func (c *callCmd) clearly(ctx context.Context, p *backend, names []string, arguments json.RawMessage, connector string) string {
	words := []string{"call"}
	args, err := schemas.SplitObject(arguments)
	switch {
	case err != nil:
		return "call --help"
	case c.Raw:
		words = append(words, "--raw")
		names = append([]string{connector}, names[1:]...)
	default:
		option := "connector"
		if f, err := p.manager.Directory().Find(ctx, p.session, names[0], arguments); err == nil {
			option = cmp.Or(f.Tool.Options.Connector, option)
		}
		args = args.With(schemas.Arguments{{Name: option, Value: json.RawMessage(strconv.Quote(connector))}})
	}
	words = append(words, names...)
	if len(args) > 0 {
		words = append(words, "'"+strings.ReplaceAll(string(args.JSON()), "'", `'\''`)+"'")
	}
	return strings.Join(words, " ")
}

// withDryRun are the arguments of a call that asks for the request only.
func withDryRun(f *tools.Found) (json.RawMessage, error) {
	if f.Tool.Options.DryRun == "" {
		return nil, &usageError{err: fmt.Errorf("--dry-run is for writes: %s changes nothing", f.Tool.Name)}
	}
	arguments, err := schemas.SplitObject(f.Arguments)
	if err != nil {
		return nil, &schemas.InvalidError{Faults: []schemas.Fault{{Problem: err.Error()}}}
	}
	return arguments.With(schemas.Arguments{{Name: f.Tool.Options.DryRun, Value: json.RawMessage("true")}}).JSON(), nil
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
