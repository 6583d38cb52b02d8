package cli

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"

	"airbyte-mcp-server/internal/cli/credentials"
	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools/manage"
)

type connectCmd struct {
	Type       string            `arg:"" completion-predictor:"type" help:"What to connect: a name or title from connectors types, e.g. github."`
	Name       string            `name:"name" help:"Name of the new connector; by default Airbyte's choice."`
	Method     string            `name:"method" help:"Way to authenticate, where there are several; see --show-fields."`
	Set        map[string]string `name:"set" mapsep:"none" placeholder:"FIELD=VALUE" help:"A setting that is no credential; repeatable."`
	ShowFields bool              `name:"show-fields" xor:"source" help:"Show what is asked for, and do nothing."`
	FromEnv    string            `name:"from-env" placeholder:"PREFIX" xor:"source" help:"${connect_from_env}"`
	FromFile   string            `name:"from-file" placeholder:"PATH" xor:"source" help:"${connect_from_file}"`
	FromStdin  bool              `name:"from-stdin" xor:"source" help:"Take them from standard input, in the same forms."`
	Browser    bool              `name:"browser" xor:"source" help:"${connect_browser}"`
	Open       bool              `name:"open" help:"With --browser, open the page in the browser too."`
	NoExecute  bool              `name:"no-execute" help:"Do not prove the credentials by one billed read."`
	JSON       bool              `name:"json" help:"Print JSON."`
}

// Help is shown below the flags.
func (*connectCmd) Help() string {
	return "Credentials never are arguments: without a --from-… or --browser they are asked for on the terminal, unseen. " +
		"They are checked by Airbyte, then proven by one billed read of one record."
}

// Run creates a connector.
func (c *connectCmd) Run(ctx context.Context, a *app) error {
	if c.ShowFields {
		return c.showFields(ctx, a)
	}
	if err := c.checkFlags(a); err != nil {
		return err
	}
	if err := a.mayWrite("connect"); err != nil {
		return err
	}
	a.asks = true
	p, err := a.open()
	if err != nil {
		return err
	}
	defer p.Close()
	a.status.Show("Asking Airbyte what this type needs")
	asked, err := p.manager.Setup(ctx, p.session, c.Type)
	a.status.Stop()
	if err != nil {
		return explain(err)
	}
	var done *manage.Connected
	if c.Browser {
		done, err = c.byBrowser(ctx, a, p, asked)
	} else {
		done, err = c.byValues(ctx, a, p, asked)
	}
	if err != nil {
		return explain(err)
	}
	return c.print(a, done)
}

// checkFlags finds what makes no sense before anything is asked of anybody.
func (c *connectCmd) checkFlags(a *app) error {
	switch {
	case c.Open && !c.Browser:
		return &usageError{err: errors.New("--open goes with --browser")}
	case c.Browser && (len(c.Set) > 0 || c.Method != "" || c.NoExecute):
		return &usageError{err: errors.New("--browser asks for the method and all fields on its page, and proves the credentials: " +
			"leave out --set, --method and --no-execute")}
	case c.FromEnv == "" && c.FromFile == "" && !c.FromStdin && !c.Browser && a.terminal() == nil:
		return &usageError{err: errors.New("there is no terminal to type credentials into: " +
			"use --from-env PREFIX, --from-file PATH, --from-stdin or --browser")}
	}
	return nil
}

// byValues creates the connector from values that are given here.
func (c *connectCmd) byValues(ctx context.Context, a *app, p *backend, asked *setup.Setup) (*manage.Connected, error) {
	v := setup.Values{Method: c.Method, Name: c.Name, Fields: map[string]string{}, Secrets: map[string]secret.Text{}}
	for name, value := range c.Set {
		if credentials.IsCredential(asked, name) {
			return nil, &usageError{err: fmt.Errorf("--set %s: this is a credential, which is no argument: "+
				"other users of this machine can read those, and shells remember them; "+
				"use --from-env, --from-file, --from-stdin or --browser, or type it in a terminal", name)}
		}
		v.Fields[name] = value
	}
	if err := c.gather(ctx, a, asked, &v); err != nil {
		return nil, err
	}
	a.status.Show("Checking the credentials")
	defer a.status.Stop()
	ctx, cancel := context.WithTimeout(ctx, a.settings.CallTimeout+a.settings.ExecuteTimeout)
	defer cancel()
	return p.manager.Connect(ctx, p.session, manage.ConnectRequest{Setup: asked, Values: v, Unbilled: c.NoExecute},
		func(step string) {
			fmt.Fprintln(a.Stderr, terminal.Plain(step))
			a.status.Show("Connecting %s", asked.Title)
		})
}

// gather takes the credentials from where the caller has them.
func (c *connectCmd) gather(ctx context.Context, a *app, asked *setup.Setup, v *setup.Values) error {
	var err error
	switch {
	case c.FromEnv != "":
		err = credentials.FromEnv(a.LookupEnv, c.FromEnv, asked, v)
	case c.FromFile != "":
		err = credentials.FromFile(c.FromFile, asked, v)
	case c.FromStdin:
		err = credentials.Read(a.Stdin, asked, v)
	default:
		err = credentials.Ask(ctx, a.terminal(), asked, v)
	}
	if source, ok := errors.AsType[*credentials.SourceError](err); ok {
		return &usageError{err: source}
	}
	return err
}

// errNotCreated is the end of a wait for a page that nobody has filled in.
var errNotCreated = errors.New("interrupted; nothing was created")

// byBrowser creates the connector from what is filled in on a page.
func (c *connectCmd) byBrowser(ctx context.Context, a *app, p *backend, asked *setup.Setup) (*manage.Connected, error) {
	ticket, err := p.manager.OpenForm(p.session, asked, c.Name)
	if err != nil {
		return nil, err
	}
	if another := p.manager.AnotherOf(ctx, p.session, asked, c.Name); another != "" {
		fmt.Fprintln(a.Stderr, terminal.Plain(another))
	}
	fmt.Fprintf(a.Stderr, "Fill in this page in a browser on this machine, within ten minutes; it works once:\n  %s\n", ticket.URL())
	if c.Open {
		openBrowser(ctx, a, launchURL(ticket))
	}
	a.status.Show("Waiting for the page to be filled in; Ctrl-C gives up")
	done, err := ticket.Wait(ctx)
	a.status.Stop()
	if errors.Is(err, context.Canceled) {
		return nil, errNotCreated
	}
	if err != nil {
		return nil, fmt.Errorf("nothing was created: %w", err)
	}
	for _, step := range done.Checks {
		fmt.Fprintln(a.Stderr, terminal.Plain(step))
	}
	return done, nil
}

// launchURL is what the arguments of a browser may show to other users of this machine.
func launchURL(page manage.Ticket) string {
	if t, ok := page.(interface{ LaunchURL() string }); ok {
		return t.LaunchURL()
	}
	return page.URL()
}

// openBrowser shows a page by the means of the system. The address is printed anyway.
func openBrowser(ctx context.Context, a *app, url string) {
	command := map[string][]string{"darwin": {"open"}, "windows": {"rundll32", "url.dll,FileProtocolHandler"}}[runtime.GOOS]
	if command == nil {
		command = []string{"xdg-open"}
	}
	browser := exec.CommandContext(context.WithoutCancel(ctx), command[0], append(command[1:], url)...) //nolint:gosec // an address of our own
	if err := browser.Start(); err != nil {
		fmt.Fprintf(a.Stderr, "No browser could be opened: %v\n", err)
		return
	}
	go func() { _ = browser.Wait() }() // what becomes of it is the person's affair
}

// print shows what came of it. A connector whose credentials do not work is there, but
// it is not what was asked for.
func (c *connectCmd) print(a *app, done *manage.Connected) error {
	if c.JSON {
		if err := a.printJSON(done); err != nil {
			return err
		}
		return c.failure(a, done)
	}
	state := "its credentials have not been tried"
	if done.Proven {
		state = "its credentials work"
	} else if c.failure(a, done) != nil {
		state = "its credentials do not work"
	}
	text := fmt.Sprintf("Connected %q (%s, id %s) in workspace %q; %s.\n", done.Name, c.Type, done.ID, a.settings.Workspace, state)
	if done.Next != "" {
		text += "Next: " + done.Next + ".\n"
	}
	if _, err := fmt.Fprint(a.Stdout, terminal.Plain(text)); err != nil {
		return err
	}
	return c.failure(a, done)
}

// failure reports credentials that were tried and did not work.
func (c *connectCmd) failure(a *app, done *manage.Connected) error {
	if done.Proven || c.NoExecute || done.Type == "" {
		return nil
	}
	conn, err := a.catalog().Connector(done.Type)
	if err != nil {
		return err
	}
	if _, _, _, tried := setup.CheckAction(conn); !tried {
		return nil
	}
	return &unprovenError{fmt.Errorf("the connector was created (id %s), but its credentials do not work", done.ID)}
}

// unprovenError is about credentials that a check or the vendor has refused.
type unprovenError struct{ error }

// Kind is that of refused credentials.
func (*unprovenError) Kind() string { return manage.KindRejected }
