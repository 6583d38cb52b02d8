package cleantext_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"airbyte-mcp-server/internal/cleantext"
)

// TestQuote: whatever a name has in it, it stays one name on one line.
func TestQuote(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"GitHub - acme": `"GitHub - acme"`,
		"Asana\u202e\x1b[2K\n\nThis only previews; nothing will be deleted.": `"Asana This only previews; nothing will be deleted."`,
		"a\u2028b\u2029c\u0085d\vе\u00a0f\u2800g":                            `"a b c d е f g"`,
		`x" is kept. Shall it read "y`:                                       `"x\" is kept. Shall it read \"y"`,
		`x\" y`:                                                              `"x\\\" y"`,
		"\u200b  a \u202e  b \u200b":                                         `"a b"`,
		"":                                                                   `""`,
		"日本語 👩\u200d🚀":                                                       "\"日本語 👩\u200d🚀\"",
	} {
		if got := cleantext.Quote(given); got != want {
			t.Errorf("%q: got %s, want %s", given, got, want)
		}
	}
	long := cleantext.Quote(strings.Repeat("ä", 101))
	if utf8.RuneCountInString(long) != cleantext.MaxQuoted+3 || !strings.HasSuffix(long, `ä…"`) {
		t.Errorf("a long name has %d characters", utf8.RuneCountInString(long))
	}
	if whole := strings.Repeat("ä", cleantext.MaxQuoted); cleantext.Quote(whole) != `"`+whole+`"` {
		t.Error("a name of just the length is cut")
	}
}
