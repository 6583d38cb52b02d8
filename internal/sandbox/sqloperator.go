package sandbox

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// sqlOperators know three truths: true, false and NULL, which is nil.
var sqlOperators = map[string]func(args []any) (any, error){
	"and":     func(args []any) (any, error) { return junction(args, false) },
	"or":      func(args []any) (any, error) { return junction(args, true) },
	"not":     opposite,
	"is null": func(args []any) (any, error) { return args[0] == nil, nil },
	"=":       comparing(func(n int) bool { return n == 0 }),
	"<>":      comparing(func(n int) bool { return n != 0 }),
	"<":       comparing(func(n int) bool { return n < 0 }),
	"<=":      comparing(func(n int) bool { return n <= 0 }),
	">":       comparing(func(n int) bool { return n > 0 }),
	">=":      comparing(func(n int) bool { return n >= 0 }),
	"in":      isAmong,
	"between": isBetween,
	"like":    func(args []any) (any, error) { return likeSQL(args, strings.Clone) },
	"ilike":   func(args []any) (any, error) { return likeSQL(args, strings.ToLower) },
}

// junction is AND and OR: one decisive argument settles the matter, else NULL is
// contagious.
func junction(args []any, decisive bool) (any, error) {
	var result any = !decisive
	for _, arg := range args {
		truth, err := truthOf(arg)
		switch {
		case err != nil:
			return nil, err
		case truth == nil:
			result = nil
		case *truth == decisive:
			return decisive, nil
		}
	}
	return result, nil
}

// truthOf is the truth of a condition, nil for NULL.
func truthOf(value any) (*bool, error) {
	truth, ok := value.(bool)
	if !ok && value != nil {
		return nil, badSQL("a condition is needed; got %s", described(value))
	}
	if value == nil {
		return nil, nil
	}
	return &truth, nil
}

func opposite(args []any) (any, error) {
	truth, err := truthOf(args[0])
	if truth == nil || err != nil {
		return nil, err
	}
	return !*truth, nil
}

func comparing(holds func(int) bool) func([]any) (any, error) {
	return func(args []any) (any, error) { return compared(args[0], args[1], holds) }
}

// compared is NULL if one of the values is.
func compared(a, b any, holds func(int) bool) (any, error) {
	if a == nil || b == nil {
		return nil, nil
	}
	n, err := compareSQL(a, b)
	if err != nil {
		return nil, err
	}
	return holds(n), nil
}

func isBetween(args []any) (any, error) {
	low, err := compared(args[0], args[1], func(n int) bool { return n >= 0 })
	if err != nil {
		return nil, err
	}
	high, err := compared(args[0], args[2], func(n int) bool { return n <= 0 })
	if err != nil {
		return nil, err
	}
	return junction([]any{low, high}, false)
}

func isAmong(args []any) (any, error) {
	equals := make([]any, len(args)-1)
	for i, arg := range args[1:] {
		var err error
		if equals[i], err = compared(args[0], arg, func(n int) bool { return n == 0 }); err != nil {
			return nil, err
		}
	}
	return junction(equals, true)
}

// compareSQL orders two values, neither of them NULL. A text beside a number or a
// truth is read as one.
func compareSQL(a, b any) (int, error) {
	x, y := alikeValues(a, b)
	if n, ok := order(x, y); ok {
		return n, nil
	}
	left, leftOK := x.(bool)
	right, rightOK := y.(bool)
	if leftOK && rightOK {
		return cmp.Compare(truthNumber(left), truthNumber(right)), nil
	}
	if compound(x) && compound(y) {
		return strings.Compare(rowKey(x), rowKey(y)), nil
	}
	return 0, badSQL("%s cannot be compared with %s", described(a), described(b))
}

func truthNumber(truth bool) int {
	if truth {
		return 1
	}
	return 0
}

// compound reports whether a value is an object or a list.
func compound(value any) bool {
	switch value.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// alikeValues reads a text as what it is compared with.
func alikeValues(a, b any) (x, y any) {
	return asKindOf(a, b), asKindOf(b, a)
}

func asKindOf(value, other any) any {
	text, ok := value.(string)
	if !ok {
		return value
	}
	switch other.(type) {
	case json.Number:
		if text = strings.TrimSpace(text); json.Valid([]byte(text)) {
			return json.Number(text)
		}
	case bool:
		if truth := strings.ToLower(text); truth == "true" || truth == "false" {
			return truth == "true"
		}
	}
	return value
}

// rowKey is equal for equal values.
func rowKey(values ...any) string {
	raw, err := json.Marshal(values)
	if err != nil {
		return "" // it came from JSON
	}
	return string(raw)
}

// likeSQL matches a whole text with a pattern of % and _.
func likeSQL(args []any, folded func(string) string) (any, error) {
	if args[0] == nil || args[1] == nil {
		return nil, nil
	}
	text, ok := args[0].(string)
	pattern, both := args[1].(string)
	if !ok || !both {
		return nil, badSQL("LIKE needs texts; got %s and %s", described(args[0]), described(args[1]))
	}
	return fitsPattern([]rune(folded(text)), []rune(folded(pattern))), nil
}

// fitsPattern goes back to the last % when the text does not go on as the pattern.
func fitsPattern(text, pattern []rune) bool {
	t, p, last, resume := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '%':
			last, resume = p, t
			p++
		case p < len(pattern) && (pattern[p] == '_' || pattern[p] == text[t]):
			p++
			t++
		case last >= 0:
			resume++
			p, t = last+1, resume
		default:
			return false
		}
	}
	return !slices.ContainsFunc(pattern[p:], func(r rune) bool { return r != '%' })
}
