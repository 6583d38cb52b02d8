package schemas_test

import (
	"encoding/json"
	"slices"
	"testing"

	"airbyte-mcp-server/schemas"
)

// TestEverySearchTakesWhatIsCertain writes conditions on each field of each search, and
// the rest of the query, in the forms that models write.
func TestEverySearchTakesWhatIsCertain(t *testing.T) {
	var all tally
	connectorsInTurn(t, func(t *testing.T, conn *schemas.Connector) {
		for _, tl := range toolsOf(conn) {
			if tl.action != nil {
				continue
			}
			s := &searching{coercing{tool: tl, in: tl.input(t, conn), tally: &all}}
			for _, f := range plainFields("", tl.entity.ContextStore.Fields) {
				s.forms(t, f)
				s.values(t, f)
				s.order(t, f.Name)
			}
			s.rest(t)
		}
	})
	all.report(t, map[string]int{
		"operator first": 7000, "field first": 7000, "Mongo-like": 7000, "one level too high": 7000, "nested query": 14000, "JSON text": 7000,
		"no operator": 7000, "elements": 14, "text for a number": 1700, "whole number": 1900, "commas for a list": 1000, "list as told": 3000,
		"one value for a list": 1000, "text for a truth value": 600, "number for a text": 6500, "enum in another case": 50,
		"sort as an object": 28000, "sort in words": 14000, "sort as told": 7000, "fields as a text": 7000, "over the maximum": 428,
		"host member": 856, "null": 856, "empty": 856, "ISO date": 100,
	}, 428)
}

// searching tries forms of one search.
type searching struct{ coercing }

// plainFields are fields with the names by which a condition reaches them.
func plainFields(path string, fields []*schemas.Field) []*schemas.Field {
	var list []*schemas.Field
	for _, f := range fields {
		named := *f
		named.Name = path + f.Name
		list = append(list, &named)
		if !f.Type.Has("array") {
			list = append(list, plainFields(path+f.Name+".", f.Properties)...)
		}
	}
	return list
}

func condition(field, op string, value any) object {
	return object{"filter": []any{object{"field": field, "op": op, "value": value}}}
}

// forms writes one condition in every grammar.
func (s *searching) forms(t *testing.T, f *schemas.Field) {
	t.Helper()
	missing := json.RawMessage("null")
	want := condition(f.Name, "neq", missing)
	operand := object{f.Name: missing}
	for kind, given := range map[string]object{
		"operator first":     {"filter": object{"neq": operand}},
		"field first":        {"filter": object{f.Name: object{"neq": missing}}},
		"Mongo-like":         {"filter": object{"$and": []any{object{f.Name: object{"$ne": missing}}}}},
		"one level too high": {"neq": operand},
		"JSON text":          {"filter": mustJSON(object{"neq": operand})},
	} {
		noted := []string{"filter"}
		if kind == "Mongo-like" { // a list of one is the condition itself
			s.sameMeaning(t, kind, given, object{"query": object{"filter": object{"and": []any{object{"neq": operand}}}}}, noted)
			continue
		}
		s.sameMeaning(t, kind, given, want, noted)
	}
	for _, e := range f.Properties {
		if f.Type.Has("array") && len(e.Properties) == 0 && !e.Type.Has("array") {
			s.sameMeaning(t, "elements", object{"filter": object{f.Name + "[]." + e.Name: object{"$ne": missing}}},
				condition(f.Name+"."+e.Name, "neq", missing), []string{"filter"})
		}
	}
	s.sameMeaning(t, "nested query", object{"query": object{"filter": object{"neq": operand}}}, want, []string{"query", "filter"})
	s.sameMeaning(t, "nested query", object{"query": object{"neq": operand}}, want, []string{"query", "filter"})
	s.sameMeaning(t, "no operator", object{"filter": []any{object{"field": f.Name, "value": missing}}}, condition(f.Name, "eq", missing),
		[]string{"filter"})
}

// values writes values of a field in every spelling, in place of the form that its type has.
func (s *searching) values(t *testing.T, f *schemas.Field) {
	t.Helper()
	try := func(kind, op string, given, clean any) {
		t.Helper()
		s.sameMeaning(t, kind, condition(f.Name, op, given), condition(f.Name, op, clean), []string{"filter"})
	}
	five, six := json.Number("5"), json.Number("6")
	switch {
	case len(f.Type) != 1:
	case f.Type[0] == "integer":
		try("text for a number", "eq", "5", five)
		try("whole number", "gt", json.Number("5.0"), five)
		try("whole number", "lte", json.Number("5e0"), five)
		try("commas for a list", "in", "5, 6", []any{five, six})
		try("one value for a list", "in", five, []any{five})
		if f.Format == "unix-seconds" {
			try("ISO date", "gte", "2026-01-31T15:04:05Z", json.Number("1769871845"))
		}
	case f.Type[0] == "number":
		try("text for a number", "lt", "1.5", json.Number("1.5"))
		try("commas for a list", "in", "5,6", []any{five, six})
	case f.Type[0] == "boolean":
		try("text for a truth value", "eq", "True", true)
	case f.Type[0] == "string" && len(s.known(f)) > 0:
		known := s.known(f)
		text, _ := known[0].(string)
		if other := swapCase(text); other != text && countFold(known, text) == 1 {
			try("enum in another case", "neq", other, text)
			try("enum in another case", "in", []any{other}, []any{text})
			try("enum in another case", "in", other, []any{text})
		}
	case f.Type[0] == "string" && f.Format == "":
		if refusal := faultsOf(t, s.in, encode(t, condition(f.Name, "eq", "x"))); refusal == nil { // no date, by what else is known
			try("number for a text", "eq", five, "5")
			try("number for a text", "like", five, "5")
			s.sameMeaning(t, "list as told", condition(f.Name, "in", "a,b"), condition(f.Name, "in", []any{"a", "b"}), nil)
		}
	}
}

// known are the values that a field has by the same name among what a list gives or takes.
func (s *searching) known(f *schemas.Field) []any {
	for _, a := range s.tool.entity.Actions {
		for _, r := range a.Result.Fields {
			if r.Name == f.Name && len(r.Enum) > 0 {
				return r.Enum
			}
		}
		if p := find(a.Params, f.Name); p != nil && a.Name == schemas.ActionList && len(p.Enum) > 0 {
			return p.Enum
		}
	}
	return nil
}

// order sorts by a field, and returns it.
func (s *searching) order(t *testing.T, name string) {
	t.Helper()
	want := object{"sort": []any{"-" + name}}
	for _, given := range []any{
		object{name: "desc"}, []any{object{name: "desc"}}, object{"field": name, "order": "descending"}, object{name: json.Number("-1")},
	} {
		s.sameMeaning(t, "sort as an object", object{"sort": given}, want, []string{"sort"})
	}
	for _, given := range []any{[]any{name + " desc"}, name + ":DESC"} {
		s.sameMeaning(t, "sort in words", object{"sort": given}, want, []string{"sort"})
	}
	s.sameMeaning(t, "sort as told", object{"sort": "-" + name}, want, nil)
	s.sameMeaning(t, "fields as a text", object{"fields": name}, object{"fields": []any{name}}, []string{"fields"})
}

// rest tries what stands beside the query.
func (s *searching) rest(t *testing.T) {
	t.Helper()
	limit := object{"limit": json.Number("1000")}
	s.sameMeaning(t, "over the maximum", object{"limit": json.Number("5000")}, limit, []string{"limit"})
	s.sameMeaning(t, "text for a number", object{"limit": "1e3"}, limit, []string{"limit"})
	for name, value := range map[string]any{"toolCallId": "x", "_meta": object{}} {
		s.sameMeaning(t, "host member", object{name: value}, object{}, []string{name})
	}
	for _, name := range []string{"limit", "cursor"} {
		s.sameMeaning(t, "null", object{name: nil}, object{}, []string{name})
		s.sameMeaning(t, "empty", object{name: ""}, object{}, []string{name})
	}
}

// sameMeaning is same for a search: the query of the plain form may have any order.
func (s *searching) sameMeaning(t *testing.T, kind string, given, want object, noted []string) {
	t.Helper()
	s.tally.add(kind, s.tool.name)
	got, taken, err := s.in.Take([]byte(encode(t, given)))
	plain, as, wrong := s.in.Take([]byte(encode(t, want)))
	switch {
	case err != nil || wrong != nil:
		t.Errorf("%s, %s: %s: %v; as %s: %v", s.tool.name, kind, encode(t, given), err, encode(t, want), wrong)
	case !sameJSON(got.JSON(), plain.JSON()):
		t.Errorf("%s, %s: %s became %s, want %s", s.tool.name, kind, encode(t, given), got.JSON(), plain.JSON())
	case !slices.Equal(sorted(taken.Coerced), sorted(noted)) || want["query"] == nil && len(as.Coerced) > 0:
		t.Errorf("%s, %s: %s noted %q, want %q; the plain form %q", s.tool.name, kind, encode(t, given), taken.Coerced, noted, as.Coerced)
	}
}

func sorted(names []string) []string { return slices.Sorted(slices.Values(names)) }

// TestEverySearchRefusesWhatIsUncertain compares fields with values that cannot be read
// as their type.
func TestEverySearchRefusesWhatIsUncertain(t *testing.T) {
	var all tally
	connectorsInTurn(t, func(t *testing.T, conn *schemas.Connector) {
		for _, tl := range toolsOf(conn) {
			if tl.action != nil {
				continue
			}
			in := tl.input(t, conn)
			for _, f := range plainFields("", tl.entity.ContextStore.Fields) {
				for kind, value := range unreadable(f) {
					all.add(kind, tl.name)
					if got, taken, err := in.Take([]byte(encode(t, condition(f.Name, "eq", value)))); err == nil {
						t.Errorf("%s, %s: %s %v was taken as %s, noted %q", tl.name, kind, f.Name, value, got.JSON(), taken.Coerced)
					}
				}
			}
		}
	})
	all.report(t, map[string]int{"half a number": 1000, "words": 1900, "a date in words": 450, "an object": 7000}, 428)
}

func unreadable(f *schemas.Field) map[string]any {
	values := map[string]any{"an object": object{"a": true}}
	switch {
	case len(f.Type) != 1:
	case f.Type[0] == "integer":
		values["half a number"], values["words"] = json.Number("5.5"), "many"
	case f.Type[0] == "number":
		values["words"] = "much"
	case f.Type[0] == "boolean":
		values["words"] = "yes"
	case f.Format == "date-time" || f.Format == "date":
		values["a date in words"] = "June 1 2025"
	}
	return values
}
