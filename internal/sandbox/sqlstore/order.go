package sqlstore

import "slices"

// sortEnd are the words behind the last entry of an ORDER BY.
var sortEnd = []string{"LIMIT", "OFFSET", "ROWS", "RANGE", "GROUPS"}

// sorting is an ORDER BY whose end is not found yet.
type sorting struct {
	depth int  // of parentheses
	said  bool // the entry says where NULL comes
}

// nullsLast lets NULL come last in every ORDER BY that does not say where it comes,
// as DuckDB does. SQLite has NULL first.
func nullsLast(tokens []token) []edit {
	var edits []edit
	var open []sorting
	depth := 0
	for i, t := range tokens {
		if n := len(open) - 1; n >= 0 {
			ends := t.endsSorting(depth, open[n].depth)
			if (ends || depth == open[n].depth && t.isSign(",")) && !open[n].said {
				edits = append(edits, edit{tokens[i-1].to, tokens[i-1].to, nullsLastWords})
			}
			open[n].said = open[n].said && !t.isSign(",") || depth == open[n].depth && t.is("NULLS")
			if ends {
				open = open[:n]
			}
		}
		switch {
		case t.isSign("("):
			depth++
		case t.isSign(")"):
			depth--
		case t.is("BY") && i > 0 && tokens[i-1].is("ORDER"):
			open = append(open, sorting{depth: depth})
		}
	}
	if n := len(open) - 1; n >= 0 && !open[n].said {
		end := tokens[len(tokens)-1].to
		edits = append(edits, edit{end, end, nullsLastWords})
	}
	return edits
}

const nullsLastWords = " NULLS LAST"

// endsSorting reports whether a token is behind the last entry of an ORDER BY.
func (t token) endsSorting(depth, own int) bool {
	if depth != own {
		return false
	}
	return slices.ContainsFunc(sortEnd, t.is) || t.isSign(")") || t.isSign(";")
}
