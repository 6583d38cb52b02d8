// Package nearest finds the names that a misspelt one may mean.
package nearest

import (
	"slices"
	"strings"
)

// longestGuess is the length beyond which a name is no slip of anybody's. Without
// it, a hostile name would be compared with every candidate at a price that grows
// with its length.
const longestGuess = 100

// Names returns up to limit of the candidates that resemble name, best first:
// those that contain it or are contained in it, and those within a few typing
// errors. Case is ignored.
func Names(name string, candidates []string, limit int) []string {
	if len(name) > longestGuess {
		return nil
	}
	type scored struct {
		name  string
		score int
	}
	want := strings.ToLower(name)
	slips := min(max(2, len(want)/3), len(want)/2) // more would leave nothing of a short name
	var near []scored
	for _, c := range candidates {
		got := strings.ToLower(c)
		d := Distance(want, got)
		contains := want != "" && (strings.Contains(got, want) || strings.Contains(want, got))
		if d <= slips || contains {
			near = append(near, scored{c, d})
		}
	}
	slices.SortStableFunc(near, func(a, b scored) int { return a.score - b.score })
	var names []string
	for _, n := range near[:min(limit, len(near))] {
		names = append(names, n.name)
	}
	return names
}

// Hint words the nearest candidates as the end of a sentence, or "" if none
// is near.
func Hint(name string, candidates []string) string {
	near := Names(name, candidates, 3)
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}

// Distance counts the edits of single bytes between two words (Levenshtein).
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
