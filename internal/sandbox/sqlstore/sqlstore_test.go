package sqlstore

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// dealRows are a table with a column of each type.
const dealRows = `[
	{"id": 1, "name": "Blue Door", "amount": 100, "stage": "won", "open": false,
	 "owner": {"name": "Ann", "city": "Oslo"}, "tags": ["a"], "properties.size": 3},
	{"id": 2, "name": "blue door 2", "amount": 20.50, "stage": "new", "open": true,
	 "owner": {"name": "Bob", "city": null}, "tags": [], "properties.size": 1},
	{"id": 3, "name": "It's 50%_off", "amount": null, "stage": "new", "open": true,
	 "owner": {"name": "Ann", "city": "Rome"}, "tags": null, "properties.size": null},
	{"id": 9007199254740993, "name": null, "amount": -7, "stage": null, "open": null,
	 "owner": null, "tags": ["a"], "properties.size": 2}
]`

const peopleRows = `[{"name": "Ann", "born": "1990-01-02"}, {"name": "Bob", "born": null}]`

func testTables(t testing.TB) []Table {
	t.Helper()
	rows := func(text string) func() []map[string]any {
		return func() []map[string]any {
			var rows []map[string]any
			decoder := json.NewDecoder(strings.NewReader(text))
			decoder.UseNumber()
			if err := decoder.Decode(&rows); err != nil {
				t.Error(err)
			}
			return rows
		}
	}
	return []Table{
		{"deals", []Column{
			{"id", Integer}, {"name", Text}, {"amount", Number}, {"stage", Text}, {"open", Boolean},
			{"owner", JSON}, {"tags", JSON}, {"properties.size", Integer},
		}, rows(dealRows)},
		{"people", []Column{{"name", Text}, {"born", Text}}, rows(peopleRows)},
	}
}

// answer runs a statement and writes its rows as JSON arrays behind the names of the columns.
func answer(t testing.TB, statement string) (string, error) {
	t.Helper()
	result, err := New().Query(context.Background(), statement, testTables(t), 100)
	if err != nil {
		return "", err
	}
	var lines []string
	for _, row := range result.Rows {
		var fields []string
		for i, value := range row {
			name, err := encode(result.Columns[i])
			if err != nil {
				t.Fatal(err)
			}
			text, err := encode(value)
			if err != nil {
				t.Fatal(err)
			}
			fields = append(fields, name+":"+text)
		}
		lines = append(lines, "{"+strings.Join(fields, ",")+"}")
	}
	return "[" + strings.Join(lines, ",") + "]", nil
}

// TestStatements reads statements and what they answer, each on a line of its own.
func TestStatements(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.FromSlash("testdata/statements.txt"))
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.DeleteFunc(strings.Split(string(text), "\n"), func(line string) bool { return line == "" || line[0] == '#' })
	if len(lines) < 120 {
		t.Fatalf("there are %d lines", len(lines))
	}
	for pair := range slices.Chunk(lines, 2) {
		statement, want := pair[0], strings.TrimSpace(pair[1])
		t.Run(statement, func(t *testing.T) {
			t.Parallel()
			got, err := answer(t, statement)
			if err != nil || got != want {
				t.Errorf("got  %s (%v)\nwant %s", got, err, want)
			}
		})
	}
}

// TestColumnsKeepWhatRecordsHave reads values that are not of the declared type.
func TestColumnsKeepWhatRecordsHave(t *testing.T) {
	t.Parallel()
	rows := []map[string]any{
		{"a": json.Number("1"), "b": "x", "c": true, "d": "[]", "e": json.Number("1.10"), "f": json.Number("18446744073709551617"), "g": nil},
		{"a": "1", "b": map[string]any{"k": []any{"<"}}, "c": nil, "d": "5", "e": json.Number("2"), "f": nil, "g": nil},
	}
	columns := []Column{{"a", Text}, {"b", Text}, {"c", Integer}, {"d", JSON}, {"e", Text}, {"f", Integer}, {"g", Boolean}}
	result, err := New().Query(context.Background(), "SELECT * FROM t", []Table{{"t", columns, func() []map[string]any { return rows }}}, 9)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		for j, column := range columns {
			got, _ := encode(result.Rows[i][j])
			if want, _ := encode(row[column.Name]); got != want {
				t.Errorf("column %s: %s, want %s", column.Name, got, want)
			}
		}
	}
}
