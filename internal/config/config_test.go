package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"airbyte-mcp-server/internal/config"
)

// grammar is a command line like the program's: settings at the root, and a
// command with a flag of its own.
type grammar struct {
	Settings config.Settings `embed:""`
	Serve    struct {
		HTTP string `name:"http" env:"AIRBYTE_MCP_HTTP" help:"Address."`
		Once bool   `name:"once" help:"Has no environment name."`

		Port   *int              `name:"port" env:"AIRBYTE_MCP_PORT" help:"A pointer."`
		Labels map[string]string `name:"labels" env:"AIRBYTE_MCP_LABELS" help:"A map."`
	} `cmd:"" help:"Serve."`
	Show struct{} `cmd:"" help:"Show."`
}

// machine is a home, a folder of configuration and an environment of a test's own.
type machine struct {
	t    *testing.T
	vars map[string]string
	home string
	dir  string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	return &machine{t: t, vars: map[string]string{}, home: t.TempDir(), dir: t.TempDir()}
}

func (m *machine) env() config.Env {
	return config.Env{
		LookupEnv: func(name string) (string, bool) { v, ok := m.vars[name]; return v, ok },
		HomeDir:   m.home,
		ConfigDir: m.dir,
	}
}

// write makes a file under the home and returns its path.
func (m *machine) write(name, text string, mode os.FileMode) string {
	m.t.Helper()
	return writeFile(m.t, filepath.Join(m.home, name), text, mode)
}

// writeDefault makes the default config file.
func (m *machine) writeDefault(text string) string {
	m.t.Helper()
	return writeFile(m.t, filepath.Join(m.dir, "airbyte-mcp-server", "config.yaml"), text, 0o600)
}

func writeFile(t *testing.T, path, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
	return path
}

func (m *machine) parser(g *grammar) *kong.Kong {
	m.t.Helper()
	exit := func(int) { m.t.Fatal("kong exits") }
	k, err := kong.New(g, append(config.Options(m.env()), kong.Name("airbyte-mcp-server"), kong.Exit(exit))...)
	if err != nil {
		m.t.Fatal(err)
	}
	return k
}

// run parses a command line and completes the settings; args has no command.
func (m *machine) run(args ...string) (*grammar, error) {
	m.t.Helper()
	g := &grammar{}
	kctx, err := m.parser(g).Parse(append([]string{"serve"}, args...))
	if err != nil {
		return g, err
	}
	return g, g.Settings.Complete(kctx, m.env())
}

// load is run that must succeed.
func (m *machine) load(args ...string) *config.Settings {
	m.t.Helper()
	g, err := m.run(args...)
	if err != nil {
		m.t.Fatal(err)
	}
	return &g.Settings
}

// value returns one setting of the report.
func value(t *testing.T, s *config.Settings, name string) config.Value {
	t.Helper()
	for _, v := range s.Report() {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("no setting %q in the report", name)
	return config.Value{}
}

// wantError checks that an error says all of the words.
func wantError(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one with %q", words)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q lacks %q", err, word)
		}
	}
}
