package cli

import (
	"cmp"
	"context"
	"fmt"
	"text/tabwriter"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

type workspacesCmd struct {
	List   workspacesListCmd   `cmd:"" default:"withargs" help:"List the workspaces of the organization."`
	Show   workspacesShowCmd   `cmd:"" help:"Show one workspace."`
	Create workspacesCreateCmd `cmd:"" help:"Create a workspace."`
}

type workspacesListCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// workspaceEntry is a workspace as the commands print it.
type workspaceEntry struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	OrganizationID string `json:"organization_id"`
	Status         string `json:"status"`
	CreatedAt      string `json:"created_at,omitempty"`
	UpdatedAt      string `json:"updated_at,omitempty"`
}

// Run lists workspaces.
func (c *workspacesListCmd) Run(ctx context.Context, a *app) error {
	return a.withBackend(ctx, func(ctx context.Context, p *backend) error {
		list, err := p.client.Workspaces(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			entries := make([]workspaceEntry, len(list))
			for i, w := range list {
				entries[i] = workspaceEntry(w)
			}
			return a.printJSON(entries)
		}
		w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "NAME\tSTATUS\tID")
		for _, one := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\n", terminal.Plain(one.Name), cmp.Or(terminal.Plain(one.Status), "-"), one.ID)
		}
		return w.Flush()
	})
}

type workspacesShowCmd struct {
	Name string `arg:"" optional:"" completion-predictor:"workspace" help:"Name of the workspace; by default the one that is served."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run shows one workspace.
func (c *workspacesShowCmd) Run(ctx context.Context, a *app) error {
	return a.withBackend(ctx, func(ctx context.Context, p *backend) error {
		w, err := p.client.Workspace(ctx, cmp.Or(c.Name, a.settings.Workspace))
		if err != nil {
			return err
		}
		return a.printWorkspace(w, c.JSON)
	})
}

type workspacesCreateCmd struct {
	Name   string `arg:"" help:"Name of the new workspace."`
	Region string `name:"region" placeholder:"us|eu|UUID" help:"Where its data is kept; by default Airbyte's choice."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

// Run creates a workspace.
func (c *workspacesCreateCmd) Run(ctx context.Context, a *app) error {
	if err := a.mayWrite("workspaces create"); err != nil {
		return err
	}
	return a.withBackend(ctx, func(ctx context.Context, p *backend) error {
		w, err := c.create(ctx, p)
		if err != nil {
			return err
		}
		return a.printWorkspace(w, c.JSON)
	})
}

// create creates the workspace, and writes that down before and after.
func (c *workspacesCreateCmd) create(ctx context.Context, p *backend) (w airbyte.Workspace, err error) {
	tool := &tools.Tool{Name: "create_workspace", Effect: tools.Create, Entity: "workspaces", Action: schemas.ActionCreate}
	s := p.session
	s.Workspace = c.Name
	err = p.manager.Calls().Account(s, tool, func(call *calls.Call) error {
		if err := call.Intend(); err != nil {
			return err
		}
		w, err = p.client.CreateWorkspace(ctx, c.Name, c.Region)
		return err
	})
	return w, err
}

func (a *app) printWorkspace(w airbyte.Workspace, asJSON bool) error {
	if asJSON {
		return a.printJSON(workspaceEntry(w))
	}
	return a.printPairs([][2]string{
		{"name", w.Name}, {"id", w.ID}, {"status", w.Status}, {"organization", w.OrganizationID},
		{"created", w.CreatedAt}, {"updated", w.UpdatedAt},
	})
}

// printPairs prints names and values in two columns, without those that are not known.
func (a *app) printPairs(pairs [][2]string) error {
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	for _, pair := range pairs {
		if pair[1] != "" {
			fmt.Fprintf(w, "%s\t%s\n", pair[0], terminal.Plain(pair[1]))
		}
	}
	return w.Flush()
}
