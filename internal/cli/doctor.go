package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/rs/zerolog"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/doctor"
)

type doctorCmd struct {
	Host    string `name:"host" placeholder:"NAME" help:"Look at what this MCP host's file says of the server, as install wrote it."`
	Entry   string `name:"entry" default:"airbyte" help:"With --host, name of the server in the file."`
	Scope   string `name:"scope" enum:"user,project" default:"user" help:"With --host, your file or that of the project in this folder."`
	Execute bool   `name:"execute" help:"Send one billed execute request for each connector: a read of one record."`
	JSON    bool   `name:"json" help:"Print JSON."`
	Verbose bool   `name:"verbose" short:"v" help:"Show the details of what is well, too."`
}

// Help is shown below the flags.
func (*doctorCmd) Help() string {
	return "Nothing is created, and without --execute nothing is billed. Exit codes: 0 well, or the code of the first layer " +
		"with a problem: " + doctor.ExitCodes() + "; of a host's: " + doctor.HostExitCodes() + "."
}

// problemFoundError is the result of an examination with a problem. It has been printed.
type problemFoundError struct{ code int }

func (e *problemFoundError) Error() string {
	return fmt.Sprintf("a problem was found (code %d)", e.code)
}
func (e *problemFoundError) Unwrap() error { return errReported }

// Run examines the installation.
func (c *doctorCmd) Run(ctx context.Context, a *app) error { return c.examine(ctx, a, nil) }

// examine looks at everything; with a fault, at what can be looked at in spite of it.
func (c *doctorCmd) examine(ctx context.Context, a *app, fault error) error {
	if c.Host != "" {
		return c.examineHost(ctx, a)
	}
	subject := doctor.Subject{
		Version: a.version(), Catalog: a.catalog(), CatalogFolder: a.catalogFolder(), Settings: a.settings, Fault: fault,
		Session: a.session(), Variant: a.variant, Execute: c.Execute, SelfTest: a.selfTest,
		Tell: func(text string) { fmt.Fprintln(a.Stderr, "airbyte-mcp-server doctor: "+text) },
		Waiting: func(layer string, limit time.Duration) {
			a.status.Show("Looking at %s, %s at most", layer, limit)
		},
	}
	if a.settings.LogLevel == zerolog.InfoLevel.String() {
		a.log = a.log.Level(zerolog.WarnLevel) // the report says it better
	}
	if fault == nil {
		p, err := a.open()
		if err == nil {
			defer p.Close()
			subject.Client, subject.Manager, subject.Session = p.client, p.manager, p.session
		}
		subject.Fault = err
	}
	screen := doctor.NewScreen(a.Stdout, a.showsSymbols(), c.Verbose)
	subject.Looking = func(layer string) {
		a.status.Stop() // the time of each layer counts by itself
		a.status.Show("Looking at %s", layer)
	}
	if !c.JSON {
		subject.Found = screen.Layer
	}
	report := doctor.Examine(ctx, subject)
	a.status.Stop()
	return c.tell(ctx, a, screen, report)
}

// tell prints what is left of a report, and makes its code the program's.
func (c *doctorCmd) tell(ctx context.Context, a *app, screen *doctor.Screen, report *doctor.Report) error {
	if signal := signalOf(ctx); signal != nil && report.Interrupted {
		report.ExitCode = signal.code()
	}
	show := screen.Verdict
	if c.JSON {
		show = func(r *doctor.Report) error { return a.printJSON(r) }
	}
	if err := show(report); err != nil {
		return err
	}
	if report.ExitCode != 0 {
		return &problemFoundError{report.ExitCode}
	}
	return nil
}

// showsSymbols reports whether the output is a terminal that knows more than ASCII.
func (a *app) showsSymbols() bool {
	f, ok := a.Stdout.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&fs.ModeCharDevice == 0 {
		return false
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale, _ := a.LookupEnv(name); locale != "" { // the first that is set counts
			return strings.Contains(strings.ToUpper(strings.ReplaceAll(locale, "-", "")), "UTF8")
		}
	}
	return false
}

// variant lets a function ask with another organization and dialect.
func (a *app) variant(organization string, d airbyte.Dialect, ask func(*airbyte.Client)) error {
	if a.settings.Sandbox {
		return errors.New("the sandbox has one organization")
	}
	settings := *a.settings
	settings.OrganizationID, settings.APIDialect = organization, string(d)
	other := *a
	other.settings = &settings
	p, err := other.open()
	if err != nil {
		return err
	}
	defer p.Close()
	ask(p.client)
	return nil
}

// isAskedFor reports whether doctor is the command whose settings cannot be used: it
// exists to say what is wrong with them. A command line that makes no sense is the
// usual kind of error.
func (c *doctorCmd) isAskedFor(kctx *kong.Context, fault error) bool {
	if wrong, ok := errors.AsType[*kong.ParseError](fault); ok {
		kctx = wrong.Context
	}
	if kctx == nil || kctx.Error != nil || kctx.Selected() == nil || kctx.Selected().Name != "doctor" {
		return false
	}
	for _, el := range kctx.Path { // the flags may not have been applied yet
		c.JSON = c.JSON || el.Flag != nil && el.Flag.Name == "json"
		if el.Flag != nil && el.Flag.Name == "host" {
			c.Host = kctx.Value(el).String()
		}
	}
	return true
}
