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

// shortWord is the length of words that are compared without allocating.
const shortWord = 31

// Distance counts the bytes that were added, dropped, changed or swapped with their
// neighbor between two words (optimal string alignment).
func Distance(a, b string) int {
	var short [3][shortWord + 1]int
	rows := [3][]int{short[0][:], short[1][:], short[2][:]}
	if len(b) > shortWord {
		for i := range rows {
			rows[i] = make([]int, len(b)+1)
		}
	}
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, last, before := rows[i%3], rows[(i-1)%3], rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)]
}
