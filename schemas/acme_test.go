package schemas_test

import (
	"testing"
	"testing/fstest"

	"airbyte-mcp-server/schemas"
)

// acme is a small connector with something of everything.
const acme = `{
 "name": "acme", "title": "Acme", "definition_id": "11111111-2222-3333-4444-555555555555",
 "summary": "A vendor of everything.",
 "terms": {"x": "Words."},
 "entities": [
  {"name": "orders", "summary": "Orders of a customer.",
   "context_store": {"searchable": true, "stored": true, "fields": [
    {"name": "id", "type": "string"}, {"name": "count", "type": "integer"}, {"name": "price", "type": "number"},
    {"name": "paid", "type": "boolean"}, {"name": "status", "type": "string", "nullable": true},
    {"name": "code", "type": ["string", "integer"]}, {"name": "extra", "type": "object"},
    {"name": "buyer", "type": "object", "properties": [{"name": "email", "type": "string"}]},
    {"name": "tags", "type": "array"},
    {"name": "lines", "type": "array", "properties": [{"name": "sku", "type": "string"}, {"name": "amount", "type": "integer"}]}]},
   "actions": [
    {"action": "list", "summary": "List orders.",
     "params": [
      {"name": "page[cursor]", "in": "query", "type": "string"},
      {"name": "page[size]", "in": "query", "type": "integer", "minimum": 1, "maximum": 100},
      {"name": "state", "in": "query", "type": "string", "enum": ["open", "closed"]},
      {"name": "note", "in": "query", "type": "string", "nullable": true}],
     "pagination": {"style": "cursor", "cursor_param": "page[cursor]", "limit_param": "page[size]"}, "result": {"kind": "list"}},
    {"action": "create", "summary": "Create an order.",
     "params": [
      {"name": "id", "in": "body", "required": true, "type": "string"},
      {"name": "count", "in": "body", "type": "integer", "minimum": 1},
      {"name": "price", "in": "body", "type": "number", "minimum": 0},
      {"name": "paid", "in": "body", "type": "boolean"},
      {"name": "due", "in": "body", "type": "integer", "nullable": true},
      {"name": "tags", "in": "body", "type": "array", "items": {"type": "string"}},
      {"name": "counts", "in": "body", "type": "array", "items": {"type": "integer"}},
      {"name": "meta", "in": "body", "type": "object", "additional_properties": {"type": "integer"}},
      {"name": "free", "in": "body", "type": "object"},
      {"name": "buyer", "in": "body", "type": "object", "properties": [
       {"name": "email", "type": "string", "required": true}, {"name": "vip", "type": "boolean"}, {"name": "age", "type": "integer"},
       {"name": "lines", "type": "array", "items": {"type": "object", "properties": [
        {"name": "sku", "type": "string"}, {"name": "amount", "type": "integer"}]}}]}],
     "result": {"kind": "object"}}]}]
}`

func acmeCatalog() *schemas.Catalog {
	return schemas.Open(fstest.MapFS{"acme.json": {Data: []byte(acme)}})
}

// acmeInput are the arguments of an action on orders, or of their search.
func acmeInput(t testing.TB, action string) *schemas.Input {
	t.Helper()
	conn, err := acmeCatalog().Connector("acme")
	if err != nil {
		t.Fatal(err)
	}
	orders := conn.Entity("orders")
	return tool{entity: orders, action: orders.Action(action)}.input(t, conn)
}
