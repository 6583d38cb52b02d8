package schemas

import "strings"

// publishedOperators are those that a model is told of. The others are taken as well.
var publishedOperators = []string{
	"eq", "neq", "gt", "gte", "lt", "lte", "in", "contains", "like", "fuzzy", opEmpty, opFilled,
}

// comparison is an operator of the query language between a field and a value.
type comparison struct {
	name    string // the API's
	negated bool
}

// comparisons are the API's operators by themselves.
var comparisons = map[string]comparison{
	"eq": {"eq", false}, "neq": {"neq", false}, "gt": {"gt", false}, "gte": {"gte", false}, "lt": {"lt", false},
	"lte": {"lte", false}, "in": {"in", false}, "like": {"like", false}, "fuzzy": {"fuzzy", false},
	"keyword": {"keyword", false}, "contains": {"contains", false}, "array_contains": {"array_contains", false},
	"startswith": {"startswith", false}, "endswith": {"endswith", false},
}

// otherOperators are the words of other query languages for them.
var otherOperators = map[string]comparison{
	"=": {"eq", false}, "==": {"eq", false}, "equals": {"eq", false}, "is": {"eq", false},
	"!=": {"neq", false}, "<>": {"neq", false}, "ne": {"neq", false}, "not_equals": {"neq", false}, "is_not": {"neq", false},
	">": {"gt", false}, ">=": {"gte", false}, "<": {"lt", false}, "<=": {"lte", false},
	"nin": {"in", true}, "not_in": {"in", true}, "not_like": {"like", true}, "not_contains": {"contains", true},
	"ilike": {"like", false}, "starts_with": {"startswith", false}, "ends_with": {"endswith", false},
}

// operatorNamed is the comparison that a word means, with or without the "$" of some
// languages, in any case.
func operatorNamed(word string) (comparison, bool) {
	word = spelled(word)
	if c, ok := comparisons[word]; ok {
		return c, true
	}
	c, ok := otherOperators[word]
	return c, ok
}

// Ways to combine conditions.
const (
	logicAnd = "and"
	logicOr  = "or"
	logicNot = "not"
	logicNor = "nor"
	logicAny = "any" // about the elements of a list
)

// logicOf is the combination that a word means, "" for none.
func logicOf(word string) string {
	switch strings.ToLower(strings.TrimPrefix(word, "$")) {
	case "and", "all_of":
		return logicAnd
	case "or", "any_of":
		return logicOr
	case "not":
		return logicNot
	case "nor":
		return logicNor
	case "any", "elemmatch":
		return logicAny
	default:
		return ""
	}
}
