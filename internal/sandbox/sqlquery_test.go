package sandbox

import (
	"strconv"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox/contextstore"
)

func TestStoreSQL(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const github = "GitHub - default"
	query := func(sql string, params P, more ...any) *answer {
		params["sql"] = sql
		return c.execute(github, "issues", contextstore.ActionSQL, params, more...)
	}
	all := len(stored(c, P{"query": P{}, "limit": 1000}).ok().list("result.data"))
	a := query("SELECT count(*) AS n FROM issues", P{}).ok()
	if got := a.text("result.data.0.n"); got != strconv.Itoa(all) || a.text("result.meta.has_more") != "false" ||
		a.at("result.meta.cursor") != nil {
		t.Errorf("the table has %s rows (%v), a search finds %d", got, a.at("result.meta"), all)
	}
	for _, test := range []struct {
		sql  string
		rows int
		more bool
	}{{"SELECT title FROM issues", 7, true}, {"SELECT title FROM issues LIMIT 8", 7, true}, {"SELECT title FROM issues LIMIT 7", 7,
		false}, {"SELECT title FROM issues LIMIT 3", 3, false}} {
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
		{"select_fields", `{"number":1,"id":"I"}`, query("SELECT 'T' AS title, number, 'I' AS id FROM issues LIMIT 1", P{}, "select_fields",
			[]string{"id", "number"})},
		{"truncation", `{"x":"` + strings.Repeat("x", longText) + truncationMark + `"}`,
			query("SELECT '"+strings.Repeat("x", 300)+"' AS x FROM issues LIMIT 1", P{}, "skip_truncation", false)},
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
	got := c.execute("GitHub - default", "issues", contextstore.ActionSQL,
		P{"sql": "SELECT state FROM issues WHERE title ILIKE 'a title THAT%'"}).ok()
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
		{"unknown table", "GitHub - default", "issues", P{"sql": "SELECT * FROM tickets"}, 400,
			"table 'tickets' does not exist. Known tables: ['"},
		{"limit", "GitHub - default", "issues", P{"sql": "SELECT id FROM issues", "limit": 0}, 422, "Input should be between 1 and 1000"},
		{"store not ready", "GitHub - archive", "issues", P{"sql": "SELECT id FROM issues"}, 400,
			"Context Store is not ready for entity 'issues'"},
		{"unknown entity", "GitHub - default", "tickets", P{"sql": "SELECT id FROM issues"}, 400, "Entity 'tickets' not found"},
	} {
		a := c.execute(test.connector, test.entity, contextstore.ActionSQL, test.params)
		if a.status != test.status || !strings.Contains(a.text("message"), test.want) || a.at("errors") == nil {
			t.Errorf("%s: %d %s, want %d %s", test.name, a.status, a.body, test.status, test.want)
		}
	}
}
