package schemas_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// TestValidArguments checks each action with the least and the most that the catalog
// allows.
func TestValidArguments(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		for _, tl := range toolsOf(conn) {
			if tl.action == nil {
				continue
			}
			in := tl.input(t, conn)
			for _, all := range []bool{false, true} {
				arguments := encode(t, sampler{all}.arguments(tl.action))
				got, err := in.Check([]byte(arguments))
				if err != nil {
					t.Errorf("%s: Check(%s): %v", tl.name, arguments, err)
				} else if len(got) != len(sampler{all}.arguments(tl.action)) {
					t.Errorf("%s: Check(%s) kept %s", tl.name, arguments, got.JSON())
				}
			}
		}
	})
}

// TestInvalidArguments breaks one thing after another in the most that an action
// takes. Each has to be refused, with its place and what is wrong there.
func TestInvalidArguments(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		for _, tl := range toolsOf(conn) {
			if tl.action == nil {
				continue
			}
			in, valid := tl.input(t, conn), sampler{all: true}.arguments(tl.action)
			b := &breaker{valid: valid}
			if tl.action.Pagination != nil {
				b.pageSize = schemas.ArgumentName(tl.action.Pagination.LimitParam)
			}
			b.object(nil, "", tl.action.Params, true)
			for _, c := range b.changes {
				arguments := encode(t, c.apply(valid))
				refused(t, tl, arguments, c.fault, faultsOf(t, in, arguments))
			}
		}
	})
}

// refused checks that a fault was found, and no other one but what the action
// requires beside it.
func refused(t *testing.T, tl tool, arguments string, want schemas.Fault, got []schemas.Fault) {
	t.Helper()
	found := slices.ContainsFunc(got, func(f schemas.Fault) bool {
		return f.Path == want.Path && strings.HasPrefix(f.Problem, want.Problem)
	})
	if !found || len(got) > 1 && tl.action.Requirements == nil {
		t.Errorf("%s: Check(%s) found %v, want %v", tl.name, arguments, got, want)
	}
}

func encode(t testing.TB, value any) string {
	t.Helper()
	b, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// breaker collects all single changes that make arguments invalid.
type breaker struct {
	valid    object
	pageSize string // of which more than the maximum means the maximum
	changes  []change
}

func (b *breaker) add(path []any, value any, place, problem string) {
	b.changes = append(b.changes, change{slices.Clone(path), value, schemas.Fault{Path: place, Problem: problem}})
}

// object breaks what is in an object, and the object itself by a property more.
func (b *breaker) object(path []any, place string, params []*schemas.Parameter, closed bool) {
	if closed {
		b.add(append(path, "no_such"), "x", dot(place, "no_such"), "is unknown")
	}
	for _, p := range params {
		name := p.Name
		if len(path) == 0 {
			name = schemas.ArgumentName(name)
		}
		if !b.has(append(path, name)) {
			continue // left out for another one's sake
		}
		if p.Required && (len(path) != 0 || len(p.Enum) != 1) { // the only value goes without saying
			b.add(append(path, name), nil, dot(place, name), "is required")
		}
		b.value(append(path, name), dot(place, name), p)
	}
}

func (b *breaker) has(path []any) bool {
	var value any = b.valid
	for _, step := range path {
		switch v := value.(type) {
		case object:
			value = v[fmt.Sprint(step)]
		case []any:
			value = v[0]
		}
	}
	return value != nil
}

// value breaks a value: its type, its enum, its form and its bounds, and then what
// is in it.
func (b *breaker) value(path []any, place string, p *schemas.Parameter) {
	wrong := wrongType[p.Type]
	if p.Type == "array" && p.Items.Type == "boolean" {
		wrong = "x"
	}
	b.add(path, wrong, place, "must be "+p.Type)
	switch {
	case len(p.Enum) > 0 && p.Type == "string":
		b.add(path, "no such value", place, "must be one of ")
	case len(p.Enum) > 0:
		b.add(path, json.Number("987654321"), place, "must be one of ")
	case p.Pattern != "":
		b.add(path, "no match", place, "must match the pattern "+p.Pattern)
	case p.Format == "date" || p.Format == "date-time":
		b.add(path, "yesterday", place, "must be a date")
	}
	b.bounds(path, place, p)
	switch p.Type {
	case "array":
		b.array(path, place, p)
	case "object":
		open := string(p.AdditionalProperties) != "false" && (len(p.AdditionalProperties) > 0 || len(p.Properties) == 0)
		b.object(path, place, p.Properties, !open)
		if strings.Contains(string(p.AdditionalProperties), `"string"`) {
			b.add(append(path, "own key"), false, dot(place, "own key"), "must be string")
		}
	}
}

// wrongType has a value for each type that is not of it.
var wrongType = map[string]any{
	"string": true, "integer": json.Number("1.5"), "number": "many",
	"boolean": "maybe", "array": true, "object": []any{},
}

func (b *breaker) bounds(path []any, place string, p *schemas.Parameter) {
	if p.Minimum != "" {
		b.add(path, beyond(p.Minimum, -1), place, "must be at least "+p.Minimum.String())
	}
	if p.Maximum != "" && (place != b.pageSize || p.Type != "integer") {
		b.add(path, beyond(p.Maximum, 1), place, "must be at most "+p.Maximum.String())
	}
	if p.MinLength != nil && *p.MinLength > 0 {
		b.add(path, strings.Repeat("x", int(*p.MinLength)-1), place, "must have at least ")
	}
	if p.MaxLength != nil {
		b.add(path, strings.Repeat("x", int(*p.MaxLength)+1), place, "must have at most ")
	}
}

func (b *breaker) array(path []any, place string, p *schemas.Parameter) {
	element := sampler{all: true}.value(p.Items)
	if p.UniqueItems {
		b.add(path, []any{element, element}, place, "must not hold the same value twice")
	}
	b.value(append(path, 0), place+"[0]", p.Items)
}

func dot(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// TestNullArguments checks null for each parameter: it is kept where it means
// something, and counts as left out elsewhere.
func TestNullArguments(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		for _, tl := range toolsOf(conn) {
			if tl.action == nil || tl.action.Requirements != nil {
				continue
			}
			in := tl.input(t, conn)
			for _, p := range tl.action.Params {
				name := schemas.ArgumentName(p.Name)
				args := sampler{}.arguments(tl.action)
				args[name] = json.RawMessage("null")
				got, err := in.Check([]byte(encode(t, args)))
				kept := slices.ContainsFunc(got, func(a schemas.Argument) bool { return a.Name == p.Name && string(a.Value) == "null" })
				switch {
				case p.Required && !p.Nullable && withoutExample(err, "") != "invalid arguments: `"+name+"` is required":
					t.Errorf("%s: null for the required %s gave error %v", tl.name, name, err)
				case err != nil && strings.Contains(err.Error(), "nothing is left to write") && !p.Required && !kept:
				case (!p.Required || p.Nullable) && err != nil, kept != p.Nullable:
					t.Errorf("%s: null for %s was kept: %t, want %t; error %v", tl.name, name, kept, p.Nullable, err)
				}
			}
		}
	})
}
