package confedit_test

import (
	"strings"
	"testing"

	"airbyte-mcp-server/internal/confedit"
	"airbyte-mcp-server/internal/workbound"
)

// FuzzEdit adds, changes and removes an entry in any text: nothing panics, what comes out
// can be read again, what was added is there, and taking it away again leaves no trace in
// what the file means.
func FuzzEdit(f *testing.F) {
	for _, text := range []string{
		"", "{}", "{\"m\": {\"y\": 1,}, /* c */}", "// c\n{\n\t\"m\": {\n\t}\n}\r\n", "m:\n  y: 1\n", "m: {}\n", "- a", tomlFile, yamlFile,
		"[m]\n", "m.x.y = 1\n", "[[m]]\na=1\n", "m = [1,\n2]\n",
		"a: |\n  b\n\n c: d", "? a\n: b\n", "---\nm:\n...\n", "\ufeff[\"m\"]\n", "\r\r\r", "a: b\u2028m: c\n", "{\"m\":null}",
	} {
		for i := range 3 {
			f.Add(byte(i), text)
		}
	}
	formats := []confedit.Format{confedit.JSON, confedit.TOML, confedit.YAML}
	f.Fuzz(func(t *testing.T, which byte, text string) {
		format := formats[int(which)%len(formats)]
		path := confedit.Keys("m", "x")
		workbound.Check(t, "a host's file", len(text), 4000, func() {
			d, err := confedit.Parse(format, []byte(text))
			if err != nil {
				return
			}
			_, before := d.Get(path)
			if err := d.Set(path, entry()); err != nil {
				return
			}
			again, err := confedit.Parse(format, d.Bytes())
			if err != nil {
				t.Fatalf("%s %q became %q: %v", format, text, d.Bytes(), err)
			}
			if got, _ := again.Get(path.Then(confedit.Step{Name: "command"})); got != "/bin/x" {
				t.Fatalf("%s %q became %q without the entry", format, text, d.Bytes())
			}
			err = d.Remove(path)
			if err == nil && !before && !strings.Contains(text, "/bin/x") && strings.Contains(string(d.Bytes()), "/bin/x") {
				t.Fatalf("%s %q: the entry was not removed: %q", format, text, d.Bytes())
			}
		})
	})
}
