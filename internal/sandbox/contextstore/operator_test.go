package contextstore

import (
	"encoding/json"
	"testing"
)

// TestOperators compares the value of a field with the wanted one in both outcomes.
func TestOperators(t *testing.T) {
	t.Parallel()
	number := json.Number("10")
	for _, test := range []struct {
		operator   string
		have, want any
		holds      bool
	}{
		{"eq", number, json.Number("10.0"), true}, {"eq", "a", "b", false},
		{"neq", "a", "b", true}, {"neq", "a", "a", false}, {"neq", nil, "a", true},
		{"gt", number, json.Number("9"), true}, {"gt", number, json.Number("10"), false}, {"gt", number, "9", false}, {"gt", nil, "9", false},
		{"gte", number, json.Number("10"), true}, {"gte", number, json.Number("11"), false}, {"gte", number, "9", false},
		{"lt", number, json.Number("11"), true}, {"lt", number, json.Number("10"), false}, {"lt", "9", number, false},
		{"lte", number, json.Number("10"), true}, {"lte", number, json.Number("9"), false}, {"lte", number, "99", false},
		{"lt", nil, "a", false}, {"lte", nil, "a", false},
		{"in", "b", []any{"a", "b"}, true}, {"in", "c", []any{"a", "b"}, false}, {"in", "c", []any{}, false},
		{"like", "Acme Corp", "me c", true}, {"like", "Acme Corp", "corp%", false}, {"like", "Acme Corp", "%corp", true},
		{"like", "Acme Corp", "acme%", true}, {"like", "Acme Corp", "a%e%p", true}, {"like", "Acme Corp", "a%x%p", false},
		{"like", "Acme Corp", "a%p%c%p", false}, {"like", "ab", "a%a%b", false}, {"like", "Acme Corp", "a%corp%rp", false},
		{"like", "Acme Corp", "%", true}, {"like", "Acme Corp", "cme%", false}, {"like", "aba", "aba%aba", false},
		{"fuzzy", "Acme Corp", "corp acme", true}, {"fuzzy", "Acme Corp", "corp inc", false},
		{"keyword", "Acme Corp", "corp inc", true}, {"keyword", "Acme Corp", "ltd inc", false},
		{"contains", "Acme Corp", "ME", true}, {"contains", "Acme Corp", "x", false}, {"contains", []any{"a", "b"}, "b", true},
		{"contains", []any{"ab"}, "b", false}, {"contains", number, "1", true}, {"contains", nil, "1", false},
		{"array_contains", []any{"a", "b"}, "a", true}, {"array_contains", []any{"ab"}, "a", false}, {"array_contains", "a", "a", false},
		{"startswith", "Acme", "ac", true}, {"startswith", "Acme", "me", false}, {"startswith", []any{"x", "Acme"}, "ac", true},
		{"startswith", number, "1", true}, {"startswith", true, "t", false},
		{"endswith", "Acme", "ME", true}, {"endswith", "Acme", "ac", false}, {"endswith", []any{"x", "y"}, "ac", false},
	} {
		if got := comparisons[test.operator](test.have, test.want); got != test.holds {
			t.Errorf("%v %s %v: %t, want %t", test.have, test.operator, test.want, got, test.holds)
		}
	}
}

// TestOperatorsOfOtherVersions covers the meanings that a switch chooses.
func TestOperatorsOfOtherVersions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		version, operator string
		have, want        any
		holds             bool
	}{
		{"older", "like", "Acme", "acme", true}, {"older", "like", "Acme", "cm", false}, {"older", "like", "Acme", "a%e", true},
		{"older", "fuzzy", "Acme Corp", "acme corp", true}, {"older", "fuzzy", "Acme Corp", "corp acme", false},
		{"older", "contains", "Acme", "cm", false}, {"older", "contains", []any{"a"}, "a", true},
		{"newer", "like", "50% off", "0%", true}, {"newer", "like", "Acme", "a%e", false}, {"newer", "contains", "Acme", "CM", true},
		{"newer", "contains", []any{"Acme"}, "Acme", false}, {"newer", "contains", json.Number("10"), "1", false},
		{"newer", "fuzzy", "Acme Corp", "corp acme", true},
		{"", "like", "Acme", "cm", true},
	} {
		request := newRequest(nil)
		request.Choices = choices{"text_operators": test.version}
		match, err := request.compiler().compile(P{test.operator: P{"name": test.want}})
		if err != nil {
			t.Error(err)
			continue
		}
		if got := match(P{"name": test.have}); got != test.holds {
			t.Errorf("%s: %v %s %v: %t, want %t", test.version, test.have, test.operator, test.want, got, test.holds)
		}
	}
}
