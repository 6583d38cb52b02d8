package importer_test

import (
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/importer"
)

// TestWordsAreBounded cuts descriptions behind a sentence if one ends in their second half,
// else anywhere, but through no character.
func TestWordsAreBounded(t *testing.T) {
	t.Parallel()
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, tt := range []struct{ name, given, want string }{
		{"as long as may be", x(999) + ".", x(999) + "."},
		{"one more", x(1001), x(1000) + "…"},
		{"sentence in the second half", x(500) + ". " + x(600), strings.Repeat("x", 500) + ". " + x(498) + "…"},
		{"sentence behind the middle", x(501) + ". " + x(600), x(501) + "."},
		{"the last of several", x(501) + ". " + x(100) + ". " + x(600), x(501) + ". " + x(100) + "."},
		{"through a character", x(999) + "öö", x(999) + "…"},
		{"behind a character", x(998) + "öö", x(998) + "ö…"},
		{"white space", "a \t b\n\n c", "a b c."},
		{"a reference like ours", "see {orders.list}", "see <orders.list>."},
		{"no reference", "see {Orders.list} {orders}", "see {Orders.list} {orders}"},
		{"ends like a sentence", "Yes!", "Yes!"},
		{"ends with a digit", "Up to 5", "Up to 5."},
		{"ends with a quote", "say `x`", "say `x`."},
		{"ends with a bracket", "(say)", "(say)."},
		{"ends with a colon", "as in:", "as in:"},
	} {
		node := strings.Replace(sound, "      x-airbyte-action", "      description: "+quoted(tt.given)+"\n      x-airbyte-action", 1)
		want := strings.TrimSuffix(tt.want, "\n")
		if got := readSound(t, node).Entities[0].Actions[0].Summary; got != want {
			t.Errorf("%s: got %d bytes, %q, want %d, %q", tt.name, len(got), got, len(want), want)
		}
	}
}

// TestSummaries of connectors are their first sentences, as far as they fit.
func TestSummaries(t *testing.T) {
	t.Parallel()
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, tt := range []struct{ name, given, want string }{
		{"short", "Sells things. Ships them.", "Sells things. Ships them."},
		{"as long as may be", x(150) + ". Y xxxxx.", x(150) + ". Y xxxxx."},
		{"one more", x(150) + ". Y xxxxxx.", x(150) + "."},
		{"a long sentence", x(200) + ". Y.", x(200) + "."},
		{"several that fit", x(70) + ". Y" + x(70) + "! Z" + x(70) + ".", x(70) + ". Y" + x(70) + "!"},
		{"ends where it has to", x(159) + ". Y" + x(9) + ".", x(159) + "."},
		{"two that just fit", "A. B" + x(155) + ". C.", "A. B" + x(155) + "."},
		{"one beyond it", "A. B" + x(157) + ". C.", "A."},
		{"no sentence", x(161), x(161) + "."},
		{"a number", x(100) + " 1. 2 " + x(100), x(100) + " 1. 2 " + x(100) + "."},
	} {
		text := strings.Replace(sound, "  version: 1.0.0", "  description: "+quoted(tt.given)+"\n  version: 1.0.0", 1)
		if got := readSound(t, text).Summary; got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestSpokenNames are summaries of what nobody describes.
func TestSpokenNames(t *testing.T) {
	t.Parallel()
	conn := readSound(t, strings.ReplaceAll(sound, "things", "order_lines"))
	if e := conn.Entities[0]; e.Summary != "Order lines." || e.Actions[0].Summary != "List order lines." {
		t.Errorf("got %q and %q", e.Summary, e.Actions[0].Summary)
	}
}

func quoted(text string) string {
	return `"` + strings.NewReplacer("\n", `\n`, "\t", `\t`).Replace(text) + `"`
}

func readSound(t *testing.T, text string) *schemas.Connector {
	t.Helper()
	conn, _, err := importer.ReadBytes("x.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return conn
}
