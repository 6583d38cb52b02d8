package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools"
)

type connectorsCmd struct {
	List   connectorsListCmd   `cmd:"" default:"withargs" help:"List the connectors of the workspace."`
	Show   connectorsShowCmd   `cmd:"" help:"Show a connector and its configuration, secrets masked."`
	Check  connectorsCheckCmd  `cmd:"" help:"Have Airbyte check a connector's configuration."`
	Update connectorsUpdateCmd `cmd:"" help:"Rename a connector, or replace its settings."`
	Delete connectorsDeleteCmd `cmd:"" help:"Delete a connector, with its credentials and its data."`
	Types  connectorsTypesCmd  `cmd:"" help:"List the types of services that can be connected."`
}

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
	return a.withPlatform(ctx, func(ctx context.Context, p *platform) error {
		list, err := p.box.Connectors(ctx, p.session)
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
func addStores(ctx context.Context, a *app, p *platform, rows []connectorRow) {
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
		_, err := fmt.Fprintf(a.Stdout, "Workspace %q has no connectors; connect one with airbyte-mcp-server connect, or at https://app.airbyte.ai.\n", a.settings.Workspace)
		return err
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tTYPE\tTOOLS\tALIAS\tSTORE\tID")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\n", plain(r.Name), plain(r.Type), r.Tools, cmp.Or(r.Alias, "-"), cmp.Or(plain(r.Store), "-"), r.ID)
	}
	return w.Flush()
}

// connectorRef says which connector is meant.
type connectorRef struct {
	Ref string `arg:"" name:"connector" help:"Alias, name, type or id, see connectors list."`
}

type connectorsShowCmd struct {
	connectorRef

	JSON bool `name:"json" help:"Print JSON."`
}

// Run shows one connector.
func (c *connectorsShowCmd) Run(ctx context.Context, a *app) error {
	return a.withPlatform(ctx, func(ctx context.Context, p *platform) error {
		u, err := p.box.Show(ctx, p.session, c.Ref, false)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(withoutCheck(u))
		}
		err = a.printPairs([][2]string{
			{"name", u.Name}, {"type", u.Type}, {"id", u.ID}, {"workspace", p.session.Workspace}, {"created", u.CreatedAt}, {"updated", u.UpdatedAt},
		})
		if err == nil && len(u.Config) > 0 {
			_, err = fmt.Fprintf(a.Stdout, "\nconfiguration, secrets masked\n%s\n", plain(indent(u.Config)))
		}
		return err
	})
}

// shown is a connector as show prints it: nothing was checked.
type shown struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Type      string          `json:"type"`
	Config    json.RawMessage `json:"config,omitempty"`
	CreatedAt string          `json:"created_at,omitempty"`
	UpdatedAt string          `json:"updated_at,omitempty"`
}

func withoutCheck(u *tools.Upkeep) shown {
	return shown{u.ID, u.Name, u.Type, u.Config, u.CreatedAt, u.UpdatedAt}
}

type connectorsCheckCmd struct {
	connectorRef

	Execute bool `name:"execute" help:"Try the credentials at the vendor, too: one billed read of one record."`
	JSON    bool `name:"json" help:"Print JSON."`
}

// examination is what check prints.
type examination struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Check    string `json:"check"`
	Passed   *bool  `json:"check_passed,omitempty"` // unknown where the API has no check
	Tried    string `json:"executed,omitempty"`
	Failure  string `json:"execution_failure,omitempty"`
	Worked   *bool  `json:"credentials_work,omitempty"` // unknown unless tried
	problems []error
}

// Run checks a connector: Airbyte's way, which is free, and by an execution.
func (c *connectorsCheckCmd) Run(ctx context.Context, a *app) error {
	return a.withPlatform(ctx, func(ctx context.Context, p *platform) error {
		found, err := p.box.Locate(ctx, p.session, c.Ref)
		if err != nil {
			return err
		}
		e := &examination{ID: found.ID, Name: found.Name}
		if err := e.check(ctx, p, c.Execute); err != nil {
			return err
		}
		if c.Execute {
			fmt.Fprintf(a.Stderr, "Sending one execute request, which is billed as one operation: %s\n", a.cheapest(found))
			if err := e.execute(ctx, p); err != nil {
				return err
			}
		}
		return e.print(a, c.JSON)
	})
}

// check asks Airbyte. That it has no check is an error unless more will be tried.
func (e *examination) check(ctx context.Context, p *platform, more bool) error {
	u, err := p.box.Show(ctx, p.session, e.ID, true)
	if unsupported(err) && more {
		e.Check = "this dialect of the API has no check"
		return nil
	}
	if err != nil {
		return err
	}
	e.Check, e.Passed = u.Check, &u.Healthy
	if !u.Healthy {
		e.problems = append(e.problems, errors.New("the check failed"))
	}
	return nil
}

func (e *examination) execute(ctx context.Context, p *platform) error {
	tried, err := p.box.Prove(ctx, p.session, e.ID)
	if tried == "" {
		return err // no such action is no problem
	}
	worked := err == nil
	e.Tried, e.Worked = tried, &worked
	if err != nil {
		e.Failure = err.Error()
		e.problems = append(e.problems, err)
	}
	return nil
}

func (e *examination) print(a *app, asJSON bool) error {
	if asJSON {
		if err := a.printJSON(e); err != nil {
			return err
		}
		return e.problem()
	}
	fmt.Fprintf(a.Stdout, "%s (%s)\ncheck: %s\n", plain(e.Name), e.ID, plain(e.Check))
	switch {
	case e.Worked == nil:
	case *e.Worked:
		fmt.Fprintf(a.Stdout, "%s works: the vendor takes the credentials\n", e.Tried)
	default:
		fmt.Fprintf(a.Stdout, "%s failed: %s\n", e.Tried, plain(e.Failure))
	}
	return e.problem()
}

// problem is the last that was found, for the exit code; all have been printed.
func (e *examination) problem() error {
	if len(e.problems) == 0 {
		return nil
	}
	return e.problems[len(e.problems)-1]
}

// cheapest names the action by which credentials are tried.
func (a *app) cheapest(c airbyte.Connector) string {
	catalog := a.catalog()
	slug, err := catalog.Match(c.DefinitionID, c.Type, c.TypeName)
	if err != nil || slug == "" {
		return "no action is known for this type, so nothing is sent"
	}
	conn, err := catalog.Connector(slug)
	if err != nil {
		return "no action is known for this type, so nothing is sent"
	}
	entity, action, _, ok := setup.CheckAction(conn)
	if !ok {
		return "no action of this type needs so little, so nothing is sent"
	}
	return conn.ToolName(entity.Name, action.Name) + ", one record"
}
