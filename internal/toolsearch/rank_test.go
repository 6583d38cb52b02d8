package toolsearch_test

import (
	"slices"
	"testing"

	"airbyte-mcp-server/internal/toolsearch"
)

// fleet is several connectors with the same entities, one of which has many tools.
func fleet() library {
	var docs []toolsearch.Document
	for _, connector := range []string{"alpha", "beta", "gamma"} {
		for _, action := range []string{"list", "search", "get", "create", "update", "delete", "download", "launch"} {
			docs = append(docs, toolOf(connector, "rockets."+action, ""))
		}
		docs = append(docs, toolOf(connector, "rocket_parts.list", "List the parts of rockets."), toolOf(connector, "pads.list",
			"Pads for rockets."))
	}
	return newLibrary(docs)
}

// TestRoomForOthers gives several connectors and actions a place among the first.
func TestRoomForOthers(t *testing.T) {
	t.Parallel()
	l := fleet()
	hits := l.index.Search(toolsearch.Query{Text: "rockets", Limit: 6})
	connectors := map[string]int{}
	for i, h := range hits {
		connectors[l.docs[h.Index].Connector]++
		if i > 0 && h.Score > hits[i-1].Score {
			t.Errorf("hit %d has a higher score than the one before", i)
		}
	}
	if len(connectors) != 3 {
		t.Errorf("the first six are of %v, want three connectors", connectors)
	}
	if got := l.names(toolsearch.Query{Text: "rockets", Limit: 3}); !slices.Equal(got, []string{
		"alpha_rockets_list", "beta_rockets_list", "gamma_rockets_list",
	}) {
		t.Errorf("equals come as %q, want them in their order", got)
	}
	named := l.names(toolsearch.Query{Text: "beta rockets", Limit: 8})
	for _, name := range named {
		if name[:4] != "beta" {
			t.Errorf("a question that names beta gives %q", named)
		}
	}
}

// TestOrderOfActions lists before it changes, where a question leaves it open.
func TestOrderOfActions(t *testing.T) {
	t.Parallel()
	l := fleet()
	want := []string{"alpha_rockets_list", "alpha_rockets_search", "alpha_rockets_get", "alpha_rockets_download", "alpha_rockets_create"}
	var got []string
	for _, h := range l.index.Search(toolsearch.Query{Text: "rockets", Connectors: []string{"alpha"}, Limit: 30}) {
		if d := l.docs[h.Index]; d.Entity == "rockets" {
			got = append(got, d.Name)
		}
	}
	if len(got) != 8 || !slices.Equal(got[:2], want[:2]) || got[len(got)-1] != "alpha_rockets_delete" {
		t.Errorf("got %q, want it to begin with %q and to end with the delete", got, want[:2])
	}
}

// TestContentsOfAConnector lists it by action, its central entity first.
func TestContentsOfAConnector(t *testing.T) {
	t.Parallel()
	got := fleet().names(toolsearch.Query{Connectors: []string{"gamma"}, Limit: 4})
	want := []string{"gamma_rockets_list", "gamma_rocket_parts_list", "gamma_pads_list", "gamma_rockets_search"}
	slices.Sort(got[1:3])
	slices.Sort(want[1:3])
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestPlacesOfWords weighs the name of an entity over a summary, and a summary over
// what it says about other tools.
func TestPlacesOfWords(t *testing.T) {
	t.Parallel()
	l := newLibrary([]toolsearch.Document{
		toolOf("quux", "a1s.list", "See quux_lamps_list for lamps."), toolOf("quux", "a2s.list", "Things by lamps.", "color"),
		toolOf("quux", "lamps.list", ""), toolOf("quux", "old_lamps.list", ""), toolOf("quux", "a3s.list", "Not lamps."),
		toolOf("quux", "a4s.list", "Search Airbyte's synced copy of Quux lamps. By color."),
	})
	got := l.names(toolsearch.Query{Text: "lamps", Limit: 10})
	if want := []string{"quux_lamps_list", "quux_old_lamps_list", "quux_a2s_list"}; len(got) != 5 || !slices.Equal(got[:3], want) {
		t.Errorf("lamps give %q, want %q and the two that name them in passing", got, want)
	}
	if got := l.names(toolsearch.Query{Text: "color"}); !slices.Equal(got, []string{"quux_a4s_list", "quux_a2s_list"}) {
		t.Errorf("color gives %q, want the summary before the parameter", got)
	}
}

// TestNearerNoun asks for what stands before a preposition.
func TestNearerNoun(t *testing.T) {
	t.Parallel()
	l := newLibrary([]toolsearch.Document{toolOf("quux", "lamps.list", ""), toolOf("quux", "shelves.list", "")})
	for question, want := range map[string]string{
		"lamps on shelves": "quux_lamps_list", "shelves with lamps": "quux_shelves_list", "lamps in all the shelves": "quux_lamps_list",
	} {
		if got := l.names(toolsearch.Query{Text: question}); len(got) == 0 || got[0] != want {
			t.Errorf("%q gives %q, want %s first", question, got, want)
		}
	}
}
