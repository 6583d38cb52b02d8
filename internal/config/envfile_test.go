package config_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
)

// Whatever editors and shells make of such a file, the value is the same.
func TestEnvFileForms(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"plain":             "AIRBYTE_CLIENT_SECRET=hush",
		"export":            "export AIRBYTE_CLIENT_SECRET=hush",
		"double quotes":     `AIRBYTE_CLIENT_SECRET="hush"`,
		"single quotes":     `AIRBYTE_CLIENT_SECRET='hush' # from the app`,
		"spaces":            "  AIRBYTE_CLIENT_SECRET = hush  ",
		"comment":           "AIRBYTE_CLIENT_SECRET=hush # from the app",
		"escapes":           `AIRBYTE_CLIENT_SECRET="h\u0075sh"`,
		"byte order mark":   "\ufeffAIRBYTE_CLIENT_SECRET=hush",
		"lines of Windows":  "# mine\r\n\r\nAIRBYTE_CLIENT_SECRET=hush\r\nAIRBYTE_CLIENT_ID=me\r\n",
		"empty others":      "AIRBYTE_WORKSPACE=\nAIRBYTE_CLIENT_SECRET=hush\n",
		"what is not ours":  "OTHER_TOKEN=x y z\nAIRBYTE_CLIENT_SECRET=hush\n",
		"an escaped dollar": `AIRBYTE_CLIENT_SECRET="hush\$"`,
		"a hash inside":     "AIRBYTE_CLIENT_SECRET=hush#1",
	} {
		want := map[string]string{"escapes": `h\u0075sh`, "an escaped dollar": "hush$", "a hash inside": "hush#1"}[name]
		if want == "" {
			want = "hush"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			s := m.load("--env-file", m.write("a.env", line, 0o600))
			if got := s.ClientSecret.Reveal(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if s.Workspace != "default" {
				t.Errorf("workspace %q", s.Workspace)
			}
		})
	}
}

// A mistake in the file is named with its line and without what stands there.
func TestEnvFileMistakes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"no variable":  {"A=1\nHUSH\n", ".env:2: want a line like"},
		"twice":        {"A=HUSH\nA=HUSH\n", ".env:2: A is in line 1 already"},
		"open quote":   {"A=\"HUSH\nB=1", ".env:1: A: the quote is not closed"},
		"after quote":  {"A='HUSH'HUSH", ".env:1: A: there is more after the closing quote"},
		"NUL":          {"A=HUSH\x00", ".env:1: want a line like"},
		"UTF-16":       {"\xff\xfeA\x00=\x00H\x00U\x00S\x00H\x00", "UTF-16"},
		"no UTF-8":     {"A=HUSH\xff", ".env:1: want a line like"},
		"JSON":         {`{"A": "HUSH"}`, ".env:1: want a line like"},
		"a wrong name": {"1A=HUSH", ".env:1: want a line like"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.vars["AIRBYTE_MCP_ENV_FILE"] = m.write("a.env", tt.text, 0o600)
			_, err := m.run()
			wantError(t, err, "env file (environment AIRBYTE_MCP_ENV_FILE): ", tt.want)
			if strings.Contains(err.Error(), "HUSH") {
				t.Errorf("the error quotes a value: %v", err)
			}
		})
	}
}

// The file holds secrets, whichever it holds today.
func TestEnvFileIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("skipped: modes say nothing on Windows")
	}
	for _, mode := range []os.FileMode{0o644, 0o640, 0o604} {
		m := newMachine(t)
		_, err := m.run("--env-file", m.write("a.env", "AIRBYTE_WORKSPACE=a", mode))
		wantError(t, err, "is open to other users", fmt.Sprintf("mode %04o", mode), "chmod 600")
	}
	_, err := newMachine(t).run("--env-file", "/nowhere/a.env")
	wantError(t, err, "env file (flag --env-file)", "no such file")
}

// The process's own environment counts more than the file, and the file more than the
// config file; config show says which it was.
func TestEnvFileRank(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.writeDefault("workspace: config\nsurface: search\nmax-tools: 5\n")
	path := m.write("a.env", "AIRBYTE_WORKSPACE=file\nAIRBYTE_MCP_SURFACE=direct\nAIRBYTE_CLIENT_ID=id\n", 0o600)
	m.vars["AIRBYTE_WORKSPACE_NAME"] = "environment"
	s := m.load("--env-file", path)
	if s.Workspace != "environment" || s.Surface != "direct" || s.MaxTools != 5 || s.ClientID != "id" {
		t.Errorf("workspace %q, surface %q, max-tools %d, client id %q", s.Workspace, s.Surface, s.MaxTools, s.ClientID)
	}
	if got := value(t, s, "surface").Origin; got != "env file "+path {
		t.Errorf("origin %q", got)
	}
	if s.EnvFile != path {
		t.Errorf("env file %q", s.EnvFile)
	}
	m.write("a.env", "AIRBYTE_MCP_SURFACE=other\n", 0o600)
	_, err := m.run("--env-file", path)
	wantError(t, err, path+":1: AIRBYTE_MCP_SURFACE", "other")
	s = m.load("--env-file", "") // none, as an empty --config
	if s.Surface != "search" {
		t.Errorf("surface %q", s.Surface)
	}
}

// A file of a secret that the env file names is found, and ~ is the home.
func TestEnvFileNamesSecretFile(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	secret := m.write("s", "hush", 0o600)
	m.write("a.env", "AIRBYTE_CLIENT_SECRET_FILE="+secret+"\n", 0o600)
	if got := m.load("--env-file", "~/a.env").ClientSecret.Reveal(); got != "hush" {
		t.Errorf("got %q", got)
	}
}
