// Package sqlstore answers SQL statements over tables of JSON records. The tables
// exist for one statement, in an SQLite database in memory.
//
// A statement is one SELECT, which WITH may precede. It cannot write, cannot see
// anything but its tables, and ends within bounds of time, memory and size.
// The dialect is SQLite's, with three additions of DuckDB, in whose dialect the
// real Context Store is asked: ILIKE, a LIKE that tells capitals from small
// letters, and dotted paths into objects and to columns with dots in their names.
package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"modernc.org/sqlite"
)

// Type is the declared type of a column. It decides how values compare and how
// the answer writes them.
type Type string

// The types of columns. Objects and lists are JSON text within statements.
const (
	Integer Type = "INTEGER"
	Number  Type = "NUMERIC"
	Boolean Type = "BOOLEAN"
	Text    Type = "TEXT"
	JSON    Type = "JSON TEXT"
	Mixed   Type = "BLOB" // SQLite leaves values as they are
)

// Column is a column of a table.
type Column struct {
	Name string
	Type Type
}

// Table is what a statement can read. Rows is called only for tables that the
// statement names; a row has values by name of column, as decoded from JSON with
// json.Number for numbers.
type Table struct {
	Name    string
	Columns []Column
	Rows    func() []map[string]any
}

// Result is the answer to a statement.
type Result struct {
	Columns []string
	Rows    [][]any // values that encoding/json writes
	More    bool    // there are more rows than were asked for
}

// RefusedError says why a statement is not answered.
type RefusedError struct {
	Reason string
	Known  []string // names that exist, where one was asked for that does not
	Of     string   // what those are: tables or columns
}

func (e *RefusedError) Error() string { return e.Reason }

func refused(format string, args ...any) *RefusedError {
	return &RefusedError{Reason: fmt.Sprintf(format, args...)}
}

// Bounds of a statement.
const (
	maxTime   = 5 * time.Second
	maxBytes  = 8 << 20 // of an answer
	maxAtOnce = 4
)

// Engine runs statements.
type Engine struct {
	driver   *sqlite.Driver
	slots    chan struct{}
	deadline time.Duration
}

// New makes an engine. It opens nothing.
func New() *Engine {
	e := &Engine{driver: &sqlite.Driver{}, slots: make(chan struct{}, maxAtOnce), deadline: maxTime}
	e.driver.MustRegisterDeterministicScalarFunction(ilikeFunction, 2, ilike)
	return e
}

// Query answers a statement with at most limit rows. Faults of the statement are
// a [*RefusedError].
func (e *Engine) Query(ctx context.Context, statement string, tables []Table, limit int) (*Result, error) {
	s, err := parse(statement, tables)
	if err != nil {
		return nil, err
	}
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return nil, refused("too many statements run at once")
	}
	pool := sql.OpenDB(connector{e.driver})
	defer pool.Close()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	db := &database{conn: conn, originals: map[any]any{}}
	if err := db.prepare(ctx, s.used); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, e.deadline)
	defer cancel()
	result, err := db.query(ctx, s, limit)
	if err != nil {
		return nil, s.explain(ctx, e.deadline, err)
	}
	return result, nil
}

// connector opens databases in memory.
type connector struct{ driver *sqlite.Driver }

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(source) }
func (c connector) Driver() driver.Driver                        { return c.driver }

// explain turns an error of SQLite into a refusal.
func (s *statement) explain(ctx context.Context, deadline time.Duration, err error) error {
	if ctx.Err() != nil {
		return refused("the statement took longer than %s", deadline)
	}
	if _, ok := errors.AsType[*RefusedError](err); ok {
		return err
	}
	fault, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	text := strings.TrimPrefix(fault.Error(), "SQL logic error: ")
	text = s.restore(strings.TrimSuffix(text, fmt.Sprintf(" (%d)", fault.Code())))
	if name, ok := strings.CutPrefix(text, "no such table: "); ok {
		return &RefusedError{Reason: "table '" + name + "' does not exist", Known: s.tableNames(), Of: "tables"}
	}
	if name, ok := strings.CutPrefix(text, "no such column: "); ok {
		name, _, _ = strings.Cut(name, " - ") // advice about quotes
		name = strings.Trim(name, `"`)
		return &RefusedError{Reason: "column '" + name + "' does not exist", Known: s.columnNames(), Of: "columns"}
	}
	return refused("%s; not supported by the emulator", text)
}
