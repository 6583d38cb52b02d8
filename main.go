// Command airbyte-mcp-server offers the connectors of Airbyte's hosted execution
// mode as MCP tools. See README.md.
package main

import (
	"context"
	_ "embed"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"airbyte-mcp-server/internal/cli"
)

// version is the version of the newest heading in CHANGELOG.md.
//
//go:embed VERSION
var version string

func main() { os.Exit(run()) }

// run is the only place that touches the state of the process.
func run() int {
	startWithoutCollections()
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	go waitForSignal(cancel)
	signal.Ignore(syscall.SIGPIPE)   // a closed stderr is no reason to die; a closed stdout is noticed when writing
	home, _ := os.UserHomeDir()      // empty: nothing is looked up there
	folder, _ := os.UserConfigDir()  // empty: there is no default config file
	executable, _ := os.Executable() // empty: the demo says so
	stderr, err := os.Stderr.Stat()
	return cli.Main(ctx, cli.Process{
		Version:        strings.TrimSpace(version),
		Args:           os.Args[1:],
		Stdin:          os.Stdin,
		Stdout:         os.Stdout,
		Stderr:         os.Stderr,
		IsTerminal:     err == nil && stderr.Mode()&os.ModeCharDevice != 0,
		LookupEnv:      os.LookupEnv,
		HomeDir:        home,
		ConfigDir:      folder,
		Executable:     executable,
		SetMemoryLimit: func(bytes int64) { debug.SetMemoryLimit(bytes) },
		Hangups: func() <-chan os.Signal {
			hangups := make(chan os.Signal, 1)
			signal.Notify(hangups, syscall.SIGHUP)
			return hangups
		},
	})
}

// startWithoutCollections lets the heap grow to 16 MB while the program starts, instead of
// 4 MB: what it reads then stays, and two collections of it were a fifth of the start.
func startWithoutCollections() {
	if _, isSet := os.LookupEnv("GOGC"); isSet {
		return
	}
	usual := debug.SetGCPercent(400)
	time.AfterFunc(time.Second, func() { debug.SetGCPercent(usual) })
}

// waitForSignal ends a context with the signal that asks the program to end. A second one
// ends the process at once.
func waitForSignal(end context.CancelCauseFunc) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	received := <-signals
	signal.Stop(signals)
	end(&cli.SignalError{Signal: received})
}
