package config

import (
	"strings"
	"testing"

	"airbyte-mcp-server/internal/workbound"
)

// No file makes the parser panic, and whatever it accepts is known and not empty.
func FuzzConfigFile(f *testing.F) {
	for _, text := range []string{
		"read-only: true\nconnectors: [a, b]\n", "{\"client-secret\": \"x\",\n\t\"connectors\": []}", "client-secret: |\n  x\n",
		"a: &x 1\nb: *x\n", "? a\n: b\n", "<<: {a: 1}", "- a", "client-secret: !!str x", "---\n---\n", "\ufeff", "{", "[]: x",
		strings.Repeat("[", 100_000), "connectors: [" + strings.Repeat("a,", 50_000), strings.Repeat("- ", 50_000),
		"connectors: " + strings.Repeat("9", 100_000),
	} {
		f.Add([]byte(text))
	}
	keys := map[string]key{"client-secret": {secret: true}, "read-only": {}, "connectors": {list: true}}
	f.Fuzz(func(t *testing.T, data []byte) {
		var entries map[string]entry
		var err error
		workbound.Check(t, "a config file", len(data), 150, func() { entries, err = parseConfig("x.yaml", data, keys) })
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
