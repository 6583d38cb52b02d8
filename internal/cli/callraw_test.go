package cli_test

import (
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox"
)

// TestRawOptions: our options hold without a tool, too, so that no preview writes.
func TestRawOptions(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	running := s.signIn(sandbox.Options{})
	raw := func(what string, more ...string) []string {
		return append(append(line("call --raw"), line(what)...), more...)
	}
	preview := []string{`"dry_run":true`, `"method":"POST"`, `!dry_run.*dry_run`}
	s.does(
		step{args: raw("github issues create", `{"owner":"acme","repo":"widgets","title":"x","dry_run":true}`), out: preview},
		step{args: raw("slack messages delete", `{"channel":"C1","ts":"1","dry_run":true}`, "--workspace", "everything"), out: preview},
		step{args: raw("github issues create --dry-run", newIssue), out: preview},
		step{args: raw("hubspot novelties list", `{"max_pages":2}`)}.failing(5, "how it goes on"),
		step{args: raw("hubspot novelties create", `{"dry_run":true}`), out: preview}, // a pair that the catalog does not know
		step{args: line("call --dry-run github_issues_create " + newIssue), out: preview},
		step{args: line("call --dry-run delete_connector " + `{"connector":"hubspot"}`), out: []string{`"dry_run":true`}},
		step{args: line("call --dry-run github_viewer_get")}.failing(2, "github_viewer_get changes nothing"),
		step{args: raw("github issues create", `{"owner":"acme","dry_run":"perhaps"}`)}.failing(5,
			"reading dry_run: want true or false, not a text"),
		step{args: raw("github issues list", `{"owner":"acme","repo":"widgets","connector":"other"}`)}.failing(5, "before the entity"),
		step{args: raw("github issues list", `{"owner":"acme","repo":"widgets","max_pages":200}`)}.failing(5, "between 1 and 20"),
		step{args: []string{"call", "execute_action",
			`{"connector":"github","entity":"issues","action":"create","params":{"owner":"acme","dry_run":true}}`}}.failing(5,
			"`params.dry_run` belongs beside `params`"),
	)
	if n := running.Requests().Executes; len(n) != 0 {
		t.Fatalf("sent %v, want nothing", n)
	}
	s.does(step{args: raw("github issues list",
		`{"owner":"acme","repo":"widgets","per_page":2,"max_pages":2,"select_fields":["number"]}`), out: []string{`"pages":2`, `!"title"`}})
	sent := 0
	for _, x := range running.Requests().Executes {
		sent += x.Count
	}
	if sent != 2 {
		t.Errorf("sent %d requests, want one for each of two pages", sent)
	}
}

// TestCommandLineHabits: what people type by habit is understood, and what is wrong is said
// by the command that it belongs to.
func TestCommandLineHabits(t *testing.T) {
	t.Parallel()
	newShell(t).does(
		step{args: line("--version"), out: []string{`^airbyte-mcp-server 1\.2\.3`}},
		step{args: line("help"), out: []string{"^Services$"}},
		step{args: line("help connectors show"), out: []string{"Usage: airbyte-mcp-server connectors show"}},
		step{args: line("tools show github_issues_list --json"), out: []string{`"name": "github_issues_list"`}},
		step{args: line("tools slack_users --log-level WARN"), out: []string{"slack_users_list"}},
		step{args: line("serve --htpp x")}.failing(2, `did you mean --http or --help`),
		step{args: line("connectors show")}.failing(2, "See airbyte-mcp-server connectors show --help"),
		step{args: line("connect github --open --from-stdin")}.failing(2, "See airbyte-mcp-server connect --help"),
		step{args: line("fly")}.failing(2, "See airbyte-mcp-server --help"),
	)
	s := newShell(t)
	s.vars["AIRBYTE_MCP_LOG_LEVEL"], s.vars["AIRBYTE_MCP_SURFACE"] = "DEBUG", "Search"
	s.does(step{args: line("config show"), out: []string{`debug`, `search`}})
	s.vars["AIRBYTE_MCP_LOG_LEVEL"] = "LOUD"
	s.does(step{args: line("config show")}.failing(2, "want one of debug, info, warn, error"))
}

// TestMessagesAreWhole: a part of an answer that was cut off is no message, and no message
// has a word of the program's own insides.
func TestMessagesAreWhole(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]string{
		"a success cut off":  "route=execute,truncate",
		"a token cut off":    "route=token,truncate",
		"a list cut off":     "route=connectors,truncate",
		"no JSON":            "route=execute,malformed",
		"nothing":            "route=execute,empty",
		"nothing at the end": "route=connectors,reset_body",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShell(t)
			s.signIn(sandbox.Options{Faults: []string{fault}})
			code, _, stderr := s.run("", "call", "github_issues_list", `{"owner":"acme","repo":"widgets"}`)
			if code == 0 {
				t.Fatal("want a failure")
			}
			for _, insides := range []string{"{", "Go ", "json:", "unexpected EOF", "struct", "context "} {
				if strings.Contains(stderr, insides) {
					t.Errorf("%q has %q in it", stderr, insides)
				}
			}
		})
	}
}
