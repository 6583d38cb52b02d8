package jsonvalue

import (
	"encoding/json"
	"slices"
	"strings"
)

// Equal compares JSON values, numbers by value. An array equals what one of its
// elements equals, which is what paths through arrays give.
func Equal(have, want any) bool {
	if list, ok := have.([]any); ok {
		if wanted, both := want.([]any); both {
			return slices.EqualFunc(list, wanted, Equal)
		}
		return slices.ContainsFunc(list, func(item any) bool { return Equal(item, want) })
	}
	if have == nil || want == nil {
		return have == nil && want == nil
	}
	if n, ok := Order(have, want); ok {
		return n == 0
	}
	return have == want
}

// Order compares numbers with numbers and texts with texts.
func Order(have, want any) (int, bool) {
	if a, ok := have.(json.Number); ok {
		b, ok := want.(json.Number)
		x, xOK := Rational(a.String())
		y, yOK := Rational(b.String())
		if !ok || !xOK || !yOK {
			return 0, false
		}
		return x.Cmp(y), true
	}
	a, ok := have.(string)
	b, ok2 := want.(string)
	return strings.Compare(a, b), ok && ok2
}

// SortedKeys are the names of an object's members in order.
func SortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// CompareValues orders two values; null comes last in both directions.
func CompareValues(a, b any, down bool) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	n, ok := Order(a, b)
	if !ok {
		n = strings.Compare(AsText(a), AsText(b))
	}
	if down {
		return -n
	}
	return n
}
