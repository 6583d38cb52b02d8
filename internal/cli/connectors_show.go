package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"airbyte-mcp-server/internal/cli/terminal"
)

type connectorsShowCmd struct {
	connectorRef

	JSON bool `name:"json" help:"Print JSON."`
}

// Run shows one connector.
func (c *connectorsShowCmd) Run(ctx context.Context, a *app) error {
	return a.withBackend(ctx, func(ctx context.Context, p *backend) error {
		u, err := p.manager.Show(ctx, p.session, c.Ref, false)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.printJSON(u.Shown)
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

func indent(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}
