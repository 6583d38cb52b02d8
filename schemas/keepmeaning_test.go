package schemas_test

import (
	"testing"

	"airbyte-mcp-server/schemas"
)

// TestKeepMeanings lets an import keep what actions are called and do, and how their values are
// written; what it says itself counts.
func TestKeepMeanings(t *testing.T) {
	t.Parallel()
	form := func(a *schemas.Action) *schemas.Connector {
		return &schemas.Connector{Name: "acme", Entities: []*schemas.Entity{{Name: "widgets", Actions: []*schemas.Action{a}}}}
	}
	before := form(&schemas.Action{
		Name: "create", Title: "Empty the bin", Effect: "delete", Destroys: true,
		Result: schemas.Result{Kind: "object", HidesErrors: true, ShapedBy: []string{"q"}},
		Params: []*schemas.Parameter{
			{Name: "at", Type: "integer", Format: "unix-seconds"}, {Name: "ref", Type: "string", SendDefault: true},
			{Name: "when", Type: "integer", Format: "unix-milliseconds"},
		},
	})
	before.Terms = map[string]string{"at": "When."}
	c := form(&schemas.Action{Name: "create", Effect: "update", Params: []*schemas.Parameter{
		{Name: "at", Type: "integer"}, {Name: "ref", Type: "string"},
		{Name: "when", Type: "integer", OneOf: []*schemas.Parameter{{Type: "integer"}, {Type: "string"}}},
	}})
	c.KeepWords(before)
	want := form(&schemas.Action{
		Name: "create", Title: "Empty the bin", Effect: "update", Destroys: true,
		Result: schemas.Result{HidesErrors: true, ShapedBy: []string{"q"}},
		Params: []*schemas.Parameter{
			{Name: "at", Type: "integer", Format: "unix-seconds"}, {Name: "ref", Type: "string", SendDefault: true},
			{Name: "when", Type: "integer", Format: "unix-milliseconds", OneOf: []*schemas.Parameter{
				{Type: "integer", Format: "unix-milliseconds"}, {Type: "string"},
			}},
		},
	})
	want.Terms = before.Terms
	if got, want := encode(t, c), encode(t, want); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	own := form(&schemas.Action{Name: "create"})
	own.Terms = map[string]string{"at": "Then."}
	own.KeepWords(before)
	if own.Terms["at"] != "Then." {
		t.Errorf("the import's own words were lost: %v", own.Terms)
	}
}
