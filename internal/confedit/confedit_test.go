package confedit_test

import (
	"strings"
	"testing"

	"airbyte-mcp-server/internal/confedit"
)

// entry is what the tests put into files.
func entry() confedit.Object {
	return confedit.Object{
		{"command", "/bin/x"}, {"args", []string{"serve", "--a=b c"}}, {"env", confedit.Object{{"K", "v"}}},
	}
}

func edited(t *testing.T, format confedit.Format, text string, edit func(*confedit.Document) error) string {
	t.Helper()
	d, err := confedit.Parse(format, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := edit(d); err != nil {
		t.Fatal(err)
	}
	return string(d.Bytes())
}

// beforeAndAfter is a text and what becomes of it.
type beforeAndAfter struct{ before, want string }

// jsonFiles are files as people and programs lay them out.
func jsonFiles() map[string]beforeAndAfter {
	const block = `"x": {
      "command": "/bin/x",
      "args": ["serve", "--a=b c"],
      "env": {
        "K": "v"
      }
    }`
	tabs := strings.ReplaceAll(strings.ReplaceAll(block, "      ", "\t\t\t"), "\t\t\t  ", "\t\t\t\t")
	tabs = strings.Replace(tabs, "\n    }", "\n\t\t}", 1)
	return map[string]beforeAndAfter{
		"nothing":      {"", "{\n  \"m\": {\n    " + block + "\n  }\n}\n"},
		"empty object": {"{}", "{\n  \"m\": {\n    " + block + "\n  }\n}"},
		"comment only": {"// mine\n", "// mine\n{\n  \"m\": {\n    " + block + "\n  }\n}\n"},
		"others":       {"{\n  \"a\": 1.50\n}\n", "{\n  \"a\": 1.50,\n  \"m\": {\n    " + block + "\n  }\n}\n"},
		"empty member": {"{\n  \"m\": {}\n}\n", "{\n  \"m\": {\n    " + block + "\n  }\n}\n"},
		"null":         {"{\n  \"m\": null\n}\n", "{\n  \"m\": {\n    " + block + "\n  }\n}\n"},
		"tabs":         {"{\n\t\"m\": {\n\t\t\"y\": {}\n\t}\n}\n", "{\n\t\"m\": {\n\t\t\"y\": {},\n\t\t" + tabs + "\n\t}\n}\n"},
		"trailing comma and comments": {
			"{\n  // servers\n  \"m\": {\n    \"y\": {}, // keep\n    // \"z\": {},\n  },\n  \"b\": [1,], /* c */\n}\n",
			"{\n  // servers\n  \"m\": {\n    \"y\": {}, // keep\n    " + block + ",\n    // \"z\": {},\n  },\n  \"b\": [1,], /* c */\n}\n",
		},
		"comment behind the last": {
			"{\n  \"m\": {\n    \"y\": {} // keep, \"this\"\n  }\n}",
			"{\n  \"m\": {\n    \"y\": {}, // keep, \"this\"\n    " + block + "\n  }\n}",
		},
		"comment at the end": {"{} // end", "{\n  \"m\": {\n    " + block + "\n  }\n} // end"},
		"comment inside":     {"{\n  \"m\": {\n    // none yet\n  }\n}", "{\n  \"m\": {\n    // none yet\n    " + block + "\n  }\n}"},
		"one line": {
			`{"a":{"b":1},"m":{"y":{}}}`, `{"a":{"b":1},"m":{"y":{}, "x": {"command": "/bin/x", "args": ["serve", "--a=b c"], "env": {"K": "v"}}}}`,
		},
	}
}

// TestSetInJSON adds an entry.
func TestSetInJSON(t *testing.T) {
	t.Parallel()
	for name, tt := range jsonFiles() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := confedit.Keys("m", "x")
			set := func(d *confedit.Document) error { return d.Set(path, entry()) }
			got := edited(t, confedit.JSON, tt.before, set)
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			if again := edited(t, confedit.JSON, got, set); again != got {
				t.Errorf("a second time it changes to\n%s", again)
			}
			for _, ends := range []string{"\ufeff" + tt.before, strings.ReplaceAll(tt.before, "\n", "\r\n")} {
				got := edited(t, confedit.JSON, ends, set)
				if strings.HasPrefix(got, "\ufeff") != strings.HasPrefix(ends, "\ufeff") ||
					strings.Count(got, "\r") > 0 && strings.Count(got, "\r") != strings.Count(got, "\n") {
					t.Errorf("the mark or the ends of lines are lost: %q", got)
				}
			}
		})
	}
}

// TestUpdateAndRemoveInJSON leaves what is not ours in an entry as it is.
func TestUpdateAndRemoveInJSON(t *testing.T) {
	t.Parallel()
	const before = `{
  "m": {
    "w": {"url": "https://w.example"}, // first
    "x": {
      "command": "/old", // installed by hand
      "disabled": true,
      "args": [
        "serve"
      ]
    },
    "y": {}
  }
}
`
	got := edited(t, confedit.JSON, before, func(d *confedit.Document) error {
		return d.Set(confedit.Keys("m", "x", "command"), "/new")
	})
	if want := strings.Replace(before, "/old", "/new", 1); got != want {
		t.Errorf("got\n%s", got)
	}
	for name, want := range map[string]string{
		"w": strings.Replace(before, "    \"w\": {\"url\": \"https://w.example\"}, // first\n", "    // first\n", 1),
		"y": strings.Replace(before, "    },\n    \"y\": {}\n", "    }\n", 1),
	} {
		got := edited(t, confedit.JSON, before, func(d *confedit.Document) error { return d.Remove(confedit.Keys("m", name)) })
		if got != want {
			t.Errorf("%s removed: got\n%s\nwant\n%s", name, got, want)
		}
	}
	only := edited(t, confedit.JSON, "{\n  \"m\": {\n    \"x\": 1\n  }\n}\n", func(d *confedit.Document) error {
		return d.Remove(confedit.Keys("m", "x"))
	})
	if only != "{\n  \"m\": {}\n}\n" {
		t.Errorf("the last one removed: %q", only)
	}
	line := edited(t, confedit.JSON, `{"m":{"w":1, "x":2}}`, func(d *confedit.Document) error { return d.Remove(confedit.Keys("m", "x")) })
	if line != `{"m":{"w":1}}` {
		t.Errorf("removed from one line: %q", line)
	}
}

// TestListItem finds items by a member.
func TestListItem(t *testing.T) {
	t.Parallel()
	item := confedit.Object{{"id", "secret"}, {"password", true}}
	path := confedit.Keys("inputs").Then(confedit.Step{Name: "secret", By: "id"})
	for _, tt := range []struct{ before, want string }{
		{"{\n  \"servers\": {}\n}",
			"{\n  \"servers\": {},\n  \"inputs\": [\n    {\n      \"id\": \"secret\",\n      \"password\": true\n    }\n  ]\n}"},
		{"{\n  \"inputs\": []\n}", "{\n  \"inputs\": [\n    {\n      \"id\": \"secret\",\n      \"password\": true\n    }\n  ]\n}"},
		{"{\n  \"inputs\": [\n    {\"id\": \"other\"}\n  ]\n}",
			"{\n  \"inputs\": [\n    {\"id\": \"other\"},\n    {\n      \"id\": \"secret\",\n      \"password\": true\n    }\n  ]\n}"},
	} {
		got := edited(t, confedit.JSON, tt.before, func(d *confedit.Document) error { return d.Set(path, item) })
		if got != tt.want {
			t.Errorf("got\n%s\nwant\n%s", got, tt.want)
		}
		gone := edited(t, confedit.JSON, got, func(d *confedit.Document) error { return d.Remove(path) })
		if strings.Contains(gone, "secret") {
			t.Errorf("not removed:\n%s", gone)
		}
	}
}

// TestDamaged names the line, and quotes nothing.
func TestDamaged(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 100_000)
	for _, tt := range []struct {
		format     confedit.Format
		text, want string
	}{
		{confedit.JSON, "{\n  \"a\": 1\n  \"b\": 2\n}", "3: not valid JSON"},
		{confedit.JSON, "{\n  \"a\": HUSH\n}", "2: not valid JSON: invalid"},
		{confedit.JSON, "{\n  \"a\": {", "2: not valid JSON: it ends too early"},
		{confedit.JSON, "{\n \"a\": 1,\n \"a\": 2}", `3: the name "a" is in line 2 already`},
		{confedit.JSON, "[]", "1: want an object"},
		{confedit.JSON, "{\n\"a\": \"\xff\"}", "2: not UTF-8"},
		{confedit.JSON, "\xff\xfe{\x00}\x00", "1: not UTF-8"},
		{confedit.JSON, "{\"a\":\n" + deep, "2: nested too deeply"},
		{confedit.TOML, "a = 1\nb = HUSH\n", "2: not valid TOML"},
		{confedit.TOML, "[a]\n[a]\n", "2: not valid TOML"},
		{confedit.TOML, "a =\n" + deep, "2: "},
		{confedit.TOML, "b = 1\na = " + deep, "2: nested too deeply"},
		{confedit.YAML, "a: 1\nb: [HUSH\n", "2: not valid YAML"},
		{confedit.YAML, "a: 1\na: HUSH\n", `2: the key "a" is in line 1 already`},
		{confedit.YAML, "- a\n", "1: want an object"},
		{confedit.YAML, "a: " + deep, "too many values"},
	} {
		_, err := confedit.Parse(tt.format, []byte(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "HUSH") {
			t.Errorf("%s %.40q: got %v, want %s", tt.format, tt.text, err, tt.want)
		}
	}
}
