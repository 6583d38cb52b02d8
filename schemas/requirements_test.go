package schemas_test

import (
	"encoding/json"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// TestRequirements shows the rules between parameters, one after another.
func TestRequirements(t *testing.T) {
	t.Parallel()
	const (
		anyOf     = `{"any_of":[["charge"],["intent"]]}`
		groups    = `{"any_of":[["project"],["workspace","assignee"]]}`
		exclusive = `{"any_of":[["words"],["ids","ids_type"]],"exclusive":true}`
		allOf     = `{"all_of":[{"any_of":[["from"],["service"]]},{"any_of":[["body"],["media"]]}]}`
		when      = `{"when":[{"param":"kind","equals":"link","require":["url","data.title"]}]}`
		nested    = `{"any_of":[["data.workspace"],["data.parent"],["assignee.any"]]}`
		one       = `{"any_of":[["due_on.after"]]}`
	)
	for _, tt := range []struct{ name, requirements, arguments, want string }{
		{"any of: none", anyOf, `{}`, "needs at least one of `charge`, `intent`"},
		{"any of: one", anyOf, `{"intent":"x"}`, ""},
		{"any of: both", anyOf, `{"charge":"x","intent":"y"}`, ""},
		{"any of: null", anyOf, `{"charge":null}`, "needs at least one of `charge`, `intent`"},
		{"any of: a slip", anyOf, `{"chrage":"x"}`, "needs at least one of `charge`, `intent`; `chrage` is unknown; did you mean charge?; " +
			"allowed: charge, data, intent"},
		{"groups: half of one", groups, `{"assignee":"me"}`, "needs at least one of `project`, `workspace` with `assignee`"},
		{"groups: a whole one", groups, `{"assignee":"me","workspace":"w"}`, ""},
		{"exclusive: none", exclusive, `{}`, "needs exactly one of `words`, `ids` with `ids_type`"},
		{"exclusive: one", exclusive, `{"ids":"1","ids_type":"SKU"}`, ""},
		{"exclusive: both", exclusive, `{"words":"w","ids":"1","ids_type":"SKU"}`, "needs exactly one of `words`, `ids` with `ids_type`"},
		{"exclusive: one and a half", exclusive, `{"words":"w","ids":"1"}`, "needs exactly one of `words`, `ids` with `ids_type`"},
		{"all of: none", allOf, `{}`, "needs at least one of `body`, `media`; needs at least one of `from`, `service`"},
		{"all of: half", allOf, `{"from":"1"}`, "needs at least one of `body`, `media`"},
		{"all of: all", allOf, `{"from":"1","media":"m"}`, ""},
		{"when: it is not", when, `{"kind":"page"}`, ""},
		{"when: it is left out", when, `{}`, ""},
		{"when: it is", when, `{"kind":"link"}`, "`data.title` is required when `kind` is \"link\"; `url` is required when `kind` is \"link\""},
		{"when: it is, and all is there", when, `{"kind":"link","url":"u","data":{"title":"t"}}`, ""},
		{"nested: none", nested, `{"data":{}}`, "needs at least one of `data.workspace`, `data.parent`, `assignee_any`"},
		{"nested: inside", nested, `{"data":{"parent":"p"}}`, ""},
		{"nested: a name with a dot", nested, `{"assignee_any":"me"}`, ""},
		{"nested: not an object", nested, `{"data":[]}`, "needs at least one of `data.workspace`, `data.parent`, `assignee_any`; `data` " +
			"must be object (got array)"},
		{"one only", one, `{}`, "needs `due_on_after`"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if _, err := requiring(t, tt.requirements).Check([]byte(tt.arguments)); err != nil {
				got = strings.TrimPrefix(withoutExample(err, ""), "invalid arguments: ")
			}
			if got != tt.want {
				t.Errorf("Check(%s) gave error\n%q, want\n%q", tt.arguments, got, tt.want)
			}
		})
	}
}

// requiring are the arguments of an action that has the parameters that its
// requirements speak of, and an open object "data".
func requiring(t *testing.T, requirements string) *schemas.Input {
	t.Helper()
	var r schemas.Requirements
	if err := json.Unmarshal([]byte(requirements), &r); err != nil {
		t.Fatal(err)
	}
	a := &schemas.Action{Name: "create", Requirements: &r}
	for _, name := range mentioned(&r) {
		a.Params = append(a.Params, &schemas.Parameter{Name: name, Type: "string"})
	}
	a.Params = append(a.Params, &schemas.Parameter{Name: "data", Type: "object", AdditionalProperties: json.RawMessage("true")})
	in, err := (&schemas.Connector{Name: "acme"}).ActionInput(&schemas.Entity{Name: "orders"}, a)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// mentioned are the whole parameters that requirements name.
func mentioned(r *schemas.Requirements) []string {
	var names []string
	for _, part := range r.AllOf {
		names = append(names, mentioned(part)...)
	}
	groups := r.AnyOf
	for _, c := range r.When {
		groups = append(groups, []string{c.Param}, c.Require)
	}
	for _, group := range groups {
		for _, name := range group {
			if !strings.HasPrefix(name, "data.") {
				names = append(names, name)
			}
		}
	}
	return names
}

// TestRequirementsNameParameters follows the names in the catalog's requirements.
func TestRequirementsNameParameters(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		for _, tl := range toolsOf(conn) {
			if tl.action == nil || tl.action.Requirements == nil {
				continue
			}
			everything := sampler{all: true}.object(tl.action.Params)
			for _, name := range mentioned(tl.action.Requirements) {
				if _, ok := everything[name]; !ok {
					t.Errorf("%s requires %q, which is no parameter", tl.name, name)
				}
			}
			if got := faultsOf(t, tl.input(t, conn), "{}"); len(tl.action.Requirements.When) == 0 && got[0].Path != "" {
				t.Errorf("%s accepts less than it requires: {} has only the faults %v", tl.name, got)
			}
		}
	})
}
