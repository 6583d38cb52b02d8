package config_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/config"
)

const (
	agentFile = ".airbyte-agent/settings.json"
	agentText = `{"settings":{"credentials":{"client_id":"cli-id","client_secret":"HUSH"},` +
		`"organization_id":"cli-org","workspace":"cli-ws","telemetry":{"on":true}},"version":2}`
)

func TestAirbyteLogin(t *testing.T) {
	t.Parallel()
	type found struct{ id, secret, org, workspace string }
	whole := found{"cli-id", "HUSH", "cli-org", "cli-ws"}
	for _, tt := range []struct {
		name string
		vars map[string]string
		file string // our own config file
		args []string
		text string
		want found
	}{
		{name: "used", text: agentText, want: whole},
		{name: "organization and workspace set elsewhere", text: agentText, vars: map[string]string{"AIRBYTE_ORGANIZATION_ID": "org"},
			file: "workspace: ws\n", want: found{"cli-id", "HUSH", "org", "ws"}},
		{name: "workspace flag set to the default", text: agentText, args: []string{"--workspace=default"},
			want: found{"cli-id", "HUSH", "cli-org", "default"}},
		{name: "id in the environment", text: agentText, vars: map[string]string{"AIRBYTE_CLIENT_ID": "id"},
			want: found{id: "id", workspace: "default"}},
		{name: "id by flag", text: agentText, args: []string{"--client-id=id"}, want: found{id: "id", workspace: "default"}},
		{name: "secret in the environment", text: agentText, vars: map[string]string{"AIRBYTE_CLIENT_SECRET": "s"},
			want: found{secret: "s", workspace: "default"}},
		{name: "secret in our file", text: agentText, file: "client-secret: s\n", want: found{secret: "s", workspace: "default"}},
		{name: "both elsewhere", text: agentText, file: "client-secret: s\nclient-id: id\n",
			want: found{id: "id", secret: "s", workspace: "default"}},
		{name: "sandbox", text: agentText, args: []string{"--sandbox"}, want: found{workspace: "default"}},
		{name: "no secret", text: `{"settings":{"credentials":{"client_id":"i"},"organization_id":"o","workspace":"w"}}`,
			want: found{workspace: "default"}},
		{name: "no id", text: `{"settings":{"credentials":{"client_secret":"s"},"workspace":"w"}}`, want: found{workspace: "default"}},
		{name: "credentials only", text: `{"settings":{"credentials":{"client_id":"i","client_secret":"s"}}}`,
			want: found{"i", "s", "", "default"}},
		{name: "malformed", text: `{"settings":`, want: found{workspace: "default"}},
		{name: "empty object", text: `{}`, want: found{workspace: "default"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.write(agentFile, tt.text, 0o600)
			maps.Copy(m.vars, tt.vars)
			if tt.file != "" {
				m.writeDefault(tt.file)
			}
			s := m.load(tt.args...)
			if got := (found{s.ClientID, s.ClientSecret.Reveal(), s.OrganizationID, s.Workspace}); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAirbyteLoginOrigin(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	path := m.write(agentFile, agentText, 0o600)
	s := m.load()
	for _, name := range []string{"client-id", "client-secret", "organization-id", "workspace"} {
		if got, want := value(t, s, name).Origin, "file "+path; got != want {
			t.Errorf("%s from %q, want %q", name, got, want)
		}
	}
	if err := s.MissingCredentials(); err != nil {
		t.Errorf("credentials are there, but: %v", err)
	}
}

// A login that cannot be used is told when credentials are missing for want of
// it, and to nobody else.
func TestAirbyteLoginUnusable(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	path := m.write(agentFile, agentText, 0o640)
	wantError(t, m.load().MissingCredentials(), "login was not used", "chmod 600 "+path)
	if err := m.load("--sandbox").MissingCredentials(); err != nil {
		t.Errorf("in the sandbox: %v", err)
	}
	m.vars["AIRBYTE_CLIENT_ID"] = "id"
	if err := m.load().MissingCredentials(); strings.Contains(err.Error(), "chmod") {
		t.Errorf("the login would not be used anyway: %v", err)
	}
	for text, line := range map[string]string{"{\n\n\"settings\": HUSH": ":3:",
		"{\"settings\":\n{\"credentials\":{\"client_secret\": 7}}}": ":2:", "": ":1:"} {
		m := newMachine(t)
		path := m.write(agentFile, text, 0o600)
		err := m.load().MissingCredentials()
		wantError(t, err, path+line, "log in with it again")
		if strings.Contains(err.Error(), "HUSH") {
			t.Errorf("error quotes the file: %v", err)
		}
	}
}

func TestMissingCredentials(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		vars       map[string]string
		args       []string
		with, lack []string
	}{
		{name: "both", with: []string{"AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET", "https://app.airbyte.ai",
			"Profile page, API credentials", "--sandbox"}},
		{name: "secret", vars: map[string]string{"AIRBYTE_CLIENT_ID": "id"}, with: []string{"set AIRBYTE_CLIENT_SECRET", "--sandbox"},
			lack: []string{"AIRBYTE_CLIENT_ID"}},
		{name: "id", vars: map[string]string{"AIRBYTE_CLIENT_SECRET": "HUSH"}, with: []string{"set AIRBYTE_CLIENT_ID"},
			lack: []string{"AIRBYTE_CLIENT_SECRET", "HUSH"}},
		{name: "placeholder", vars: map[string]string{"AIRBYTE_CLIENT_ID": "id", "AIRBYTE_CLIENT_SECRET": "${input:HUSH secret}"},
			with: []string{"AIRBYTE_CLIENT_SECRET is a placeholder", "did not expand"}, lack: []string{"AIRBYTE_CLIENT_ID", "HUSH"}},
		{name: "none", vars: map[string]string{"AIRBYTE_CLIENT_ID": "id", "AIRBYTE_CLIENT_SECRET": "s"}},
		{name: "sandbox", args: []string{"--sandbox"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			maps.Copy(m.vars, tt.vars)
			err := m.load(tt.args...).MissingCredentials()
			if tt.with == nil {
				if err != nil {
					t.Errorf("got %v, want nil", err)
				}
				return
			}
			wantError(t, err, tt.with...)
			if !errors.Is(err, config.ErrMissingCredentials) {
				t.Errorf("%v is not ErrMissingCredentials", err)
			}
			for _, word := range tt.lack {
				if strings.Contains(err.Error(), word) {
					t.Errorf("%v names %s", err, word)
				}
			}
		})
	}
}

// TestPlaceholdersAreNamed in all settings that are sent, before they are.
func TestPlaceholdersAreNamed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"AIRBYTE_WORKSPACE", "AIRBYTE_API_HOST", "AIRBYTE_CLOUD_HOST", "AIRBYTE_MCP_BEARER_TOKEN",
		"AIRBYTE_MCP_PROXY_SECRET", "AIRBYTE_MCP_PUBLIC_URL",
	} {
		m := newMachine(t)
		m.vars[name] = "{{ value }}"
		_, err := m.run()
		wantError(t, err, name, "placeholder")
	}
}

// TestPlaceholdersInListsAreNamed, and in maps, in whatever form a host or a template has.
func TestPlaceholdersInListsAreNamed(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"AIRBYTE_MCP_CONNECTORS": "github,${input:connectors}", "AIRBYTE_MCP_TOOLS": "github_*,$TOOLS", "AIRBYTE_MCP_PIN": "<your tools>",
		"AIRBYTE_MCP_ALLOWED_HOSTS": "%HOST%", "AIRBYTE_MCP_WRITE_RULES": "${RULES}", "AIRBYTE_MCP_ORGANIZATION_DOMAINS": "${{ vars.DOMAIN }}",
		"AIRBYTE_MCP_TOOLSETS": "support=${SUPPORT}",
	} {
		m := newMachine(t)
		m.vars[name] = value
		_, err := m.run()
		wantError(t, err, name, "placeholder")
	}
	m := newMachine(t)
	m.vars["AIRBYTE_MCP_TOOLS"], m.vars["AIRBYTE_MCP_WRITE_RULES"] = "*,github_*", "*.*.delete=deny,*.*.*=confirm"
	m.load()
}

// TestSecretFilesOfWindows have a byte order mark and CRLF, or are UTF-16.
func TestSecretFilesOfWindows(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.vars["AIRBYTE_CLIENT_SECRET_FILE"] = m.write("secret", "\ufeffs3cret\r\n", 0o600)
	if got := m.load().ClientSecret.Reveal(); got != "s3cret" {
		t.Errorf("the secret is %q", got)
	}
	m.write("secret", "\xff\xfes\x003\x00", 0o600)
	_, err := m.run()
	wantError(t, err, "UTF-16", "UTF-8")
}
