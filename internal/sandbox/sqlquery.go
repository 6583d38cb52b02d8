package sandbox

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"

	"airbyte-mcp-server/internal/sandbox/sqlstore"
	"airbyte-mcp-server/schemas"
)

// actionSQL is the action that reads the Context Store with SQL. All entities of
// the connector that can be searched are its tables.
const actionSQL = "context_store_sql_query"

// querySQL answers context_store_sql_query. Entities are those of the connector.
func (r *storeRequest) querySQL(engine *sqlstore.Engine, entities []*schemas.Entity) (map[string]any, error) {
	statement, ok := r.params["sql"].(string)
	switch {
	case r.params["sql"] == nil:
		return nil, refuseParam("Missing required body fields for %s.%s: ['sql']", r.entity.Name, actionSQL)
	case !ok:
		return nil, refuseParam("Parameter 'sql' expects a string")
	}
	window := &storeQuery{}
	if err := window.readLimit(r.params["limit"], storeLimitMax); err != nil {
		return nil, err
	}
	result, err := engine.Query(context.Background(), statement, r.tables(entities), window.limit)
	if refusal, ok := errors.AsType[*sqlstore.RefusedError](err); ok {
		return nil, badSQL(refusal)
	}
	if err != nil {
		return nil, err
	}
	meta := map[string]any{"has_more": result.More, "cursor": nil, "took_ms": seed(13).of(r.connector, statement).between(6, 40)}
	return map[string]any{"data": r.sqlData(result), "meta": meta}, nil
}

// badSQL is the answer to a statement that is refused.
func badSQL(refusal *sqlstore.RefusedError) error {
	message := "Invalid SQL: " + refusal.Reason
	if refusal.Of != "" {
		message += ". Known " + refusal.Of + ": " + pyList(refusal.Known)
	}
	p := invalidField("body.params.sql", "invalid_sql", message, nil)
	p.status = http.StatusBadRequest
	return p.from(fromExecutor)
}

// tables are the entities of the connector that SQL can read.
func (r *storeRequest) tables(entities []*schemas.Entity) []sqlstore.Table {
	var tables []sqlstore.Table
	for _, e := range entities {
		if !e.Searchable() {
			continue
		}
		t := sqlstore.Table{Name: e.Name, Rows: func() []map[string]any { return r.rows(e) }}
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
func (r *storeRequest) sqlData(result *sqlstore.Result) []any {
	data := make([]any, len(result.Rows))
	for i, values := range result.Rows {
		row := make(map[string]any, len(values))
		for j, name := range result.Columns {
			row[name] = values[j]
		}
		if fields, ok := r.show(row).(map[string]any); ok {
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
		name, err := encode(column)
		if err != nil {
			return nil, err
		}
		raw, err := encode(value)
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
