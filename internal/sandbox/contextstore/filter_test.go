package contextstore

import (
	"errors"
	"slices"
	"testing"

	"airbyte-mcp-server/internal/sandbox/problem"
)

func TestConditionsTogether(t *testing.T) {
	t.Parallel()
	yes, no := P{"eq": P{"name": "Acme"}}, P{"eq": P{"name": "Bolt"}}
	for _, test := range []struct {
		filter P
		want   bool
	}{
		{P{"and": []any{yes, yes}}, true}, {P{"and": []any{yes, no}}, false}, {P{"and": []any{no, yes}}, false},
		{P{"or": []any{no, yes}}, true}, {P{"or": []any{no, no}}, false}, {P{"or": []any{yes}}, true},
		{P{"not": yes}, false}, {P{"not": no}, true},
		{P{"eq": P{"name": "Acme"}, "neq": P{"id": "2"}}, true}, {P{"eq": P{"name": "Acme"}, "neq": P{"id": "1"}}, false},
		{P{"eq": P{"name": "Acme", "id": "1"}}, true}, {P{"eq": P{"name": "Acme", "id": "2"}}, false},
		{P{"any": P{"people": P{"eq": P{"age": "7"}}, "extra.list": P{"eq": P{"x": "1"}}}}, true},
		{P{"any": P{"people": P{"eq": P{"age": "7"}}, "extra.list": P{"eq": P{"x": "2"}}}}, false},
		{P{"any": P{"people[]": P{"eq": P{"age": "8"}}}}, false},
		{P{"any": P{"name": P{"eq": P{"age": "8"}}}}, false},
		{P{"eq": P{"extra.free.form": "1"}}, false},
	} {
		match, err := newRequest(nil).compiler().compile(test.filter)
		if err != nil {
			t.Errorf("%v: %v", test.filter, err)
			continue
		}
		row := P{"id": "1", "name": "Acme", "people": []any{"none", P{"age": "7"}}, "extra": P{"list": []any{P{"x": "1"}}}}
		if got := match(row); got != test.want {
			t.Errorf("%v holds: %t, want %t", test.filter, got, test.want)
		}
	}
}

func TestFilterRefusals(t *testing.T) {
	t.Parallel()
	const operators = "['and', 'any', 'array_contains', 'contains', 'endswith', 'eq', 'fuzzy', 'gt', 'gte', 'in', 'keyword', 'like', 'lt', " +
		"'lte', 'neq', 'not', 'or', 'startswith']"
	const names = "['code', 'description', 'extra', 'id', 'name', 'owner', 'owner.city', 'people', 'people.age', 'rank']"
	for _, test := range []struct {
		filter  P
		message string
	}{
		{P{}, "Filter must not be empty; leave it out to match all records"},
		{P{"not": P{}}, "Filter must not be empty; leave it out to match all records"},
		{P{"not": "x"}, "Operator 'not' needs a condition"},
		{P{"and": "x"}, "Operator 'and' needs a list of conditions"}, {P{"or": []any{}}, "Operator 'or' needs a list of conditions"},
		{P{"or": []any{"x"}}, "Operator 'or' needs a condition"},
		{P{"any": "x"}, "Operator 'any' needs an object of field and condition"},
		{P{"any": P{}}, "Operator 'any' needs an object of field and condition"},
		{P{"any": P{"people": "x"}}, "Operator 'any' needs a condition"},
		{P{"any": P{"nobody": P{}}}, "Unknown field 'nobody'. Available fields: " + names},
		{P{"any": P{"people": P{"eq": P{"size": "1"}}}}, "Unknown field 'size'. Available fields: ['age']"},
		{P{"eq": "x"}, "Operator 'eq' needs an object of field and value"},
		{P{"eq": P{}}, "Operator 'eq' needs an object of field and value"},
		{P{"equals": P{"name": "x"}}, "Unknown operator 'equals'; use 'eq'"},
		{P{"is": P{"name": "x"}}, "Unknown operator 'is'. Available operators: " + operators},
		{P{"eq": P{"owner.town": "x"}}, "Unknown field 'owner.town'. Available fields: " + names},
		{P{"eq": P{"owner[].town": "x"}}, "Unknown field 'owner[].town'. Available fields: " + names},
		{P{"in": P{"name": "x"}}, "Operator 'in' needs a list for field 'name'"},
		{P{"like": P{"name": nil}}, "Operator 'like' needs a text for field 'name'"},
		{P{"endswith": P{"name": true}}, "Operator 'endswith' needs a text for field 'name'"},
		{P{"gt": P{"name": nil}}, "Operator 'gt' needs a number or a text for field 'name'"},
		{P{"lte": P{"name": []any{}}}, "Operator 'lte' needs a number or a text for field 'name'"},
	} {
		_, err := newRequest(nil).compiler().compile(test.filter)
		wantProblem(t, test.filter, err, 422, "body.params.query.filter", test.message)
	}
}

func TestEmptyFiltersHaveTheirOwnSwitch(t *testing.T) {
	t.Parallel()
	for filter, want := range map[*P]problem.Source{{}: problem.FromFilter, {"eq": "x"}: problem.FromRequest} {
		_, err := newRequest(nil).compiler().compile(*filter)
		if p, ok := errors.AsType[*problem.Error](err); !ok || p.Source != want {
			t.Errorf("%v is refused with %v, want the source %q", *filter, err, want)
		}
	}
}

func TestFieldNamesAreInOrder(t *testing.T) {
	t.Parallel()
	want := []string{"code", "description", "extra", "id", "name", "owner", "owner.city", "people", "people.age", "rank"}
	if got := FieldNames(companies().ContextStore); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
