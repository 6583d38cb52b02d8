// Package cli has the commands of the program, each a thin layer over the
// packages that do the work.
package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/rs/zerolog"

	"airbyte-mcp-server/internal/cli/manual"
	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/internal/hostfile"
)

// Process is what the commands may know of the process that they run in.
type Process struct {
	Version    string   // of the last release, without a "v"
	Args       []string // without the program's name
	Stdin      io.Reader
	Stdout     io.Writer // results and, when serving over stdio, the protocol
	Stderr     io.Writer // logs and errors
	IsTerminal bool      // Stderr is a terminal
	LookupEnv  func(string) (string, bool)
	HomeDir    string
	ConfigDir  string
	Executable string // path of this program
	// SetMemoryLimit tells the Go runtime how much memory it may use; nil for nobody.
	SetMemoryLimit func(bytes int64)
	// Hangups are signals to read again what may change while serving. Until it is
	// called, they end the process as usual.
	Hangups func() <-chan os.Signal
}

// program is the root of the command line.
type program struct {
	Settings config.Settings `embed:""`

	Demo       demoCmd        `cmd:"" group:"start" exits:"1,2" help:"Show the main job on the emulator; needs no account."`
	Doctor     doctorCmd      `cmd:"" group:"start" help:"Say what works and what does not, layer by layer, and what to do about it."`
	Install    installCmd     `cmd:"" group:"start" exits:"2,3,4,5,8" help:"Put this server into an MCP host, such as Claude Desktop or VS Code."`
	Connect    connectCmd     `cmd:"" group:"services" exits:"2,3,4,5,7,8" help:"Connect a service: create a connector."`
	Connectors connectorsCmd  `cmd:"" group:"services" exits:"2,3,4,6" help:"List, show, check, update and delete the connectors of the workspace."`
	Workspaces workspacesCmd  `cmd:"" group:"services" exits:"2,3,4,6" help:"List, show and create workspaces."`
	Serve      serveCmd       `cmd:"" group:"tools" exits:"2,3" help:"Serve MCP over stdio, or over HTTP with --http: what a host starts."`
	Tools      toolsCmd       `cmd:"" group:"tools" exits:"2,4" help:"List the tools of the catalog, show one, or find some by a question."`
	Call       callCmd        `cmd:"" group:"tools" exits:"2,3,4,5,6,7,8,9" help:"Call one tool and print its answer."`
	Keys       keysCmd        `cmd:"" group:"operate" exits:"2,4" help:"Make, list and revoke API keys of HTTP callers."`
	Audit      auditCmd       `cmd:"" group:"operate" exits:"2" help:"Verify an audit log."`
	Health     healthcheckCmd `cmd:"" name:"healthcheck" group:"operate" exits:"2" help:"Ask a server over HTTP whether it is alive."`
	Catalog    catalogCmd     `cmd:"" group:"extend" exits:"2,4" help:"Inspect, import and compare catalogs of connectors."`
	Sandbox    sandboxCmd     `cmd:"" group:"extend" exits:"2" help:"Run the emulator of the hosted API, alone or around a command."`
	Config     configCmd      `cmd:"" name:"config" group:"about" exits:"2" help:"Show the configuration."`
	Completion completionCmd  `cmd:"" group:"about" exits:"2" help:"Print the script that completes command lines in a shell."`
	Help       helpCmd        `cmd:"" group:"about" exits:"2" help:"Tell more of a command or a topic."`
	Version    versionCmd     `cmd:"" group:"about" exits:"2" help:"Print the version."`
}

// optionsFor lets kong read a command line as the commands are written.
func optionsFor(env config.Env) []kong.Option { return append(config.Options(env), longHelp) }

// longHelp has the words on flags that do not fit beside them.
var longHelp = kong.Vars{
	"call_raw":            "Call CONNECTOR ENTITY ACTION [JSON] as it is, unchecked, e.g. a pair newer than the catalog.",
	"connect_browser":     "Take them on a web page of this machine; vendors' consent pages work only so.",
	"connect_from_env":    "Take them from environment variables: PREFIX and the field's name in capitals.",
	"connect_from_file":   "Take them from a file of mode 0600: JSON, or FIELD=VALUE lines.",
	"connectors_settings": "The whole new settings (replication_config), a JSON object: here, in a file or on standard input.",
	"install_hosts":       strings.Join(hostfile.Names(), ", ") + "; by default those that are here.",
	"keys_valid":          "How long the key is good, e.g. 2160h; by default until it is revoked.",
	"sandbox_addr":        "Address to listen on, of this machine; by default 127.0.0.1:8899, or with a command any free port.",
	"serve_http":          "Serve over HTTP on this address, e.g. 127.0.0.1:8080, instead of stdio.",
	"serve_peer_url": "Where the other replicas reach this one, such as http://10.1.2.3:8080; " +
		"by default the address that it listens on.",
	"serve_state": "Redis or Valkey that the replicas of a server over HTTP share, such as redis://redis:6379/0; " +
		"one replica needs none.",
}

// app is what every command gets.
type app struct {
	Process
	settings *config.Settings
	log      zerolog.Logger
	stateURL string           // of what the replicas share, "" for nothing
	tls      *tls.Config      // with which a server over HTTP serves; nil for plain HTTP
	asks     bool             // for credentials by itself, and for no assistant
	explains bool             // missing credentials, to whoever calls, instead of ending with them
	status   *terminal.Status // says on a terminal what is waited for; nil shows nothing
	peerURL  string           // where the other replicas reach this one, "" for what it listens on
}

// Main runs the program and returns its exit code, see exitCode.
func Main(ctx context.Context, p Process) int {
	err := run(ctx, p)
	if p.isClosedOutput(err) {
		err = nil
	}
	if err != nil && !errors.Is(err, errReported) {
		fmt.Fprintln(p.Stderr, "airbyte-mcp-server: "+failureText(err))
	}
	return exitCode(err)
}

// exit is how kong asks to end the program, after --help.
type exit int

func run(ctx context.Context, p Process) (err error) {
	env := config.Env{LookupEnv: p.LookupEnv, HomeDir: p.HomeDir, ConfigDir: p.ConfigDir}
	if p.completes(ctx, env) {
		return nil
	}
	if isSelfContained(p.Args) {
		env = config.Env{}
	}
	root := &program{}
	defer func() {
		if code, ok := recover().(exit); ok {
			err = nil
			if code != 0 {
				err = errReported
			}
		}
	}()
	parser, err := p.parser(root, env)
	if err != nil {
		return err
	}
	kctx, err := parser.Parse(spelt(p.Args))
	if err == nil {
		err = root.Settings.Complete(kctx, env)
	}
	a := &app{settings: &root.Settings}
	serves := kctx != nil && (strings.HasPrefix(kctx.Command(), "serve") || strings.HasPrefix(kctx.Command(), "sandbox"))
	a.Process, a.status = p.withStatus(!serves && !root.Settings.NoProgress)
	defer a.status.Stop()
	a.log = logger(a.Process, &root.Settings)
	if err != nil && root.Doctor.isAskedFor(kctx, err) {
		return root.Doctor.examine(ctx, a, err)
	}
	if err != nil {
		return &usageError{misspelt(err), commandOf(kctx, err)}
	}
	if !serves && a.log.GetLevel() == zerolog.InfoLevel {
		a.log = a.log.Level(zerolog.WarnLevel) // a command's own words are enough for the person who gave it
	}
	kctx.BindTo(ctx, (*context.Context)(nil))
	err = kctx.Run(a)
	if usage, ok := errors.AsType[*usageError](err); ok {
		usage.command = commandOf(kctx, nil)
	}
	if err == nil && serves {
		return nil // it has served until it was told to end
	}
	return interrupted(ctx, err)
}

// parser reads command lines into a program.
func (p Process) parser(root *program, env config.Env) (*kong.Kong, error) {
	return kong.New(root, append(optionsFor(env),
		kong.Name("airbyte-mcp-server"),
		kong.Description("Airbyte's hosted connectors as MCP tools. Not affiliated with Airbyte."),
		kong.Writers(p.Stdout, p.Stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.Help(manualFor(p.Args).Print),
		kong.ExplicitGroups(manual.Groups()),
		kong.OnlyCommand(servesAtOnce(p.Args)),
	)...)
}

// servesAtOnce is the command serve if that is what the arguments begin with, without asking
// for help: hosts wait for it, and the other commands need not be known.
func servesAtOnce(args []string) string {
	if len(args) == 0 || args[0] != "serve" || slices.ContainsFunc(args, func(arg string) bool { return arg == "-h" || arg == "--help" }) {
		return ""
	}
	return args[0]
}

// logger writes to stderr: lines of JSON, or for a person on a terminal, text.
func logger(p Process, s *config.Settings) zerolog.Logger {
	level, err := zerolog.ParseLevel(s.LogLevel)
	if err != nil {
		level = zerolog.InfoLevel // the settings were checked
	}
	out := p.Stderr
	if s.LogFormat == "console" || s.LogFormat == "auto" && p.IsTerminal {
		out = zerolog.ConsoleWriter{Out: p.Stderr, TimeFormat: time.TimeOnly, NoColor: !p.IsTerminal}
	}
	return zerolog.New(out).Level(level).With().Timestamp().Logger()
}
