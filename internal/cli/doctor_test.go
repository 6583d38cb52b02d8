package cli_test

import (
	"maps"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox"
)

// TestDoctorExitCodes ends with the code of the first layer with a problem. This process
// cannot be started as a server, so the last layer is one as soon as all others are well.
func TestDoctorExitCodes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		vars map[string]string
		args []string
		code int
		out  []string
	}{
		"nothing but the self-test": {code: 20, out: []string{
			`^problem  MCP self-test  a host that starts this program gets no usable answer$`, "the path of this program is not known",
			`^ok       token`, `^skipped  check execute  not asked for`,
			`^Not well: the first problem is the layer "MCP self-test" \(exit code 20\)\.$`,
		}},
		"served over HTTP": {vars: map[string]string{"AIRBYTE_MCP_HTTP": "127.0.0.1:0"}, code: 20, out: []string{"problem  MCP self-test"}},
		"wrong secret": {vars: map[string]string{"AIRBYTE_CLIENT_SECRET": "canary"}, code: 13, out: []string{"^problem  token",
			`\(exit code 13\)`}},
		"no workspace": {vars: map[string]string{"AIRBYTE_WORKSPACE": "nobody"}, code: 15, out: []string{"^problem  workspace",
			"^skipped  connectors"}},
		"no credentials": {vars: map[string]string{"AIRBYTE_CLIENT_ID": "", "AIRBYTE_CLIENT_SECRET": ""}, code: 11, out: []string{
			"^problem  configuration", "-> set AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET", "^skipped  network +needs configuration",
		}},
		"wrong setting": {vars: map[string]string{"AIRBYTE_MCP_CALL_TIMEOUT": "soon"}, code: 11,
			out: []string{"^problem  configuration  .*AIRBYTE_MCP_CALL_TIMEOUT"}},
		"wrong CA file": {args: line("--ca-file nowhere.pem"), code: 11, out: []string{`^problem  configuration  .*nowhere\.pem`}},
		"wrong choice":  {args: line("--tools github_isues_*"), code: 11, out: []string{"^problem  configuration  .*github_isues"}},
		"wrong dialect": {args: line("--api-dialect older"), code: 11, out: []string{"^problem  configuration"}},
		"unknown flag":  {args: line("--nonsense"), code: 2},
		"unknown connector": {args: line("--connectors githubb"), code: 17, out: []string{"^problem  connectors",
			`connectors is "githubb" \(flag --connectors\)`}},
		"JSON":            {args: line("--json"), code: 20, out: []string{`\A\{`, `"exit_code": 20`, `"name": "token"`}},
		"JSON of a fault": {args: line("--json --api-dialect older"), code: 11, out: []string{`\A\{`, `"exit_code": 11`}},
		"details of all": {args: line("--verbose"), code: 20, out: []string{`^ +- client-id: \S+ \(environment$|^ +- client-id: `,
			"- client-secret: REDACTED"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShell(t)
			s.signIn(sandbox.Options{})
			maps.Copy(s.vars, c.vars)
			s.does(step{args: append(line("doctor"), c.args...), code: c.code, out: c.out, err: []string{"!a problem was found"}})
		})
	}
}

// TestDoctorTellsWhatIsBilled before it is sent.
func TestDoctorTellsWhatIsBilled(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	running := s.signIn(sandbox.Options{})
	s.does(step{
		args: line("doctor --execute --connectors github"), code: 20, out: []string{"^ok       check execute  1 of 1 went well$"},
		err: []string{"^airbyte-mcp-server doctor: sending one billed operation, a read of one record$"},
	})
	if n := len(running.Requests().Executes); n != 1 {
		t.Errorf("%d executions were sent, want one", n)
	}
}

// TestDoctorOfTheSandbox has one organization and needs no account.
func TestDoctorOfTheSandbox(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	_, stdout, _ := s.run("", line("doctor --sandbox --connectors github")...)
	for _, layer := range []string{"token", "organization", "workspace", "dialect", "connectors"} {
		if !strings.Contains(stdout, "ok       "+layer) {
			t.Errorf("%s is not well:\n%s", layer, stdout)
		}
	}
}
