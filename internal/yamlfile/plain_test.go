package yamlfile_test

import (
	"errors"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/yamlfile"
)

func TestPlain(t *testing.T) {
	t.Parallel()
	root, err := yamlfile.Parse([]byte("- text\n- 0x1F\n- true\n- ~\n- [1]\n- {a: 1}\n- !x 3\n- !!str 2\n- &b bound\n"))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		text string
		ok   bool
	}{{"text", true}, {"0x1F", true}, {"true", true}, {"", true}, {"", false}, {"", false}, {"", false}, {"", false}, {"", false}} {
		if text, ok := root.Items[i].Plain(); text != want.text || ok != want.ok {
			t.Errorf("item %d is %q, %t, want %q, %t", i, text, ok, want.text, want.ok)
		}
	}
}

// TestLinesOfErrors tells line 1 from no line.
func TestLinesOfErrors(t *testing.T) {
	t.Parallel()
	wrong := errors.New("wrong")
	first := &yamlfile.Error{Line: 1, Err: wrong}
	if got := yamlfile.At(3, first); got.Error() != "1: wrong" {
		t.Errorf("got %v", got)
	}
	if got := yamlfile.In("f", first); got.Error() != "f:1: wrong" {
		t.Errorf("got %v", got)
	}
}

// TestBoundsOfValues takes as many values as may be, and refuses one more.
func TestBoundsOfValues(t *testing.T) {
	t.Parallel()
	dense := func(marks, bytes int) string {
		text := strings.Repeat("-\n", marks/2)
		return text + "#" + strings.Repeat("x", bytes-len(text)-1)
	}
	const many, tooMany = 10_000, "the file holds too many values"
	for name, test := range map[string]struct {
		text    string
		refused bool
	}{
		"many, close together":          {dense(many, 20_001), false},
		"too many, close together":      {dense(many+2, 20_010), true},
		"too many, just far enough":     {dense(many+2, (many+2)*10), false},
		"too many, just not far enough": {dense(many+2, (many+2)*10-1), true},
	} {
		_, err := yamlfile.Parse([]byte(test.text))
		if (err != nil) != test.refused || err != nil && err.Error() != tooMany {
			t.Errorf("%s: got %v, want refused: %t", name, err, test.refused)
		}
	}
}
