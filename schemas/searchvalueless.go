package schemas

import (
	"encoding/json"
	"strings"

	"airbyte-mcp-server/internal/rawjson"
)

// Operators without a value: comparisons with null.
const (
	opEmpty  = "empty"
	opFilled = "filled"
)

// valueless is the comparison with null that an operator without a value means, or, with the
// value false, the opposite.
func valueless(op string, value json.RawMessage) (comparison, bool) {
	name, opposite := "eq", "neq"
	switch spelled(op) {
	case opEmpty, "is_empty", "is_null", "null", "not_exists":
	case opFilled, "not_empty", "is_not_empty", "is_not_null", "not_null", "exists":
		name, opposite = opposite, name
	default:
		return comparison{}, false
	}
	switch {
	case len(value) < 8 && (string(value) == "false" || strings.EqualFold(string(value), `"false"`)):
		return comparison{name: opposite}, true
	default:
		return comparison{name: name}, isTrueOrBlank(value)
	}
}

// spelled is an operator in lower case, with underscores between its words.
func spelled(op string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(strings.TrimSpace(op), "$"), " ", "_"))
}

// isValueless reports whether a word is an operator without a value.
func isValueless(word string) bool {
	_, ok := valueless(word, nil)
	return ok
}

// valuelessFirst reads {"empty": "field"}, {"empty": ["field"]} and {"empty": {"field": true}}.
func (r *searchReader) valuelessFirst(path string, m rawjson.Member) []Arguments {
	var parts []Arguments
	add := func(at, field string, value json.RawMessage) {
		op, ok := valueless(m.Name, value)
		if !ok {
			r.fault(at, "takes true or false (got %s)", kindOf(value))
			return
		}
		if condition := r.compare(spot{at, at}, field, op, json.RawMessage("null")); condition != nil {
			parts = append(parts, madeOf(condition))
		}
	}
	raw := unpacked(m.Value)
	if members, err := rawjson.MembersOf(raw); err == nil {
		for _, inner := range members {
			if r.isOver() {
				break
			}
			add(join(path, clip(inner.Name)), inner.Name, inner.Value)
		}
		return parts
	}
	names := r.textItems(argFilter, raw, mostFields)
	if len(names) == 0 {
		r.fault(path, "must name a field")
	}
	for _, name := range names {
		field, _ := textOf(name)
		add(path, field, nil)
	}
	return parts
}
