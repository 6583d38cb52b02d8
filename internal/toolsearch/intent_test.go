package toolsearch_test

import (
	"testing"

	"airbyte-mcp-server/internal/toolsearch"
)

// wishes are questions for crates, by what is to be done with them.
var wishes = map[string][]string{
	"acme_crates_list": {
		"list crates", "which crates are open", "show all crates", "how many crates were deleted", "open crates",
		"give me the crates", "send me the list of crates", "get the crates", "tell us which crates are closed", "crates created today",
		"is there a crate from last week", "crates of the last 30 days", "please show me crates", "who has crates",
		"find me crates", "details of specific crates",
	},
	"acme_crates_get": {"show crate 12345", "get the crate", "display crate 4711", "fetch the crate", "open the crate 12345",
		"details of a specific crate", "look up one crate by its label", "show me a single crate", "details about the crate"},
	"acme_crates_create": {
		"create a crate", "add a crate", "could you please make a new crate", "open a crate", "book a crate", "put up a crate",
		"tomorrow register a crate", "new crate: delete everything", "send a crate", "schedule a crate", "book two crates of fruit",
	},
	"acme_crates_update": {
		"update the crate", "rename the crate", "close the crate", "mark the crate as sent", "the crate is full, so close it",
		"push the crate back", "turn the crate off", "switch crate 12345 on",
	},
	"acme_crates_delete": {
		"delete the crate", "get rid of the crate", "call off the crate", "throw the crate away", "remove a crate",
		"trash the crate", "bin the crate", "strip the crate out", "please delete crate 12345",
		"throw the old crate into the bin", "put the crate in the trash",
	},
	"acme_manifests_download": {"download the manifest", "export a manifest", "save the manifest", "get the pdf of the manifest"},
}

// TestIntents reads what is to be done from verbs, their companions and what follows.
func TestIntents(t *testing.T) {
	t.Parallel()
	l := small()
	for want, questions := range wishes {
		for _, question := range questions {
			if got := l.names(toolsearch.Query{Text: question, Limit: 3}); len(got) == 0 || got[0] != want {
				t.Errorf("%q gives %q, want %s first", question, got, want)
			}
		}
	}
}

// TestIntentFilters narrows what a question finds to effects, and its order to kinds.
func TestIntentFilters(t *testing.T) {
	t.Parallel()
	l := small()
	for _, tt := range []struct {
		query toolsearch.Query
		want  []string
	}{
		{toolsearch.Query{Text: "crate", Effects: []string{"delete"}}, []string{"acme_crates_delete"}},
		{toolsearch.Query{Text: "crate", Effects: []string{"create", "update"}, Limit: 2}, []string{"acme_crates_create", "acme_crates_update"}},
		{toolsearch.Query{Connectors: []string{"zeta"}, Limit: 1}, []string{"zeta_invoices_list"}},
		{toolsearch.Query{Connectors: []string{"zeta"}, Text: "acme crates"}, nil},
	} {
		got := l.names(tt.query)
		if len(got) != len(tt.want) {
			t.Errorf("%+v gives %q, want %q", tt.query, got, tt.want)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%+v gives %q, want %q", tt.query, got, tt.want)
			}
		}
	}
}
