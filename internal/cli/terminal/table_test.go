package terminal

import (
	"strings"
	"testing"
)

// TestTable: cells stand under their columns, a hostile or long one does not break its line,
// and a column without room is named.
func TestTable(t *testing.T) {
	t.Parallel()
	columns := []string{"id", "title", "body"}
	rows := [][]string{{"1", "a\nb\x1b[2J", strings.Repeat("x", 50)}, {"22"}, {"3", "ünï", "y"}}
	for width, want := range map[int]string{
		60: "id  title    body\n1   a b�[2J  " + strings.Repeat("x", 39) + "…\n22\n3   ünï      y\n",
		20: "id  title\n1   a b�[2J\n22\n3   ünï\nno room for 1 more columns: body\n",
		1:  "id\n1\n22\n3\nno room for 2 more columns: title, body\n",
	} {
		var out strings.Builder
		if err := writeTable(&out, width, columns, rows); err != nil || out.String() != want {
			t.Errorf("width %d: %v\n%s\nwant\n%s", width, err, out.String(), want)
		}
	}
}
