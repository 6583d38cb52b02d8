package sqlstore

import (
	"database/sql/driver"
	"errors"
	"fmt"

	"modernc.org/sqlite"
)

// maxPattern is the length of a pattern in bytes, as for LIKE.
const maxPattern = 1000

// ilike matches a whole text with a pattern of % and _, whatever the letter case.
// SQLite gives the pattern first.
func ilike(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	if args[0] == nil || args[1] == nil {
		return nil, nil
	}
	pattern, text := fmt.Sprint(args[0]), fmt.Sprint(args[1])
	if len(pattern) > maxPattern {
		return nil, errors.New("ILIKE pattern too complex")
	}
	if matches(fold(text), fold(pattern)) {
		return int64(1), nil
	}
	return int64(0), nil
}

// matches goes back to the last % when the text does not go on as the pattern.
func matches(text, pattern []rune) bool {
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
	for ; p < len(pattern); p++ {
		if pattern[p] != '%' {
			return false
		}
	}
	return true
}
