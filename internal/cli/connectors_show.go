package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/tools"
)

type connectorsShowCmd struct {
	connectorRef

	JSON bool `name:"json" help:"Print JSON."`
}

// Run shows one connector.
func (c *connectorsShowCmd) Run(ctx context.Context, a *app) error {
	return a.withBackend(ctx, func(ctx context.Context, p *backend) error {
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
			_, err = fmt.Fprintf(a.Stdout, "\nconfiguration, secrets masked\n%s\n", terminal.Plain(indent(u.Config)))
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
