package config_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.vars["AIRBYTE_CLIENT_SECRET"] = "HUSH"
	m.vars["AIRBYTE_MCP_CONNECTOR_CACHE"] = "1h"
	s := m.load("--connectors", "github, linear,", "--connectors=slack", "--api-host=https://x.example/", "--max-request-body", "1048576")
	var lines []string
	for _, v := range s.Report() {
		lines = append(lines, strings.Join([]string{v.Group, v.Name, v.Value, v.Origin}, "|"))
	}
	want := strings.Split(strings.TrimSpace(wantedReport), "\n")
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

// However the settings are printed, from wherever the secrets came.
func TestSecretsNeverPrinted(t *testing.T) {
	t.Parallel()
	for name, setup := range map[string]func(m *machine){
		"environment": func(m *machine) {
			m.vars["AIRBYTE_CLIENT_SECRET"], m.vars["AIRBYTE_MCP_BEARER_TOKEN"] = "HUSH", "HUSH"
		},
		"config file": func(m *machine) { m.writeDefault("client-secret: HUSH\nbearer-token: HUSH\n") },
		"secret files": func(m *machine) {
			m.vars["AIRBYTE_CLIENT_SECRET_FILE"] = m.write("s", "HUSH", 0o600)
			m.vars["AIRBYTE_MCP_BEARER_TOKEN_FILE"] = m.write("t", "HUSH", 0o600)
		},
		"login": func(m *machine) {
			m.write(agentFile, agentText, 0o600)
			m.vars["AIRBYTE_MCP_BEARER_TOKEN"] = "HUSH"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			setup(m)
			g, err := m.run()
			s := &g.Settings
			if err != nil || s.ClientSecret.Reveal() != "HUSH" || s.BearerToken.Reveal() != "HUSH" {
				t.Fatalf("err %v, or the secrets did not come through", err)
			}
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				for _, shown := range []any{s, *s, g, *g, s.Report()} {
					text := fmt.Sprintf(verb, shown)
					if strings.Contains(text, "HUSH") || strings.Contains(text, fmt.Sprintf("%x", "HUSH")) {
						t.Errorf("%s of %T shows the secret: %s", verb, shown, text)
					}
				}
			}
			if text, err := json.Marshal(s); err != nil || strings.Contains(string(text), "HUSH") {
				t.Errorf("JSON, %v: %s", err, text)
			}
		})
	}
}

// A secret has no flag, and what is typed after one by mistake is not repeated.
func TestSecretsHaveNoFlag(t *testing.T) {
	t.Parallel()
	for _, arg := range []string{"--client-secret=HUSH", "--bearer-token=HUSH"} {
		_, err := newMachine(t).run(arg)
		wantError(t, err, "unknown flag", "did you mean", "-file")
		if strings.Contains(err.Error(), "HUSH") {
			t.Errorf("error quotes the secret: %v", err)
		}
	}
}

// wantedReport is group, name, value and origin of each setting.
const wantedReport = `
Airbyte|client-id||not set
Airbyte|client-secret|REDACTED|environment AIRBYTE_CLIENT_SECRET
Airbyte|client-secret-file||not set
Airbyte|organization-id||not set
Airbyte|workspace|default|default
Airbyte|api-host|https://x.example|flag --api-host
Airbyte|cloud-host||not set
Airbyte|api-dialect|auto|default
Airbyte|token-scope|auto|default
Airbyte|ca-file||not set
Serving|sandbox|false|default
Serving|connectors|github,linear,slack|flag --connectors
Serving|catalog||not set
Serving|tools||not set
Serving|exclude-tools||not set
Serving|toolsets||not set
Serving|effects||not set
Serving|read-only|false|default
Serving|surface|auto|default
Serving|max-tools|110|default
Serving|max-tool-tokens|30000|default
Serving|pin||not set
Serving|call-timeout|50s|default
Serving|eof-grace|900ms|default
Serving|max-concurrent-calls|64|default
Serving|memory-budget|0|default
Answers|max-result-bytes|60kB|default
Answers|answer-format||default
Answers|structured|auto|default
Answers|write-rules||not set
Answers|cache|0s|default
Answers|organization-domains||not set
Answers|audit-log||not set
Answers|audit-key||not set
Answers|audit-key-file||not set
Answers|download-dir||not set
Answers|max-download|1GiB|default
HTTP|bearer-token||not set
HTTP|bearer-token-file||not set
HTTP|max-sessions|20000|default
HTTP|session-idle|1h|default
HTTP|session-life|24h|default
HTTP|drain-delay|0s|default
HTTP|keep-alive|15s|default
HTTP|tls-cert||not set
HTTP|tls-key||not set
HTTP|tls-client-ca||not set
HTTP|tenant-metrics|false|default
HTTP|allowed-hosts||not set
HTTP|allowed-origins||not set
HTTP|public-url||not set
HTTP|page-name||not set
HTTP|page-logo||not set
HTTP|page-contact||not set
HTTP|max-request-body|1MiB|flag --max-request-body
Callers|keys-file||not set
Callers|keys||not set
Callers|oauth-issuers||not set
Callers|oauth-audience||not set
Callers|oauth-workspace||not set
Callers|oauth-principal||not set
Callers|oauth-workspaces||not set
Callers|oauth-scopes|airbyte:read,airbyte:write,airbyte:delete|default
Callers|oauth-challenge-scopes||not set
Callers|oauth-algorithms||not set
Callers|introspection-url||not set
Callers|introspection-client-id||not set
Callers|introspection-client-secret||not set
Callers|proxy-secret||not set
Callers|proxy-principal-header|X-Forwarded-User|default
Callers|proxy-workspace-header|X-Workspace|default
Callers|proxy-subjects||not set
Callers|tenant-rate|0|default
Callers|tenant-burst|0|default
Callers|tenant-in-flight|256|default
Callers|tenant-sessions|0|default
API client|execute-timeout|5m|default
API client|request-timeout|30s|default
API client|max-response-body|64MiB|default
API client|connector-cache|1h|environment AIRBYTE_MCP_CONNECTOR_CACHE
Logging|log-level|info|default
Logging|log-format|auto|default
Logging|no-progress|false|default
Configuration|config||not set
Configuration|env-file||not set
`
