package schemas_test

import (
	"testing"

	"airbyte-mcp-server/schemas"
)

// TestTakesStatement recognises what can write, by names and words.
func TestTakesStatement(t *testing.T) {
	t.Parallel()
	text := func(name, words string) *schemas.Parameter {
		return &schemas.Parameter{Name: name, In: "query", Type: "string", Description: words}
	}
	for _, tt := range []struct {
		name string
		p    *schemas.Parameter
		want bool
	}{
		{"sql", text("sql", ""), true},
		{"raw SQL", text("rawSql", ""), true},
		{"statement", text("statement", "What to run."), true},
		{"script", text("script", ""), true},
		{"mutation", text("mutation", ""), true},
		{"query of SQL", text("query", "A SQL query to run."), true},
		{"query of T-SQL", text("q", "T-SQL."), true},
		{"query of GraphQL", text("query", "GraphQL document, queries and mutations."), true},
		{"query by its name", text("sql_query", ""), true},
		{"query that inserts", text("query", "E.g. `INSERT INTO a VALUES (1)`."), true},
		{"code", text("code", "Script in Python."), true},
		{"within an object", &schemas.Parameter{Name: "job", Type: "object", Properties: []*schemas.Parameter{text("sql", "")}}, true},
		{"several", &schemas.Parameter{Name: "statements", Type: "array", Items: &schemas.Parameter{Type: "string"}}, true},
		{"one form of several", &schemas.Parameter{Name: "sql", Type: "integer", OneOf: []*schemas.Parameter{
			{Type: "integer"}, {Type: "string"},
		}}, true},
		{"SOQL", text("q", "SOQL query, e.g. `SELECT Id FROM Account`."), false},
		{"GAQL", text("query", "GAQL query."), false},
		{"words to search for", text("query", "Words in the transcript."), false},
		{"id", text("statement_id", "Id of a SQL statement."), false},
		{"part of an address", &schemas.Parameter{Name: "statement", In: "path", Type: "string"}, false},
		{"one of some", &schemas.Parameter{Name: "script", Type: "string", Enum: []any{"a", "b"}}, false},
		{"number", &schemas.Parameter{Name: "script", Type: "integer"}, false},
		{"date", &schemas.Parameter{Name: "statement", Type: "string", Format: "date"}, false},
	} {
		a := &schemas.Action{Name: "get", Summary: "Get it.", Params: []*schemas.Parameter{text("other", ""), tt.p}}
		if got := a.TakesStatement(); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
	summary := &schemas.Action{Name: "get", Summary: "Runs SQL.", Params: []*schemas.Parameter{text("query", "")}}
	if !summary.TakesStatement() {
		t.Error("the summary of an action tells the language of its query")
	}
}

// TestBuiltInReadsStay reads: no action of the catalog takes a statement that can write.
func TestBuiltInReadsStay(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		for _, tl := range toolsOf(conn) {
			if a := tl.action; a != nil && (a.Name == "list" || a.Name == "get" || a.Name == "api_search") && a.TakesStatement() {
				t.Errorf("%s takes a statement", tl.name)
			}
		}
	})
}
