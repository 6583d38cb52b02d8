package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// source is a database in memory. A name in double quotes is never a text.
const source = "file::memory:?_dqs=0&_pragma=temp_store(memory)&_pragma=case_sensitive_like(on)" +
	"&_pragma=hard_heap_limit(268435456)"

// limits are set once the tables are filled.
var limits = map[int]int{
	sqlite3.SQLITE_LIMIT_LENGTH:              1 << 20,
	sqlite3.SQLITE_LIMIT_SQL_LENGTH:          2 * maxStatement,
	sqlite3.SQLITE_LIMIT_COLUMN:              500,
	sqlite3.SQLITE_LIMIT_EXPR_DEPTH:          100,
	sqlite3.SQLITE_LIMIT_COMPOUND_SELECT:     50,
	sqlite3.SQLITE_LIMIT_VDBE_OP:             100_000,
	sqlite3.SQLITE_LIMIT_FUNCTION_ARG:        50,
	sqlite3.SQLITE_LIMIT_ATTACHED:            0,
	sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1000,
	sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER:     0,
	sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH:       0,
	sqlite3.SQLITE_LIMIT_WORKER_THREADS:      0,
}

// database is the database of one statement.
type database struct {
	conn *sql.Conn
	// originals are the values of records which the database keeps as something that
	// reads otherwise: 2.50, and all that is in columns without a type of their own.
	originals map[any]any
}

// prepare makes the tables, then takes away all rights but to read them.
func (d *database) prepare(ctx context.Context, tables []Table) error {
	for _, t := range tables {
		if err := d.fill(ctx, t); err != nil {
			return fmt.Errorf("making the table %s: %w", t.Name, err)
		}
	}
	for limit, value := range limits {
		if _, err := sqlite.Limit(d.conn, limit, value); err != nil {
			return err
		}
	}
	return d.conn.Raw(func(conn any) error {
		guarded, ok := conn.(sqlite.AuthorizerRegisterer)
		if !ok {
			return errors.New("the driver cannot refuse access")
		}
		return guarded.RegisterAuthorizer(authorize(tables))
	})
}

// authorize lets a statement read its tables, and the elements of JSON.
func authorize(tables []Table) sqlite.AuthorizerFn {
	readable := map[string]bool{"": true, "json_each": true, "json_tree": true}
	for _, t := range tables {
		readable[strings.ToLower(t.Name)] = true
	}
	return func(action sqlite.AuthorizerActionCode, first, second, _, _ string) sqlite.AuthorizerReturnCode {
		switch action {
		case sqlite.AuthSelect, sqlite.AuthRecursive:
			return sqlite.AuthorizerOK
		case sqlite.AuthRead:
			if readable[strings.ToLower(first)] || second == "" && !isInternal(first) { // WITH names tables, too
				return sqlite.AuthorizerOK
			}
		case sqlite.AuthFunction:
			if !strings.EqualFold(second, "load_extension") {
				return sqlite.AuthorizerOK
			}
		}
		return sqlite.AuthorizerDeny
	}
}

// isInternal reports whether SQLite itself has a table of that name.
func isInternal(table string) bool {
	name := strings.ToLower(table)
	return strings.HasPrefix(name, "sqlite_") || strings.HasPrefix(name, "pragma_")
}

// fill makes one table.
func (d *database) fill(ctx context.Context, t Table) error {
	rows := t.Rows()
	columns := make([]string, len(t.Columns))
	types := make([]Type, len(t.Columns))
	for i, c := range t.Columns {
		types[i] = c.actualType(rows)
		columns[i] = quoteName(c.Name) + " " + string(types[i])
	}
	if _, err := d.conn.ExecContext(ctx, "CREATE TABLE "+quoteName(t.Name)+" ("+strings.Join(columns, ", ")+")"); err != nil {
		return err
	}
	places := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
	return d.conn.Raw(func(conn any) error {
		statement := "INSERT INTO " + quoteName(t.Name) + " VALUES (" + places + ")"
		insert, err := conn.(driver.ConnPrepareContext).PrepareContext(ctx, statement)
		if err != nil {
			return err
		}
		defer insert.Close()
		values := make([]driver.NamedValue, len(columns))
		for _, row := range rows {
			for i, c := range t.Columns {
				values[i] = driver.NamedValue{Ordinal: i + 1, Value: d.stored(row[c.Name], types[i])}
			}
			if _, err := insert.(driver.StmtExecContext).ExecContext(ctx, values); err != nil {
				return err
			}
		}
		return nil
	})
}

// actualType is the type of the values that a column has, the declared one if it
// has none. Records do not always keep to what is declared.
func (c Column) actualType(rows []map[string]any) Type {
	found := Type("")
	for _, row := range rows {
		t := typeOf(row[c.Name])
		switch {
		case t == "" || t == found:
		case found == "":
			found = t
		default:
			return Mixed
		}
	}
	if found == "" {
		return c.Type
	}
	return found
}

// typeOf is the type of a column with that value, "" for null.
func typeOf(value any) Type {
	switch value.(type) {
	case nil:
		return ""
	case string:
		return Text
	case bool:
		return Boolean
	case json.Number:
		return Number
	}
	return JSON
}

func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// stored is a value as the database keeps it.
func (d *database) stored(value any, column Type) driver.Value {
	kept := plain(value)
	number, isFloat := kept.(float64)
	if column == Mixed || isFloat && formatNumber(number) != value.(json.Number).String() {
		d.originals[kept] = value
	}
	return kept
}

// plain writes objects and lists as text.
func plain(value any) driver.Value {
	switch v := value.(type) {
	case nil, string:
		return v
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return n
		}
		if n, err := strconv.ParseFloat(v.String(), 64); err == nil {
			return n
		}
		return v.String()
	}
	raw, err := encode(value)
	if err != nil {
		return nil // it came from JSON
	}
	return raw
}
