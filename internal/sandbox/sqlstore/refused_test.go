package sqlstore

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// refusal is a statement and a part of the reason why it is refused.
type refusal struct{ statement, want string }

func TestRefusedStatements(t *testing.T) {
	t.Parallel()
	tests := []refusal{
		{"", "the statement ends where SELECT should be"},
		{"-- nothing", "the statement ends where SELECT should be"},
		{"DELETE FROM deals", "only SELECT is allowed, since the Context Store is read-only; got DELETE"},
		{"EXPLAIN SELECT 1", "only SELECT is allowed, since the Context Store is read-only; got EXPLAIN"},
		{"VALUES (1)", "only SELECT is allowed"},
		{"PRAGMA table_info(deals)", "only SELECT is allowed"},
		{"ATTACH '/etc/passwd' AS p", "only SELECT is allowed"},
		{"WITH x AS (SELECT 1) DELETE FROM deals", "not authorized"},
		{"WITH x AS (SELECT 1) INSERT INTO deals SELECT 1", "supported by the emulator"},
		{"SELECT id FROM deals; DROP TABLE deals", "only one statement is allowed; another begins at position 23"},
		{"SELECT 1;;", "only one statement is allowed"},
		{"SELECT id", "column 'id' does not exist"},
		{"SELECT FROM deals", `near "FROM": syntax error; not supported by the emulator`},
		{"SELECT title FROM deals", "column 'title' does not exist"},
		{`SELECT "title" FROM deals`, "column 'title' does not exist"},
		{"SELECT id FROM deals d WHERE deals.id = 1", "column 'deals.id' does not exist"},
		{"SELECT * FROM tickets", "table 'tickets' does not exist"},
		{"SELECT id FROM deals WHERE stage = 'won", "what begins at position 36 has no end"},
		{"SELECT id /* FROM deals", "what begins at position 11 has no end"},
		{"SELECT id FROM deals WHERE id # 1", "unexpected character '#' at position 31"},
		{"SELECT ? FROM deals", "unexpected character '?' at position 8"},
		{"SELECT id FROM deals WHERE name REGEXP 'x'", "unexpected 'REGEXP' at position 33; not supported by the emulator"},
	}
	testRefusals(t, tests)
}

func TestSQLiteRefuses(t *testing.T) {
	t.Parallel()
	tests := []refusal{
		{"SELECT date_trunc('day', born) FROM people", "no such function: date_trunc; not supported by the emulator"},
		{"SELECT id FROM deals WHERE count(*) > 1", "misuse of aggregate"},
		{"SELECT id FROM deals ORDER BY 2", "ORDER BY term out of range"},
		{"SELECT * FROM sqlite_master", "access to sqlite_master"},
		{"SELECT * FROM sqlite_schema", "prohibited"},
		{"SELECT count(*) FROM sqlite_master", "not supported by the emulator"},
		{"SELECT count(*) FROM pragma_database_list", "not supported by the emulator"},
		{"SELECT * FROM pragma_table_info('deals')", "not supported by the emulator"},
		{"SELECT * FROM pragma_database_list", "not supported by the emulator"},
		{"SELECT load_extension('x')", "not supported by the emulator"},
		{"SELECT readfile('/etc/passwd')", "no such function: readfile"},
		{"SELECT " + strings.Repeat("id, ", 501) + "id FROM deals", "too many columns"},
		{"SELECT " + strings.Repeat("abs(", 200) + "1" + strings.Repeat(")", 200), "supported by the emulator"},
		{"SELECT " + strings.Repeat("1 UNION ALL SELECT ", 60) + "1", "too many terms in compound SELECT"},
		{"SELECT 1" + strings.Repeat("+1", 300), "Expression tree is too large"},
		{"SELECT id FROM deals WHERE name = '" + strings.Repeat("x", maxStatement) + "'", "a statement may have 20000 bytes at most"},
		{"SELECT 'a' LIKE '" + strings.Repeat("%a", 600) + "'", "pattern too complex"},
		{"SELECT 'a' ILIKE '" + strings.Repeat("%a", 600) + "'", "pattern too complex"},
	}
	testRefusals(t, tests)
}

func testRefusals(t *testing.T, tests []refusal) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.statement[:min(60, len(test.statement))], func(t *testing.T) {
			t.Parallel()
			got, err := answer(t, test.statement)
			fault, ok := errors.AsType[*RefusedError](err)
			if !ok {
				t.Fatalf("got %.200s (%v), want a refusal", got, err)
			}
			if !strings.Contains(fault.Reason, test.want) {
				t.Errorf("got  %s\nwant %s", fault.Reason, test.want)
			}
		})
	}
}

func TestRefusalsNameWhatExists(t *testing.T) {
	t.Parallel()
	for statement, want := range map[string]string{
		"SELECT * FROM tickets":    "tables: deals people",
		"SELECT title FROM people": "columns: born name",
	} {
		_, err := answer(t, statement)
		fault, ok := errors.AsType[*RefusedError](err)
		if !ok || fault.Of+": "+strings.Join(fault.Known, " ") != want {
			t.Errorf("%s: %+v, want %s", statement, err, want)
		}
	}
}

// TestHostileStatements end within the bounds of time and memory.
func TestHostileStatements(t *testing.T) {
	t.Parallel()
	const endless = "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT "
	for name, statement := range map[string]string{
		"endless recursion":   endless + "count(*) FROM x",
		"endless without row": endless + "n FROM x WHERE n < 0",
		"endless sorting":     endless + "n, hex(randomblob(400000)) FROM x ORDER BY 2",
		"endless distinct": "WITH RECURSIVE x(n) AS (SELECT hex(randomblob(200000)) UNION " +
			"SELECT hex(randomblob(200000)) FROM x) SELECT count(*) FROM x",
		"crossed tables": "SELECT count(*) FROM deals a" + strings.Repeat(", deals", 18),
		"a giant text":   "SELECT replace(hex(zeroblob(400000)), '0', 'xxxxxxxxxx')",
		"a giant blob":   "SELECT zeroblob(2000000000)",
		"random bytes":   "SELECT randomblob(2000000000)",
		"a giant answer": endless + "hex(zeroblob(400000)) FROM x LIMIT 90",
		"printf":         "SELECT printf('%2000000000d', 1)",
		"group_concat":   endless + "group_concat(hex(zeroblob(1000))) FROM (SELECT n FROM x LIMIT 100000)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine := New()
			engine.deadline = 100 * time.Millisecond
			begun := time.Now()
			got, err := engine.Query(context.Background(), statement, testTables(t), 100)
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("it took %s", took)
			}
			if _, ok := errors.AsType[*RefusedError](err); !ok {
				t.Errorf("got %.100v (%v), want a refusal", got, err)
			}
		})
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		statement   string
		limit, rows int
		more        bool
	}{
		{"SELECT id FROM deals", 3, 3, true},
		{"SELECT id FROM deals", 4, 4, false},
		{"SELECT id FROM deals LIMIT 2", 3, 2, false},
		{"WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT n FROM x", 5, 5, true},
	} {
		result, err := New().Query(context.Background(), test.statement, testTables(t), test.limit)
		if err != nil || len(result.Rows) != test.rows || result.More != test.more {
			t.Errorf("%s with the limit %d: %+v (%v), want %d rows, more: %t",
				test.statement, test.limit, result, err, test.rows, test.more)
		}
	}
}

// TestOnlyNamedTablesAreMade keeps the cost of a statement to what it names.
func TestOnlyNamedTablesAreMade(t *testing.T) {
	t.Parallel()
	tables := testTables(t)
	tables[1].Rows = func() []map[string]any { t.Error("people are not asked for"); return nil }
	if _, err := New().Query(context.Background(), "SELECT id FROM deals", tables, 1); err != nil {
		t.Error(err)
	}
}

// TestStatementsWaitForEachOther bounds how many run at once.
func TestStatementsWaitForEachOther(t *testing.T) {
	t.Parallel()
	engine := New()
	for range maxAtOnce {
		engine.slots <- struct{}{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err := engine.Query(ctx, "SELECT 1", nil, 1)
	if fault, ok := errors.AsType[*RefusedError](err); !ok || fault.Reason != "too many statements run at once" {
		t.Errorf("one more is answered with %v", err)
	}
	<-engine.slots
	if _, err := New().Query(context.Background(), "SELECT 1", nil, 1); err != nil {
		t.Error(err)
	}
}

func TestCallersMayLeave(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := New().Query(ctx, "SELECT 1", testTables(t), 1); err == nil {
		t.Error("a statement was answered though nobody waits")
	}
}

func FuzzStatements(f *testing.F) {
	for _, statement := range []string{
		"SELECT * FROM deals",
		"SELECT stage, count(*) n FROM deals GROUP BY 1 HAVING n > 1 ORDER BY n DESC NULLS FIRST LIMIT 1 OFFSET 1;",
		"SELECT DISTINCT lower(d.owner.name) AS \"x\" FROM deals d " +
			"WHERE NOT (name LIKE '%_a' OR id IN (1,2.5e3,-.5)) AND amount BETWEEN 1 AND 2",
		"SELECT avg(amount), max(tags), min(owner) FROM deals WHERE tags = owner OR open = 1",
		"SELECT ((((", "SELECT 'x", "--", "/*", "SELECT `a`.[b] ILIKE x'00'",
	} {
		f.Add(statement)
	}
	f.Fuzz(func(t *testing.T, statement string) {
		if _, err := answer(t, statement); err != nil {
			if _, ok := errors.AsType[*RefusedError](err); !ok {
				t.Errorf("%q gives the error %v", statement, err)
			}
		}
	})
}
