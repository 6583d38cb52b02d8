package yamlfile_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/workbound"
	"airbyte-mcp-server/internal/yamlfile"
)

// outline writes a value with its place, its kind and whether it is marked.
func outline(n *yamlfile.Node) string {
	kind := [...]string{"null", "bool", "number", "text", "list", "map"}[n.Kind]
	text := fmt.Sprintf("%d:%d %s", n.Line, n.Column, kind)
	if n.Flow {
		text += " flow"
	}
	if n.Marked {
		text += " marked"
	}
	switch n.Kind {
	case yamlfile.Number:
		text += fmt.Sprintf(" %q=%s", n.Text, n.Number)
	case yamlfile.Bool, yamlfile.Text:
		text += fmt.Sprintf(" %q", n.Text)
	}
	for _, item := range n.Items {
		text = fmt.Sprintf("%s [%s]", text, outline(item))
	}
	for _, p := range n.Pairs {
		name := fmt.Sprintf("%q", p.Name)
		if p.Merge {
			name = "<<"
		}
		text = fmt.Sprintf("%s {%s %d:%d: %s}", text, name, p.Line, p.Column, outline(p.Value))
	}
	return text
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: 1\nb:\n  - x # why\n  - 'y'\n": `1:1 map {"a" 1:1: 1:4 number "1"=1} {"b" 2:1: 3:3 list [3:5 text "x"] [4:5 text "y"]}`,
		"\ufeff{\"a\":[1.50,true,null]}":   `1:1 map flow {"a" 1:2: 1:6 list flow [1:7 number "1.50"=1.50] [1:12 bool "true"] [1:17 null]}`,
		"[0x1F, 012, 1_000, .inf, 1e3, +1, 12345678901234567890, 1e400]": `1:1 list flow` +
			` [1:2 number "0x1F"=31] [1:8 number "012"=10] [1:13 number "1_000"=1000] [1:20 text ".inf"] ` +
			`[1:26 number "1e3"=1e3] [1:31 number "+1"=1] [1:35 number "12345678901234567890"=12345678901234567890] [1:57 text "1e400"]`,
		"[yes, ~, , 2026-01-02, \"\", '~', 1.2.3]": "",
		"- yes\n- ~\n-\n- 2026-01-02\n- ''":        `1:1 list [1:3 text "yes"] [2:3 null] [3:2 null] [4:3 text "2026-01-02"] [5:3 text ""]`,
		"a: |\n  x\n  y\nb: >-\n  x\n  y\n":        `1:1 map {"a" 1:1: 1:4 text "x\ny\n"} {"b" 4:1: 4:4 text "x y"}`,
		"a: &x [1]\nb: *x\nc: !!str 2\nd: !x 3": `1:1 map {"a" 1:1: 1:4 list flow marked [1:8 number "1"=1]}` +
			` {"b" 2:1: 1:4 list flow marked [1:8 number "1"=1]} {"c" 3:1: 3:4 text marked "2"} {"d" 4:1: 4:4 text marked "3"}`,
		"a: {<<: {b: 1}, <<: {c: 2}}": `1:1 map {"a" 1:1: 1:4 map flow {<< 1:5: 1:9 map flow {"b" 1:10: 1:13 number "1"=1}}` +
			` {<< 1:17: 1:21 map flow {"c" 1:22: 1:25 number "2"=2}}}`,
		"ä: ö\r\nb: \"\\u00e9\"\r\n":    `1:1 map {"ä" 1:1: 1:4 text "ö"} {"b" 2:1: 2:4 text "é"}`,
		"# only\n":                      "nothing",
		"":                              "nothing",
		"---\n# none\n---\na: 1\n...\n": `4:1 map {"a" 4:1: 4:4 number "1"=1}`,
	} {
		got := "nothing"
		root, err := yamlfile.Parse([]byte(text))
		if root != nil {
			got = outline(root)
		}
		if want == "" {
			if err == nil {
				t.Errorf("%q: got %s, want an error", text, got)
			}
			continue
		}
		if err != nil || got != want {
			t.Errorf("%q: got, want\n%s\n%s\n%v", text, got, want, err)
		}
	}
}

// TestFaults has what is wrong with a file, at which line, and never its values.
func TestFaults(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: \"HUSH\nb: c\n":                       "1: not valid YAML: while scanning a quoted scalar: found unexpected end of stream",
		"\n\na: [HUSH, b\n":                       "3: not valid YAML: while parsing a flow sequence: did not find expected ',' or ']'",
		"a: [HUSH\nb: c\n":                        "2: not valid YAML: did not find expected ',' or ']'",
		"a: 1\nb: HUSH: c\n":                      "2: not valid YAML: mapping values are not allowed in this context",
		"a: 1\nb: @HUSH":                          "2: not valid YAML: found character that cannot start any token",
		"a: *HUSH":                                "1: an alias names nothing before it: put a text that begins with * between quotes",
		"a: !!int HUSH\nb: !!bool HUSH":           "",
		"a: !h!HUSH x":                            "1: not valid YAML: found undefined tag handle",
		"a: &x {b: [*x]}":                         "1: an alias stands inside of what it names",
		"x: &x {y: 1}\nz: &z {x: *x, z: *z}":      "2: an alias stands inside of what it names",
		"a: 1\nb: 2\na: HUSH":                     `3: the key "a" is in line 1 already`,
		"a: 1\n? [HUSH]\n: 2":                     "2: want a plain text as key",
		"a: 1\n---\nb: HUSH":                      "3: want one YAML document: remove the `---`",
		"a: 1\nb: 0." + strings.Repeat("1", 1000): "2: a number has more than 1000 digits",
		"a: \xff":                                 "not valid YAML: invalid leading UTF-8 octet (value: 255)",
		"a: b\n\tc: HUSH: d":                      "",
		"x: " + strings.Repeat("[", 101):          "1: nested too deeply",
		strings.Repeat("- ", 200) + "a":           "1: nested too deeply",
	} {
		_, err := yamlfile.Parse([]byte(text))
		if want == "" {
			if err != nil && strings.Contains(err.Error(), "HUSH") {
				t.Errorf("%q: the error quotes a value: %v", text, err)
			}
			continue
		}
		if _, ok := errors.AsType[*yamlfile.Error](err); !ok || err.Error() != want {
			t.Errorf("%q: got, want\n%v\n%s", text, err, want)
		}
	}
}

// TestDepth takes what is nested as deeply as it may be.
func TestDepth(t *testing.T) {
	t.Parallel()
	if _, err := yamlfile.Parse([]byte(strings.Repeat("[", 100) + strings.Repeat("]", 100))); err != nil {
		t.Error(err)
	}
}

// TestErrors puts files and lines before errors, each once.
func TestErrors(t *testing.T) {
	t.Parallel()
	plain := errors.New("wrong")
	for _, tt := range []struct {
		got  error
		want string
	}{
		{yamlfile.In("f", plain), "f: wrong"},
		{yamlfile.In("f", yamlfile.At(3, plain)), "f:3: wrong"},
		{yamlfile.In("f", yamlfile.At(3, yamlfile.At(2, plain))), "f:2: wrong"},
		{yamlfile.In("f", &yamlfile.Error{Err: plain}), "f: wrong"},
		{yamlfile.At(3, &yamlfile.Error{Err: plain}), "3: wrong"},
		{yamlfile.In("f", fmt.Errorf("of b: %w", yamlfile.At(3, plain))), "f:3: wrong"},
	} {
		if tt.got.Error() != tt.want || !errors.Is(tt.got, plain) {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
	if yamlfile.In("f", nil) != nil || yamlfile.At(1, nil) != nil {
		t.Error("an error was made of none")
	}
}

// FuzzParse looks for a file that is worth more than it weighs, or tells its values.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"a: &a [x, *a]", "a: {<<: *b}", "? [a]\n: b",
		"%YAML 1.2\n---\n- !!binary aGk=", "- |+2\n   x\n", "a: \"\\x41\"", "&a a: *a",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var root *yamlfile.Node
		var err error
		workbound.Check(t, "a file", len(text), 150, func() { root, err = yamlfile.Parse([]byte(text)) })
		if root != nil && err != nil {
			t.Errorf("both a value and %v", err)
		}
		if root != nil {
			walk(t, root, 0)
		}
	})
}

func walk(t *testing.T, n *yamlfile.Node, depth int) {
	if depth > 100 || n.Line < 1 || n.Column < 1 {
		t.Fatalf("a value at level %d, line %d, column %d", depth, n.Line, n.Column)
	}
	if n.Marked { // it may be shared, and is walked once where it stands
		return
	}
	for _, item := range n.Items {
		walk(t, item, depth+1)
	}
	for _, p := range n.Pairs {
		walk(t, p.Value, depth+1)
	}
}

// TestPair finds the pair of a key, and none of another.
func TestPair(t *testing.T) {
	t.Parallel()
	root, err := yamlfile.Parse([]byte("a: 1\nb: 2\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a": "1", "b": "2"} {
		if p := root.Pair(name); p == nil || p.Name != name || p.Value.Text != want {
			t.Errorf("%s: got %+v, want %s", name, p, want)
		}
	}
	if p := root.Pair("c"); p != nil {
		t.Errorf("got %+v, want nothing", p)
	}
}
