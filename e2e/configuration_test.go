package e2e_test

import (
	"path/filepath"
	"testing"
)

func configurationCases() []doctorCase {
	return []doctorCase{
		{"nothing", func(*testing.T, *installation) {}, 0, "MCP self-test", "ok", []string{"tools"}},
		{"credentials unset", func(_ *testing.T, in *installation) {
			in.set("AIRBYTE_CLIENT_ID", "")
			in.set("AIRBYTE_CLIENT_SECRET", "")
		}, 11, "configuration", "problem", []string{"missing", "set AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET"}},
		{"secret file open to others", func(t *testing.T, in *installation) {
			in.set("AIRBYTE_CLIENT_SECRET", "")
			in.set("AIRBYTE_CLIENT_SECRET_FILE", writeFile(t, "secret", "wrong-secret-4711", 0o644))
		}, 11, "configuration", "problem", []string{"0644", "run chmod 600"}},
		{"API host with a path", func(_ *testing.T, in *installation) {
			in.set("AIRBYTE_API_HOST", "https://api.airbyte.ai/api/v1")
		}, 11, "configuration", "problem", []string{"AIRBYTE_API_HOST", "scheme and host only"}},
		{"config file broken", func(t *testing.T, in *installation) {
			in.set("AIRBYTE_MCP_CONFIG", writeFile(t, "config.yaml", "read-only: true\nclient-secret: [wrong-secret-4711\n", 0o600))
		}, 11, "configuration", "problem", []string{"config.yaml:", "not valid YAML", "change what is named"}},
		{"config file with an unknown key", func(t *testing.T, in *installation) {
			in.set("AIRBYTE_MCP_CONFIG", writeFile(t, "config.yaml", "workspaze: default\n", 0o600))
		}, 11, "configuration", "problem", []string{"config.yaml:1", "workspaze"}},
		{"duration without a unit", func(_ *testing.T, in *installation) {
			in.set("AIRBYTE_MCP_CALL_TIMEOUT", "soon")
		}, 11, "configuration", "problem", []string{"AIRBYTE_MCP_CALL_TIMEOUT"}},
		{"CA file without a certificate", func(t *testing.T, in *installation) {
			in.set("AIRBYTE_MCP_CA_FILE", writeFile(t, "ca.pem", "nothing", 0o600))
		}, 11, "configuration", "problem", []string{"ca.pem", "change what is named"}},
		{"catalog file broken", func(t *testing.T, in *installation) {
			in.set("AIRBYTE_MCP_CATALOG", filepath.Dir(writeFile(t, "acme.json", `{"name":`, 0o600)))
		}, 10, "binary", "problem", []string{"acme", "mend or remove the file", "catalog check"}},
		{"serve over HTTP by the environment", func(_ *testing.T, in *installation) {
			in.set("AIRBYTE_MCP_HTTP", "127.0.0.1:0")
		}, 20, "MCP self-test", "problem", []string{"listens over HTTP at 127.0.0.1:0", "unset AIRBYTE_MCP_HTTP"}},
		{"serve over HTTP by the config file", func(t *testing.T, in *installation) {
			in.set("AIRBYTE_MCP_CONFIG", writeFile(t, "config.yaml", "http: 127.0.0.1:0\n", 0o600))
		}, 20, "MCP self-test", "problem", []string{"listens over HTTP at 127.0.0.1:0", "`http` in the configuration file"}},
	}
}
