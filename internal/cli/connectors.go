package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"airbyte-mcp-server/tools/calls"
)

type connectorsCmd struct {
	List   connectorsListCmd   `cmd:"" default:"withargs" help:"List the connectors of the workspace."`
	Show   connectorsShowCmd   `cmd:"" help:"Show a connector and its configuration, secrets masked."`
	Check  connectorsCheckCmd  `cmd:"" help:"Have Airbyte check a connector's configuration."`
	Update connectorsUpdateCmd `cmd:"" help:"Rename a connector, or replace its settings."`
	Delete connectorsDeleteCmd `cmd:"" help:"Delete a connector, with its credentials and its data."`
	Types  connectorsTypesCmd  `cmd:"" help:"List the types of services that can be connected."`
}

// connectorRef says which connector is meant.
type connectorRef struct {
	Ref string `arg:"" name:"connector" completion-predictor:"connector" help:"Alias, name, type or id, see connectors list."`
}

// changeConnector calls a tool that changes a connector, so that policy, rules and audit hold
// for the command as they do for the tool.
func changeConnector(ctx context.Context, d calls.Dialog, p *backend, tool string, arguments map[string]any, answer any) error {
	raw, err := json.Marshal(arguments)
	if err != nil {
		return fmt.Errorf("encoding the arguments of %s: %w", tool, err)
	}
	result, err := p.manager.Calls().Call(ctx, p.session, d, tool, raw)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(result.Data, answer); err != nil {
		return fmt.Errorf("reading the answer of %s: %w", tool, err)
	}
	return nil
}
