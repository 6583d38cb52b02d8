package sqlstore

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// query runs a statement and reads its rows.
func (d *database) query(ctx context.Context, s *statement, limit int) (*Result, error) {
	rows, err := d.conn.QueryContext(ctx, s.text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	columns, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	types := make([]Type, len(columns))
	for i, column := range columns {
		types[i] = Type(column.DatabaseTypeName())
	}
	result := &Result{Columns: s.title(names)}
	size := 0
	for rows.Next() {
		if len(result.Rows) == limit {
			result.More = true
			break
		}
		row, bytes, err := d.scan(rows.Scan, types)
		if err != nil {
			return nil, err
		}
		if size += bytes; size > maxBytes {
			return nil, refused("the answer has more than %d bytes", maxBytes)
		}
		result.Rows = append(result.Rows, row)
	}
	return result, rows.Err()
}

// scan reads one row and counts its bytes. Columns of a table have types, what is
// worked out has none.
func (d *database) scan(scan func(...any) error, types []Type) (row []any, size int, err error) {
	row = make([]any, len(types))
	places := make([]any, len(row))
	for i := range row {
		places[i] = &row[i]
	}
	if err := scan(places...); err != nil {
		return nil, 0, err
	}
	for i, value := range row {
		size += 8
		switch v := value.(type) {
		case string:
			size += len(v)
		case []byte:
			size += len(v)
			value = string(v)
		}
		row[i] = d.shown(value, types[i])
	}
	return row, size, nil
}

// shown is a value of the database as the answer has it.
func (d *database) shown(value any, column Type) any {
	number, isFloat := value.(float64)
	if isFloat || column == Mixed {
		if original, ok := d.originals[value]; ok && column != worked {
			return original
		}
	}
	switch {
	case isFloat && (math.IsInf(number, 0) || math.IsNaN(number)):
		return nil // JSON has no infinity
	case isFloat:
		return json.Number(formatNumber(number))
	}
	switch v := value.(type) {
	case string:
		if column == JSON {
			return decoded(v)
		}
	case int64:
		if column == Boolean {
			return v != 0
		}
	}
	return value
}

// worked is the type of a column that is no column of a table.
const worked Type = ""

// decoded is what JSON text says; text that is no JSON stays as it is.
func decoded(text string) any {
	var value any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return text
	}
	return value
}

// formatNumber writes a double with the digits that it needs.
func formatNumber(n float64) string { return strconv.FormatFloat(n, 'g', -1, 64) }

// encode writes JSON without escaping HTML.
func encode(value any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(value)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// title makes the names of the answer's columns: SQLite's, in the words of the
// caller. A name that is taken gets a number.
func (s *statement) title(names []string) []string {
	titles := make([]string, len(names))
	taken := map[string]bool{}
	for i, name := range names {
		name = s.columnTitle(name)
		titles[i] = name
		for n := 1; taken[titles[i]]; n++ {
			titles[i] = name + "_" + strconv.Itoa(n)
		}
		taken[titles[i]] = true
	}
	return titles
}

// columnTitle is the name of one column. The last part of a path is its name, and
// count(*) has the name that it has in DuckDB.
func (s *statement) columnTitle(name string) string {
	if last, ok := s.lastParts[name]; ok {
		return last
	}
	if strings.EqualFold(strings.ReplaceAll(name, " ", ""), "count(*)") {
		return "count_star()"
	}
	return s.restore(name)
}
