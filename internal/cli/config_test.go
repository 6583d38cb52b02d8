package cli_test

import (
	"strings"
	"testing"
)

// TestConfigShow tells of each setting where its value comes from: the highest wins.
func TestConfigShow(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	path := s.file("airbyte-mcp-server/config.yaml", "workspace: from-file\nlog-level: warn\nclient-secret: canary-in-file\nread-only: true\n")
	s.vars["AIRBYTE_WORKSPACE"], s.vars["AIRBYTE_CLIENT_ID"] = "from-environment", "somebody"
	s.does(step{args: line("config show --log-level debug"), out: []string{
		`^  workspace +from-environment +environment AIRBYTE_WORKSPACE$`,
		`^  log-level +debug +flag --log-level$`,
		`^  read-only +true +file .*config.yaml`,
		`^  client-id +somebody +environment AIRBYTE_CLIENT_ID$`,
		`^  client-secret +REDACTED +file .*config.yaml`,
		`^  api-host +https://api\.airbyte\.ai +default$`,
		`^  organization-id +not set$`,
		`^[A-Z]`, // groups
	}})
	var settings []struct{ Name, Value, Origin string }
	s.prints(&settings, "config", "show", "--json")
	found := false
	for _, v := range settings {
		if v.Name == "workspace" {
			found = v.Value == "from-environment" && v.Origin == "environment AIRBYTE_WORKSPACE"
		}
		if v.Name == "client-secret" && (v.Value != "REDACTED" || !strings.Contains(v.Origin, path)) {
			t.Errorf("got %+v", v)
		}
	}
	if !found {
		t.Errorf("got %+v", settings)
	}
}

// TestConfigMistakes are told with the place where each stands.
func TestConfigMistakes(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.file("airbyte-mcp-server/config.yaml", "workspaze: default\n")
	s.does(step{args: line("config show"), code: 2, err: []string{`config\.yaml:1`, "workspaze", "did you mean workspace"}})
	s = newShell(t)
	s.vars["AIRBYTE_MCP_CALL_TIMEOUT"] = "soon"
	s.does(
		step{args: line("config show"), code: 2, err: []string{"AIRBYTE_MCP_CALL_TIMEOUT", "See airbyte-mcp-server config show --help"}},
		step{args: line("config show --nonsense"), code: 2, err: []string{"nonsense"}},
	)
}

func TestHelp(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.does(
		step{out: []string{"serve", "doctor", "Not affiliated with Airbyte"}}, // without arguments
		step{args: line("--help"), out: []string{"serve"}},
		step{args: line("doctor --help"), out: []string{`11 configuration,\s+12\s+network or\s+clock, 13\s+token`}},
		step{args: line("connect --help"), out: []string{"Credentials never are arguments"}},
		step{args: line("call --help"), out: []string{`Without\s+a\s+terminal\s+it\s+needs\s+--yes`}},
		step{args: line("version"), out: []string{`^airbyte-mcp-server 1\.2\.3`}},
		step{args: line("config"), code: 2, err: []string{`expected "show"`}},
		step{args: line("frobnicate"), code: 2, err: []string{"frobnicate"}},
		step{args: line("sandbox --dialect older"), code: 2, err: []string{`must be one of "both","current","seed"`}},
		step{args: line("sandbox --addr 0.0.0.0:0"), code: 1, err: []string{"not a loopback address"}},
		step{args: line("demo"), code: 1, err: []string{"the path of this program is not known"}},
	)
}
