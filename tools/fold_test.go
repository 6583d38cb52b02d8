package tools_test

import (
	"encoding/json"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/hosts"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// withDescribeTool is by how much describe_tool may make a folded list heavier.
const withDescribeTool = 150

// TestFoldedWeights holds the folded search of each connector to the weight of any tool, and
// to that of the searches that it stands for.
func TestFoldedWeights(t *testing.T) {
	t.Parallel()
	names, err := schemas.Embedded().Names()
	if err != nil {
		t.Fatal(err)
	}
	box := directory(schemas.Embedded())
	folded := 0
	for _, name := range names {
		s := tools.Session{Policy: tools.Policy{Connectors: []string{name}}, Listing: tools.Listing{Surface: tools.Auto}}
		plain, err := box.CatalogSet(s)
		if err != nil {
			t.Fatal(err)
		}
		s.Listing.MaxTools = len(plain.Listed) - 1
		set, err := box.CatalogSet(s)
		if err != nil {
			t.Fatal(err)
		}
		if set.Surface != tools.Folded {
			continue
		}
		folded++
		if got, before := weigh(set.Listed), weigh(plain.Listed); got > before+withDescribeTool {
			t.Errorf("%s: folded the list takes %d tokens, %d before", name, got, before)
		}
		for _, tool := range set.Listed {
			tokens := len(tool.Entry()) / tools.BytesPerToken
			if plain.Get(tool.Name) == nil && (tokens > 900 || strings.Contains(string(tool.Entry()), `$ref`)) {
				t.Errorf("%s takes %d tokens: %s", tool.Name, tokens, tool.Entry())
			}
		}
	}
	if folded < 40 {
		t.Errorf("the searches of %d connectors can be folded, want nearly all", folded)
	}
}

func weigh(list []*tools.Tool) (tokens int) {
	for _, tool := range list {
		tokens += len(tool.Entry()) / tools.BytesPerToken
	}
	return tokens
}

// TestOperatorBeatsHost: what is set explicitly is kept whatever is known of the host.
func TestOperatorBeatsHost(t *testing.T) {
	t.Parallel()
	box := directory(schemas.Embedded())
	claude, cursor, windsurf := hosts.Newest("claude-code"), hosts.Newest("Cursor"), hosts.Newest("windsurf")
	for _, tt := range []struct {
		name    string
		listing tools.Listing
		want    tools.Surface
		says    string
	}{
		{"searches itself", tools.Listing{Surface: tools.Auto, Host: claude}, tools.Direct, "Claude Code searches the "},
		{"most tools", tools.Listing{Surface: tools.Auto, Host: claude, MaxTools: 50}, tools.Search, "the 50 of --max-tools"},
		{"most tokens", tools.Listing{Surface: tools.Auto, Host: claude, MaxTokens: 500}, tools.Search, "the 110 of --max-tools"},
		{"search", tools.Listing{Surface: tools.Search, Host: claude}, tools.Search, "search is what the server is set to"},
		{"direct", tools.Listing{Surface: tools.Direct, Host: cursor}, tools.Direct, "direct is what the server is set to"},
		{"limits", tools.Listing{Surface: tools.Auto, Host: windsurf}, tools.Search, "the 100 of Windsurf"},
		{"more than the host takes", tools.Listing{Surface: tools.Auto, Host: cursor, MaxTools: 5000, MaxTokens: 1e6}, tools.Direct,
			"within --max-tools 5000"},
	} {
		set, err := box.CatalogSet(tools.Session{Listing: tt.listing})
		if err != nil {
			t.Fatal(err)
		}
		if set.Surface != tt.want || !strings.Contains(set.Reason, tt.says) {
			t.Errorf("%s: got %s (%s), want %s (%s)", tt.name, set.Surface, set.Reason, tt.want, tt.says)
		}
	}
}

// TestDescribeFoldedSearch: a tool that is listed can be described, with the schema that it is
// listed with, and one that is excluded cannot.
func TestDescribeFoldedSearch(t *testing.T) {
	t.Parallel()
	github := shopOne
	github.Type, github.Name = "github", "GitHub"
	w, err := tools.NewDirectory(schemas.Embedded(), lister{"main": {github}}, nil).Snapshot(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	s := tools.Session{Workspace: "main", Listing: tools.Listing{Surface: tools.Auto}}
	d, err := w.Describe(s, "github_search")
	if err != nil || d.Name != "github_search" || d.CallWith != d.Name || !strings.Contains(string(d.InputSchema), `"entity"`) {
		t.Errorf("got %+v (%v), want what is listed", d, err)
	}
	s.Policy.Exclude = []string{"*_search"}
	if d, err := w.Describe(s, "github_search"); err == nil {
		t.Errorf("what is excluded is described: %+v", d)
	}
}

// TestRightCallOfFoldedSearch: who misspells an entity is shown a call of the one that was
// meant.
func TestRightCallOfFoldedSearch(t *testing.T) {
	t.Parallel()
	github := shopOne
	github.Type, github.Name = "github", "GitHub"
	d := tools.NewDirectory(schemas.Embedded(), lister{"main": {github}}, nil)
	s := tools.Session{Workspace: "main", Listing: tools.Listing{Surface: tools.Auto}}
	for given, want := range map[string]string{"issue": "issues", "pull_request": "pull_requests", "zzzzzz": "branches"} {
		_, err := d.Find(t.Context(), s, "github_search", json.RawMessage(`{"entity":"`+given+`"}`))
		if err == nil || !strings.Contains(err.Error(), `{"entity":"`+want+`"`) {
			t.Errorf("%s: got %v, want a call with %s", given, err, want)
		}
	}
}
