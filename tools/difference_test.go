package tools_test

import (
	"slices"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// TestDifference tells words from what values are held to, and names the parameters.
func TestDifference(t *testing.T) {
	t.Parallel()
	form := func(change func(a *schemas.Action)) *tools.Tool {
		a := &schemas.Action{Name: "get", Summary: "Get a thing.", Result: schemas.Result{Kind: "record"}, Params: []*schemas.Parameter{
			{Name: "id", In: "path", Required: true, Type: "string", Description: "Id."},
			{Name: "description", In: "query", Type: "object", Description: "A part.", Properties: []*schemas.Parameter{
				{Name: "title", Type: "string", Description: "Inside."},
			}},
		}}
		change(a)
		set, err := tools.Of(&schemas.Connector{Name: "tiny", Title: "Tiny", Entities: []*schemas.Entity{
			{Name: "things", Summary: "Things.", Actions: []*schemas.Action{a}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		return set.Get("tiny_things_get")
	}
	same := form(func(*schemas.Action) {})
	for name, test := range map[string]struct {
		change func(a *schemas.Action)
		kind   string
		names  []string
	}{
		"nothing":        {func(*schemas.Action) {}, "", nil},
		"summary":        {func(a *schemas.Action) { a.Summary = "Fetch it." }, "words", nil},
		"words":          {func(a *schemas.Action) { a.Params[0].Description = "Other." }, "words", []string{"id"}},
		"words inside":   {func(a *schemas.Action) { a.Params[1].Properties[0].Description = "Other." }, "words", []string{"description"}},
		"type":           {func(a *schemas.Action) { a.Params[0].Type = "integer" }, "schema", []string{"id"}},
		"name inside":    {func(a *schemas.Action) { a.Params[1].Properties[0].Name = "text" }, "schema", []string{"description"}},
		"required":       {func(a *schemas.Action) { a.Params[1].Required = true }, "schema", []string{"description"}},
		"removed":        {func(a *schemas.Action) { a.Params = a.Params[:1] }, "schema", []string{"description"}},
		"words and type": {func(a *schemas.Action) { a.Summary, a.Params[0].MaxLength = "Other.", new(uint64) }, "schema", []string{"id"}},
		"effect":         {func(a *schemas.Action) { a.Effect = "delete" }, "effect", nil},
	} {
		if kind, names := tools.Difference(same, form(test.change)); kind != test.kind || !slices.Equal(names, test.names) {
			t.Errorf("%s: %s %q, want %s %q", name, kind, names, test.kind, test.names)
		}
	}
}
