package contextstore

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/schemas"
)

// choices are the switches of a test, by their names.
type choices map[string]string

func (c choices) Get(name string) string { return c[name] }

func (c choices) Is(name, value string) bool { return c[name] == value }

// companies is an entity with one field of each kind.
func companies() *schemas.Entity {
	return &schemas.Entity{Name: "companies", ContextStore: &schemas.ContextStore{Searchable: true, Fields: []*schemas.Field{
		{Name: "id", Type: schemas.Types{"integer"}},
		{Name: "name", Type: schemas.Types{"string", "null"}},
		{Name: "rank", Type: schemas.Types{"number"}},
		{Name: "description", Type: schemas.Types{"string"}},
		{Name: "owner", Type: schemas.Types{"object"}, Fields: []*schemas.Field{{Name: "city", Type: schemas.Types{"string"}}}},
		{Name: "extra", Type: schemas.Types{"object"}},
		{Name: "people", Type: schemas.Types{"array"}, Properties: []*schemas.Field{{Name: "age", Type: schemas.Types{"integer"}}}},
		{Name: "code", Type: schemas.Types{"string", "integer"}},
	}}}
}

// companyRows are four records: of two the rank is equal, and of one it is missing.
func companyRows() []map[string]any {
	return []map[string]any{
		{"id": json.Number("1"), "name": "Acme", "rank": json.Number("2"), "description": "Builds rockets and engines"},
		{"id": json.Number("2"), "name": "Bolt", "description": "Sells engines"},
		{"id": json.Number("3"), "name": "Core", "rank": json.Number("1"), "description": "Rents offices"},
		{"id": json.Number("4"), "name": "Dune", "rank": json.Number("2"), "description": "Rockets, rocket engines"},
	}
}

// newRequest is a request over the companies that shows rows as they are.
func newRequest(params P) *Request {
	return &Request{
		Connector: "c1", Entity: companies(), Params: maps.Clone(params), Choices: choices{},
		Rows: func(*schemas.Entity) []map[string]any { return companyRows() },
		Show: func(row map[string]any) any { return row },
	}
}

// ids are the records of an answer in order.
func ids(t *testing.T, answer map[string]any) string {
	t.Helper()
	var out strings.Builder
	for _, item := range answer["data"].([]any) {
		row, _ := item.(map[string]any)
		if inner, ok := row["entity"].(map[string]any); ok {
			row = inner
		}
		out.WriteString(row["id"].(json.Number).String())
	}
	return out.String()
}

// wantProblem fails unless an error is an answer of the API with these parts.
func wantProblem(t *testing.T, what any, err error, status int, field, message string) {
	t.Helper()
	p, ok := errors.AsType[*problem.Error](err)
	if !ok {
		t.Errorf("%v: the error is %v, want %q", what, err, message)
		return
	}
	got := ""
	if len(p.Items) > 0 {
		got = *p.Items[0].Field
	}
	if p.Status != status || got != field || p.Message != message {
		t.Errorf("%v: %d %q %q, want %d %q %q", what, p.Status, got, p.Message, status, field, message)
	}
}
