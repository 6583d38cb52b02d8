package config

import (
	"strings"
	"testing"

	"airbyte-mcp-server/internal/nearest"
)

// No file makes the parser panic, and whatever it accepts is known and not empty.
func FuzzConfigFile(f *testing.F) {
	for _, text := range []string{
		"read-only: true\nconnectors: [a, b]\n", "{\"client-secret\": \"x\",\n\t\"connectors\": []}", "client-secret: |\n  x\n",
		"a: &x 1\nb: *x\n", "? a\n: b\n", "<<: {a: 1}", "- a", "client-secret: !!str x", "---\n---\n", "\ufeff", "{", "[]: x",
	} {
		f.Add([]byte(text))
	}
	keys := map[string]key{"client-secret": {secret: true}, "read-only": {}, "connectors": {list: true}}
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := parseConfig("x.yaml", data, keys)
		if err != nil && !strings.HasPrefix(err.Error(), "x.yaml:") {
			t.Errorf("error does not name the file: %v", err)
		}
		for name, e := range entries {
			if _, known := keys[name]; !known || e.text == "" || e.origin.line < 1 {
				t.Errorf("%q: %+v", name, e)
			}
		}
	})
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "axc", 1}, {"abc", "ac", 1}, {"ac", "abc", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 2}} {
		if got := nearest.Distance(tt.a, tt.b); got != tt.want {
			t.Errorf("nearest.Distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
