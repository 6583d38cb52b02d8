package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"airbyte-mcp-server/internal/sandbox"
)

func TestCall(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	issues := `{"owner":"acme","repo":"widgets","per_page":1}`
	create := []string{"call", "github_issues_create", `{"owner":"acme","repo":"widgets","title":"x"}`}
	s.does(
		step{args: []string{"call", "github_issues_list", issues}, out: []string{`\A\{"result":\[\{.*"source":"live"`}, err: []string{"!."}},
		step{args: line("call github_issues_list -"), stdin: issues, out: []string{`\A\{"result":\[`}},
		step{args: append(line("call --surface search github_issues_list"), issues), out: []string{`\A\{"result":\[`}},
		// what hosts are shown is no matter
		step{args: append(line("call --raw github issues list"), issues), out: []string{`"result":\[`}},
		step{args: append(line("call --raw github issues list"), "{")}.failing(2, "the parameters are not valid JSON"),
		step{args: line("call --raw github issues")}.failing(2, "want call --raw CONNECTOR ENTITY ACTION"),
		step{args: line("call --raw github issues explode")}.failing(5, "explode"),
		step{args: line("call github_issues_list {} more")}.failing(2, "want call NAME"),
		step{args: line("call github_issues_list {")}.failing(5, "not valid JSON"),
		step{args: []string{"call", "connect_connector", `{"type":"github"}`}}.failing(2, "connect TYPE --browser"),
		step{args: append(create, "--read-only")}.failing(8, "read-only"),
		step{args: append(create, "--write-rules", "github.*.*=deny")}.failing(8, "write policy denies it"),
		step{args: append(create, "--write-rules", "github.*.*=confirm")}.failing(8,
			"must be confirmed.*Answer it on a terminal, or agree to it with --yes"),
		step{args: append(create, "--write-rules", "github.*.*=confirm", "--yes"), out: []string{`"title":"x"`}},
		step{args: append(create, "--write-rules", "sometimes")}.failing(2, "want CONNECTOR.ENTITY.ACTION=allow, confirm or deny"),
	)
}

// TestArgumentsOfAnotherEncoding are refused, wherever they come from: repaired ones would
// say something else. A byte order mark is no part of them.
func TestArgumentsOfAnotherEncoding(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	latin := "{\"owner\":\"acme\",\"repo\":\"widgets\",\"title\":\"caf\xe9\"}"
	s.does(
		step{args: []string{"call", "github_issues_create", latin}}.failing(2, "not UTF-8.*nothing was sent"),
		step{args: []string{"call", "--raw", "github", "issues", "create", latin}}.failing(2, "not UTF-8"),
		step{args: []string{"call", "--raw", "github", "issu\xe9s", "create", "{}"}}.failing(2, "not UTF-8"),
		step{args: line("call github_issues_create -"), stdin: latin}.failing(2, "not UTF-8"),
		step{args: line("call github_issues_list -"), stdin: "\ufeff" + `{"owner":"acme","repo":"widgets","per_page":1}`,
			out: []string{`\A\{"result":\[`}},
	)
}

// TestCallsAreWrittenDown, or not made.
func TestCallsAreWrittenDown(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	path := filepath.Join(s.dir, "audit.jsonl")
	s.does(
		step{args: []string{"call", "github_issues_create", `{"owner":"acme","repo":"widgets","title":"secret-title"}`, "--audit-log", path},
			out: []string{`"number":`}},
		step{args: line("call --audit-log stderr list_connectors"), err: []string{`"tool":"list_connectors"`}},
		step{args: []string{"call", "list_connectors", "--audit-log", filepath.Join(s.dir, "nowhere", "audit.jsonl")}}.failing(1,
			"opening the audit log"),
	)
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s.matches(nil, "the audit log", string(written), []string{
		`\A.*"event":"start".*\n.*"event":"intent".*"tool":"github_issues_create".*\n.*"event":"result".*"outcome":"ok".*\n.*"event":"stop".*\n\z`,
		"!secret-title",
	})
}

// TestFailuresSayWhatIsNext, and whether a write may have happened.
func TestFailuresSayWhatIsNext(t *testing.T) {
	t.Parallel()
	write := []string{"call", "github_issues_create", `{"owner":"acme","repo":"widgets","title":"x"}`}
	for rule, c := range map[string]struct {
		code int
		says string
	}{
		"reset":                {7, `\nIt may have happened: check before repeating it`},
		"status=403":           {3, `\nNext: \S`},
		"status=401":           {3, `\nNext: \S`},
		"status=422":           {5, `\nNext: \S`},
		"status=404":           {4, `.`},
		"status=429,times=100": {6, `\nNext: `},
	} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			s := newShell(t)
			s.signIn(sandbox.Options{Faults: []string{"route=execute," + rule}})
			s.does(step{args: write}.failing(c.code, c.says))
		})
	}
	t.Run("no credentials", func(t *testing.T) {
		t.Parallel()
		newShell(t).does(step{args: write}.failing(3, "AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET"))
	})
	t.Run("no time left", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.signIn(sandbox.Options{Faults: []string{"route=execute,hang"}})
		read := []string{"call", "github_issues_list", `{"owner":"acme","repo":"widgets"}`, "--call-timeout", "300ms"}
		s.does(
			step{args: read}.failing(6, "."),
			step{args: append(write, "--call-timeout", "3s")}.failing(7, "It may have happened"),
		)
	})
}

// TestDownloadsAreKept in the folder in which the command was given unless another one
// is named.
func TestDownloadsAreKept(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	var page struct{ Result []struct{ ID string } }
	s.prints(&page, "call", "google_drive_files_list", `{"pageSize":1}`)
	if len(page.Result) != 1 {
		t.Fatalf("got %+v", page)
	}
	var got struct{ Result struct{ Path string } }
	s.prints(&got, "call", "google_drive_files_download", `{"fileId":"`+page.Result[0].ID+`","alt":"media"}`, "--download-dir", s.dir)
	if filepath.Dir(got.Result.Path) != s.dir {
		t.Errorf("got %+v, want a file in %s", got, s.dir)
	}
	if _, err := os.Stat(got.Result.Path); err != nil {
		t.Error(err)
	}
}
