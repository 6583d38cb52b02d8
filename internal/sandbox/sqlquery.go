package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"airbyte-mcp-server/schemas"
)

// actionSQL is the action that reads the Context Store with SQL. All entities of
// the connector that can be searched are its tables.
const actionSQL = "context_store_sql_query"

// badSQL refuses a statement.
func badSQL(format string, args ...any) error {
	p := invalidField("body.params.sql", "invalid_sql", "Invalid SQL: "+fmt.Sprintf(format, args...), nil)
	p.status = http.StatusBadRequest
	return p.from(fromExecutor)
}

// queryStore answers context_store_sql_query.
func (c *call) queryStore() (*outcome, error) {
	if err := c.checkStore(); err != nil {
		return nil, err
	}
	sql, ok := c.Params["sql"].(string)
	switch {
	case c.Params["sql"] == nil:
		return nil, refuseParam("Missing required body fields for %s.%s: ['sql']", c.Entity, c.Action)
	case !ok:
		return nil, refuseParam("Parameter 'sql' expects a string")
	}
	window := &storeQuery{}
	if err := window.readLimit(c.Params["limit"], storeLimitMax); err != nil {
		return nil, err
	}
	scope, err := c.prepareSQL(sql)
	if err != nil {
		return nil, err
	}
	results, err := scope.rows(c.storeRows(scope.entity))
	if err != nil {
		return nil, err
	}
	shown := results[:min(window.limit, len(results))]
	meta := map[string]any{"has_more": len(shown) < len(results), "cursor": nil, "took_ms": seed(13).of(c.c.ID, sql).between(6, 40)}
	return &outcome{result: map[string]any{"data": c.sqlData(scope, shown), "meta": meta}}, nil
}

// prepareSQL reads a statement and finds its table.
func (c *call) prepareSQL(sql string) (*sqlScope, error) {
	q, err := parseSQL(sql)
	if err != nil {
		return nil, err
	}
	table := slices.IndexFunc(c.v.spec.Entities, func(e *schemas.Entity) bool { return e.Searchable() && strings.EqualFold(e.Name, q.table) })
	if table < 0 {
		return nil, badSQL("table '%s' does not exist. Known tables: %s", q.table, pyList(tables(c.v.spec)))
	}
	return resolveSQL(q, c.v.spec.Entities[table])
}

// tables are the entities of a connector that SQL can read.
func tables(spec *schemas.Connector) []string {
	var names []string
	for _, e := range spec.Entities {
		if e.Searchable() {
			names = append(names, e.Name)
		}
	}
	return names
}

// sqlData writes the rows of the answer.
func (c *call) sqlData(s *sqlScope, results []sqlResult) []any {
	columns := make([]string, len(s.items))
	for i, item := range s.items {
		columns[i] = item.name
	}
	data := make([]any, len(results))
	for i, result := range results {
		row := make(map[string]any, len(columns))
		for j, column := range columns {
			row[column] = result.values[j]
		}
		if fields, ok := c.transform(row).(map[string]any); ok {
			row = fields
		}
		data[i] = orderedRow{columns, row}
	}
	return data
}
