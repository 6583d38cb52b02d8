package cli_test

import (
	"testing"

	"airbyte-mcp-server/internal/sandbox"
)

func TestConnectorsAreRead(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	s.does(
		step{args: line("connectors"), out: []string{`^NAME +TYPE +TOOLS +ALIAS +STORE +ID$`,
			`^HubSpot - default +hubspot +20 +- +ready +[0-9a-f-]{36}$`}},
		step{args: line("connectors list --workspace acme-corp"), out: []string{`^GitHub - archive +github +65 +github-archive +building `}},
		step{args: line("connectors list --workspace empty"),
			out: []string{`\AWorkspace "empty" has no connectors; connect one with airbyte-mcp-server connect`}},
		step{args: line("connectors list --workspace empty --json"), out: []string{`\A\[\]\n\z`}},
		step{args: line("connectors list --json"), out: []string{`"context_store": "ready"`, `"type": "hubspot"`}},
		step{args: line("connectors types git"), out: []string{`^NAME +TITLE +TOOLS HERE +OWN TEMPLATE +DEFINITION ID$`,
			`^github +GitHub +yes +yes +[0-9a-f-]{36}$`, "!^stripe"}},
		step{args: line("connectors types gitlab --json"), out: []string{`"has_tools": true`}},
		step{args: line("connectors types nonesuch")}.failing(4, `"nonesuch"; nothing matches, see connectors types`),
		step{args: line("connectors show hubspot"), out: []string{`^name +HubSpot - default$`, "^type +hubspot$", "^workspace +default$",
			`^configuration, secrets masked$`, `\*\*\*`}},
		step{args: line("connectors show hubspot --json"), out: []string{`"config": \{`, `"name": "HubSpot - default"`, "!check"}},
		step{args: line("connectors show hubspott")}.failing(4, "hubspott"),
		step{args: line("connectors show github --workspace acme-corp")}.failing(4, "name one of them"),
	)
}

// TestStoresAreNoNeed lists the connectors of an API that does not know their stores.
func TestStoresAreNoNeed(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{Faults: []string{"route=credentials,status=500"}})
	s.does(
		step{args: line("connectors"), out: []string{`^HubSpot - default +hubspot +20 +- +- `}},
		step{args: line("connectors --log-level debug"), err: []string{"the Context Stores are not known"}},
	)
}

// TestConnectorsCheck is free unless an execution is asked for, which is said first.
func TestConnectorsCheck(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	running := s.signIn(sandbox.Options{})
	s.does(step{args: line("connectors check hubspot"), out: []string{`\AHubSpot - default \([0-9a-f-]{36}\)\ncheck: succeeded\n\z`},
		err: []string{"!."}})
	if n := len(running.Requests().Executes); n != 0 {
		t.Errorf("%d executions were sent unasked", n)
	}
	s.does(
		step{
			args: line("connectors check hubspot --execute"), err: []string{"billed as one operation: hubspot_.*, one record"},
			out: []string{`_[a-z_]+ works: the vendor takes the credentials|[a-z_.]+ works: the vendor takes the credentials`},
		},
		step{args: line("connectors check hubspot --execute --json"), out: []string{`"check_passed": true`, `"credentials_work": true`}},
		step{
			args: line("connect github --from-stdin --no-execute --name bad"), stdin: `{"token":"ghp_invalid","repositories":["acme/widgets"]}`,
			code: 3,
			err:  []string{"nothing was created"},
		},
		step{args: line("connectors check nonesuch")}.failing(4, "nonesuch"),
	)
	if n := len(running.Requests().Executes); n == 0 {
		t.Error("no execution was sent")
	}
	s.does(step{args: line("connectors check hubspot --api-dialect seed")}.failing(1, "older dialect"))
	s.does(step{
		args: line("connectors check hubspot --api-dialect seed --execute"),
		out:  []string{"^check: this dialect of the API has no check$", "works: the vendor takes the credentials"},
	})
}

// TestConnectorsCheckFails exits with a failure whatever it prints.
func TestConnectorsCheckFails(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{Faults: []string{"route=execute,inband"}})
	s.does(
		step{args: line("connectors check hubspot --execute"), code: 1, out: []string{"check: succeeded", " failed: "}, err: []string{"."}},
		step{args: line("connectors check hubspot --execute --json"), code: 1, out: []string{`"credentials_work": false`,
			`"execution_failure": "\S`}},
	)
}

// TestConnectorsCheckWithoutVerdict: a check that says nothing is not told as passed.
func TestConnectorsCheckWithoutVerdict(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{Switches: map[string]string{"check_polling": "pending"}})
	s.does(
		step{args: line("connectors check github --json"), code: 6, out: []string{`"check": "not conclusive \(pending\)"`, `!check_passed`},
			err: []string{"the check is not conclusive: try again later"}},
		step{args: line("connectors check github --execute"), out: []string{"not conclusive", "the vendor takes the credentials"}},
		step{args: []string{"call", "check_connector", `{"connector":"github"}`}, out: []string{"not conclusive", `!check_passed`}},
		step{args: line("connect github --from-stdin --no-execute"), stdin: `{"token":"ghp_1","repositories":"acme/widgets"}`,
			out: []string{"^Connected"}, err: []string{"Airbyte's check: not conclusive"}},
	)
}

func TestConnectorsUpdate(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	settings := s.file("settings.json", `{"repositories": ["acme/tools"]}`)
	nested := s.file("nested.json", `{"repositories": ["acme/tools"], "credentials": {"token": "ghp_canary_8"}}`)
	update := func(ref string, more ...string) []string {
		return append([]string{"connectors", "update", ref}, more...)
	}
	s.does(
		step{args: update("hubspot", "--name", "sales", "--yes"), out: []string{`\AUpdated "sales" \(id [0-9a-f-]{36}\)\n\z`}},
		step{args: update("sales", "--name", "x")}.failing(8, `change the connector "sales".*--yes`),
		step{args: line("connectors show sales"), out: []string{"^name +sales$"}},
		step{args: update("github", "--settings", "@"+settings, "--json", "--yes"), out: []string{`"acme/tools"`, `"type": "github"`}},
		step{args: update("github", "--settings", "-", "--yes"), stdin: `{"repositories": ["acme/widgets"]}`, out: []string{"^Updated "}},
		step{args: line("connectors show github --json"), out: []string{`"acme/widgets"`, "!acme/tools"}},
		step{args: update("github", "--settings", "@"+nested)}.failing(2, "token is a credential.*connect again with the new ones"),
		step{args: update("github", "--settings", `{"token":"ghp_canary_9"}`)}.failing(2, "token is a credential"),
		step{args: update("github", "--settings", "@"+settings+".nowhere")}.failing(2, "--settings: .*nowhere"),
		step{args: update("github")}.failing(2, "want --name, --set or --settings"),
		step{args: update("github", "--settings", "[]")}.failing(2, "want a JSON object"),
		step{args: update("github", "--settings", "null")}.failing(2, "want a JSON object"),
		step{args: update("github", "--set", "repositories=acme/gears", "--yes"), out: []string{"^Updated "}},
		step{args: line("connectors show github --json"), out: []string{`"acme/gears"`, "!acme/widgets"}},
		step{args: update("slack", "--set", "join_channels=true", "--yes"), out: []string{"^Updated "}},
		step{args: line("connectors show slack --json"), out: []string{`"join_channels": true`, `"include_archived_channels": false`}},
		step{args: update("zendesk-support", "--set", "subdomain=acme", "--yes"), out: []string{"^Updated "}},
		step{args: line("connectors check zendesk-support"), out: []string{"check: succeeded"}},
		step{args: update("slack", "--set", "join_channels=perhaps", "--yes")}.failing(5, "join_channels"),
		step{args: update("slack", "--set", "join_chanels=true", "--yes")}.failing(5, "did you mean join_channels"),
		step{args: update("github", "--set", "token=ghp_canary_10")}.failing(2, "token is a credential"),
		step{args: update("github", "--set", "repositories=a/b", "--settings", "{}")}.failing(2, "--set and --settings|--settings and --set"),
		step{args: update("sales", "--name", "x", "--read-only")}.failing(8, "read-only"),
		step{args: update("nonesuch", "--name", "x")}.failing(4, "nonesuch"),
	)
}

// TestConnectorsDelete says what is lost, and asks whom it can ask.
func TestConnectorsDelete(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{Switches: map[string]string{"delete_delay": "0s"}})
	s.does(
		step{args: line("connectors delete hubspot")}.failing(2,
			`This will delete the connector "HubSpot - default" \(hubspot, id [0-9a-f-]{36}\) of workspace "default" with its stored credentials`),
		step{args: line("connectors delete hubspot")}.failing(2, "agree to it with --yes"),
		step{args: line("connectors delete hubspot --yes --read-only")}.failing(8, "--read-only is set"),
		step{args: line("connectors delete hubspot --yes --write-rules airbyte.*.delete=deny")}.failing(8, "write policy denies it"),
		step{args: line("connectors show hubspot"), out: []string{"HubSpot"}},
		step{args: line("connectors delete hubspot --yes"), out: []string{`\ADeleted "HubSpot - default" \(id [0-9a-f-]{36}\)\n\z`},
			err: []string{"!."}},
		step{args: line("connectors show hubspot")}.failing(4, "hubspot"),
		step{args: line("connectors delete slack --yes --json"), out: []string{`"deleted": "[0-9a-f-]{36}"`, `"name": "Slack`}},
	)
}

func TestWorkspaces(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	s.does(
		step{args: line("workspaces"), out: []string{`^NAME +STATUS +ID$`, `^default +active +[0-9a-f-]{36}$`}},
		step{args: line("workspaces list --json"), out: []string{`"name": "acme-corp"`, `"organization_id": "`}},
		step{args: line("workspaces show"), out: []string{"^name +default$", "^status +active$"}},
		step{args: line("workspaces show --workspace acme-corp"), out: []string{"^name +acme-corp$"}},
		step{args: line("workspaces create fresh --region eu"), out: []string{"^name +fresh$"}},
		step{args: line("workspaces show fresh --json"), out: []string{`"name": "fresh"`}},
		step{args: line("workspaces show Fresh")}.failing(4, `no workspace named exactly "Fresh".*did you mean fresh`),
		step{args: line("workspaces create fresh")}.failing(1, `there is a workspace named "fresh" already`),
		step{args: line("workspaces create other --region mars")}.failing(5, `"mars" is no region`),
		step{args: line("workspaces create other --read-only")}.failing(8, "--read-only is set"),
	)
}
