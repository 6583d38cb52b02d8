package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/internal/sandbox"
)

type sandboxCmd struct {
	Addr    string   `name:"addr" default:"127.0.0.1:8899" help:"Address to listen on, of this machine."`
	Seed    uint64   `name:"seed" default:"1" help:"Seed of the data; the same seed gives the same records."`
	Dataset string   `name:"dataset" enum:"small,normal,large" default:"normal" help:"How many records there are: ${enum}."`
	Dialect string   `name:"dialect" enum:"both,current,seed" default:"both" help:"Dialect of the routes that are served: ${enum}."`
	State   string   `name:"state" placeholder:"FILE" help:"Keep what is created, changed and deleted in this file between runs."`
	Fault   []string `name:"fault" sep:"none" placeholder:"RULE" help:"Inject a fault, e.g. 'route=execute,nth=2,status=503'; repeatable."`
}

// Run serves the emulator until the process is told to stop.
func (c *sandboxCmd) Run(ctx context.Context, a *app) error {
	running, err := sandbox.Start(c.Addr, sandbox.Options{
		Catalog: a.catalog(), Log: a.log, Seed: c.Seed, Faults: c.Fault, Dataset: c.Dataset, Dialect: c.Dialect, StateFile: c.State,
	})
	if err != nil {
		return err
	}
	defer running.Close()
	// In one write: who waits until the file has something must find all of it.
	var lines strings.Builder
	for _, line := range environment(running) {
		fmt.Fprintf(&lines, "export %s=%s\n", line[0], line[1])
	}
	if _, err := io.WriteString(a.Stdout, lines.String()); err != nil {
		return err
	}
	if t := terminal.Open(a.Stdin, a.Stderr); t != nil {
		t.Printf("The sandbox listens at %s; clients need the lines above in their environment. Ctrl-C ends it.\n", running.URL)
	}
	<-ctx.Done()
	return nil
}

// environment points clients at the emulator: this program and Airbyte's own
// command line and SDKs, then PyAirbyte, which has other names for most things.
func environment(running *sandbox.Running) [][2]string {
	k := running.Credentials()
	return [][2]string{
		{"AIRBYTE_API_HOST", running.URL},
		{"AIRBYTE_CLOUD_HOST", running.URL},
		{"AIRBYTE_WEBAPP_URL", running.URL},
		{"SDK_DEV_ADP_API_HOST", running.URL},
		{"AIRBYTE_CLIENT_ID", k.ClientID},
		{"AIRBYTE_CLIENT_SECRET", k.ClientSecret},
		{"AIRBYTE_ORGANIZATION_ID", k.OrganizationID},
		{"AIRBYTE_WORKSPACE", k.Workspace},
		{"AIRBYTE_AGENTS_API_URL", running.URL + "/api/v1"},
		{"AIRBYTE_CLOUD_API_URL", running.URL + "/v1"},
		{"AIRBYTE_CLOUD_CLIENT_ID", k.ClientID},
		{"AIRBYTE_CLOUD_CLIENT_SECRET", k.ClientSecret},
		{"AIRBYTE_CLOUD_ORGANIZATION_ID", k.OrganizationID},
		{"AIRBYTE_CLOUD_WORKSPACE_ID", k.WorkspaceID},
	}
}
