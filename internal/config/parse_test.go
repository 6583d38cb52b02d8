package config

import (
	"strings"
	"testing"
	"unicode/utf8"

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

// No env file makes the parser panic, whatever it accepts has a name and a line, and what is
// between double quotes comes back as it was.
func FuzzEnvFile(f *testing.F) {
	for _, text := range []string{
		"A=1\n", "export A='x' # c\r\n", "A=\"x\\\"y\\n\\z\\\"", "A='", "=", "A", "A=1\nA=2\n", "# c", "\x00",
		"A=\xff", strings.Repeat("A", 1000),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		workbound.Check(t, "an env file", len(text), 400, func() {
			vars, err := parseEnv(text)
			lines := 1 + strings.Count(text, "\n")
			for name, e := range vars {
				if err != nil || name == "" || e.line < 1 || e.line > lines {
					t.Errorf("%q: %+v, %v", name, e, err)
				}
			}
		})
		if strings.ContainsAny(text, "\"\\\n\r\x00") || !utf8.ValidString(text) {
			return
		}
		vars, err := parseEnv(`A="` + text + `"`)
		if got := vars["A"].text; err != nil || got != strings.TrimSpace(text) {
			t.Errorf("%q came back as %q, %v", text, got, err)
		}
	})
}
