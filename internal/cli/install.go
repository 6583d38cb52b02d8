package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/internal/hostfile"
	"airbyte-mcp-server/internal/lazyregexp"
)

type installCmd struct {
	Hosts []string `arg:"" optional:"" name:"host" help:"${install_hosts}"`

	Name     string `name:"name" default:"airbyte" help:"Name of the server in the host's file."`
	Scope    string `name:"scope" enum:"user,project" default:"user" help:"For yourself, or for the project in this folder."`
	Remote   string `name:"remote" placeholder:"URL" help:"A server over HTTP, in place of this program."`
	TokenEnv string `name:"token-env" placeholder:"NAME" help:"With --remote, variable of the host that has the token."`
	DryRun   bool   `name:"dry-run" xor:"mode" help:"Show the change, and make none."`
	Print    bool   `name:"print" xor:"mode" help:"Print what belongs into the file, to put it there by hand."`
	Remove   bool   `name:"remove" help:"Take the server out again."`
	Create   bool   `name:"create" help:"Make the file of a host that is not here."`
	Replace  bool   `name:"replace" hidden:"" help:"Replace an entry of the name that starts something else."`
	Plain    bool   `name:"plain-secrets" help:"Write credentials into the file, where other programs can read them."`
	NoStart  bool   `name:"no-start" hidden:"" help:"Do not start the server as the host would."`
	Yes      bool   `name:"yes" help:"Do not ask."`

	executable string
	passedOn   []string // flags of serve
}

// Help is shown below the flags.
func (*installCmd) Help() string {
	return "Settings (--connectors, --env-file, --read-only …) are passed on. Credentials stay out of the file."
}

// placed is a host with the file in which it keeps its servers.
type placed struct {
	hostfile.Host

	file   string
	change *hostfile.Change
}

// entryName is a name that every host takes.
var entryName = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// errAbsent is about a host that is not on this machine.
var errAbsent = errors.New("nothing was made")

// errUnwritten ends an installation that the person did not agree to.
var errUnwritten = errors.New("nothing was written, since that was not agreed to")

// Run puts this program into the files of hosts.
func (c *installCmd) Run(ctx context.Context, a *app) error {
	m, err := a.machine()
	if err != nil {
		return err
	}
	if err := c.checkFlags(a); err != nil {
		return err
	}
	list, err := c.chosen(m)
	if err != nil {
		return err
	}
	if c.passedOn, err = a.serveFlags(); err != nil {
		return err
	}
	c.executable = a.Executable
	access, err := c.access(ctx, a)
	if err != nil {
		return err
	}
	if c.Print {
		return c.printSnippets(a, m, list, access)
	}
	var faults []error
	var planned []placed
	for _, h := range list {
		if err := c.plan(m, &h, access); err != nil {
			faults = append(faults, err)
			continue
		}
		planned = append(planned, h)
		fmt.Fprintf(a.Stdout, "%s:%s\n", h.Title, terminal.Plain(c.says(h, access)))
	}
	if !c.DryRun && len(planned) > 0 {
		err := c.agree(ctx, a, planned, access)
		if err == nil {
			err = c.carryOut(ctx, a, m, planned, access)
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// machine is where hosts' files are looked for.
func (a *app) machine() (hostfile.Machine, error) {
	if a.HomeDir == "" {
		return hostfile.Machine{}, errors.New("the home folder is not known: set HOME")
	}
	folder, err := os.Getwd()
	return hostfile.Machine{OS: runtime.GOOS, Home: a.HomeDir, Project: folder, Env: a.LookupEnv}, err
}

func (c *installCmd) checkFlags(a *app) error {
	var err error
	switch {
	case !entryName.MatchString(c.Name):
		err = errors.New("--name: want letters, digits, - and _, since hosts make names of tools of it")
	case c.TokenEnv != "" && c.Remote == "":
		err = errors.New("--token-env goes with --remote")
	case c.Remote != "" && c.Plain:
		err = errors.New("--plain-secrets does not go with --remote")
	case c.Remove && c.Print:
		err = errors.New("--print does not go with --remove")
	case c.Remote != "":
		err = checkRemote(c.Remote)
	case hostfile.IsPassing(a.Executable):
		err = errors.New("this program was built for one run and will be gone: build or install it, and run install from there")
	case a.Executable == "" && !c.Remove:
		err = errors.New("the path of this program is not known")
	}
	if err != nil {
		return &usageError{err: err}
	}
	return nil
}

// chosen are the hosts that were named, or those that are here.
func (c *installCmd) chosen(m hostfile.Machine) ([]placed, error) {
	var list []placed
	for _, name := range c.Hosts {
		h, err := hostfile.Find(name)
		if err != nil {
			return nil, &usageError{err: err}
		}
		if !slices.ContainsFunc(list, func(p placed) bool { return p.Name == h.Name }) {
			list = append(list, placed{Host: h})
		}
	}
	if len(c.Hosts) > 0 {
		return list, nil
	}
	for _, h := range hostfile.All() {
		inScope := c.Scope == "user" || h.HasProjects()
		if h.IsHere(m) && inScope && (c.Remote == "" || h.Remote) {
			list = append(list, placed{Host: h})
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no host was found on this machine: %w; name one of %s", errAbsent, joined(hostfile.Names()))
	}
	return list, nil
}

// plan finds the file of a host and what would be different in it.
func (c *installCmd) plan(m hostfile.Machine, h *placed, access *access) (err error) {
	h.file, err = h.File(m, c.Scope == "project")
	if err != nil {
		return &usageError{err: err}
	}
	if c.Scope == "user" && !c.DryRun && !c.Create && !c.Remove && !h.IsHere(m) {
		return fmt.Errorf("%s is not on this machine (there is no %s): %w; --create makes the file, --dry-run shows it",
			h.Title, h.file, errAbsent)
	}
	if c.Remove {
		h.change, err = h.PlanRemoval(h.file, c.Name, c.Remote, c.Replace)
	} else {
		h.change, err = h.Plan(h.file, c.server(m, h.Host, access), c.Replace)
	}
	switch {
	case errors.Is(err, hostfile.ErrForeign):
		return fmt.Errorf("%w: choose another --name, or give --replace", err)
	case errors.Is(err, hostfile.ErrNoReference):
		return &usageError{err: err}
	case errors.Is(err, hostfile.ErrNoRemote):
		return &usageError{err: fmt.Errorf("%w: add the URL under Settings, Connectors there", err)}
	case err == nil:
		h.change.Private = c.Plain
	}
	return err
}

// says is what would be different, in words or lines.
func (c *installCmd) says(h placed, access *access) string {
	switch {
	case c.Remove && !h.change.Found:
		return fmt.Sprintf(" no server %q in %s", c.Name, h.file)
	case h.change.IsNone():
		return " no change of " + h.file
	}
	text := "\n" + h.change.Diff()
	if access.isWritten && !c.Remove && !h.AsksForSecrets() {
		text += fmt.Sprintf("and %s (mode 0600) with the credentials\n", access.envFile)
	}
	return text
}

// agree asks whether the changes may be made.
func (c *installCmd) agree(ctx context.Context, a *app, list []placed, access *access) error {
	changes := access.isWritten
	for _, h := range list {
		changes = changes || !h.change.IsNone()
	}
	if c.Yes || !changes {
		return nil
	}
	person := a.terminal()
	if person == nil {
		return &usageError{err: errors.New("there is no terminal to ask on: agree to it with --yes, or look at it with --dry-run")}
	}
	agreed, err := person.Confirm(ctx, "Make this change? [y/N] ")
	if errors.Is(err, terminal.ErrNoAnswer) || err == nil && !agreed {
		err = errUnwritten
	}
	return err
}

// carryOut makes the changes and tries what they have made.
func (c *installCmd) carryOut(ctx context.Context, a *app, m hostfile.Machine, list []placed, access *access) error {
	var faults []error
	for _, h := range list {
		if c.needsEnvFile(h, access) {
			if err := access.writeEnvFile(); err != nil {
				return err
			}
		}
		if !h.change.IsNone() {
			backup, err := h.change.Apply(time.Now())
			if err != nil {
				faults = append(faults, fmt.Errorf("%s: %w", h.Title, err))
				continue
			}
			text := "wrote " + h.file
			if backup != "" {
				text += "; as it was: " + backup
			}
			fmt.Fprintf(a.Stdout, "%s: %s\n", h.Title, terminal.Plain(text))
		}
		if c.Remove {
			continue
		}
		faults = append(faults, c.try(ctx, a, m, h, access))
		if !h.change.IsNone() {
			fmt.Fprintf(a.Stdout, "%s: to use it, %s; its log: %s\n", h.Title, h.Restart, terminal.Plain(h.Logs(m)))
		}
	}
	return errors.Join(faults...)
}

// needsEnvFile reports whether the file with the credentials is yet to be made.
func (c *installCmd) needsEnvFile(h placed, access *access) bool {
	return access.isWritten && !c.Remove && c.Remote == "" && !h.AsksForSecrets()
}
