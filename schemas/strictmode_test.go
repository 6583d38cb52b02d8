package schemas_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// TestStrictModeSendsNothingForWhatIsNull gives every optional member of every tool as null,
// as models in strict mode must, at every depth. That does what leaving all of them out does.
func TestStrictModeSendsNothingForWhatIsNull(t *testing.T) {
	var all tally
	connectorsInTurn(t, func(t *testing.T, conn *schemas.Connector) {
		for _, tl := range toolsOf(conn) {
			in := tl.input(t, conn)
			if tl.action == nil {
				sameTaken(t, tl.name, in, object{
					"filter": nil, "any_of": nil, "sort": nil, "limit": nil, "cursor": nil, "fields": nil,
				}, object{})
				all.add("search", tl.name)
				continue
			}
			args := sampler{}.arguments(tl.action)
			sameTaken(t, tl.name, in, strict(tl.action.Params, args, false), strict(tl.action.Params, args, true))
			all.add("required alone", tl.name)
			for _, p := range tl.action.Params {
				if p.Type != "object" || len(p.Properties) == 0 || tl.action.Requirements != nil {
					continue
				}
				args[p.Name] = sampler{}.object(p.Properties)
				sameTaken(t, tl.name, in, strict(tl.action.Params, args, false), strict(tl.action.Params, args, true))
				all.add("nested", tl.name)
			}
		}
	})
	all.report(t, map[string]int{"search": 420, "required alone": 1050, "nested": 75}, 1470)
}

// strict is an object in which what is not given is null: everything, or what is left of it,
// which are the members that may be null in an object without any that may not.
func strict(params []*schemas.Parameter, given object, left bool) object {
	o := object{}
	isOpen := func(p *schemas.Parameter) bool { return !p.Nullable && given[schemas.ArgumentName(p.Name)] == nil }
	everyGiven := slices.ContainsFunc(params, isOpen)
	for _, p := range params {
		name := schemas.ArgumentName(p.Name)
		switch value := given[name].(type) {
		case object:
			if len(p.Properties) > 0 {
				o[name] = strict(p.Properties, value, left)
			} else {
				o[name] = value
			}
		case nil:
			if !left || p.Nullable && !everyGiven {
				o[name] = nil
			}
		default:
			o[name] = value
		}
	}
	return o
}

func sameTaken(t *testing.T, name string, in *schemas.Input, given, want object) {
	t.Helper()
	got, err := in.Check([]byte(encode(t, given)))
	plain, wrong := in.Check([]byte(encode(t, want)))
	var invalid *schemas.InvalidError
	switch {
	case errors.As(err, &invalid) && strings.HasPrefix(invalid.Faults[0].Problem, "nothing is left to write"):
	case err != nil || wrong != nil:
		t.Errorf("%s: %s: %v; %s: %v", name, encode(t, given), err, encode(t, want), wrong)
	case !sameJSON(got.JSON(), plain.JSON()):
		t.Errorf("%s: %s became %s, want %s", name, encode(t, given), got.JSON(), plain.JSON())
	}
}

// TestNullClearsOnlyAlone holds that a member that may be null is cleared by null, unless its
// caller writes null for what cannot be null too.
func TestNullClearsOnlyAlone(t *testing.T) {
	t.Parallel()
	nullable := []*schemas.Parameter{
		{Name: "milestone", Type: "integer", Nullable: true}, {Name: "title", Type: "string"}, {Name: "state", Type: "string", Nullable: true},
	}
	in, err := schemas.NewInput(append(nullable, &schemas.Parameter{Name: "issue", Type: "object", Properties: nullable},
		&schemas.Parameter{Name: "assignee", Type: "string", Nullable: true, Required: true})...)
	if err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]string{
		`{"assignee":null,"milestone":null}`:                                     `{"assignee":null,"milestone":null}`,
		`{"assignee":null,"milestone":null,"title":null}`:                        `{"assignee":null}`,
		`{"assignee":null,"milestone":null,"title":"x"}`:                         `{"assignee":null,"milestone":null,"title":"x"}`,
		`{"assignee":"a","issue":{"milestone":null,"title":"x"}}`:                `{"assignee":"a","issue":{"milestone":null,"title":"x"}}`,
		`{"assignee":"a","issue":{"milestone":null,"title":null,"state":"x"}}`:   `{"assignee":"a","issue":{"state":"x"}}`,
		`{"assignee":"a","issue":{"milestone": 7, "title": null,"state": null}}`: `{"assignee":"a","issue":{"milestone":7}}`,
	} {
		args, err := in.Check([]byte(given))
		if err != nil || !sameJSON(args.JSON(), []byte(want)) {
			t.Errorf("%s became %s, want %s (%v)", given, args.JSON(), want, err)
		}
	}
}
