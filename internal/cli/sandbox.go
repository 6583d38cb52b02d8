package cli

import (
	"context"
	"fmt"

	"airbyte-mcp-server/internal/sandbox"
)

type sandboxCmd struct {
	Addr    string   `name:"addr" default:"127.0.0.1:8899" help:"Address to listen on, of this machine."`
	Seed    uint64   `name:"seed" default:"1" help:"Seed of the data; the same seed gives the same records."`
	Dataset string   `name:"dataset" enum:"small,normal,large" default:"normal" help:"How many records there are: ${enum}."`
	State   string   `name:"state" placeholder:"FILE" help:"Keep what is created, changed and deleted in this file between runs."`
	Fault   []string `name:"fault" sep:"none" placeholder:"RULE" help:"Inject a fault, e.g. 'route=execute,nth=2,status=503'; repeatable."`
}

// Run serves the emulator until the process is told to stop.
func (c *sandboxCmd) Run(ctx context.Context, a *app) error {
	running, err := sandbox.Start(c.Addr, sandbox.Options{
		Catalog: a.catalog(), Log: a.log, Seed: c.Seed, Faults: c.Fault, Dataset: c.Dataset, StateFile: c.State,
	})
	if err != nil {
		return err
	}
	defer running.Close()
	k := running.Credentials()
	for _, line := range [][2]string{
		{"AIRBYTE_API_HOST", running.URL},
		{"AIRBYTE_CLOUD_HOST", running.URL},
		{"SDK_DEV_ADP_API_HOST", running.URL},
		{"AIRBYTE_CLIENT_ID", k.ClientID},
		{"AIRBYTE_CLIENT_SECRET", k.ClientSecret},
		{"AIRBYTE_ORGANIZATION_ID", k.OrganizationID},
		{"AIRBYTE_WORKSPACE", k.Workspace},
	} {
		if _, err := fmt.Fprintf(a.Stdout, "export %s=%s\n", line[0], line[1]); err != nil {
			return err
		}
	}
	<-ctx.Done()
	return nil
}
