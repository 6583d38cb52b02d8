package tools_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// builtIn is a workspace with one of each of some connectors of the built-in catalog, of
// all if none is named.
func builtIn(t *testing.T, slugs ...string) *tools.Snapshot {
	t.Helper()
	catalog := schemas.Embedded()
	if len(slugs) == 0 {
		var err error
		if slugs, err = catalog.Names(); err != nil {
			t.Fatal(err)
		}
	}
	var list []airbyte.Connector
	for i, slug := range slugs {
		c, err := catalog.Connector(slug)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, airbyte.Connector{
			ID: fmt.Sprint("c-", i), Name: "Ours", Type: slug, TypeName: c.Title, DefinitionID: c.DefinitionID,
		})
	}
	w, err := tools.NewDirectory(catalog, lister{"main": list}, nil).Snapshot(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func mustFind(t *testing.T, w *tools.Snapshot, q tools.Wanted) *tools.FoundTools {
	t.Helper()
	answer, err := w.Search(searching("main"), q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return answer
}

// TestFoundGolden compares one answer with a reviewed copy: it is what models form their
// calls from. `go test ./tools -run Golden -update` rewrites it.
func TestFoundGolden(t *testing.T) {
	t.Parallel()
	got, err := json.MarshalIndent(mustFind(t, builtIn(t), tools.Wanted{Query: "list open github issues, bugs"}), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "found.json")
	if *update {
		if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(got)+"\n" != string(want) {
		t.Errorf("%v: got\n%s\nwant\n%s\nrun make golden and review the diff", err, got, want)
	}
}

// TestFoundSize bounds what ten tools take: their signatures must not be worth more than
// the description that they save.
func TestFoundSize(t *testing.T) {
	t.Parallel()
	w := builtIn(t)
	sum, most, n := 0, 0, 0
	for _, q := range readQuestions(t, filepath.Join("testdata", "questions", "unseen.json")) {
		raw, err := json.Marshal(mustFind(t, w, tools.Wanted{Query: q.Query}))
		if err != nil {
			t.Fatal(err)
		}
		sum, most, n = sum+len(raw), max(most, len(raw)), n+1
	}
	mean := sum / n / tools.BytesPerToken
	t.Logf("an answer takes %d tokens, at most %d", mean, most/tools.BytesPerToken)
	if mean > 900 || most/tools.BytesPerToken > 1200 {
		t.Errorf("an answer takes %d tokens, at most %d; want 900 and 1200", mean, most/tools.BytesPerToken)
	}
}

// TestFoundByEntity: the tools of an entity stand together, at the place of the best.
func TestFoundByEntity(t *testing.T) {
	t.Parallel()
	w := builtIn(t)
	set, err := w.Select(searching("main"))
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"create a github issue", "zendesk tickets", "stripe invoices of a customer"} {
		best := set.Finder().Find(tools.Wanted{Query: query})
		answer := mustFind(t, w, tools.Wanted{Query: query})
		if len(answer.Tools) != len(best) || answer.Tools[0].Name != best[0].Name {
			t.Errorf("%q: the first of %d is %s, want %s of %d", query, len(answer.Tools), answer.Tools[0].Name, best[0].Name, len(best))
		}
		var entities, ranked []string
		for _, row := range answer.Tools {
			entities = append(entities, set.Get(row.Name).Connector+"."+set.Get(row.Name).Entity)
		}
		for _, tool := range best {
			if entity := tool.Connector + "." + tool.Entity; !slices.Contains(ranked, entity) {
				ranked = append(ranked, entity)
			}
		}
		if got := slices.Compact(entities); !slices.Equal(got, ranked) {
			t.Errorf("%q: entities come as %q, want %q", query, got, ranked)
		}
	}
}

// TestFoundConnector takes a connector by whatever it is called.
func TestFoundConnector(t *testing.T) {
	t.Parallel()
	w := builtIn(t)
	set, err := w.Select(searching("main"))
	if err != nil {
		t.Fatal(err)
	}
	for spelling, want := range map[string][]string{
		"github": {"github"}, " GitHub ": {"github"}, "git hub": {"github"}, "amzn_ads": {"amazon-ads"}, "amzn_ads_*": {"amazon-ads"},
		"Amazon Ads": {"amazon-ads"}, "zendesk_support": {"zendesk-support"}, "Zendesk Support": {"zendesk-support"},
		"zendesk": {"zendesk-chat", "zendesk-support", "zendesk-talk"}, "GA4": {"google-analytics-data-api"},
		"search_console": {"google-search-console"}, "google_analytics": {"google-analytics-data-api"}, "ours": {"airtable"},
	} {
		found := map[string]bool{}
		for _, row := range mustFind(t, w, tools.Wanted{Connector: spelling, Limit: 50}).Tools {
			found[set.Get(row.Name).Connector] = true
		}
		for _, slug := range want {
			if !found[slug] {
				t.Errorf("%q does not mean %s: %v", spelling, slug, found)
			}
		}
		if len(found) != len(want) {
			t.Errorf("%q means %v, want %q", spelling, found, want)
		}
	}
	_, err = w.Search(searching("main"), tools.Wanted{Connector: "gihtub"})
	if err == nil || !strings.Contains(err.Error(), "did you mean github") {
		t.Errorf("got %v, want the nearest name", err)
	}
	few := builtIn(t, "jira", "slack")
	if _, err := few.Search(searching("main"), tools.Wanted{Connector: "GitHub"}); err == nil {
		t.Error("a connector that is not connected is taken")
	}
}

// TestFoundNothingOfAConnector shows what a connector has where no tool of it fits.
func TestFoundNothingOfAConnector(t *testing.T) {
	t.Parallel()
	answer := mustFind(t, builtIn(t, "granola", "jira"), tools.Wanted{Query: "zzzz qqq", Connector: "granola"})
	if len(answer.Tools) != 3 || answer.Hint != "Nothing fits the query; these are tools of the connector." {
		t.Errorf("got %+v, want the connector's tools and why", answer)
	}
}
