package server

import (
	"strings"
	"testing"
)

// TestNamesInHeaders replaces what a quoted string of a header cannot hold, and nothing
// else.
func TestNamesInHeaders(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"report.pdf": "report.pdf", "a ~b": "a ~b", "a\x1fb\x7fc\x00\r\n": "a_b_c___", `"a\b"`: "_a_b_", "é€.pdf": "__.pdf",
	} {
		if got := strings.Map(ascii, name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}
