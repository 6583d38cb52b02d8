package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// dealRows are a table with a column of each type.
const dealRows = `[
	{"id": 1, "name": "Blue Door", "amount": 100, "stage": "won", "open": false, "owner": {"name": "Ann", "city": "Oslo"}, "tags": ["a"], "properties.size": 3},
	{"id": 2, "name": "blue door 2", "amount": 20.5, "stage": "new", "open": true, "owner": {"name": "Bob", "city": null}, "tags": [], "properties.size": 1},
	{"id": 3, "name": "It's 50%_off", "amount": null, "stage": "new", "open": true, "owner": {"name": "Ann", "city": "Rome"}, "tags": null, "properties.size": null},
	{"id": 9007199254740993, "name": null, "amount": -7, "stage": null, "open": null, "owner": null, "tags": ["a"], "properties.size": 2}
]`

func dealsTable() *schemas.Entity {
	field := func(name, kind string, inner ...*schemas.Field) *schemas.Field {
		return &schemas.Field{Name: name, Type: schemas.Types{kind}, Properties: inner}
	}
	return &schemas.Entity{Name: "deals", ContextStore: &schemas.ContextStore{Searchable: true, Fields: []*schemas.Field{
		field("id", "integer"), field("name", "string"), field("amount", "number"), field("stage", "string"), field("open", "boolean"),
		field("owner", "object", field("name", "string"), field("city", "string")), field("tags", "array"), field("properties.size", "integer"),
	}}}
}

// runSQL answers the rows of a statement over deals as JSON.
func runSQL(t testing.TB, statement string) (string, error) {
	t.Helper()
	var records []map[string]any
	if err := decode([]byte(dealRows), &records); err != nil {
		t.Fatal(err)
	}
	q, err := parseSQL(statement)
	if err != nil {
		return "", err
	}
	s, err := resolveSQL(q, dealsTable())
	if err != nil {
		return "", err
	}
	results, err := s.rows(records)
	if err != nil {
		return "", err
	}
	raw, err := encode((&call{executeRequest: &executeRequest{SkipTruncation: true}}).sqlData(s, results))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw), nil
}

func TestSQL(t *testing.T) {
	t.Parallel()
	tests := []struct{ statement, want string }{
		{"SELECT id, name FROM deals WHERE id = 1", `[{"id":1,"name":"Blue Door"}]`},
		{"select NAME, Id from DEALS where ID = 1;", `[{"name":"Blue Door","id":1}]`},
		{"SELECT * FROM deals WHERE id = 2", `[{"id":2,"name":"blue door 2","amount":20.5,"stage":"new","open":true,"owner":{"city":null,"name":"Bob"},"tags":[],"properties.size":1}]`},
		{"SELECT d.id AS number, d.owner.name who, owner.city FROM deals AS d WHERE d.id = 1", `[{"number":1,"who":"Ann","city":"Oslo"}]`},
		{`SELECT "id" AS "Order", 'it''s' AS text, -1.50 AS n, TRUE AS t, NULL AS x FROM deals LIMIT 1`, `[{"Order":1,"text":"it's","n":-1.50,"t":true,"x":null}]`},
		{"SELECT owner.name, name, owner.name FROM deals WHERE id = 1", `[{"name":"Ann","name_1":"Blue Door","name_2":"Ann"}]`},
		{"SELECT properties.size FROM deals WHERE properties.size >= 2 -- big ones", `[{"properties.size":3},{"properties.size":2}]`},
		{"SELECT id /* with a note */ FROM deals WHERE id > 9007199254740992", `[{"id":9007199254740993}]`},

		{"SELECT id FROM deals WHERE stage <> 'won'", `[{"id":2},{"id":3}]`},
		{"SELECT id FROM deals WHERE NOT stage = 'won' AND amount != 0", `[{"id":2}]`},
		{"SELECT id FROM deals WHERE id = 1 OR id = 2 AND stage = 'none'", `[{"id":1}]`},
		{"SELECT id FROM deals WHERE (id = 1 OR id = 2) AND stage = 'new'", `[{"id":2}]`},
		{"SELECT id FROM deals WHERE open", `[{"id":2},{"id":3}]`},
		{"SELECT id FROM deals WHERE open = 'TRUE' AND id <= '2'", `[{"id":2}]`},
		{"SELECT id FROM deals WHERE stage IN ('won', 'lost') OR id IN (3)", `[{"id":1},{"id":3}]`},
		{"SELECT id FROM deals WHERE stage NOT IN ('won')", `[{"id":2},{"id":3}]`},
		{"SELECT id FROM deals WHERE stage NOT IN ('won', NULL)", `[]`},
		{"SELECT id FROM deals WHERE amount BETWEEN 20.5 AND 1e2", `[{"id":1},{"id":2}]`},
		{"SELECT id FROM deals WHERE amount NOT BETWEEN -10 AND 50 AND id < 9", `[{"id":1}]`},
		{"SELECT id FROM deals WHERE name LIKE 'blue%'", `[{"id":2}]`},
		{"SELECT id FROM deals WHERE name ILIKE '%DOOR%'", `[{"id":1},{"id":2}]`},
		{"SELECT id FROM deals WHERE name NOT ILIKE '%door_2' AND name NOT LIKE 'It%'", `[{"id":1}]`},
		{"SELECT id FROM deals WHERE name LIKE 'Blue_Door'", `[{"id":1}]`},
		{"SELECT id FROM deals WHERE owner.city IS NULL", `[{"id":2},{"id":9007199254740993}]`},
		{"SELECT id FROM deals WHERE amount IS NOT NULL AND tags IS NOT NULL AND id > 1", `[{"id":2},{"id":9007199254740993}]`},
		{"SELECT id AS k FROM deals WHERE k = 3", `[{"k":3}]`},

		{"SELECT lower(name) FROM deals WHERE upper(stage) = 'WON'", `[{"lower(name)":"blue door"}]`},
		{"SELECT length(name) AS n FROM deals ORDER BY n DESC", `[{"n":12},{"n":11},{"n":9},{"n":null}]`},
		{"SELECT coalesce(owner.city, stage, '?') AS c FROM deals", `[{"c":"Oslo"},{"c":"new"},{"c":"Rome"},{"c":"?"}]`},

		{"SELECT count(*), count(amount), count(DISTINCT stage) FROM deals", `[{"count_star()":4,"count(amount)":3,"count(DISTINCT stage)":2}]`},
		{"SELECT sum(amount) AS s, avg(amount) AS a, min(amount) AS lo, max(name) AS hi, sum(id) AS ids FROM deals", `[{"s":113.5,"a":37.833333333333336,"lo":-7,"hi":"blue door 2","ids":9007199254740999}]`},
		{"SELECT count(*) AS n, sum(amount) AS s, min(id) AS m FROM deals WHERE id = 0", `[{"n":0,"s":null,"m":null}]`},
		{"SELECT stage, count(*) AS n FROM deals GROUP BY stage", `[{"stage":"won","n":1},{"stage":"new","n":2},{"stage":null,"n":1}]`},
		{"SELECT stage, count(*) AS n FROM deals GROUP BY 1 HAVING count(*) > 1", `[{"stage":"new","n":2}]`},
		{"SELECT lower(owner.name) AS o, sum(amount) AS s FROM deals GROUP BY o HAVING s > 20 ORDER BY sum(amount)", `[{"o":"bob","s":20.5},{"o":"ann","s":100}]`},
		{"SELECT upper(stage) FROM deals GROUP BY stage ORDER BY count(*) DESC, stage", `[{"upper(stage)":"NEW"},{"upper(stage)":"WON"},{"upper(stage)":null}]`},
		{"SELECT stage FROM deals WHERE id = 0 GROUP BY stage", `[]`},
		{"SELECT count(*) AS n FROM deals HAVING count(*) > 9", `[]`},

		{"SELECT DISTINCT stage FROM deals ORDER BY stage", `[{"stage":"new"},{"stage":"won"},{"stage":null}]`},
		{"SELECT DISTINCT tags FROM deals", `[{"tags":["a"]},{"tags":[]},{"tags":null}]`},
		{"SELECT id FROM deals ORDER BY amount", `[{"id":9007199254740993},{"id":2},{"id":1},{"id":3}]`},
		{"SELECT id FROM deals ORDER BY amount DESC NULLS FIRST, id", `[{"id":3},{"id":1},{"id":2},{"id":9007199254740993}]`},
		{"SELECT id, stage FROM deals ORDER BY 2 DESC, 1 DESC LIMIT 2 OFFSET 1", `[{"id":3,"stage":"new"},{"id":2,"stage":"new"}]`},
		{"SELECT id FROM deals ORDER BY lower(name) ASC OFFSET 1 LIMIT 1", `[{"id":2}]`},
		{"SELECT id FROM deals LIMIT 0", `[]`},
		{"SELECT id FROM deals OFFSET 99", `[]`},
	}
	for _, test := range tests {
		t.Run(test.statement, func(t *testing.T) {
			t.Parallel()
			got, err := runSQL(t, test.statement)
			if err != nil || got != test.want {
				t.Errorf("got  %s (%v)\nwant %s", got, err, test.want)
			}
		})
	}
}

func TestBadSQL(t *testing.T) {
	t.Parallel()
	tests := []struct{ statement, want string }{
		{"", "the statement ends where SELECT should be"},
		{"DELETE FROM deals", "only SELECT is allowed, since the Context Store is read-only; got DELETE"},
		{"with x as (select 1) select * from x", "only SELECT is allowed, since the Context Store is read-only; got WITH"},
		{"SELECT id FROM deals; DROP TABLE deals", "only one statement is allowed; another begins at position 23"},
		{"SELECT id", "the statement ends where FROM should be"},
		{"SELECT FROM deals", "unexpected 'FROM' at position 8; a column or a value should be there"},
		{"SELECT id, FROM deals", "unexpected 'FROM' at position 12; a column or a value should be there"},
		{"SELECT order FROM deals", "unexpected 'order' at position 8; a column or a value should be there (a keyword is a name only in double quotes)"},
		{"SELECT id FROM order", "unexpected 'order' at position 16; a name should be there (a keyword is a name only in double quotes)"},
		{"SELECT title FROM deals", "column 'title' does not exist in table 'deals'. Known columns: ['amount', 'id', 'name', 'open', 'owner', 'owner.city', 'owner.name', 'properties.size', 'stage', 'tags']"},
		{"SELECT owner.age FROM deals", "column 'owner.age' does not exist in table 'deals'"},
		{"SELECT id FROM deals d WHERE deals.id = 1", "column 'deals.id' does not exist"},
		{"SELECT id FROM deals ORDER BY x", "column 'x' does not exist"},
		{"SELECT d.id FROM deals d JOIN users u ON d.id = u.id", "JOIN is not supported; a statement reads one table"},
		{"SELECT id FROM deals LEFT JOIN users", "JOIN is not supported"},
		{"SELECT id FROM deals, users", "JOIN is not supported"},
		{"SELECT id FROM (SELECT id FROM deals)", "subqueries are not supported"},
		{"SELECT id FROM deals WHERE id IN (SELECT id FROM deals)", "subqueries are not supported"},
		{"SELECT id FROM deals UNION SELECT id FROM deals", "UNION is not supported; a statement is one SELECT"},
		{"SELECT id FROM deals WHERE", "the statement ends where a column or a value should be"},
		{"SELECT id FROM deals WHERE stage = 'won", "what begins at position 36 has no end"},
		{"SELECT id FROM deals WHERE id # 1", "unexpected character '#' at position 31"},
		{"SELECT id + 1 FROM deals", "unexpected '+' at position 11; FROM should be there"},
		{"SELECT id FROM deals WHERE stage IS 'won'", "unexpected 'won' at position 37; NULL should be there"},
		{"SELECT id FROM deals WHERE stage NOT 'won'", "IN, BETWEEN, LIKE or ILIKE should be there"},
		{"SELECT id FROM deals LIMIT -1", "a whole number of rows should be there"},
		{"SELECT id FROM deals LIMIT 1 LIMIT 2", "unexpected 'LIMIT' at position 30"},
		{"SELECT id FROM deals ORDER stage", "unexpected 'ORDER' at position 22"},
		{"SELECT concat(id) FROM deals", "function 'concat' does not exist. Known functions: ['avg', 'coalesce', 'count', 'length', 'lower', 'max', 'min', 'sum', 'upper']"},
		{"SELECT lower(name, stage) FROM deals", "lower takes one argument; got 2"},
		{"SELECT count(DISTINCT *) FROM deals", "unexpected '*'"},
		{"SELECT count(*) OVER () FROM deals", "unexpected 'OVER'"},
		{"SELECT stage, count(*) FROM deals", "column 'stage' must appear in GROUP BY or be part of an aggregate"},
		{"SELECT * FROM deals GROUP BY id", "column 'name' must appear in GROUP BY"},
		{"SELECT id FROM deals WHERE count(*) > 1", "WHERE cannot contain aggregates; use HAVING"},
		{"SELECT sum(count(*)) FROM deals", "sum cannot contain another aggregate"},
		{"SELECT count(*) AS n FROM deals GROUP BY n", "GROUP BY cannot contain aggregates"},
		{"SELECT id FROM deals ORDER BY 2", "ORDER BY 2 is no position in the SELECT list, which has 1"},
		{"SELECT DISTINCT stage FROM deals ORDER BY id", "with DISTINCT, ORDER BY can only name what is in the SELECT list; 'id' is not"},
		{"SELECT id FROM deals WHERE stage = 5", "'won' cannot be compared with 5"},
		{"SELECT id FROM deals WHERE owner = 'Ann'", "an object cannot be compared with 'Ann'"},
		{"SELECT id FROM deals WHERE name", "a condition is needed; got 'Blue Door'"},
		{"SELECT sum(name) FROM deals", "sum needs numbers; got 'Blue Door'"},
		{"SELECT lower(id) FROM deals", "lower needs a text; got 1"},
		{"SELECT id FROM deals WHERE id LIKE '1%'", "LIKE needs texts; got 1 and '1%'"},
		{"SELECT id FROM deals WHERE " + strings.Repeat("(", 200) + "1", "expressions are nested more than 100 deep"},
		{"SELECT " + strings.Repeat("id, ", maxColumns+1) + "id FROM deals", "a row may have 500 columns at most"},
		{"SELECT id FROM deals WHERE name = '" + strings.Repeat("x", maxStatement) + "'", "a statement may have 20000 bytes at most"},
	}
	for _, test := range tests {
		t.Run(test.statement[:min(60, len(test.statement))], func(t *testing.T) {
			t.Parallel()
			got, err := runSQL(t, test.statement)
			p, ok := errors.AsType[*problem](err)
			if !ok {
				t.Fatalf("got %s (%v), want a refusal", got, err)
			}
			if p.status != http.StatusBadRequest || !strings.Contains(p.message, test.want) {
				t.Errorf("got %d %s, want %s", p.status, p.message, test.want)
			}
		})
	}
}

func TestStoreSQL(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const github = "GitHub - default"
	query := func(sql string, params P, more ...any) *answer {
		params["sql"] = sql
		return c.execute(github, "issues", actionSQL, params, more...)
	}
	all := len(stored(c, P{"query": P{}, "limit": 1000}).ok().list("result.data"))
	a := query("SELECT count(*) AS n FROM issues", P{}).ok()
	if got := a.text("result.data.0.n"); got != strconv.Itoa(all) || a.text("result.meta.has_more") != "false" || a.at("result.meta.cursor") != nil {
		t.Errorf("the table has %s rows (%v), a search finds %d", got, a.at("result.meta"), all)
	}
	for _, test := range []struct {
		sql  string
		rows int
		more bool
	}{{"SELECT title FROM issues", 7, true}, {"SELECT title FROM issues LIMIT 8", 7, true}, {"SELECT title FROM issues LIMIT 7", 7, false}, {"SELECT title FROM issues LIMIT 3", 3, false}} {
		a := query(test.sql, P{"limit": 7}).ok()
		if got := len(a.list("result.data")); got != test.rows || a.at("result.meta.has_more") != test.more || a.at("result.meta.cursor") != nil {
			t.Errorf("%s with the limit 7: %d rows, %v; want %d rows, more: %t", test.sql, got, a.at("result.meta"), test.rows, test.more)
		}
	}

	row := func(a *answer) string {
		raw, _, _ := strings.Cut(string(a.ok().body), `],"meta"`)
		return raw[strings.Index(raw, "[")+1:]
	}
	for _, test := range []struct {
		name, want string
		a          *answer
	}{
		{"order", `{"title":"T","number":1,"id":"I"}`, query("SELECT 'T' AS title, number, 'I' AS id FROM issues LIMIT 1", P{})},
		{"select_fields", `{"number":1,"id":"I"}`, query("SELECT 'T' AS title, number, 'I' AS id FROM issues LIMIT 1", P{}, "select_fields", []string{"id", "number"})},
		{"truncation", `{"x":"` + strings.Repeat("x", longText) + truncationMark + `"}`, query("SELECT '"+strings.Repeat("x", 300)+"' AS x FROM issues LIMIT 1", P{}, "skip_truncation", false)},
		{"another table", `{"name":"widgets"}`, query("SELECT name FROM repositories WHERE name = 'widgets'", P{})},
	} {
		if got := row(test.a); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestStoreSQLSeesWrites(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.execute("GitHub - default", "issues", "create", P{"owner": "acme", "repo": "widgets", "title": "A title that nobody else has"}).ok()
	got := c.execute("GitHub - default", "issues", actionSQL, P{"sql": "SELECT state FROM issues WHERE title ILIKE 'a title THAT%'"}).ok()
	if rows := got.list("result.data"); len(rows) != 1 || got.text("result.data.0.state") != "OPEN" {
		t.Errorf("rows %v, want the issue that was created", rows)
	}
}

func TestStoreSQLRefuses(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, test := range []struct {
		name, connector, entity string
		params                  P
		status                  int
		want                    string
	}{
		{"no statement", "GitHub - default", "issues", P{}, 400, "Missing required body fields for issues.context_store_sql_query: ['sql']"},
		{"no text", "GitHub - default", "issues", P{"sql": 5}, 400, "Parameter 'sql' expects a string"},
		{"syntax", "GitHub - default", "issues", P{"sql": "SELEKT 1"}, 400, "Invalid SQL: only SELECT is allowed"},
		{"unknown table", "GitHub - default", "issues", P{"sql": "SELECT * FROM tickets"}, 400, "table 'tickets' does not exist. Known tables: ['"},
		{"limit", "GitHub - default", "issues", P{"sql": "SELECT id FROM issues", "limit": 0}, 422, "Input should be between 1 and 1000"},
		{"store not ready", "GitHub - archive", "issues", P{"sql": "SELECT id FROM issues"}, 400, "Context Store is not ready for entity 'issues'"},
		{"unknown entity", "GitHub - default", "tickets", P{"sql": "SELECT id FROM issues"}, 400, "Entity 'tickets' not found"},
	} {
		a := c.execute(test.connector, test.entity, actionSQL, test.params)
		if a.status != test.status || !strings.Contains(a.text("message"), test.want) || a.at("errors") == nil {
			t.Errorf("%s: %d %s, want %d %s", test.name, a.status, a.body, test.status, test.want)
		}
	}
}

func FuzzSQL(f *testing.F) {
	for _, statement := range []string{
		"SELECT * FROM deals", "SELECT stage, count(*) n FROM deals GROUP BY 1 HAVING n > 1 ORDER BY n DESC NULLS FIRST LIMIT 1 OFFSET 1;",
		"SELECT DISTINCT lower(d.owner.name) AS \"x\" FROM deals d WHERE NOT (name LIKE '%_a' OR id IN (1,2.5e3,-.5)) AND amount BETWEEN 1 AND 2",
		"SELECT avg(amount), max(tags), min(owner) FROM deals WHERE tags = owner OR open = 1", "SELECT ((((", "SELECT 'x", "--", "/*",
	} {
		f.Add(statement)
	}
	f.Fuzz(func(t *testing.T, statement string) {
		got, err := runSQL(t, statement)
		if p, ok := errors.AsType[*problem](err); err != nil && (!ok || p.status != http.StatusBadRequest) {
			t.Errorf("%q gives the error %v", statement, err)
		}
		if err == nil && !json.Valid([]byte(got)) {
			t.Errorf("%q gives %s", statement, got)
		}
	})
}
