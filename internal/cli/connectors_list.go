package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/tools"
)

type connectorsListCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// connectorRow is a connector with what is known of its Context Store.
type connectorRow struct {
	tools.ConnectorSummary

	Store string `json:"context_store,omitempty"`
}

// Run lists the connectors of the workspace.
func (c *connectorsListCmd) Run(ctx context.Context, a *app) error {
	return a.withBackend(ctx, func(ctx context.Context, p *backend) error {
		list, err := p.manager.Directory().Connectors(ctx, p.session)
		if err != nil {
			return err
		}
		rows := make([]connectorRow, len(list))
		for i, r := range list {
			rows[i].ConnectorSummary = r
		}
		if len(rows) > 0 {
			addStores(ctx, a, p, rows)
		}
		return c.print(a, rows)
	})
}

// addStores adds what is known of stores; the list is worth printing without.
func addStores(ctx context.Context, a *app, p *backend, rows []connectorRow) {
	statuses, err := p.client.StoreStatuses(ctx, "")
	if err != nil {
		a.log.Debug().Err(err).Msg("the Context Stores are not known")
		return
	}
	known := map[string]string{}
	for _, s := range statuses {
		known[strings.ToLower(s.ConnectorID)] = s.Status
	}
	for i := range rows {
		rows[i].Store = known[strings.ToLower(rows[i].ID)]
	}
}

func (c *connectorsListCmd) print(a *app, rows []connectorRow) error {
	if c.JSON {
		return a.printJSON(rows)
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintf(a.Stdout,
			"Workspace %q has no connectors; connect one with airbyte-mcp-server connect, or at https://app.airbyte.ai.\n", a.settings.Workspace)
		return err
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tTYPE\tTOOLS\tALIAS\tSTORE\tID")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\n", terminal.Plain(r.Name), terminal.Plain(r.Type), r.Tools, cmp.Or(r.Alias, "-"),
			cmp.Or(terminal.Plain(r.Store), "-"), r.ID)
	}
	return w.Flush()
}
