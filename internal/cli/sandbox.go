package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/rs/zerolog"

	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/internal/sandbox"
)

type sandboxCmd struct {
	Addr    string   `name:"addr" placeholder:"ADDR" help:"${sandbox_addr}"`
	Seed    uint64   `name:"seed" default:"1" help:"Seed of the data; the same seed gives the same records."`
	Dataset string   `name:"dataset" enum:"small,normal,large" default:"normal" help:"How many records there are: ${enum}."`
	Dialect string   `name:"dialect" enum:"both,current,seed" default:"both" help:"Dialect of the routes that are served: ${enum}."`
	State   string   `name:"state" placeholder:"FILE" help:"Keep what is created, changed and deleted in this file between runs."`
	Fault   []string `name:"fault" sep:"none" placeholder:"RULE" help:"Inject a fault, see help faults; repeatable."`
	Verbose bool     `name:"verbose" short:"v" help:"Log each request: route, connector, action, status, time."`
	Command []string `arg:"" optional:"" name:"command" help:"Behind --: a command to run with the sandbox's variables. Both end together, with its exit code."`
}

// sandboxAddress is where a sandbox listens without a command. One around a command takes a
// free port, since nobody needs to know it.
const sandboxAddress = "127.0.0.1:8899"

// Run serves the emulator until the process is told to stop, or the command has ended.
func (c *sandboxCmd) Run(ctx context.Context, a *app) error {
	address := c.Addr
	switch {
	case address == "" && len(c.Command) > 0:
		address = "127.0.0.1:0"
	case address == "":
		address = sandboxAddress
	}
	log := a.log
	if c.Verbose {
		log = log.Level(min(log.GetLevel(), zerolog.InfoLevel))
	}
	running, err := sandbox.Start(address, sandbox.Options{
		Catalog: a.catalog(), Log: log, Seed: c.Seed, Faults: c.Fault, Dataset: c.Dataset, Dialect: c.Dialect, StateFile: c.State,
		LogRequests: c.Verbose,
	})
	if err != nil {
		return err
	}
	defer running.Close()
	variables := running.Credentials().Variables(running.URL)
	if len(c.Command) > 0 {
		return a.runWith(ctx, variables, c.Command)
	}
	// In one write: who waits until the file has something must find all of it.
	var lines strings.Builder
	for _, line := range variables {
		fmt.Fprintf(&lines, "export %s=%s\n", line[0], line[1])
	}
	if _, err := io.WriteString(a.Stdout, lines.String()); err != nil {
		return err
	}
	if t := terminal.Open(a.Stdin, a.Stderr); t != nil {
		t.Printf("The sandbox listens at %s, where a page tells what is in it. Clients need the lines above in their environment; "+
			"sandbox -- COMMAND runs one with them. Ctrl-C ends it.\n", running.URL)
	}
	<-ctx.Done()
	return nil
}
