package cli_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"airbyte-mcp-server/internal/cli"
	"airbyte-mcp-server/internal/sandbox"
	"airbyte-mcp-server/schemas"
)

// shell runs commands one after the other in this process, with one environment.
type shell struct {
	*testing.T
	vars map[string]string
	dir  string // home, and the folder of configurations
}

func newShell(t *testing.T) *shell {
	t.Helper()
	return &shell{t, map[string]string{}, t.TempDir()}
}

// signIn starts an emulator and points the commands at it.
func (s *shell) signIn(o sandbox.Options) *sandbox.Running {
	s.Helper()
	o.Catalog, o.Dataset, o.Log = schemas.Embedded(), "small", zerolog.Nop()
	running, err := sandbox.Start("127.0.0.1:0", o)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = running.Close() })
	k := running.Credentials()
	maps.Copy(s.vars, map[string]string{
		"AIRBYTE_API_HOST": running.URL, "AIRBYTE_CLOUD_HOST": running.URL, "AIRBYTE_CLIENT_ID": k.ClientID,
		"AIRBYTE_CLIENT_SECRET": k.ClientSecret, "AIRBYTE_ORGANIZATION_ID": k.OrganizationID,
	})
	return running
}

// file writes a file that is its owner's alone and returns its path.
func (s *shell) file(name, content string) string {
	s.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.Fatal(err)
	}
	return path
}

// run runs one command.
func (s *shell) run(stdin string, args ...string) (code int, stdout, stderr string) {
	s.Helper()
	var out, errs bytes.Buffer
	code = cli.Main(s.Context(), cli.Process{
		Args: args, Version: "1.2.3", Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs,
		LookupEnv: func(name string) (string, bool) { v, ok := s.vars[name]; return v, ok },
		HomeDir:   s.dir, ConfigDir: s.dir,
	})
	return code, out.String(), errs.String()
}

// step is one command and what must come of it. Out and err are regular expressions in
// which ^ and $ are the ends of lines; what begins with ! must not be there.
type step struct {
	args  []string
	stdin string
	code  int
	out   []string
	err   []string
}

// does runs steps. Failures print nothing on standard output, and no command a secret.
func (s *shell) does(steps ...step) {
	s.Helper()
	for _, c := range steps {
		code, stdout, stderr := s.run(c.stdin, c.args...)
		if code != c.code {
			s.Errorf("%q: exit code %d, want %d\n%s%s", c.args, code, c.code, stdout, stderr)
		}
		s.matches(c.args, "standard output", stdout, c.out)
		s.matches(c.args, "standard error", stderr, c.err)
		if strings.Contains(stdout+stderr, "canary") {
			s.Errorf("%q: a secret was printed\n%s%s", c.args, stdout, stderr)
		}
	}
}

func (s *shell) matches(args []string, what, text string, patterns []string) {
	s.Helper()
	for _, pattern := range patterns {
		bare, unwanted := strings.CutPrefix(pattern, "!")
		if regexp.MustCompile("(?m)"+bare).MatchString(text) == unwanted {
			s.Errorf("%q: %s is\n%s\nwant %q", args, what, text, pattern)
		}
	}
}

// prints runs a command that succeeds and decodes the JSON that it prints.
func (s *shell) prints(into any, args ...string) {
	s.Helper()
	code, stdout, stderr := s.run("", args...)
	if err := json.Unmarshal([]byte(stdout), into); err != nil || code != 0 {
		s.Fatalf("%q: exit code %d, %v\n%s%s", args, code, err, stdout, stderr)
	}
}

// line splits a command at its spaces.
func line(text string) []string { return strings.Fields(text) }
