package cli_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/tools"
)

func TestToolsList(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.does(
		step{args: line("tools github_issues"), out: []string{
			"^github_issues_list +read +List ", "^github_issues_create +create ", "^github_issues_search +read ", "!github_labels_list",
			"!list_connectors",
		}},
		step{args: line("tools list github_*_create"), out: []string{"^github_issues_create ", "!_list "}},
		step{args: line("tools list stripe_[cp]*s_get"), out: []string{"^stripe_charges_get ", "!stripe_invoices_get"}},
		step{args: line("tools github_issues --read-only"), out: []string{"^github_issues_list ", "!_create"}},
		step{args: line("tools nonesuch")}.failing(2, `"\*nonesuch\*"; it fits no tool`),
		step{args: line("tools list_conn --connectors github"), out: []string{"^list_connectors "}},
		step{args: line("tools github_[")}.failing(2, `pattern "github_\["`),
		step{args: line("tools --tools github_isues_*")}.failing(2, "github_isues"),
		step{args: line("tools --effects fly")}.failing(2, "fly"),
	)
	var entries []struct {
		Name, Title, Description, Connector, Entity, Action, Effect string
		InputSchema                                                 json.RawMessage
	}
	s.prints(&entries, "tools", "github_issues_list", "--json")
	if len(entries) != 1 {
		t.Fatalf("got %d tools, want one", len(entries))
	}
	e := entries[0]
	if e.Connector != "github" || e.Entity != "issues" || e.Action != "list" || e.Effect != "read" || e.Title == "" || e.Description == "" ||
		!strings.Contains(string(e.InputSchema), `"per_page"`) {
		t.Errorf("got %+v", e)
	}
}

// failing is the step as one that fails.
func (c step) failing(code int, says string) step {
	c.code, c.err, c.out = code, []string{says}, []string{"!."}
	return c
}

func TestToolsShow(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	var entry struct{ Name string }
	if s.prints(&entry, "tools", "show", "list_connectors"); entry.Name != "list_connectors" {
		t.Errorf("got %+v", entry)
	}
	s.does(
		step{args: line("tools show github_issues_list"), out: []string{`^  "name": "github_issues_list"`, `"per_page"`}},
		step{args: line("tools show github_issue_list")}.failing(4, "did you mean github_issues_list"),
		step{args: line("tools show github_issues_create --read-only")}.failing(4, "github_issues_create"),
	)
}

func TestToolsFind(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.does(
		step{args: []string{"tools", "find", "open pull requests in github"}, out: []string{`\Agithub_pull_requests_list +read `}},
		step{args: line("tools find open pull requests in github"), out: []string{`\Agithub_pull_requests_list `}},
		step{args: line("tools find zzzqqq")}.failing(4, "nothing answers it"),
	)
	for limit, want := range map[string]int{"": 5, "2": 2} {
		args := line("tools find issues --json")
		if limit != "" {
			args = append(args, "--limit", limit)
		}
		var found []struct{ Name string }
		if s.prints(&found, args...); len(found) != want {
			t.Errorf("--limit %q: got %d tools, want %d", limit, len(found), want)
		}
	}
}

// TestHostTakesItsLimit and not one tool more.
func TestHostTakesItsLimit(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	var all []struct{ Name, Connector string }
	s.prints(&all, "tools", "--json")
	var own, names []string // some of the server's own cannot be left out
	for _, tool := range all {
		if tool.Connector == "" {
			own = append(own, tool.Name)
		} else {
			names = append(names, tool.Name)
		}
	}
	var base struct{ Listed struct{ Tools int } }
	s.prints(&base, "tools", "--budget", "--json", "--surface", "direct", "--tools", strings.Join(own, ","))
	const limit = 80 // of Cursor
	for more, says := range []string{"fits$", "too many: "} {
		choice := strings.Join(append(slices.Clone(own), names[:limit-base.Listed.Tools+more]...), ",")
		s.does(step{
			args: line("tools --budget --surface direct --tools " + choice),
			out:  []string{"^Cursor takes 80 tools of all servers together: " + says},
		})
	}
}

// TestBudgetOfHost tells what a host is shown and why.
func TestBudgetOfHost(t *testing.T) {
	t.Parallel()
	newShell(t).does(
		step{args: line("tools --budget --connectors github,intercom --host cursor-vscode"), out: []string{
			"^Surface (folded|search): .* tools are more than the 80 of Cursor", "^Cursor takes 80 tools of all servers together.$",
		}},
		step{args: line("tools --budget --host claude-code"), out: []string{`^Surface direct: Claude Code searches the 1\d\d\d tools itself`}},
		step{args: line("tools --budget --host cursr"), code: 2, err: []string{"did you mean Cursor"}},
		step{args: line("tools --host cursor"), code: 2, err: []string{"belongs to --budget"}},
		step{args: line("tools --budget --host claude-code@2.0.14"), out: []string{"^Surface search: "}},
	)
}

// TestBudget adds up, and says which hosts take the list.
func TestBudget(t *testing.T) {
	t.Parallel()
	type sum struct{ Tools, Bytes, Tokens int }
	var b struct {
		Connectors []struct {
			Connector string
			sum
		}
		Selected, Listed sum
		Surface          string
		Hosts            []struct {
			Host  string
			Limit int
			Fits  bool
		}
	}
	s := newShell(t)
	s.prints(&b, "tools", "--budget", "--json", "--connectors", "github", "--surface", "direct", "--max-tools", "500")
	if b.Surface != "direct" || b.Selected != b.Listed || b.Selected.Tokens != b.Selected.Bytes/tools.BytesPerToken {
		t.Errorf("got %+v", b)
	}
	total := sum{}
	for _, c := range b.Connectors {
		total.Tools += c.Tools
		total.Bytes += c.Bytes
	}
	if commas := len(b.Connectors) - 1; len(b.Connectors) != 2 || total.Tools != b.Selected.Tools || total.Bytes+commas != b.Selected.Bytes {
		t.Errorf("the parts have %+v, all have %+v", total, b.Selected)
	}
	s.prints(&b, "tools", "--budget", "--json", "--surface", "direct", "--connectors", "stripe,github")
	for _, h := range b.Hosts {
		if h.Fits != (b.Listed.Tools <= h.Limit) || h.Limit < 80 {
			t.Errorf("%d tools: got %+v", b.Listed.Tools, h)
		}
	}
	s.does(
		step{args: line("tools --budget --connectors github"), out: []string{
			`CONNECTOR +TOOLS +BYTES +TOKENS`, ` github +65 +\d+ +\d+`, `\(the server's own\)`, `all +7\d `, `listed by direct +7\d `,
			"^Surface direct: .*--max-tools 110", "^Cursor takes 80 tools of all servers together: fits$",
		}},
		step{args: line("tools --budget --surface search"), out: []string{`listed by search +\d+ `, "^Surface search: ",
			"^Visual Studio Code takes 128 .*: fits$"}},
		step{args: line("tools --budget --surface direct"),
			out: []string{"^Cursor takes 80 tools .*: too many: choose --surface=search, or fewer"}},
	)
}
