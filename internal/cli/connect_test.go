package cli_test

import (
	"os"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox"
)

// TestShowFields needs no account for what the catalog has.
func TestShowFields(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.does(
		step{args: line("connect github --show-fields"), out: []string{
			`\AGitHub \(github\)\nhttps://`, `^Personal access token, --method githubPAT$`, `^  token +\S.*\(required, secret, string\)$`,
			`, --method githubOAuth; or by consent in a browser: --browser$`, `^Settings, --set FIELD=VALUE$`, `^  repositories +`,
			`e\.g\. acme/widgets`,
		}},
		step{args: line("connect github --show-fields --json"), out: []string{`"name": "githubPAT"`, `"secret": true`}},
		step{args: line("connect githup --show-fields")}.failing(4, "did you mean github"),
	)
}

// TestConnectRefusesFlags before anything is asked of anybody.
func TestConnectRefusesFlags(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	running := s.signIn(sandbox.Options{})
	connect := func(more string) []string { return line("connect github " + more) }
	s.does(
		step{args: connect("")}.failing(2,
			"no terminal to type credentials into: use --from-env PREFIX, --from-file PATH, --from-stdin or --browser"),
		step{args: connect("--open --from-stdin")}.failing(2, "--open goes with --browser"),
		step{args: connect("--browser --set a=b")}.failing(2, "leave out --set, --method and --no-execute"),
		step{args: connect("--browser --method githubPAT")}.failing(2, "leave out --set"),
		step{args: connect("--browser --no-execute")}.failing(2, "leave out --set"),
		step{args: connect("--from-stdin --from-env X")}.failing(2, "from-env"),
		step{args: connect("--from-stdin --read-only")}.failing(8, "--read-only is set"),
		step{args: connect("--from-stdin --set token=ghp_canary")}.failing(2, "--set token: this is a credential"),
		step{args: line("connect nonesuch --from-stdin")}.failing(4, `unknown connector type "nonesuch"`),
	)
	for route, n := range running.Requests().Routes {
		if strings.HasPrefix(route, "POST ") && !strings.HasSuffix(route, "/token") {
			t.Errorf("%s was sent %d times", route, n)
		}
	}
}

// TestConnectFromSources creates connectors from values in each place where they may be.
func TestConnectFromSources(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	env := s.file("good.env", "# of the web app\nexport TOKEN='ghp_canary_2'\n")
	s.vars["SHOP_API_KEY"] = "sk_canary_5"
	s.does(
		step{
			args:  line("connect github --from-stdin --name mine --log-level debug"),
			stdin: `{"credentials": {"personal_access_token": "ghp_canary_1"}, "repositories": ["acme/widgets"]}`,
			out:   []string{`\AConnected "mine" \(github, id [0-9a-f-]{36}\) in workspace "default"; its credentials work\.\n\z`},
			err:   []string{"Airbyte's check: succeeded", "one billed Airbyte operation"},
		},
		step{args: line("connectors"), out: []string{`^mine +github +65 +github-mine `}},
		step{
			args: append(line("connect github --set repositories=acme/widgets --json --no-execute --from-file"), env),
			out:  []string{`"credentials_work": false`, `"id": "`}, err: []string{"!billed Airbyte operation"},
		},
		step{
			args: append(line("connect github --set repositories=acme/widgets --no-execute --from-file"), env),
			out:  []string{"its credentials have not been tried", "^Next: "},
		},
		step{args: line("connect stripe --from-env SHOP")}.failing(5, "account_id.* is required"),
		step{args: line("connect stripe --from-env NOTHING")}.failing(2, "none of these variables has a value: .*NOTHING_API_KEY"),
	)
	s.vars["SHOP_ACCOUNT_ID"] = "acct_1"
	s.does(step{args: line("connect stripe --from-env shop_ --name shop"), out: []string{`^Connected "shop"`}})
	if err := os.Chmod(env, 0o644); err != nil {
		t.Fatal(err)
	}
	s.does(
		step{args: append(line("connect github --from-file"), env)}.failing(2, `good\.env is open to other users \(mode 0644\): run chmod 600`),
		step{args: line("connect github --from-file nowhere.env")}.failing(2, `nowhere\.env`),
	)
}

// TestConnectTellsWhatDoesNotFit at once, and no value with it.
func TestConnectTellsWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	stdin := func(text string) step {
		return step{args: line("connect github --from-stdin --name refused"), stdin: text}
	}
	s.does(
		stdin(`{"token": "ghp_canary_3", "pasword": "ghp_canary_4"}`).failing(5, "`pasword` is unknown"),
		stdin(`{"token": "ghp_canary_3"}`).failing(5, "`repositories` is required"),
		stdin(`{"token": "ghp_canary_6"`).failing(2, "begin like a JSON object"),
		stdin("repositories=acme/widgets\nghp_canary_7").failing(2, "line 2 is not FIELD=VALUE"),
		stdin(`{"token": "ghp_canary_invalid", "repositories": "acme/widgets"}`).failing(3, "nothing was created"),
		step{args: line("connectors"), out: []string{"!^refused"}},
	)
}

// TestConnectReportsBadCredentials of a connector that was created all the same: the
// older dialect has no check to make first.
// TestConnectAnother says when a type gets a second connector, since calls must then say which.
func TestConnectAnother(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	good := `{"token": "ghp_1", "repositories": ["acme/widgets"]}`
	slack := `{"bot_key": "xoxb-1", "include_archived_channels": "false", "join_channels": "false"}`
	another := `has 1 connector of GitHub already \("GitHub - default"\).*such as "GitHub - 2"`
	s.vars["AIRBYTE_WORKSPACE"] = "empty"
	s.does(step{args: line("connect github --from-stdin"), stdin: good, err: []string{"!already", "Creating"}})
	s.vars["AIRBYTE_WORKSPACE"] = "default"
	s.does(
		step{args: line("connect slack --from-stdin"), stdin: slack, err: []string{"has 1 connector of Slack already"}},
		step{args: append(line("connect github --from-stdin --name"), "github - DEFAULT"), stdin: good, err: []string{another}},
		step{args: line("connect github --from-stdin --name third"), stdin: good,
			err: []string{`has 2 connectors of GitHub already`, "!a name of its own"}},
	)
}

func TestConnectReportsBadCredentials(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{Dialect: "seed"})
	bad := `{"token": "ghp_canary_invalid", "repositories": "acme/widgets"}`
	s.does(
		step{
			args: line("connect github --from-stdin --name refused"), stdin: bad, code: 3,
			out: []string{"its credentials do not work"},
			err: []string{`the connector was created \(id [0-9a-f-]{36}\), but its credentials do not work`},
		},
		step{args: line("connect github --from-stdin --json"), stdin: bad, code: 3, out: []string{`"credentials_work": false`},
			err: []string{"do not work"}},
		step{
			args: line("connect github --from-stdin --name mine"), stdin: `{"token": "ghp_canary_1", "repositories": ["acme/widgets"]}`,
			out: []string{`^Connected "mine".*its credentials work`}, err: []string{"check could not be made"},
		},
	)
}
