package credentials

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/setup"
)

// interview asks a person at a terminal for what a connector needs.
type interview struct {
	ctx      context.Context //nolint:containedctx // an interview is one piece of work
	terminal *terminal.Terminal
	setup    *setup.Setup
	values   *setup.Values
}

// rounds is how often a value that is wrong is asked for.
const rounds = 3

// Ask asks for each field, and again for those that are wrong.
func Ask(ctx context.Context, t *terminal.Terminal, asked *setup.Setup, v *setup.Values) error {
	i := &interview{ctx, t, asked, v}
	return i.run()
}

func (i *interview) run() error {
	i.terminal.Printf("%s\n", strings.TrimSpace(i.setup.Title+"  "+i.setup.DocsURL))
	method, err := i.method()
	if err != nil {
		return err
	}
	fields := i.setup.Settings
	if method != nil {
		i.values.Method = method.Name
		if method.MadeAt != "" {
			i.terminal.Printf("Where to make it: %s\n", method.MadeAt)
		}
		fields = slices.Concat(method.Fields, fields)
	}
	for range rounds {
		for _, f := range fields {
			if err := i.field(f); err != nil {
				return err
			}
		}
		if fields, err = i.wrong(fields); err == nil || len(fields) == 0 {
			return err
		}
		i.terminal.Printf("%v\n", err)
	}
	return err
}

// method asks for the way to authenticate, where there are several.
func (i *interview) method() (*setup.Method, error) {
	methods := i.setup.Methods
	if len(methods) == 0 {
		return nil, nil //nolint:nilnil // the type needs none
	}
	wanted := i.values.Method
	for n := range methods {
		if m := &methods[n]; len(methods) == 1 && wanted == "" || strings.EqualFold(m.Name, wanted) || strings.EqualFold(m.Title, wanted) {
			return m, nil
		}
	}
	if wanted != "" {
		_, err := i.setup.Check(*i.values) // it words this better, and names what there is
		return nil, cmp.Or(err, error(&SourceError{fmt.Errorf("--method %s is unknown", wanted)}))
	}
	for n, m := range methods {
		i.terminal.Printf("  %d  %s\n", n+1, m.Title)
	}
	for range rounds {
		answer, err := i.terminal.Ask(i.ctx, fmt.Sprintf("Which way to authenticate? [1-%d] ", len(methods)))
		if err != nil {
			return nil, err
		}
		if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(methods) {
			return &methods[n-1], nil
		}
	}
	return nil, &SourceError{fmt.Errorf("want a number from 1 to %d", len(methods))}
}

// field asks for one value. Nothing means the default, or that it is left out.
func (i *interview) field(f setup.Field) error {
	if _, given := i.values.Fields[f.Name]; given {
		return nil
	}
	if f.Description != "" {
		i.terminal.Printf("\n%s\n", f.Description)
	}
	for range rounds {
		ask := i.terminal.Ask
		if f.Secret {
			ask = i.terminal.AskHidden
		}
		text, err := ask(i.ctx, promptFor(f))
		if err != nil {
			return err
		}
		if text != "" {
			i.values.Secrets[f.Name] = secret.New(text)
		}
		if text != "" || !f.Required || f.Default != nil {
			return nil
		}
		i.terminal.Printf("%s is required\n", f.Title)
	}
	return fmt.Errorf("%s is required; nothing was done", f.Title)
}

// promptFor is the question for a field.
func promptFor(f setup.Field) string {
	var hints []string
	if values := Choices(f); values != "" {
		hints = append(hints, values)
	} else if f.Example != "" && !f.Secret {
		hints = append(hints, "e.g. "+f.Example)
	}
	switch {
	case f.Default != nil:
		hints = append(hints, "empty for "+string(f.Default))
	case !f.Required:
		hints = append(hints, "empty for none")
	}
	if f.Secret {
		hints = append(hints, "not shown")
	}
	if len(hints) == 0 {
		return f.Title + ": "
	}
	return f.Title + " (" + strings.Join(hints, "; ") + "): "
}

// wrong checks what was given, and tells which of the fields that were asked for to
// ask for again.
func (i *interview) wrong(asked []setup.Field) ([]setup.Field, error) {
	_, err := i.setup.Check(*i.values)
	invalid, ok := errors.AsType[*schemas.InvalidError](err)
	if !ok {
		return nil, err
	}
	var again []setup.Field
	for _, fault := range invalid.Faults {
		for _, f := range asked {
			if fault.Path == f.Name || strings.HasPrefix(fault.Path, f.Name+"[") || strings.HasPrefix(fault.Path, f.Name+".") {
				again = append(again, f)
				delete(i.values.Secrets, f.Name)
			}
		}
	}
	return slices.CompactFunc(again, func(a, b setup.Field) bool { return a.Name == b.Name }), err
}
