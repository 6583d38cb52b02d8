package toolsearch_test

import (
	"testing"

	"airbyte-mcp-server/internal/toolsearch"
)

// TestWordlessDetails: a connector without words of its own is found by the words of its
// parameters, by its fields, and by compounds that its summaries write apart.
func TestWordlessDetails(t *testing.T) {
	t.Parallel()
	docs := []toolsearch.Document{
		{Name: "acme_adcrews_list", Connector: "acme", ConnectorTitle: "Acme", Entity: "adcrews", Action: "list", Effect: "read",
			Summary: "List them; an ad crew is a group."},
		{Name: "acme_widgets_list", Connector: "acme", ConnectorTitle: "Acme", Entity: "widgets", Action: "list", Effect: "read",
			Summary: "List them.", Details: "Expression in Zorgish. "},
		{Name: "acme_gears_list", Connector: "acme", ConnectorTitle: "Acme", Entity: "gears", Action: "list", Effect: "read",
			Summary: "List them.", Fields: []string{"id", "torque"}},
	}
	for _, own := range []bool{false, true} {
		about := []toolsearch.Connector{{Slug: "acme"}}
		if own { // then these say what is meant
			about[0].Entities = map[string]toolsearch.Called{"gears": {Names: []string{"cog"}}}
		}
		x := toolsearch.New(docs, about)
		for question, want := range map[string]int{"ad crews": 0, "run this in zorgish": 1, "torque": 2} {
			hits := x.Search(toolsearch.Query{Text: question, Limit: 1})
			if found := len(hits) == 1 && hits[0].Index == want; !found && !own {
				t.Errorf("%s: %v, want %s", question, hits, docs[want].Name)
			}
			if question != "ad crews" && len(hits) > 0 && own {
				t.Errorf("%s: %v, though the connector has words of its own", question, hits)
			}
		}
	}
}
