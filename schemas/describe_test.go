package schemas_test

import (
	"encoding/json"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// known is what the catalog has of a connector that has changed since.
func known() *schemas.Connector {
	text := func(name string, required bool) *schemas.Parameter {
		return &schemas.Parameter{Name: name, Type: "string", Required: required, Description: "our words for " + name}
	}
	return &schemas.Connector{
		Name: "acme", Title: "Acme", DefinitionID: "old",
		Entities: []*schemas.Entity{
			{Name: "gone", Summary: "No longer there.", Actions: []*schemas.Action{{Name: "list"}}},
			{
				Name: "orders", Summary: "Our words.",
				ContextStore: &schemas.ContextStore{Searchable: true, Fields: []*schemas.Field{{Name: "id", Type: schemas.Types{"integer"}}}},
				Actions: []*schemas.Action{
					{Name: "get", Summary: "Get one.", Params: []*schemas.Parameter{text("id", true)}},
					{Name: "list", Summary: "List them.", Params: []*schemas.Parameter{text("status", false)}},
					{Name: "delete", Summary: "No longer offered."},
				},
			},
		},
	}
}

const answer = `{"result": {"definition_id": "new", "entities": [
	{"entity_name": "orders", "available_actions": ["list", "get", "create", "context_store_search"],
	 "parameters": {
	  "get": [{"name": "id", "type": "string", "required": true, "description": "theirs"}],
	  "list": [{"name": "status", "type": "string", "description": "theirs"}, {"name": "cursor", "type": "string"}],
	  "create": [{"name": "total", "type": "integer", "required": true, "description": "In cents."}]},
	 "searchable_fields": ["id", "status"]},
	{"name": "carts", "description": "Open carts.", "actions": [{"name": "list"}],
		"parameters": {"list": [{"name": "after", "type": "string"}]}}
]}}`

func TestDescribedKeepsWhatIsKnown(t *testing.T) {
	t.Parallel()
	before := known()
	got, err := before.Described(json.RawMessage(answer))
	if err != nil {
		t.Fatal(err)
	}
	if got.DefinitionID != "new" || len(got.Entities) != 2 || got.Entities[0].Name != "carts" {
		t.Fatalf("got %+v, want carts and orders under the new definition id", got)
	}
	orders := got.Entity("orders")
	if orders.Summary != "Our words." || orders.Action("get").Params[0].Description != "our words for id" {
		t.Errorf("got %+v, want the known words where nothing has changed", orders)
	}
	if orders.Action("delete") != nil || orders.Action("create").Params[0].Description != "In cents." {
		t.Errorf("got %q, want delete gone and create added", orders.ActionNames())
	}
	list := orders.Action("list")
	if list.Params[0].Description != "our words for status" || len(list.Params) != 2 || list.Summary != "List them." {
		t.Errorf("got %+v, want the known parameter and the new one", list)
	}
	fields := orders.ContextStore.Fields
	if len(fields) != 2 || !fields[0].Type.Has("integer") || fields[1].Name != "status" {
		t.Errorf("got the fields %+v, want the known id and the new status", fields)
	}
	if carts := got.Entity("carts").Action("list"); carts.Pagination.CursorParam != "after" {
		t.Errorf("got %+v, want paging by after", carts.Pagination)
	}
	if len(before.Entities) != 2 || len(before.Entity("orders").Actions) != 3 {
		t.Error("what was known has been changed")
	}
}

// TestDescribedDropsParameters takes away what a description lacks.
func TestDescribedDropsParameters(t *testing.T) {
	t.Parallel()
	before := known()
	get := before.Entity("orders").Action("get")
	get.Params = append(get.Params, &schemas.Parameter{Name: "currency", Type: "string"})
	got, err := before.Described(json.RawMessage(answer))
	if err != nil {
		t.Fatal(err)
	}
	if params := got.Entity("orders").Action("get").Params; len(params) != 1 || params[0].Name != "id" {
		t.Errorf("got %d parameters, want the id alone", len(params))
	}
}

func TestDescribedRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ answer, want string }{
		"no JSON":         {`<html>`, "reading the description"},
		"no entities":     {`{"result":{}}`, "lists no entities"},
		"nothing":         {`null`, "lists no entities"},
		"entity unnamed":  {`{"entities":[{"actions":["list"]}]}`, "without a name"},
		"entities a text": {`{"entities":"orders"}`, "reading the description"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := known().Described(json.RawMessage(tt.answer))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}
