package leanjson

import (
	"encoding/json"

	"airbyte-mcp-server/internal/rawjson"
)

// maxColumns bounds a table. Records with more members differ too much to share columns.
const maxColumns = 100

// Rows writes a list of records as {"columns":["id","user.login"],"rows":[[1,"a"],[2,null]]}.
// Members of nested objects have columns of their own, by dotted name; lists stay in one
// cell. It reports false of what is no list of at least two objects.
func Rows(raw []byte) ([]byte, bool) {
	list, ok := rawjson.Elements(raw)
	if !ok || len(list) < 2 {
		return nil, false
	}
	t := table{places: map[string]int{}}
	rows := make([][]cell, len(list))
	for i, record := range list {
		members, isObject := rawjson.Split(record)
		if !isObject {
			return nil, false
		}
		rows[i] = t.cells(nil, "", members)
		if len(t.columns) > maxColumns || sharesColumn(rows[i]) {
			return nil, false
		}
	}
	return t.json(rows, len(raw)), true
}

// sharesColumn reports a row with two cells in one column: {"a":{"b":1},"a.b":2}. One would
// be lost.
func sharesColumn(row []cell) bool {
	seen := make(map[int]bool, len(row))
	for _, c := range row {
		if seen[c.column] {
			return true
		}
		seen[c.column] = true
	}
	return false
}

// table is the columns in the order in which they were met.
type table struct {
	columns []string
	places  map[string]int
}

type cell struct {
	column int
	value  json.RawMessage
}

func (t *table) cells(row []cell, prefix string, members []rawjson.Member) []cell {
	for _, m := range members {
		name := prefix + m.Name
		if inner, isObject := rawjson.Split(m.Value); isObject && len(inner) > 0 {
			row = t.cells(row, name+".", inner)
			continue
		}
		place, known := t.places[name]
		if !known {
			place = len(t.columns)
			t.places[name] = place
			t.columns = append(t.columns, name)
		}
		row = append(row, cell{place, m.Value})
	}
	return row
}

func (t *table) json(rows [][]cell, size int) []byte {
	out := append(make([]byte, 0, size), `{"columns":[`...)
	for i, name := range t.columns {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, rawjson.Quote(name)...)
	}
	out = append(out, `],"rows":[`...)
	values := make([]json.RawMessage, len(t.columns))
	for i, row := range rows {
		for column := range values {
			values[column] = json.RawMessage("null")
		}
		for _, c := range row {
			values[c.column] = c.value
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, rawjson.Join(values)...)
	}
	return append(out, `]}`...)
}
