package tools_test

import (
	"slices"
	"strings"
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

// formChanges are changes of an action by what is said of them.
var formChanges = map[string]func(a *schemas.Action){
	"":                         func(*schemas.Action) {},
	"described in other words": func(a *schemas.Action) { a.Summary = "All." },
	"effect changed read → update; parameter `confirmation` added (string, optional); parameter `dry_run` added (boolean, optional)" +
		"; parameter `exclude_fields` removed; parameter `select_fields` removed": func(a *schemas.Action) { a.Effect = "update" },
	"parameter `state` type changed string → integer; parameter `state` enum changed [\"open\",\"paid\"] → none": func(a *schemas.Action) {
		a.Params[0].Type, a.Params[0].Enum = "integer", nil
	},
	"parameter `state` enum changed [\"open\",\"paid\"] → [\"open\"]": func(a *schemas.Action) { a.Params[0].Enum = []any{"open"} },
	"parameter `state` is required, was optional":                     func(a *schemas.Action) { a.Params[0].Required = true },
	"parameter `state` described in other words":                      func(a *schemas.Action) { a.Params[0].Description = "Other." },
	"parameter `at` type changed string or null → string":             func(a *schemas.Action) { a.Params[1].Nullable = false },
	"parameter `at` format changed none → \"date-time\"":              func(a *schemas.Action) { a.Params[1].Format = "date-time" },
	"parameter `where.city` type changed string → boolean": func(a *schemas.Action) {
		a.Params[2].Properties[0].Type = "boolean"
	},
	"parameter `where.zip` added (integer, required)": func(a *schemas.Action) {
		more := &schemas.Parameter{Name: "zip", Type: "integer", Required: true}
		a.Params[2].Properties = append(a.Params[2].Properties, more)
	},
	"parameter `ids` removed": func(a *schemas.Action) { a.Params = a.Params[:3] },
	"parameter `ids` type changed list of string → list of integer; " +
		"parameter `ids[]` type changed string → integer": func(a *schemas.Action) {
		a.Params[3].Items.Type = "integer"
	},
	"parameter `ids[]` maxLength changed none → 0": func(a *schemas.Action) { a.Params[3].Items.MaxLength = new(uint64) },
	"requirements between parameters changed": func(a *schemas.Action) {
		a.Requirements = &schemas.Requirements{AnyOf: [][]string{{"at"}, {"ids"}}}
	},
}

// TestChanges names what differs, and where.
func TestChanges(t *testing.T) {
	t.Parallel()
	tool := func(change func(a *schemas.Action)) *tools.Tool {
		a := &schemas.Action{Name: "list", Summary: "List orders.", Result: schemas.Result{Kind: "list"}, Params: []*schemas.Parameter{
			{Name: "state", In: "query", Type: "string", Description: "State.", Enum: []any{"open", "paid"}},
			{Name: "at", In: "query", Type: "string", Nullable: true, Description: "When."},
			{Name: "where", In: "body", Type: "object", Description: "A part.", Properties: []*schemas.Parameter{{Name: "city", Type: "string"}}},
			{Name: "ids", In: "body", Type: "array", Description: "Ids.", Items: &schemas.Parameter{Type: "string"}},
		}}
		change(a)
		set, err := tools.Of(&schemas.Connector{Name: "tiny", Title: "Tiny", Entities: []*schemas.Entity{
			{Name: "orders", Summary: "Orders.", Actions: []*schemas.Action{a}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		return set.Get("tiny_orders_list")
	}
	for want, change := range formChanges {
		before, after := tool(func(*schemas.Action) {}), tool(change)
		got := strings.ReplaceAll(strings.Join(tools.Changes(before, after), "; "), "orders.list: ", "")
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if kind, _ := tools.Difference(before, after); (kind == "") != (want == "") {
			t.Errorf("%q: the kind is %q", want, kind)
		}
	}
}
