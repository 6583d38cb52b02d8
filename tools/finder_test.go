package tools_test

import (
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// TestFinder finds the tool that is meant among those of all connectors.
func TestFinder(t *testing.T) {
	t.Parallel()
	b := directory(schemas.Embedded())
	set, err := b.CatalogSet(tools.Session{})
	if err != nil {
		t.Fatal(err)
	}
	f := set.Finder()
	for question, want := range map[string]string{
		"create an issue in github":         "github_issues_create",
		"post a message to a slack channel": "slack_messages_create",
		"search tickets in zendesk":         "zendesk_support_tickets_search",
		"stripe refunds":                    "stripe_refunds_list",
	} {
		var got []string
		found := false
		for _, tool := range f.Find(tools.Wanted{Query: question, Limit: 3}) {
			got = append(got, tool.Name)
			found = found || tool.Name == want
		}
		if !found {
			t.Errorf("%q: got %q, want %s among them", question, got, want)
		}
	}
	if got := f.Find(tools.Wanted{Query: "zzzqqq", Limit: 3}); len(got) != 0 {
		t.Errorf("nonsense finds %d tools", len(got))
	}
}
