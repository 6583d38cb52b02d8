package contextstore

import (
	"encoding/json"
	"testing"

	"airbyte-mcp-server/internal/sandbox/sqlstore"
	"airbyte-mcp-server/schemas"
)

func TestSQLReadsTheEntities(t *testing.T) {
	t.Parallel()
	engine := sqlstore.New()
	hidden := &schemas.Entity{Name: "hidden"}
	for _, test := range []struct {
		params P
		want   string
		more   bool
	}{
		{P{"sql": "SELECT name, id FROM companies ORDER BY id DESC"},
			`[{"name":"Dune","id":4},{"name":"Core","id":3},{"name":"Bolt","id":2},{"name":"Acme","id":1}]`, false},
		{P{"sql": "SELECT id FROM companies ORDER BY id", "limit": json.Number("3")}, `[{"id":1},{"id":2},{"id":3}]`, true},
		{P{"sql": "SELECT rank, name FROM companies WHERE id = 2"}, `[{"rank":null,"name":"Bolt"}]`, false},
		{P{"sql": "SELECT name FROM companies WHERE id > 9"}, `[]`, false},
	} {
		answer, err := newRequest(test.params).QuerySQL(engine, []*schemas.Entity{hidden, companies()})
		if err != nil {
			t.Errorf("%v: %v", test.params, err)
			continue
		}
		meta, _ := answer["meta"].(map[string]any)
		took, _ := meta["took_ms"].(int)
		got, err := json.Marshal(answer["data"])
		if err != nil || string(got) != test.want || meta["has_more"] != test.more || took < 6 || took > 40 {
			t.Errorf("%v: %s %v (%v), want %s", test.params, got, meta, err, test.want)
		}
	}
}

func TestSQLRefusals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		params         P
		status         int
		field, message string
	}{
		{P{}, 400, "", "Missing required body fields for companies.context_store_sql_query: ['sql']"},
		{P{"sql": true}, 400, "", "Parameter 'sql' expects a string"},
		{P{"sql": "SELECT 1", "limit": json.Number("1001")}, 422, "body.params.limit", "Input should be between 1 and 1000"},
		{P{"sql": "SELECT a FROM nowhere"}, 400, "body.params.sql",
			"Invalid SQL: table 'nowhere' does not exist. Known tables: ['companies']"},
	} {
		_, err := newRequest(test.params).QuerySQL(sqlstore.New(), []*schemas.Entity{companies()})
		wantProblem(t, test.params, err, test.status, test.field, test.message)
	}
}

func TestShownRowsHideColumns(t *testing.T) {
	t.Parallel()
	request := newRequest(P{"sql": "SELECT id, name FROM companies WHERE id = 1"})
	request.Show = func(row map[string]any) any {
		delete(row, "id")
		return row
	}
	answer, err := request.QuerySQL(sqlstore.New(), []*schemas.Entity{companies()})
	if got, _ := json.Marshal(answer["data"]); err != nil || string(got) != `[{"name":"Acme"}]` {
		t.Errorf("got %s (%v)", got, err)
	}
}

func TestColumnTypes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		types schemas.Types
		want  sqlstore.Type
	}{
		{schemas.Types{"integer"}, sqlstore.Integer}, {schemas.Types{"string", "null"}, sqlstore.Text}, {schemas.Types{"null"}, sqlstore.Mixed},
		{schemas.Types{"string", "integer"}, sqlstore.Mixed}, {nil, sqlstore.Mixed}, {schemas.Types{"array"}, sqlstore.JSON},
	} {
		if got := columnType(test.types); got != test.want {
			t.Errorf("%v is %v, want %v", test.types, got, test.want)
		}
	}
}
