package contextstore

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/random"
	"airbyte-mcp-server/internal/sandbox/sqlstore"
	"airbyte-mcp-server/schemas"
)

// ActionSQL is the action that reads the Context Store with SQL. All entities of
// the connector that can be searched are its tables.
const ActionSQL = "context_store_sql_query"

// QuerySQL answers context_store_sql_query. Entities are those of the connector.
func (r *Request) QuerySQL(engine *sqlstore.Engine, entities []*schemas.Entity) (map[string]any, error) {
	statement, ok := r.Params["sql"].(string)
	switch {
	case r.Params["sql"] == nil:
		return nil, problem.RefuseParam("Missing required body fields for %s.%s: ['sql']", r.Entity.Name, ActionSQL)
	case !ok:
		return nil, problem.RefuseParam("Parameter 'sql' expects a string")
	}
	window := &storeQuery{}
	if err := window.readLimit(r.Params["limit"], storeLimitMax); err != nil {
		return nil, err
	}
	result, err := engine.Query(context.Background(), statement, r.tables(entities), window.limit)
	if refusal, ok := errors.AsType[*sqlstore.RefusedError](err); ok {
		return nil, badSQL(refusal)
	}
	if err != nil {
		return nil, err
	}
	meta := map[string]any{"has_more": result.More, "cursor": nil, "took_ms": random.Seed(13).Of(r.Connector, statement).Between(6, 40)}
	return map[string]any{"data": r.sqlData(result), "meta": meta}, nil
}

// badSQL is the answer to a statement that is refused.
func badSQL(refusal *sqlstore.RefusedError) error {
	message := "Invalid SQL: " + refusal.Reason
	if refusal.Of != "" {
		message += ". Known " + refusal.Of + ": " + problem.PyList(refusal.Known)
	}
	p := problem.InvalidField("body.params.sql", "invalid_sql", message, nil)
	p.Status = http.StatusBadRequest
	return p.From(problem.FromExecutor)
}

// tables are the entities of the connector that SQL can read.
func (r *Request) tables(entities []*schemas.Entity) []sqlstore.Table {
	var tables []sqlstore.Table
	for _, e := range entities {
		if !e.Searchable() {
			continue
		}
		t := sqlstore.Table{Name: e.Name, Rows: func() []map[string]any { return r.Rows(e) }}
		for _, f := range e.ContextStore.Fields {
			t.Columns = append(t.Columns, sqlstore.Column{Name: f.Name, Type: columnType(f.Type)})
		}
		tables = append(tables, t)
	}
	return tables
}

// columnTypes are the types of columns, by the type of a field.
var columnTypes = map[string]sqlstore.Type{
	"integer": sqlstore.Integer, "number": sqlstore.Number, "boolean": sqlstore.Boolean, "string": sqlstore.Text,
	"object": sqlstore.JSON, "array": sqlstore.JSON,
}

// columnType is the type of a column; a field with several types has none.
func columnType(types schemas.Types) sqlstore.Type {
	types = slices.DeleteFunc(slices.Clone(types), func(name string) bool { return name == "null" })
	if len(types) != 1 {
		return sqlstore.Mixed
	}
	return columnTypes[types[0]]
}

// sqlData writes the rows of the answer.
func (r *Request) sqlData(result *sqlstore.Result) []any {
	data := make([]any, len(result.Rows))
	for i, values := range result.Rows {
		row := make(map[string]any, len(values))
		for j, name := range result.Columns {
			row[name] = values[j]
		}
		if fields, ok := r.Show(row).(map[string]any); ok {
			row = fields
		}
		data[i] = orderedRow{result.Columns, row}
	}
	return data
}

// orderedRow is a JSON object that keeps its columns in order.
type orderedRow struct {
	columns []string
	values  map[string]any
}

// MarshalJSON writes the columns that have a value, be it null.
func (r orderedRow) MarshalJSON() ([]byte, error) {
	b := bytes.NewBufferString("{")
	for _, column := range r.columns {
		value, ok := r.values[column]
		if !ok {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		name, err := jsonvalue.Encode(column)
		if err != nil {
			return nil, err
		}
		raw, err := jsonvalue.Encode(value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(raw)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
