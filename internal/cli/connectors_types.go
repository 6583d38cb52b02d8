package cli

import (
	"context"
	"fmt"
	"text/tabwriter"

	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/tools/manage"
)

type connectorsTypesCmd struct {
	Name string `arg:"" optional:"" completion-predictor:"type" help:"Only types whose name or title has this part."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run lists what can be connected: the types of Airbyte's definitions and of the
// organization's templates.
func (c *connectorsTypesCmd) Run(ctx context.Context, a *app) error {
	return a.withBackend(ctx, func(ctx context.Context, p *backend) error {
		types, err := p.manager.Types(ctx, p.session, c.Name)
		if err != nil {
			return err
		}
		if len(types) == 0 && c.Name != "" {
			return &manage.UnknownTypeError{Name: c.Name, Hint: "; nothing matches, see connectors types"}
		}
		if c.JSON {
			return a.printJSON(types)
		}
		w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "NAME\tTITLE\tTOOLS HERE\tOWN TEMPLATE\tDEFINITION ID")
		for _, t := range types {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", terminal.Plain(t.Name), terminal.Plain(t.Title), yesOrDash(t.Cataloged), yesOrDash(t.Own),
				t.DefinitionID)
		}
		return w.Flush()
	})
}

func yesOrDash(b bool) string {
	if b {
		return "yes"
	}
	return "-"
}
