package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/schemas"
)

type catalogSyncCmd struct {
	Connector string `arg:"" completion-predictor:"connector" help:"Connector type, instance name or instance id."`
	DryRun    bool   `name:"dry-run" help:"Show the difference only; this is billed too."`
	Force     bool   `name:"force" help:"Write the file even if there is no difference."`
}

// Run fetches what the API says a connector can do now, shows the difference from
// the catalog and, if there is one, writes it to the user's folder. It executes "describe",
// which is one Airbyte operation.
func (c *catalogSyncCmd) Run(ctx context.Context, a *app) error {
	p, err := a.open()
	if err != nil {
		return err
	}
	defer p.Close()
	ctx, cancel := context.WithTimeout(ctx, a.settings.CallTimeout)
	defer cancel()
	a.status.Show("Asking Airbyte")
	defer a.status.Stop()
	meant, err := p.manager.Locate(ctx, p.session, c.Connector)
	if err != nil {
		return explain(err)
	}
	fmt.Fprintf(a.Stderr, "Asking the API what %q can do now: one billed operation.\n", cleantext.Clip(meant.Name, cleantext.MaxQuoted))
	a.status.Show("Asking the API what it can do")
	instance, answer, err := p.manager.Describe(ctx, p.session, meant.ID)
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
	return c.take(a, known, described)
}

// take shows the difference and writes the file where there is one.
func (c *catalogSyncCmd) take(a *app, known, described *schemas.Connector) error {
	lines, err := differences(known, described)
	if err != nil {
		return err
	}
	same := len(lines) == 0 && known.DefinitionID == described.DefinitionID
	if len(lines) == 0 {
		lines = []string{"no difference"}
	}
	if same && !c.DryRun && !c.Force {
		lines = append(lines, "nothing was written: the catalog has all of it already (--force writes the file nevertheless)")
	}
	if _, err := fmt.Fprintln(a.Stdout, strings.Join(lines, "\n")); err != nil || c.DryRun || same && !c.Force {
		return err
	}
	path, err := a.saveConnector(described)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Stdout, "written to %s\n", path)
	return err
}
