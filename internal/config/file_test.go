package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestConfigPath(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	if got := value(t, m.load(), "config"); got.Value != "" || got.Origin != "not set" {
		t.Errorf("without a file: %+v", got)
	}
	byDefault := m.writeDefault("workspace: by-default\n")
	byEnv := m.write("env.yaml", "workspace: by-env\n", 0o644)
	byFlag := m.write("flag.yaml", "workspace: by-flag\n", 0o644)
	check := func(workspace, path, origin string, args ...string) {
		t.Helper()
		s := m.load(args...)
		if got := value(t, s, "config"); s.Workspace != workspace || got.Value != path || got.Origin != origin || s.Config != path {
			t.Errorf("workspace %q, config %+v; want %q, %q from %q", s.Workspace, got, workspace, path, origin)
		}
	}
	check("by-default", byDefault, "default")
	m.vars["AIRBYTE_MCP_CONFIG"] = "~/env.yaml"
	check("by-env", byEnv, "environment AIRBYTE_MCP_CONFIG")
	check("by-flag", byFlag, "flag --config", "--config", byFlag)
	check("by-flag", byFlag, "flag --config", "--config", byEnv, "--config=~/flag.yaml")
	check("default", "", "flag --config", "--config=")
}

func TestConfigMissing(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	path := filepath.Join(m.home, "absent.yaml")
	_, err := m.run("--config", path)
	wantError(t, err, "flag --config", path, "no such file")
	m.vars["AIRBYTE_MCP_CONFIG"] = path
	_, err = m.run()
	wantError(t, err, "environment AIRBYTE_MCP_CONFIG", path, "no such file")
	_, err = m.run("--config", m.home)
	wantError(t, err, m.home, "is a directory")
}

// JSON is YAML too, with tabs and escapes.
func TestConfigSyntax(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"yaml": "read-only: true\nconnectors:\n  - github\n  - 'linear'\ncall-timeout: 20s # short\n" +
			"max-concurrent-calls: 3\nworkspace: \"caf\\u00e9\"\n",
		"json": "{\n\t\"read-only\": true,\n\t" +
			"\"connectors\": [\"github\", \"linear\"],\n\t" +
			"\"call-timeout\": \"20s\",\n\t\"max-concurrent-calls\": 3,\n\t\"workspace\": \"caf\\u00e9\"\n}",
		"one line": `{"read-only":true,"connectors":["github","linear"],"call-timeout":"20s","max-concurrent-calls":3,"workspace":"café"}`,
		"windows":  "\ufeffread-only: yes\r\nconnectors: github, linear\r\ncall-timeout: 20s\r\nmax-concurrent-calls: 3\r\nworkspace: café\r\n",
		"header": "# settings\n---\nread-only: true\nconnectors: [github,linear]\nworkspace: café\n" +
			"call-timeout: 20s\nmax-concurrent-calls: 3\n---\n# end\n",
		"nulls": "---\nread-only: 'true'\nconnectors: [github, null, linear]\ncall-timeout: 20s\nmax-concurrent-calls: 3\n" +
			"workspace: |\n  café\nclient-id:\napi-host: ''\nallowed-hosts: []\n",
		"reordered": "connectors: [github,linear]\nworkspace: café\nread-only: true\ncall-timeout: 20s\nmax-concurrent-calls: 3",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.writeDefault(text)
			s := m.load()
			if !s.ReadOnly || s.CallTimeout != 20*time.Second || s.MaxConcurrentCalls != 3 || s.Workspace != "café" {
				t.Errorf("got %+v", s)
			}
			if want := []string{"github", "linear"}; !slices.Equal(s.Connectors, want) {
				t.Errorf("connectors %q, want %q", s.Connectors, want)
			}
			if s.APIHost != "https://api.airbyte.ai" || value(t, s, "client-id").Origin != "not set" {
				t.Errorf("empty values must count as unset: %+v", s.Report())
			}
		})
	}
}

func TestConfigEmpty(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\n", "# nothing yet\n", "---\n", "{}"} {
		m := newMachine(t)
		m.writeDefault(text)
		if got := m.load().Workspace; got != "default" {
			t.Errorf("%q: workspace %q, want default", text, got)
		}
	}
}

// Ids stay as they are written: no number, no octal, no date.
func TestConfigKeepsText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"0123", "12345678901234567890", "1e3", "2026-01-02", "0x1F", "1_000", "on", "true", ".inf"} {
		m := newMachine(t)
		m.writeDefault("client-id: " + text)
		if got := m.load().ClientID; got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
}

// What is malformed is named with file, line and reason, and no value is quoted.
func TestConfigMalformed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text, line string
		reasons          []string
	}{
		{"open quote", "workspace: a\nclient-secret: \"HUSH\n", ":2:", []string{"not valid YAML", "quoted scalar"}},
		{"colon", "client-secret: HUSH: x\n", ":1:", []string{"not valid YAML"}},
		{"open list", "read-only: true\n\nconnectors: [HUSH\n", ":3:", []string{"not valid YAML"}},
		{"reserved", "client-secret: @HUSH\n", ":1:", []string{"cannot start any token"}},
		{"json comma", "{\n\"client-secret\": \"HUSH\"\n\"read-only\": true}", ":3:", []string{"not valid YAML"}},
		{"tab", "workspace: a\n\tclient-secret: HUSH\n", ":2:", []string{"not valid YAML"}},
		{"twice", "workspace: HUSH\nworkspace: b\n", ":2:", []string{`"workspace"`, "line 1 already"}},
		{"no mapping", "# x\nHUSH=1\n", ":2:", []string{"want lines like `read-only: true`"}},
		{"a list", "- HUSH\n", ":1:", []string{"want lines like"}},
		{"documents", "workspace: HUSH\n---\nread-only: true\n", ":3:", []string{"one YAML document"}},
		{"nested", "workspace:\n  name: HUSH\n", ":1:", []string{"workspace: want one plain value"}},
		{"list for one", "client-secret: [HUSH]\n", ":1:", []string{"client-secret: want one plain value"}},
		{"map for list", "connectors: {HUSH: 1}\n", ":1:", []string{"connectors: want a plain value or a list"}},
		{"list in list", "connectors: [[HUSH]]\n", ":1:", []string{"connectors: want a list of plain values"}},
		{"alias", "client-id: &a HUSH\nclient-secret: *a\n", ":1:", []string{"client-id: want one plain value"}},
		{"config", "config: HUSH\n", ":1:", []string{"cannot stand in the config file", "--config"}},
		{"env file", "env-file: HUSH\n", ":1:", []string{"cannot stand in the config file", "--env-file"}},
		{"duration", "workspace: a\ncall-timeout: 50\n", ":2:", []string{"call-timeout", "missing unit"}},
		{"bool", "read-only: maybe\n", ":1:", []string{"read-only", "maybe"}},
		{"enum", "\nlog-level: loud\n", ":2:", []string{"log-level", "debug, info, warn, error", "loud"}},
		{"size", "max-request-body: 4M\n", ":1:", []string{"32MiB", `"4M"`}},
		{"number", "max-concurrent-calls: 1.5\n", ":1:", []string{"max-concurrent-calls", "1.5"}},
		{"value", "workspace: a\napi-host: api.airbyte.ai\n", ":2:", []string{"api-host", "https://api.airbyte.ai"}},
		{"large", "workspace: a\n#" + strings.Repeat("x", 1<<20), ":", []string{"larger than 1MiB"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			path := m.writeDefault(tt.text)
			_, err := m.run()
			wantError(t, err, append(tt.reasons, path+tt.line)...)
			if err != nil && strings.Contains(err.Error(), "HUSH") {
				t.Errorf("error quotes a value: %v", err)
			}
		})
	}
}

func TestUnknownKey(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ key, want string }{
		{"read_only", "did you mean read-only?"},
		{"readOnly", "did you mean read-only?"},
		{"reed-only", "did you mean read-only?"},
		{"client-secrte", "did you mean client-secret?"},
		{"AIRBYTE_CLIENT_SECRET", "did you mean client-secret?"},
		{"AIRBYTE_MCP_READ_ONLY", "did you mean read-only?"},
		{"max", "did you mean max-concurrent-calls or max-download or max-request-body or max-response-body or max-result-bytes or " +
			"max-sessions or max-tool-tokens or max-tools?"},
		{"xyz-nothing", "the keys are allowed-hosts, allowed-origins, answer-format, api-dialect, api-host, audit-key, audit-key-file,"},
	} {
		t.Run(tt.key, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			path := m.writeDefault("workspace: a\n" + tt.key + ": HUSH\n")
			_, err := m.run()
			wantError(t, err, path+":2: unknown key \""+tt.key+"\"", tt.want)
		})
	}
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		mode    os.FileMode
		refused bool
	}{{0o600, false}, {0o400, false}, {0o640, true}, {0o604, true}, {0o644, true}, {0o660, true}} {
		for kind, setup := range map[string]func(m *machine) string{
			"config file": func(m *machine) string {
				m.vars["AIRBYTE_MCP_CONFIG"] = m.write("my config.yaml", "bearer-token: hush\nclient-secret: hush\n", tt.mode)
				return m.vars["AIRBYTE_MCP_CONFIG"]
			},
			"client secret file": func(m *machine) string {
				m.vars["AIRBYTE_CLIENT_SECRET_FILE"] = m.write("my secret", "hush", tt.mode)
				return m.vars["AIRBYTE_CLIENT_SECRET_FILE"]
			},
			"bearer token file": func(m *machine) string {
				m.vars["AIRBYTE_MCP_BEARER_TOKEN_FILE"] = m.write("my token", "hush", tt.mode)
				return m.vars["AIRBYTE_MCP_BEARER_TOKEN_FILE"]
			},
		} {
			t.Run(kind+"/"+tt.mode.String(), func(t *testing.T) {
				t.Parallel()
				m := newMachine(t)
				path := setup(m)
				s, err := m.run()
				if tt.refused {
					wantError(t, err, "chmod 600 '"+path+"'", "open to other users")
				} else if err != nil || s.Settings.ClientSecret.Reveal()+s.Settings.BearerToken.Reveal() == "" {
					t.Errorf("err %v, or no secret", err)
				}
			})
		}
	}
}

func TestPermissionsWithoutSecrets(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	path := m.write("c.yaml", "workspace: a\nclient-secret:\nclient-secret-file: "+m.write("s", "hush", 0o600)+"\n", 0o644)
	if got := m.load("--config", path); got.Workspace != "a" || got.ClientSecret.Reveal() != "hush" {
		t.Errorf("got %+v", got)
	}
}

func TestSecretFile(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.write("conf/keys/secret", " hush\r\n", 0o600)
	config := m.write("conf/c.yaml", "client-secret-file: keys/secret\n", 0o644)
	if got := m.load("--config", config).ClientSecret.Reveal(); got != "hush" {
		t.Errorf("relative to the config file: got %q", got)
	}
	s := m.load("--client-secret-file", "~/conf/keys/secret")
	if got := s.ClientSecret.Reveal(); got != "hush" {
		t.Errorf("relative to home: got %q", got)
	}
	if got, want := value(t, s, "client-secret-file").Value, filepath.Join(m.home, "conf/keys/secret"); got != want {
		t.Errorf("path %q, want %q", got, want)
	}
	_, err := m.run("--client-secret-file", filepath.Join(m.home, "absent"))
	wantError(t, err, "--client-secret-file: ", "absent", "no such file")
	_, err = m.run("--bearer-token-file", m.write("empty", " \n", 0o600))
	wantError(t, err, "--bearer-token-file: ", "is empty")
	_, err = m.run("--audit-key-file", m.write("short", "fifteen letters", 0o600))
	wantError(t, err, "short: ", "has 15 characters: want at least 16")
	_, err = m.run("--bearer-token-file", m.write("two", "HUSH\nHUSH\n", 0o600))
	wantError(t, err, "two: bearer-token: has white space")
	if strings.Contains(err.Error(), "HUSH") {
		t.Errorf("error quotes the secret: %v", err)
	}
}
