package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/schemas/setup"
)

type connectorsCheckCmd struct {
	connectorRef

	Execute bool `name:"execute" help:"Try the credentials at the vendor, too: one billed read of one record."`
	JSON    bool `name:"json" help:"Print JSON."`
}

// errInconclusive is about a check without a verdict.
var errInconclusive = errors.New("the check is not conclusive: try again later, or try the credentials by --execute")

// examination is what check prints.
type examination struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Check    string `json:"check"`
	Passed   *bool  `json:"check_passed,omitempty"` // unknown where the API has no check, or the check no verdict
	Tried    string `json:"executed,omitempty"`
	Failure  string `json:"execution_failure,omitempty"`
	Worked   *bool  `json:"credentials_work,omitempty"` // unknown unless tried
	problems []error
}

// Run checks a connector: Airbyte's way, which is free, and by an execution.
func (c *connectorsCheckCmd) Run(ctx context.Context, a *app) error {
	return a.withBackend(ctx, func(ctx context.Context, p *backend) error {
		found, err := p.manager.Locate(ctx, p.session, c.Ref)
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
func (e *examination) check(ctx context.Context, p *backend, more bool) error {
	u, err := p.manager.Show(ctx, p.session, e.ID, true)
	if unsupported(err) && more {
		e.Check = "this dialect of the API has no check"
		return nil
	}
	if err != nil {
		return err
	}
	e.Check, e.Passed = u.Check, u.Passed
	switch {
	case e.Passed == nil:
		e.problems = append(e.problems, errInconclusive)
	case !*e.Passed:
		e.problems = append(e.problems, &unprovenError{errors.New("the check failed")})
	}
	return nil
}

func (e *examination) execute(ctx context.Context, p *backend) error {
	tried, err := p.manager.Prove(ctx, p.session, e.ID)
	if tried == "" {
		return err // no such action is no problem
	}
	worked := err == nil
	e.Tried, e.Worked = tried, &worked
	if worked {
		e.problems = slices.DeleteFunc(e.problems, func(p error) bool { return errors.Is(p, errInconclusive) })
	}
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
	fmt.Fprintf(a.Stdout, "%s (%s)\ncheck: %s\n", terminal.Plain(e.Name), e.ID, terminal.Plain(e.Check))
	switch {
	case e.Worked == nil:
	case *e.Worked:
		fmt.Fprintf(a.Stdout, "%s works: the vendor takes the credentials\n", e.Tried)
	default:
		fmt.Fprintf(a.Stdout, "%s failed: %s\n", e.Tried, terminal.Plain(e.Failure))
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
