package nearest_test

import (
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/nearest"
)

func TestNames(t *testing.T) {
	t.Parallel()
	names := []string{"owner", "repo", "per_page", "states", "labels", "assignees", "issue_number"}
	tests := []struct {
		name string
		want []string
	}{
		{"ower", []string{"owner"}},
		{"Owner", []string{"owner"}},
		{"repository", []string{"repo"}},
		{"repos", []string{"repo"}},
		{"perPage", []string{"per_page"}},
		{"state", []string{"states"}},
		{"number", []string{"issue_number"}},
		{"zzz", nil},
		{"", nil},
		{strings.Repeat("repo", 100), nil}, // no slip of anybody's
	}
	for _, tt := range tests {
		if got := nearest.Names(tt.name, names, 3); !slices.Equal(got, tt.want) {
			t.Errorf("Names(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := nearest.Hint("zzz", names); got != "" {
		t.Errorf("Hint of nothing near = %q", got)
	}
	if got := nearest.Hint("ower", names); got != "; did you mean owner?" {
		t.Errorf("Hint of one = %q", got)
	}
	hint := nearest.Hint("issue", []string{"issues", "issuer", "tissue", "issuey", "issue_x"})
	if got, want := hint, "; did you mean issues or issuer or tissue?"; got != want {
		t.Errorf("Hint = %q, want %q", got, want)
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "axc", 1}, {"abc", "ac", 1}, {"ac", "abc", 1},
		{"kitten", "sitting", 3}, {"ab", "ba", 1}, {"abcd", "badc", 2}, {"ca", "abc", 3},
		{strings.Repeat("ab", 20), strings.Repeat("ab", 20) + "c", 1},
		{strings.Repeat("x", 40), strings.Repeat("x", 38) + "yx", 1},
	} {
		if got := nearest.Distance(tt.a, tt.b); got != tt.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

// TestSlips holds how many errors a name of a length may have, and the order of the guesses.
func TestSlips(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, candidate string
		near            bool
	}{
		{"abcd", "axyd", true}, {"abcd", "axyz", false}, // two of four letters
		{"abc", "axc", true}, {"abc", "axy", false}, // half of a short name
		{"a", "b", false}, {"ab", "xb", true}, {"ab", "xy", false},
		{"abcdefghi", "xyzdefghi", true}, {"abcdefghi", "wxyzefghi", false}, // a third of a long one
		{"abcdefgh", "xycdefgh", true}, {"abcdefgh", "xyzdefgh", false},
		{strings.Repeat("a", 100), strings.Repeat("a", 100), true}, {strings.Repeat("a", 101), strings.Repeat("a", 101), false},
	} {
		if got := len(nearest.Names(tt.name, []string{tt.candidate}, 1)) == 1; got != tt.near {
			t.Errorf("%q means %q: %t, want %t", tt.name, tt.candidate, got, tt.near)
		}
	}
	far, middle, best := "issues_xx", "issues_x", "issuez"
	if got := nearest.Names("issues", []string{far, middle, best}, 3); !slices.Equal(got, []string{best, middle, far}) {
		t.Errorf("the order is %q", got)
	}
}
