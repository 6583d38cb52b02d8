package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox"
)

// TestCatalogSync asks the API what a connector can do now.
func TestCatalogSync(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	running := s.signIn(sandbox.Options{})
	made := filepath.Join(s.dir, "airbyte-mcp-server", "catalog", "github.json")
	s.does(step{args: line("catalog sync --dry-run github"), out: []string{"no difference|^[-+~] github_", "!written"}})
	if _, err := os.Stat(made); err == nil {
		t.Error("--dry-run has written a file")
	}
	s.does(step{args: line("catalog sync github"), err: []string{`\AAsking the API what "GitHub.*" can do now: one billed operation\.$`},
		out: []string{`\Ano difference\nnothing was written: `}})
	if _, err := os.Stat(made); err == nil {
		t.Error("a file without a difference was written")
	}
	s.does(
		step{args: line("catalog sync --force github"), out: []string{"^no difference$", "^written to .*github.json$"}},
		step{args: []string{"catalog", "check", filepath.Dir(made)}, out: []string{"^github: good$"}},
		step{args: line("catalog sync githubb")}.failing(4, "githubb"),
	)
	billed := 0
	for _, e := range running.Requests().Executes {
		billed += e.Count
	}
	if billed != 3 {
		t.Errorf("%d operations were billed, want one for each sync", billed)
	}
}

// TestSyncOfADifference writes what differs, and nothing when it is asked again.
func TestSyncOfADifference(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	_, file, _ := s.run("", "catalog", "show", "github", "--json")
	changed := strings.Replace(file, `"action": "list"`, `"action": "download"`, 1)
	made := s.file("airbyte-mcp-server/catalog/github.json", changed)
	s.does(
		step{args: line("catalog sync github --dry-run"), out: []string{`^\+ github_\w+_list$`, `^- github_\w+_download$`, "!written"}},
		step{args: line("catalog sync github"), out: []string{`^\+ github_\w+_list$`, "^written to .*github.json$"}},
	)
	written, err := os.Stat(made)
	if err != nil {
		t.Fatal(err)
	}
	s.does(step{args: line("catalog sync github"), out: []string{`\Ano difference\nnothing was written`}})
	if again, err := os.Stat(filepath.Clean(made)); err != nil || !again.ModTime().Equal(written.ModTime()) {
		t.Errorf("the file was written again: %v", err)
	}
}
