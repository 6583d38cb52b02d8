package toolsearch_test

import (
	"strings"
	"testing"

	"airbyte-mcp-server/internal/toolsearch"
)

// harbors is a connector with words that are easily misspelt.
func harbors() library {
	return newLibrary([]toolsearch.Document{
		toolOf("portly", "manifests.list", ""), toolOf("portly", "refrigerators.list", ""), toolOf("portly", "staff.list", ""),
		toolOf("portly", "tugs.list", ""), toolOf("portly", "manifests.delete", ""), toolOf("seaview", "manifests.list", ""),
		toolOf("seaview", strings.Repeat("wharf", 7)+".list", ""),
	})
}

// TestSlips finds what was meant by a misspelt word.
func TestSlips(t *testing.T) {
	t.Parallel()
	l := harbors()
	for about, tt := range map[string]struct{ question, want string }{
		"a letter left out":              {"refigerators", "portly_refrigerators_list"},
		"a letter too many":              {"refrigerattors", "portly_refrigerators_list"},
		"another letter":                 {"refrigerstors", "portly_refrigerators_list"},
		"letters swapped":                {"refirgerators", "portly_refrigerators_list"},
		"two slips in a long word":       {"refigerattors", "portly_refrigerators_list"},
		"a capital at the beginning":     {"Refigerators", "portly_refrigerators_list"},
		"a connector":                    {"manifests in seaveiw", "seaview_manifests_list"},
		"a connector, in capitals":       {"manifests in Seaveiw", "seaview_manifests_list"},
		"a verb":                         {"delte the portly manifest", "portly_manifests_delete"},
		"a participle, which no verb is": {"portly manifests deleted", "portly_manifests_list"},
	} {
		if got := l.names(toolsearch.Query{Text: tt.question, Limit: 3}); len(got) == 0 || got[0] != tt.want {
			t.Errorf("%s: %q gives %q, want %s first", about, tt.question, got, tt.want)
		}
	}
}

// TestNoSlips leaves alone what is no misspelt word of the tools.
func TestNoSlips(t *testing.T) {
	t.Parallel()
	l := harbors()
	for about, question := range map[string]string{
		"an ordinary word":             "stuff",
		"a word too short":             "tugz",
		"another first letter":         "tefrigerators",
		"three slips":                  "refgeratrs",
		"two slips in a word of seven": "manfist",
		"a name in the middle":         "of Refigerators",
		"quoted":                       `"refigerators"`,
		"longer than any word":         strings.Repeat("wharf", 6) + "whorf",
	} {
		if got := l.names(toolsearch.Query{Text: question}); got != nil {
			t.Errorf("%s: %q gives %q, want nothing", about, question, got)
		}
	}
}
