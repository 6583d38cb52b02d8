package sandbox

import (
	"fmt"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
)

// stored runs a search over GitHub's issues.
func stored(c *client, params P) *answer {
	return c.execute("GitHub - default", "issues", "context_store_search", params)
}

// operatorTest is a filter and what it means for a record.
type operatorTest struct {
	filter P
	holds  func(r any) bool
}

func operatorTests() []operatorTest {
	row := func(r any, name string) string { return jsonvalue.AsText(r.(map[string]any)[name]) }
	return []operatorTest{
		{P{"eq": P{"state": "OPEN"}}, func(r any) bool { return row(r, "state") == "OPEN" }},
		{P{"eq": P{"number": 7}}, func(r any) bool { return row(r, "number") == "7" }},
		{P{"eq": P{"number": 7.0}}, func(r any) bool { return row(r, "number") == "7" }},
		{P{"eq": P{"locked": true}}, func(r any) bool { return row(r, "locked") == "true" }},
		{P{"eq": P{"closedAt": nil}}, func(r any) bool { return row(r, "closedAt") == "" }},
		{P{"neq": P{"closedAt": nil}}, func(r any) bool { return row(r, "closedAt") != "" }},
		{P{"neq": P{"state": "OPEN"}}, func(r any) bool { return row(r, "state") != "OPEN" }},
		{P{"gt": P{"number": 9}, "lte": P{"number": 11}}, func(r any) bool { return row(r, "number") == "10" || row(r, "number") == "11" }},
		{P{"gte": P{"createdAt": "2026-01-01T00:00:00Z"}}, func(r any) bool { return row(r, "createdAt") >= "2026-01-01T00:00:00Z" }},
		{P{"lt": P{"createdAt": "2026-01-01T00:00:00Z"}}, func(r any) bool { return row(r, "createdAt") < "2026-01-01T00:00:00Z" }},
		{P{"in": P{"number": []int{3, 5, 999}}}, func(r any) bool { return row(r, "number") == "3" || row(r, "number") == "5" }},
		{P{"like": P{"title": "%page%"}}, func(r any) bool { return strings.Contains(strings.ToLower(row(r, "title")), "page") }},
		{P{"like": P{"title": "add%"}}, func(r any) bool { return strings.HasPrefix(strings.ToLower(row(r, "title")), "add") }},
		{P{"like": P{"title": "PAGE"}}, func(r any) bool { return strings.Contains(strings.ToLower(row(r, "title")), "page") }},
		{P{"fuzzy": P{"title": "page login"}}, func(r any) bool { return strings.Contains(strings.ToLower(row(r, "title")), "login page") }},
		{P{"keyword": P{"title": "webhook menu"}}, func(r any) bool {
			s := strings.ToLower(row(r, "title"))
			return strings.Contains(s, "webhook") || strings.Contains(s, "menu")
		}},
		{P{"contains": P{"title": "search"}}, func(r any) bool { return strings.Contains(strings.ToLower(row(r, "title")), "search") }},
		{P{"startswith": P{"id": "i_kw"}}, func(any) bool { return true }},
		{P{"endswith": P{"url": "/issues/12"}}, func(r any) bool { return row(r, "number") == "12" }},
		{P{"not": P{"eq": P{"state": "OPEN"}}}, func(r any) bool { return row(r, "state") != "OPEN" }},
		{P{"or": []P{{"eq": P{"number": 1}}, {"eq": P{"number": 2}}}},
			func(r any) bool { return row(r, "number") == "1" || row(r, "number") == "2" }},
		{P{"and": []P{{"eq": P{"state": "OPEN"}}, {"not": P{"lt": P{"number": 100}}}}},
			func(r any) bool { return row(r, "state") == "OPEN" && len(row(r, "number")) == 3 }},
		{P{"eq": P{"state": "OPEN", "number": 1}}, func(r any) bool { return row(r, "state") == "OPEN" && row(r, "number") == "1" }},
	}
}

func TestStoreOperators(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	all := stored(c, P{"query": P{}, "limit": 1000}).ok().list("result.data")
	for _, test := range operatorTests() {
		t.Run(fmt.Sprint(test.filter), func(t *testing.T) {
			want := 0
			for _, r := range all {
				if test.holds(r) {
					want++
				}
			}
			got := stored(c, P{"query": P{"filter": test.filter}, "limit": 1000}).ok().list("result.data")
			if len(got) != want || want == 0 {
				t.Errorf("%d records, want %d (not 0)", len(got), want)
			}
			for _, r := range got {
				if !test.holds(r) {
					t.Errorf("found %v", r)
				}
			}
		})
	}
}

func TestStoreErrors(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	filter := func(f any) P { return P{"query": P{"filter": f}} }
	tests := []struct {
		params P
		status int
		text   string
	}{
		{P{}, 422, "valid dictionary"},
		{P{"query": "crash"}, 422, "valid dictionary"},
		{filter(P{}), 422, "must not be empty"},
		{filter(P{"eq": P{"titel": "x"}}), 422, "Unknown field 'titel'"},
		{filter(P{"equals": P{"title": "x"}}), 422, "use 'eq'"},
		{filter(P{"has": P{"title": "x"}}), 422, "Unknown operator 'has'"},
		{filter(P{"eq": "x"}), 422, "needs an object"},
		{filter(P{"in": P{"state": "OPEN"}}), 422, "needs a list"},
		{filter(P{"like": P{"title": 1}}), 422, "needs a text"},
		{filter(P{"and": P{}}), 422, "needs a list"},
		{filter(P{"not": []int{}}), 422, "needs a condition"},
		{filter(P{"and": []P{{}}}), 422, "must not be empty"},
		{P{"query": P{"sort": P{"title": "asc"}}}, 422, "Sort should be a list"},
		{P{"query": P{"sort": []P{{"title": "up"}}}}, 422, "'asc' or 'desc'"},
		{P{"query": P{"sort": []P{{"titel": "asc"}}}}, 422, "Unknown field 'titel'"},
		{P{"query": P{}, "limit": 0}, 422, "between 1 and 1000"},
		{P{"query": P{}, "limit": "many"}, 422, "valid integer"},
		{P{"query": P{}, "fields": []string{"titel"}}, 422, "Unknown field 'titel'"},
		{P{"query": P{}, "cursor": "x"}, 400, "Invalid cursor"},
	}
	for _, test := range tests {
		a := stored(c, test.params)
		if a.status != test.status || !strings.Contains(a.text("message"), test.text) {
			t.Errorf("%v: got %d %s, want %d %q", test.params, a.status, a.body, test.status, test.text)
		}
	}
	building := c.execute("GitHub - archive", "issues", "context_store_search", P{"query": P{}})
	if building.status != 400 || !strings.Contains(building.text("message"), "not ready for entity 'issues' (status: building)") {
		t.Errorf("an unready store gives %d %s", building.status, building.body)
	}
}

func TestStorePaging(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	query := P{"sort": []P{{"state": "asc"}, {"number": "desc"}}}
	var got []string
	params := P{"query": query}
	for range 20 {
		a := stored(c, params).ok()
		for _, r := range a.list("result.data") {
			got = append(got, r.(map[string]any)["state"].(string)+fmt.Sprintf("%03s", jsonvalue.AsText(r.(map[string]any)["number"])))
		}
		if a.at("result.meta.has_more") != true {
			break
		}
		params["cursor"] = a.at("result.meta.cursor")
	}
	if len(got) != 120 {
		t.Fatalf("%d records in all pages, want 120", len(got))
	}
	for i := 1; i < len(got); i++ {
		if a, b := got[i-1], got[i]; a[:4] > b[:4] || a[:4] == b[:4] && a < b {
			t.Errorf("%s stands before %s", a, b)
		}
	}
	first := stored(c, P{"query": query}).ok()
	if n := len(first.list("result.data")); n != 10 {
		t.Errorf("a page without limit has %d records, want 10", n)
	}
	foreign := stored(c, P{"query": P{}, "cursor": first.at("result.meta.cursor")})
	if foreign.status != 400 {
		t.Errorf("a cursor of another query gives %d, want 400", foreign.status)
	}
}

func TestStoreFields(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, fields := range []any{[]string{"id", "title"}, [][]string{{"id"}, {"title"}}} {
		row := stored(c, P{"query": P{}, "limit": 1, "fields": fields}).ok().object("result.data.0")
		if len(row) != 2 || row["id"] == nil || row["title"] == nil {
			t.Errorf("fields %v give %v", fields, row)
		}
	}
	both := c.execute("GitHub - default", "issues", "context_store_search", P{"query": P{}, "limit": 1, "fields": []string{"id", "title"}},
		"select_fields", []string{"id"})
	if row := both.ok().object("result.data.0"); len(row) != 1 {
		t.Errorf("select_fields leaves %v", row)
	}
	shaped := c.execute("GitHub - default", "issues", "search", P{"query": P{"filter": P{"eq": P{"number": 1}}}}).ok()
	if n := len(shaped.list("result.data")); n != 1 {
		t.Errorf("search with an object finds %d records, want 1", n)
	}
	if n := len(c.execute("GitHub - default", "issues", "search", P{"query": "page"}).ok().list("result")); n == 0 {
		t.Error("search with a text finds nothing")
	}
}
