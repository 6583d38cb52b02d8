package toolsearch_test

import (
	"testing"

	"airbyte-mcp-server/internal/toolsearch"
)

// TestForms finds an entity by the forms of its name.
func TestForms(t *testing.T) {
	t.Parallel()
	var docs []toolsearch.Document
	forms := map[string][]string{
		"parties": {"party", "party's", "Parties"}, "boxes": {"box", "boxed"}, "branches": {"branch"}, "dishes": {"dish"},
		"classes": {"class"}, "statuses": {"statuses"}, "invoices": {"invoice", "invoiced", "invoicing"}, "prs": {"PR", "PRs"},
		"mms": {"mms"}, "recordings": {"recording"}, "records": {"records"}, "trainings": {"training"}, "trains": {"train"},
		"analysis": {"analysis"}, "bus": {"bus"}, "applications": {"application"},
	}
	for entity := range forms {
		docs = append(docs, toolOf("quux", entity+".list", ""))
	}
	l := newLibrary(docs)
	for entity, list := range forms {
		for _, question := range list {
			if got := l.names(toolsearch.Query{Text: question}); len(got) == 0 || got[0] != "quux_"+entity+"_list" {
				t.Errorf("%q gives %q, want quux_%s_list first", question, got, entity)
			}
		}
	}
}

// TestNounsOfTheirOwn keeps nouns apart that share the stem of a verb.
func TestNounsOfTheirOwn(t *testing.T) {
	t.Parallel()
	for entity, other := range map[string]string{
		"recordings": "records", "trainings": "trains", "applicants": "applications", "settings": "sets", "feeds": "fed", "meetings": "meets",
	} {
		l := newLibrary([]toolsearch.Document{toolOf("quux", entity+".list", "")})
		if got := l.names(toolsearch.Query{Text: other}); got != nil {
			t.Errorf("%q gives %q, want nothing", other, got)
		}
	}
}
