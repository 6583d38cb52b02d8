package config_test

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"airbyte-mcp-server/internal/config"
)

// settingFlags returns the flags that Settings adds to the model, as kong has them.
func settingFlags(t *testing.T) []*kong.Flag {
	t.Helper()
	k, err := kong.New(&grammar{}) // without Options, so the env names stay in it
	if err != nil {
		t.Fatal(err)
	}
	flags := slices.DeleteFunc(k.Model.Flags, func(f *kong.Flag) bool { return f.Name == "help" })
	if got, want := len(flags), reflect.TypeFor[config.Settings]().NumField()-7; got != want {
		t.Fatalf("%d flags, want %d: one for each setting but the six secrets and the unexported field", got, want)
	}
	return flags
}

// samples returns a value of a flag for each source, all different where the type
// has that many.
func samples(m *machine, flag *kong.Flag) (fromFlag, fromEnv, fromFile string) {
	switch {
	case flag.Enum != "":
		choices := slices.DeleteFunc(flag.EnumSlice(), func(c string) bool { return c == flag.Default })
		return choices[0], choices[1%len(choices)], choices[len(choices)-1]
	case strings.HasSuffix(flag.Name, "-file"):
		text := strings.Repeat("x", 16)
		return m.write("a", text, 0o600), m.write("b", text, 0o600), m.write("c", text, 0o600)
	case slices.Contains([]string{"catalog", "download-dir", "audit-log", "tls-cert", "tls-key", "tls-client-ca", "page-logo"}, flag.Name):
		m.setOthers(flag.Name, "AIRBYTE_MCP_TLS_CERT", "AIRBYTE_MCP_TLS_KEY")
		return "/a", "/b", "/c"
	case flag.Name == "oauth-issuers" || flag.Name == "introspection-url":
		m.setOthers(flag.Name, "AIRBYTE_MCP_OAUTH_WORKSPACE", "AIRBYTE_MCP_OAUTH_AUDIENCE", "AIRBYTE_MCP_INTROSPECTION_CLIENT_ID",
			"AIRBYTE_MCP_INTROSPECTION_CLIENT_SECRET")
		return "https://a.example", "https://b.example", "https://c.example"
	case flag.Name == "oauth-scopes":
		return "off", "a,b,c", "d,e,f"
	case strings.HasSuffix(flag.Name, "-host") || flag.Name == "public-url" || flag.Name == "allowed-origins" || flag.Name == "page-contact":
		return "https://a.example", "https://b.example", "https://c.example"
	}
	if flag.Name == "organization-domains" {
		return "a.example,b.example", "c.example,d.example", "e.example,f.example"
	}
	if flag.Name == "effects" {
		return "read,write", "read,delete", "delete"
	}
	if flag.Name == "memory-budget" {
		return "70MiB", "80MB", "90000001" // not less than is wanted
	}
	if flag.Name == "max-result-bytes" {
		return "7MiB", "8kB", "9001" // not less than is wanted
	}
	switch flag.Target.Interface().(type) {
	case bool:
		return "true", "false", "true"
	case int, float64:
		return "7", "8", "9"
	case time.Duration:
		return "7s", "8m", "9h"
	case config.Size:
		return "7MiB", "8kB", "9"
	case map[string]string:
		return "a=1;b=2", "a=3;b=4", "a=5;b=6"
	case []string:
		return "a1,a2", "b1,b2", "c1,c2"
	}
	return "a", "b", "c"
}

// setOthers gives a setting what it cannot be without.
func (m *machine) setOthers(name string, vars ...string) {
	own := "AIRBYTE_MCP_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	for _, v := range vars {
		if v != own {
			m.vars[v] = "other"
		}
	}
}

// A flag beats the environment, that beats the file, that beats the default; the
// report names the winner.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	for _, flag := range settingFlags(t) {
		if flag.Name == "config" || flag.Name == "env-file" {
			continue // TestConfigPath
		}
		for sources := range 8 {
			t.Run(fmt.Sprintf("%s/%03b", flag.Name, sources), func(t *testing.T) {
				t.Parallel()
				testPrecedence(t, flag, sources&4 != 0, sources&2 != 0, sources&1 != 0)
			})
		}
	}
}

func testPrecedence(t *testing.T, flag *kong.Flag, byFlag, byEnv, byFile bool) {
	m := newMachine(t)
	fromFlag, fromEnv, fromFile := samples(m, flag)
	if !byFlag && !byEnv && !byFile {
		clear(m.vars)
	}
	want := config.Value{Value: showDefault(flag), Origin: "not set"}
	if flag.HasDefault {
		want.Origin = "default"
	}
	var args []string
	if byFile {
		path := m.writeDefault("# settings\n" + flag.Name + ": " + fileSyntax(flag, fromFile) + "\n")
		want.Value, want.Origin = fromFile, "file "+path
	}
	if byEnv {
		m.vars[flag.Envs[0]] = fromEnv
		want.Value, want.Origin = fromEnv, "environment "+flag.Envs[0]
	}
	if byFlag {
		args = []string{"--" + flag.Name + "=" + fromFlag}
		want.Value, want.Origin = fromFlag, "flag --"+flag.Name
	}
	want.Group, want.Name = flag.Tag.Group, flag.Name
	if got := value(t, m.load(args...), flag.Name); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// showDefault is the default in the report's spelling.
func showDefault(flag *kong.Flag) string {
	return map[string]string{"300s": "5m"}[flag.Default] + strings.TrimPrefix(flag.Default, "300s")
}

func fileSyntax(flag *kong.Flag, text string) string {
	if flag.IsSlice() {
		return "[" + text + "]"
	}
	return text
}

func TestSecretPrecedence(t *testing.T) {
	t.Parallel()
	for name, variable := range map[string]string{"client-secret": "AIRBYTE_CLIENT_SECRET", "bearer-token": "AIRBYTE_MCP_BEARER_TOKEN"} {
		for _, tt := range []struct {
			name                            string
			flag, env, envFile, file, fFile string
			want, origin                    string
		}{
			{name: "nothing", origin: "not set"},
			{name: "file", file: "f", want: "f", origin: "file CONFIG"},
			{name: "file in file", fFile: "ff", want: "ff", origin: "file FFILE"},
			{name: "env beats file", env: "e", file: "f", want: "e", origin: "environment " + variable},
			{name: "env beats file in file", env: "e", fFile: "ff", want: "e", origin: "environment " + variable},
			{name: "env file beats file", envFile: "ef", file: "f", want: "ef", origin: "file EFILE"},
			{name: "flag beats env", flag: "fl", env: "e", file: "f", want: "fl", origin: "file FLAG"},
		} {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				m := newMachine(t)
				var args []string
				paths := strings.NewReplacer("CONFIG", filepath.Join(m.dir, "airbyte-mcp-server", "config.yaml"),
					"FFILE", filepath.Join(m.home, "ffile"), "EFILE", filepath.Join(m.home, "efile"), "FLAG", filepath.Join(m.home, "flag"))
				if tt.flag != "" {
					args = []string{"--" + name + "-file", m.write("flag", tt.flag+"\n", 0o600)}
				}
				m.vars[variable] = tt.env
				if tt.envFile != "" {
					m.vars[variable+"_FILE"] = m.write("efile", tt.envFile, 0o400)
				}
				if tt.file != "" {
					m.writeDefault(name + ": " + tt.file)
				}
				if tt.fFile != "" {
					m.writeDefault(name + "-file: " + m.write("ffile", tt.fFile, 0o600))
				}
				s := m.load(args...)
				got := s.ClientSecret
				if name == "bearer-token" {
					got = s.BearerToken
				}
				if got.Reveal() != tt.want {
					t.Errorf("got %q, want %q", got.Reveal(), tt.want)
				}
				if got, want := value(t, s, name).Origin, paths.Replace(tt.origin); got != want {
					t.Errorf("origin %q, want %q", got, want)
				}
			})
		}
	}
}

func TestSecretSaidTwice(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.vars["AIRBYTE_CLIENT_SECRET"], m.vars["AIRBYTE_CLIENT_SECRET_FILE"] = "hush", m.write("s", "other", 0o600)
	_, err := m.run()
	wantError(t, err, "environment AIRBYTE_CLIENT_SECRET and environment AIRBYTE_CLIENT_SECRET_FILE", "remove one")

	m = newMachine(t)
	path := m.writeDefault("bearer-token: hush\nbearer-token-file: x\n")
	_, err = m.run()
	wantError(t, err, path+":1: bearer-token and "+path+":2: bearer-token-file", "remove one")
}

func TestEnvironmentValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want, origin string }{
		{"plain", "team", "team", "environment AIRBYTE_WORKSPACE"},
		{"white space", " \tteam one\r\n", "team one", "environment AIRBYTE_WORKSPACE"},
		{"quotes", `"team"`, `"team"`, "environment AIRBYTE_WORKSPACE"},
		{"dollar", "us$HOME", "us$HOME", "environment AIRBYTE_WORKSPACE"},
		{"hyphen", "-x", "-x", "environment AIRBYTE_WORKSPACE"},
		{"empty", "", "default", "default"},
		{"blank", "  \n", "default", "default"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.vars["AIRBYTE_WORKSPACE"] = tt.text
			got := value(t, m.load(), "workspace")
			if got.Value != tt.want || got.Origin != tt.origin {
				t.Errorf("got %q from %q, want %q from %q", got.Value, got.Origin, tt.want, tt.origin)
			}
		})
	}
}

// The process's own environment must not come in by kong's back door.
func TestOnlyGivenEnvironment(t *testing.T) {
	t.Setenv("AIRBYTE_WORKSPACE", "from-the-process")
	t.Setenv("AIRBYTE_MCP_CALL_TIMEOUT", "not a duration")
	t.Setenv("AIRBYTE_MCP_LOG_LEVEL", "not a level")
	t.Setenv("AIRBYTE_MCP_HTTP", "from-the-process")
	g, err := newMachine(t).run()
	if err != nil {
		t.Fatal(err)
	}
	if g.Settings.Workspace != "default" || g.Serve.HTTP != "" {
		t.Errorf("got workspace %q and http %q from the process", g.Settings.Workspace, g.Serve.HTTP)
	}
}

func TestNoEnvironment(t *testing.T) {
	t.Parallel()
	g := &grammar{}
	k, err := kong.New(g, config.Options(config.Env{})...)
	if err != nil {
		t.Fatal(err)
	}
	kctx, err := k.Parse([]string{"serve"})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Settings.Complete(kctx, config.Env{}); err != nil {
		t.Fatal(err)
	}
	if got, want := g.Settings.CallTimeout, 50*time.Second; got != want {
		t.Errorf("call timeout %s, want %s", got, want)
	}
}

// Flags of commands take part if they have an environment name.
func TestCommandFlags(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.writeDefault("http: from-file\n")
	g, err := m.run()
	if err != nil || g.Serve.HTTP != "from-file" {
		t.Errorf("got %q, %v, want from-file", g.Serve.HTTP, err)
	}
	m.vars["AIRBYTE_MCP_HTTP"] = "from-env"
	if g, err = m.run(); err != nil || g.Serve.HTTP != "from-env" {
		t.Errorf("got %q, %v, want from-env", g.Serve.HTTP, err)
	}
	if g, err = m.run("--http", "from-flag"); err != nil || g.Serve.HTTP != "from-flag" {
		t.Errorf("got %q, %v, want from-flag", g.Serve.HTTP, err)
	}
	m.vars["AIRBYTE_MCP_PORT"], m.vars["AIRBYTE_MCP_LABELS"] = "8080", "a=b"
	if g, err = m.run(); err != nil || *g.Serve.Port != 8080 || g.Serve.Labels["a"] != "b" {
		t.Errorf("got %+v, %v, want port 8080 and label a=b", g.Serve, err)
	}
	m.writeDefault("once: true\n")
	_, err = m.run()
	wantError(t, err, `unknown key "once"`)
}

// A kong that is used twice must not keep the first command line's values.
func TestParseTwice(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.vars["AIRBYTE_CLIENT_SECRET"] = "hush"
	g := &grammar{}
	k := m.parser(g)
	for _, args := range [][]string{{"serve", "--workspace=a"}, {"serve"}} {
		kctx, err := k.Parse(args)
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Settings.Complete(kctx, m.env()); err != nil {
			t.Fatal(err)
		}
		delete(m.vars, "AIRBYTE_CLIENT_SECRET")
	}
	if got := value(t, &g.Settings, "workspace"); got.Value != "default" || got.Origin != "default" {
		t.Errorf("workspace %+v, want the default", got)
	}
	if got := value(t, &g.Settings, "client-secret"); got.Value != "" || got.Origin != "not set" {
		t.Errorf("client secret %+v, want none", got)
	}
}

func TestCompleteNeedsOptions(t *testing.T) {
	t.Parallel()
	g := &grammar{}
	wantError(t, g.Settings.Complete(nil, config.Env{}), "config.Options")
}

// The workspace is accepted under the names that Airbyte's older documents give it.
func TestWorkspaceNames(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"workspace", "workspace-name", "external-user-id", "customer-name"} {
		if got := newMachine(t).load("--" + flag + "=acme").Workspace; got != "acme" {
			t.Errorf("--%s: got %q, want acme", flag, got)
		}
	}
	for _, variable := range []string{"AIRBYTE_WORKSPACE", "AIRBYTE_WORKSPACE_NAME", "AIRBYTE_EXTERNAL_USER_ID", "AIRBYTE_CUSTOMER_NAME"} {
		m := newMachine(t)
		m.vars[variable] = "acme"
		if got := value(t, m.load(), "workspace"); got.Value != "acme" || got.Origin != "environment "+variable {
			t.Errorf("%s: got %+v, want acme from it", variable, got)
		}
	}
}

func TestHelpNamesVariables(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	g := &grammar{}
	m := newMachine(t)
	m.writeDefault("broken: [") // --help must work all the same
	k := m.parser(g)
	k.Stdout, k.Exit = &out, func(int) { panic("exit") }
	func() {
		defer func() { _ = recover() }()
		_, _ = k.Parse([]string{"serve", "--help"})
	}()
	words := strings.Join(strings.Fields(out.String()), " ")
	for _, flag := range settingFlags(t) {
		if !strings.Contains(words, "($"+strings.Join(flag.Envs, ", $")+")") {
			t.Errorf("help does not name %s:\n%s", flag.Envs[0], out.String())
		}
	}
}
