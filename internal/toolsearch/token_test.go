package toolsearch_test

import (
	"strings"
	"testing"

	"airbyte-mcp-server/internal/toolsearch"
)

// TestSpellings finds an entity however its name is written.
func TestSpellings(t *testing.T) {
	t.Parallel()
	l := small()
	for want, questions := range map[string][]string{
		"acme_pier_logs_list": {
			"pier logs", "Pier Logs", "PIER LOGS", "pier_logs", "pier-logs", "pier|logs", "PierLogs", "pierLogs", "(pier logs)", "pier logs?",
			"pier log's", "pier\tlogs", "pier logs …", "“pier logs” of today", "[pier] {logs}",
		},
		"acme_manifests_list": {"manifests", "manifest", "the manifest’s", "manifests' names", "manifests, please", "Manifests!", "'manifests'"},
		"acme_ships_list":     {"ships", "SHIPS", "ship's", "the ships, and nothing else"},
	} {
		for _, question := range questions {
			if got := l.names(toolsearch.Query{Text: question, Limit: 3}); len(got) == 0 || got[0] != want {
				t.Errorf("%q gives %q, want %s first", question, got, want)
			}
		}
	}
}

// TestQuotations asks for the thing, not for what its name reads like.
func TestQuotations(t *testing.T) {
	t.Parallel()
	l := small()
	for _, question := range []string{
		`the crate "ships manifests pier logs"`, "the crate “ships manifests pier logs”", "the crate `ships manifests pier logs`",
		"the crate 'ships manifests pier logs'", "the crate named ships manifests", "the crate called ships manifests",
		"the crate titled ships manifests", `the crate "delete ships"`,
	} {
		for _, name := range l.names(toolsearch.Query{Text: question, Limit: 1}) {
			if !strings.HasPrefix(name, "acme_crates_") || strings.HasSuffix(name, "_delete") {
				t.Errorf("%q gives %s first, want crates that are not deleted", question, name)
			}
		}
	}
	if got := l.names(toolsearch.Query{Text: "the captain's ships and sailor's crates", Limit: 2}); len(got) != 2 ||
		!strings.Contains(got[0]+got[1], "ships") || !strings.Contains(got[0]+got[1], "crates") {
		t.Errorf("apostrophes give %q, want ships and crates", got)
	}
}

// TestLongQuestions reads the beginning of a question only.
func TestLongQuestions(t *testing.T) {
	t.Parallel()
	l := small()
	for about, tt := range map[string]struct {
		question string
		found    bool
	}{
		"within 500 bytes":  {"zzz " + strings.Repeat(" ", 489) + " ships", true},
		"beyond 500 bytes":  {"zzz " + strings.Repeat(" ", 496) + "ships", false},
		"within 48 tokens":  {strings.Repeat("zzz ", 47) + "ships", true},
		"beyond 48 tokens":  {strings.Repeat("zzz ", 48) + "ships", false},
		"cut within a rune": {strings.Repeat("ß", 249) + " é ships", false},
	} {
		if got := l.names(toolsearch.Query{Text: tt.question}); (got != nil) != tt.found {
			t.Errorf("%s: got %q, want something: %t", about, got, tt.found)
		}
	}
}

// TestNamesOfEntities reads names with humps, and those that begin with a verb.
func TestNamesOfEntities(t *testing.T) {
	t.Parallel()
	l := newLibrary([]toolsearch.Document{
		toolOf("quux", "PaymentIntents.list", ""), toolOf("quux", "APIKeys.list", ""), toolOf("quux", "list_wagons.list", ""),
		toolOf("quux", "search_rails.list", ""), toolOf("quux", "show_tracks.get", ""), toolOf("quux", "café_seats.list", ""),
		{Name: "list_depots", Action: "list", Effect: "read", Summary: "List the depots."},
	})
	for question, want := range map[string]string{
		"payment intents": "quux_PaymentIntents_list", "intents": "quux_PaymentIntents_list", "api keys": "quux_APIKeys_list",
		"keys": "quux_APIKeys_list", "wagons": "quux_list_wagons_list", "rails": "quux_search_rails_list", "track": "quux_show_tracks_get",
		"CAFÉ seats": "quux_café_seats_list", "depots": "list_depots",
	} {
		if got := l.names(toolsearch.Query{Text: question, Limit: 2}); len(got) == 0 || got[0] != want {
			t.Errorf("%q gives %q, want %s first", question, got, want)
		}
	}
}
