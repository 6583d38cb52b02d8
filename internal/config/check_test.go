package config_test

import (
	"strings"
	"testing"

	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/internal/secret"
)

func TestAPIHost(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"https://api.airbyte.ai", "https://api.airbyte.ai"},
		{"https://api.airbyte.ai/", "https://api.airbyte.ai"},
		{"https://api.example:8443//", "https://api.example:8443"},
		{"http://localhost:8001", "http://localhost:8001"},
		{"http://127.0.0.1:8001", "http://127.0.0.1:8001"},
		{"http://127.8.9.1", "http://127.8.9.1"},
		{"http://[::1]:8001", "http://[::1]:8001"},
		{"http://api.airbyte.ai", ""},
		{"http://localhost.evil.example", ""},
		{"http://10.0.0.1", ""},
		{"ftp://api.airbyte.ai", ""},
		{"api.airbyte.ai", ""},
		{"//api.airbyte.ai", ""},
		{"https://", ""},
		{"https://api.airbyte.ai/api/v1", ""},
		{"https://api.airbyte.ai?x=1", ""},
		{"https://api.airbyte.ai#x", ""},
		{"https://user:HUSH@api.airbyte.ai", ""},
		{"https://a b", ""},
		{"https://a\x7fHUSH", ""},
	} {
		m := newMachine(t)
		g, err := m.run("--api-host=" + tt.text)
		if tt.want == "" {
			wantError(t, err, "--api-host: want ")
			if err != nil && strings.Contains(err.Error(), "HUSH") {
				t.Errorf("error shows a password: %v", err)
			}
			continue
		}
		if err != nil || g.Settings.APIHost != tt.want {
			t.Errorf("%q: got %q, %v, want %q", tt.text, g.Settings.APIHost, err, tt.want)
		}
	}
}

func TestWrongValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"workspace", " ", "name of a workspace"},
		{"workspace", "", "name of a workspace"},
		{"client-id", "a b", "white space"},
		{"organization-id", "a\tb", "white space"},
		{"call-timeout", "0s", "more than zero"},
		{"call-timeout", "-1s", "more than zero"},
		{"max-concurrent-calls", "0", "more than zero"},
		{"max-request-body", "0", "more than zero"},
		{"max-response-body", "0", "more than zero"},
		{"execute-timeout", "0s", "more than zero"},
		{"request-timeout", "0s", "more than zero"},
		{"connector-cache", "0s", "more than zero"},
		{"allowed-hosts", "a.example,https://b.example", `"https://b.example"`},
		{"allowed-hosts", "b.example/x", "host name"},
		{"allowed-hosts", "*", "host name"},
		{"allowed-origins", "https://a.example,b.example", `"b.example"`},
		{"allowed-origins", "https://a.example/", "scheme and host"},
		{"allowed-origins", "*", "scheme and host"},
		{"allowed-origins", "https://*.example", "scheme and host"},
		{"allowed-origins", "null", "scheme and host"},
		{"log-level", "loud", "debug"},
		{"max-request-body", "4M", "32MiB"},
		{"call-timeout", "50", "missing unit"},
	} {
		_, err := newMachine(t).run("--" + tt.name + "=" + tt.text)
		wantError(t, err, "--"+tt.name, tt.want)
	}
}

func TestRightValues(t *testing.T) {
	t.Parallel()
	newMachine(t).load("--allowed-hosts=a.example,b.example:8443,[::1]:80,localhost",
		"--allowed-origins=https://a.example,http://localhost:3000,vscode-webview://abc")
}

// All wrong values are told at once, each with its place.
func TestWrongValuesTogether(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	path := m.writeDefault("\nconnector-cache: 0s\n")
	m.vars["AIRBYTE_API_HOST"] = "example"
	m.vars["AIRBYTE_CLIENT_SECRET"] = "HU SH"
	_, err := m.run("--call-timeout=0s")
	wantError(t, err, "environment AIRBYTE_API_HOST: want", "environment AIRBYTE_CLIENT_SECRET: has white space",
		path+":2: connector-cache: want", "--call-timeout: want")
	if strings.Contains(err.Error(), "HU SH") {
		t.Errorf("error quotes the secret: %v", err)
	}
}

// A value that does not parse is told with its variable.
func TestWrongVariable(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"AIRBYTE_MCP_CALL_TIMEOUT": "50", "AIRBYTE_MCP_LOG_LEVEL": "loud", "AIRBYTE_MCP_READ_ONLY": "maybe",
		"AIRBYTE_MCP_MAX_REQUEST_BODY": "4M", "AIRBYTE_MCP_MAX_CONCURRENT_CALLS": "many",
	} {
		m := newMachine(t)
		m.vars[name] = text
		_, err := m.run()
		wantError(t, err, "environment "+name+": ", text)
	}
}

func TestCheckFurtherHosts(t *testing.T) {
	t.Parallel()
	for arg, want := range map[string]string{
		"--cloud-host=cloud.airbyte.com":                "--cloud-host: want scheme and host only",
		"--cloud-host=http://cloud.airbyte.com":         "--cloud-host: want https",
		"--cloud-host=http://127.0.0.1:8899/":           "",
		"--cloud-host=":                                 "",
		"--public-url=https://mcp.example.com/airbyte/": "",
		"--public-url=http://localhost:8080":            "",
		"--page-contact=it@acme.example":                "",
		"--page-contact=https://acme.example/help":      "",
		"--page-contact=javascript:alert(1)":            "--page-contact: want a mail address",
		"--page-contact=Acme <it@acme.example>":         "--page-contact: want a mail address",
		"--page-name=Acme\nInc":                         "--page-name: want one line",
		"--public-url=http://mcp.example.com":           "--public-url: want a URL like https://mcp.example.com",
		"--public-url=https://u:p@mcp.example.com":      "--public-url: want a URL",
		"--public-url=https://mcp.example.com/?a=b":     "--public-url: want a URL",
		"--api-dialect=new":                             "--api-dialect must be one of \"auto\",\"current\",\"seed\"",
		"--token-scope=org":                             "--token-scope must be one of",
	} {
		_, err := newMachine(t).run(arg)
		if want == "" && err != nil {
			t.Errorf("%s: %v", arg, err)
		}
		if want != "" {
			wantError(t, err, want)
		}
	}
}

// TestCheckBearer asks for a token that cannot be guessed, where others can try.
func TestCheckBearer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		token, address, public string
		ok                     bool
	}{
		{"a", "127.0.0.1:8080", "", true},
		{"a", "[::1]:8080", "http://localhost:8080", true},
		{"a", "127.0.0.1:8080", "https://mcp.example.com", false},
		{"a", "0.0.0.0:8080", "", false},
		{"fifteen-letters", ":8080", "", false},
		{"sixteen-letters-", ":8080", "", true},
		{"", "0.0.0.0:8080", "", true},
	} {
		s := &config.Settings{PublicURL: tt.public}
		if tt.token != "" {
			s.BearerToken = secret.New(tt.token)
		}
		if err := s.CheckBearer(tt.address); (err == nil) != tt.ok || err != nil && strings.Contains(err.Error(), tt.token+" ") {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}
