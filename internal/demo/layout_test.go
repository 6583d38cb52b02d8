package demo

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// TestLayout wants the same JSON in lines that fit.
func TestLayout(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{}`, `[]`, `7`, `"text"`, `{"a":1,"b":[1,2,3]}`,
		`{"name":"aaaaaaaaaaaaaaaaaaaaaa","list":[{"a":{"b":[1,2,{"c":"dddddddddddd"}]}},{"e":null}],"z":"y"}`,
		`[{"number":1,"title":"ccccccccccccccccccccc"},{"number":2,"title":"dddddddddddddddddd"}]`,
	} {
		got := layout(gjson.Parse(text), 0, 0, 40)
		if flatten(gjson.Parse(got)) != flatten(gjson.Parse(text)) {
			t.Errorf("%s became\n%s", text, got)
		}
		for line := range strings.SplitSeq(got, "\n") {
			if columns(line) > 40 {
				t.Errorf("%d columns: %s", columns(line), line)
			}
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"short":                     "short",
		"  one two three four":      "  one two|    three four",
		"- averyveryverylongword x": "-|  averyveryverylongword|  x",
		"a\nb":                      "a|b",
		"":                          "",
	} {
		if got := strings.Join(fold(text, 14), "|"); got != want {
			t.Errorf("fold(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestTrim(t *testing.T) {
	t.Parallel()
	record := gjson.Parse(`{"a":1,"b.c":2,"d":3,"e":4}`)
	if got, want := trim(record, []string{"b.c", "a", "none"}).Raw, `{"b.c":2,"a":1,"…":"2 more"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := cut("One thing. Another.", 40), "One thing"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := cut("One thing after another", 10), "One thing…"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
