package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"strings"

	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/internal/doctor"
	"airbyte-mcp-server/internal/hostfile"
	"airbyte-mcp-server/internal/stdiohost"
)

// try starts what the host's file says now, as the host would, and lists its tools.
func (c *installCmd) try(ctx context.Context, a *app, m hostfile.Machine, h placed, x *access) error {
	if c.NoStart {
		return nil
	}
	entry, found, err := h.Entry(h.file, c.Name)
	if err != nil || !found {
		return fmt.Errorf("%s: the server is not in %s: %w", h.Title, h.file, err)
	}
	if entry.URL != "" {
		_, err := fmt.Fprintf(a.Stdout, "%s: it will sign in at %s itself\n", h.Title, entry.URL)
		return err
	}
	known := map[string]string{clientIDVariable: x.id, clientSecretVariable: x.secret.Reveal()}
	if asks := answered(&entry, known); asks && known[clientSecretVariable] == "" {
		_, err := fmt.Fprintf(a.Stdout, "%s: it asks for the credentials when it first starts the server\n", h.Title)
		return err
	}
	a.status.Show("Starting the server as %s would", h.Title)
	said, err := a.startAsHost(ctx, m, entry)
	a.status.Stop()
	if err != nil {
		return fmt.Errorf("%s: started as it would start it, the server cannot be used: %w", h.Title, err)
	}
	_, err = fmt.Fprintf(a.Stdout, "%s: started as it would start it, the server lists %d tools (MCP %s)\n",
		h.Title, said.Tools, said.Protocol)
	return err
}

// answered puts known values where a host would ask its user, and reports whether it would.
func answered(e *hostfile.Entry, known map[string]string) bool {
	asks := false
	e.Env = maps.Clone(e.Env)
	for name, value := range e.Env {
		if strings.HasPrefix(value, "${input:") {
			asks, e.Env[name] = true, known[name]
		}
	}
	return asks
}

// startAsHost starts an entry's program with an environment such as hosts give, and talks
// with it.
func (a *app) startAsHost(ctx context.Context, m hostfile.Machine, e hostfile.Entry) (said doctor.Conversation, err error) {
	path, ok := hostfile.Program(e.Command, m)
	if !ok {
		return said, fmt.Errorf("%s is no program", e.Command)
	}
	return a.converseWith(ctx, func(ctx context.Context) (*stdiohost.Host, error) {
		return stdiohost.StartIn(ctx, m.Environment(e.Env), m.Home, path, e.Args...)
	}, converseToTheEnd)
}

// printSnippets prints what each host's file should have, and nothing else of it.
func (c *installCmd) printSnippets(a *app, m hostfile.Machine, list []placed, x *access) error {
	for i, h := range list {
		file, err := h.File(m, c.Scope == "project")
		if err != nil {
			return &usageError{err: err}
		}
		text, err := h.Snippet(c.server(m, h.Host, x))
		if err != nil {
			return &usageError{err: err}
		}
		if len(list) > 1 || i > 0 {
			fmt.Fprintf(a.Stdout, "%s, %s:\n", h.Title, terminal.Plain(file))
		} else {
			fmt.Fprintf(a.Stderr, "%s reads %s; this belongs into it:\n", h.Title, terminal.Plain(file))
		}
		if _, err := a.Stdout.Write(append(bytes.TrimRight(text, "\n"), '\n')); err != nil {
			return err
		}
	}
	return nil
}

// versionOfProgram asks a program that hosts start for its version.
func versionOfProgram(ctx context.Context, m hostfile.Machine, path string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, selfTestTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "version")
	cmd.Env = m.Environment(nil)
	out, err := cmd.Output()
	if failure, ok := errors.AsType[*exec.ExitError](err); ok {
		return "", fmt.Errorf("%w: %s", err, bytes.TrimSpace(failure.Stderr))
	}
	_, version, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	return version, err
}

func joined(words []string) string { return strings.Join(words, ", ") }
