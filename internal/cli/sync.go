package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"airbyte-mcp-server/schemas"
)

// Run fetches what the API says a connector can do now, shows the difference from
// the catalog and writes it to the user's folder. It executes "describe", which is
// one Airbyte operation.
func (c *catalogSyncCmd) Run(ctx context.Context, a *app) error {
	p, err := a.open()
	if err != nil {
		return err
	}
	defer p.Close()
	ctx, cancel := context.WithTimeout(ctx, a.settings.CallTimeout)
	defer cancel()
	instance, answer, err := p.manager.Describe(ctx, p.session, c.Connector)
	if err != nil {
		return explain(err)
	}
	known, err := a.catalog().Connector(instance.Type)
	if errors.Is(err, schemas.ErrUnknownConnector) {
		known, err = &schemas.Connector{Name: strings.ToLower(instance.Type), Title: instance.TypeName, DefinitionID: instance.DefinitionID}, nil
	}
	if err != nil {
		return err
	}
	described, err := known.Described(answer)
	if err != nil {
		return err
	}
	if err := a.printDiff(known, described); err != nil || c.DryRun {
		return err
	}
	path, err := a.saveConnector(described)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Stdout, "written to %s\n", path)
	return err
}
