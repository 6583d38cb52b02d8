package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"airbyte-mcp-server/internal/atomicfile"
	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/internal/hostfile"
	"airbyte-mcp-server/internal/netname"
	"airbyte-mcp-server/internal/secret"
)

const (
	clientIDVariable     = "AIRBYTE_CLIENT_ID"
	clientSecretVariable = "AIRBYTE_CLIENT_SECRET" //nolint:gosec // the name of a variable
)

// access is how a server that a host starts comes to Airbyte's credentials.
type access struct {
	id     string
	secret secret.Text // not set if nobody knows it here
	// envFile is the file that serve reads them from, besides what the settings name; "" for
	// none.
	envFile   string
	isWritten bool // the file is yet to be made
	plain     bool // they stand in the host's file
	loose     bool // nothing but this process's environment or a person has them
}

// access finds where the credentials are, so that what a host starts will find them too. It
// asks for them where nobody has told.
func (c *installCmd) access(ctx context.Context, a *app) (*access, error) {
	s := a.settings
	found := &access{id: s.ClientID, secret: s.ClientSecret, plain: c.Plain}
	missing := s.MissingCredentials()
	switch {
	case s.Sandbox || c.Remote != "" || c.Remove:
		return &access{}, nil
	case c.Plain:
		return found, missing
	case missing == nil && !isFromEnvironment(a, "client-secret"):
		return found, nil // the program finds them where it has found them now
	}
	found.loose = true
	found.envFile = filepath.Join(a.ConfigDir, "airbyte-mcp-server", "credentials.env")
	if a.ConfigDir == "" {
		return nil, errors.New("the folder of the user's configuration is not known: name a file by --env-file")
	}
	if missing != nil {
		kept, err := found.takeFile()
		if kept || err != nil {
			return found, err
		}
	}
	if missing != nil && !c.DryRun && !c.Print {
		if err := c.ask(ctx, a, found, missing); err != nil {
			return nil, err
		}
	}
	if !found.secret.IsSet() {
		return found, nil
	}
	return found, found.adoptFile()
}

// isFromEnvironment reports whether a setting is known to this process alone.
func isFromEnvironment(a *app, name string) bool {
	for _, v := range a.settings.Report() {
		if v.Name == name {
			return strings.HasPrefix(v.Origin, "environment ")
		}
	}
	return false
}

// ask takes the credentials from a person. A host that asks itself needs none.
func (c *installCmd) ask(ctx context.Context, a *app, found *access, missing error) error {
	allAsk := len(c.Hosts) > 0
	for _, name := range c.Hosts {
		h, err := hostfile.Find(name)
		allAsk = allAsk && err == nil && h.AsksForSecrets()
	}
	person := a.terminal()
	switch {
	case allAsk:
		return nil
	case person == nil:
		return fmt.Errorf("%w; or name a file that has them by --env-file", missing)
	}
	id, err := person.Ask(ctx, "Client id of the Airbyte API credentials (https://app.airbyte.ai, Profile): ")
	if err != nil {
		return err
	}
	text, err := person.AskHidden(ctx, "Client secret: ")
	if err != nil {
		return err
	}
	if id == "" || text == "" {
		return missing
	}
	found.id, found.secret = id, secret.New(text)
	return nil
}

// takeFile takes the credentials that an earlier installation has put into the file.
func (x *access) takeFile() (bool, error) {
	vars, err := config.ReadEnvFile(x.envFile)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	id, _ := vars.Lookup(clientIDVariable)
	text, _ := vars.Lookup(clientSecretVariable)
	x.id, x.secret = id, secret.New(text)
	return id != "" && text != "", nil
}

// adoptFile takes the file as it is if it has these credentials already. Others are not
// overwritten.
func (x *access) adoptFile() error {
	vars, err := config.ReadEnvFile(x.envFile)
	if errors.Is(err, os.ErrNotExist) {
		x.isWritten = true
		return nil
	}
	if err != nil {
		return err
	}
	id, _ := vars.Lookup(clientIDVariable)
	text, _ := vars.Lookup(clientSecretVariable)
	if id != x.id || text != x.secret.Reveal() {
		return fmt.Errorf("%s has other credentials: change it, or name another file by --env-file", x.envFile)
	}
	return nil
}

// writeEnvFile makes the file, for its owner alone.
func (x *access) writeEnvFile() error {
	if err := os.MkdirAll(filepath.Dir(x.envFile), 0o700); err != nil {
		return err
	}
	text := fmt.Sprintf("%s=%s\n%s=%s\n", clientIDVariable, envQuoted(x.id), clientSecretVariable, envQuoted(x.secret.Reveal()))
	x.isWritten = false
	return atomicfile.Write(x.envFile, []byte(text), 0o600)
}

// envQuoted is a value as env files have it.
func envQuoted(text string) string {
	if strings.ContainsAny(text, "#'\"\\ ") {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
	}
	return text
}

// server is what the host is to start, or to reach.
func (c *installCmd) server(m hostfile.Machine, h hostfile.Host, x *access) hostfile.Server {
	s := hostfile.Server{Name: c.Name}
	if c.Remote != "" {
		s.URL, s.TokenVariable = c.Remote, c.TokenEnv
		return s
	}
	command, before := hostfile.Launch(c.executable, m)
	s.Command, s.Args = command, append(append(before, "serve"), c.passedOn...)
	switch {
	case x.plain:
		s.Env = []hostfile.Variable{{Name: clientIDVariable, Value: x.id}, {Name: clientSecretVariable, Value: x.secret.Reveal()}}
	case x.loose && h.AsksForSecrets():
		s.Env = []hostfile.Variable{
			{Name: clientIDVariable, Prompt: "Client id of the Airbyte API credentials"},
			{Name: clientSecretVariable, Prompt: "Client secret of the Airbyte API credentials"},
		}
	case x.envFile != "":
		s.Args = append(s.Args, "--env-file="+x.envFile)
	}
	return s
}

// serveFlags are the settings that serve should have too: those of the command line, and
// those of an environment that hosts do not pass on.
func (a *app) serveFlags() ([]string, error) {
	var flags []string
	for _, v := range a.settings.Report() {
		isGiven := strings.HasPrefix(v.Origin, "flag --") || strings.HasPrefix(v.Origin, "environment ")
		isSecret := v.Name == "client-id" && isFromEnvironment(a, "client-secret") || v.Value == secret.New("x").String()
		if !isGiven || isSecret || v.Group == "HTTP" || v.Group == "Callers" {
			continue
		}
		if isPath(v.Name, v.Value) {
			path, err := filepath.Abs(v.Value)
			if err != nil {
				return nil, err
			}
			v.Value = path
		}
		flag := "--" + v.Name + "=" + v.Value
		if v.Value == "true" {
			flag = "--" + v.Name
		}
		flags = append(flags, flag)
	}
	return flags, nil
}

// isPath reports whether a setting is a path, which a host would take from its own folder.
func isPath(name, value string) bool {
	switch name {
	case "catalog", "config", "download-dir":
		return value != ""
	case "audit-log":
		return value != "stderr"
	}
	return strings.HasSuffix(name, "-file") && value != ""
}

// checkRemote wants a URL that a token may be sent to.
func checkRemote(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || !netname.IsConfidential(u) {
		return errors.New("--remote: want a URL like https://mcp.example.com/mcp; plain http is for this machine only")
	}
	return nil
}
