package schemas_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// TestQueryAccepts has each operator, and each way to combine them.
func TestQueryAccepts(t *testing.T) {
	t.Parallel()
	queries := []string{
		`{}`,
		`{"filter":{"eq":{"status":"open"}}}`,
		`{"filter":{"eq":{"status":null}}}`,
		`{"filter":{"eq":{"count":1,"paid":true},"neq":{"id":"x"}}}`,
		`{"filter":{"gt":{"count":1.5},"gte":{"price":1},"lt":{"id":"2026-01-31"},"lte":{"price":0.5}}}`,
		`{"filter":{"in":{"status":["a","b"],"count":[1,2]}}}`,
		`{"filter":{"in":{"code":["a",2]}}}`,
		`{"filter":{"like":{"buyer.email":"%@example.org"}}}`,
		`{"filter":{"fuzzy":{"status":"a b"}}}`,
		`{"filter":{"keyword":{"status":"a b"}}}`,
		`{"filter":{"startswith":{"id":"A"},"endswith":{"id":"Z"}}}`,
		`{"filter":{"contains":{"tags":"x"}}}`,
		`{"filter":{"contains":{"status":"x"}}}`,
		`{"filter":{"array_contains":{"tags":7}}}`,
		`{"filter":{"any":{"lines":{"eq":{"sku":"A"},"gt":{"amount":2}}}}}`,
		`{"filter":{"any":{"tags":{"like":{"whatever":"x"}}}}}`,
		`{"filter":{"and":[{"eq":{"id":"1"}},{"or":[{"eq":{"id":"2"}},{"not":{"eq":{"id":"3"}}}]}]}}`,
		`{"filter":{"eq":{"extra":"what an object equals is for the store to decide"}}}`,
		`{"sort":[{"count":"desc"},{"buyer.email":"asc"}]}`,
	}
	for _, query := range queries {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			if faults := faultsOf(t, acmeInput(t, ""), `{"query":`+query+`}`); faults != nil {
				t.Errorf("found %v, want no fault", faults)
			}
		})
	}
}

// TestQueryRefuses shows the words for each kind of mistake.
func TestQueryRefuses(t *testing.T) {
	t.Parallel()
	const (
		operators = "allowed: and, any, array_contains, contains, endswith, eq, fuzzy, gt, gte, in, keyword, like, lt, lte, neq, not, or, " +
			"startswith"
		fields = "allowed: buyer, buyer.email, code, count, extra, id, lines, paid, price, status, tags"
	)
	for _, tt := range []struct{ name, arguments, want string }{
		{"no query", `{}`, "`query` is required"},
		{"an SQL query", `{"query":"status = open"}`, "`query` must be object (got string)"},
		{"an empty filter", `{"query":{"filter":{}}}`, "`query.filter` must not be empty; leave it out to match all records"},
		{"an empty operator", `{"query":{"filter":{"eq":{}}}}`, "`query.filter.eq` must not be empty"},
		{"an empty list", `{"query":{"filter":{"or":[]}}}`, "`query.filter.or` must not be empty"},
		{"an empty part", `{"query":{"filter":{"and":[{"not":{}},{}]}}}`,
			"`query.filter.and[0].not` must not be empty; `query.filter.and[1]` must not be empty"},
		{"an unknown operator", `{"query":{"filter":{"equals":{"id":"1"}}}}`, "`query.filter.equals` is unknown; did you mean eq?; " + operators},
		{"a field for an operator", `{"query":{"filter":{"status":{"eq":"open"}}}}`, "`query.filter.status` is unknown; " + operators},
		{"an unknown field", `{"query":{"filter":{"eq":{"statsu":"open"}}}}`,
			"`query.filter.eq.statsu` is no field that can be searched; did you mean status?; " + fields},
		{"an unknown field at depth", `{"query":{"filter":{"and":[{"eq":{"id":"1"}},{"not":{"like":{"email":"x"}}}]}}}`,
			"`query.filter.and[1].not.like.email` is no field that can be searched; did you mean buyer.email?; " + fields},
		{"an unknown field to sort by", `{"query":{"sort":[{"id":"asc"},{"prise":"desc"}]}}`,
			"`query.sort[1].prise` is no field that can be searched; did you mean price?; " + fields},
		{"an unknown order", `{"query":{"sort":[{"id":"up"}]}}`, "`query.sort[0].id` must be one of \"asc\", \"desc\""},
		{"a field to sort by, alone", `{"query":{"sort":["id"]}}`, "`query.sort[0]` must be object (got string)"},
		{"an unknown field to return", `{"query":{},"fields":["id","totl"]}`, "`fields[1]` must be one of \"id\", \"count\", \"price\", " +
			"\"paid\", \"status\", \"code\", \"extra\", \"buyer\", \"buyer.email\", \"tags\", \"lines\""},
		{"another type", `{"query":{"filter":{"eq":{"count":"7"}}}}`, "`query.filter.eq.count` must be integer (got string)"},
		{"another type in a list", `{"query":{"filter":{"in":{"count":[1,"2"]}}}}`, "`query.filter.in.count[1]` must be integer (got string)"},
		{"a fraction that nothing equals", `{"query":{"filter":{"eq":{"count":1.5}}}}`, "`query.filter.eq.count` must be integer (got number)"},
		{"no list", `{"query":{"filter":{"in":{"status":"open"}}}}`, "`query.filter.in.status` must be array (got string)"},
		{"a list", `{"query":{"filter":{"eq":{"status":["open"]}}}}`,
			"`query.filter.eq.status` must be string, number, boolean or null (got array)"},
		{"a number for text", `{"query":{"filter":{"like":{"status":7}}}}`, "`query.filter.like.status` must be string (got number)"},
		{"an order of booleans", `{"query":{"filter":{"gt":{"code":true}}}}`, "`query.filter.gt.code` must be string or number (got boolean)"},
		{"an unknown operator on elements", `{"query":{"filter":{"any":{"lines":{"equals":{"sku":"A"}}}}}}`,
			"`query.filter.any.lines.equals` is unknown; did you mean eq?; " + operators},
		{"an unknown field of elements", `{"query":{"filter":{"any":{"lines":{"eq":{"skew":"A"}}}}}}`,
			"`query.filter.any.lines.eq.skew` is no field that can be searched; did you mean sku?; allowed: amount, sku"},
		{"nothing on elements", `{"query":{"filter":{"any":{"tags":{}}}}}`, "`query.filter.any.tags` must not be empty"},
		{"a limit over the bound", `{"query":{},"limit":1001}`, "`limit` must be at most 1000 (got 1001)"},
		{"something beside", `{"query":{"where":{}},"order":1}`,
			"`order` is unknown; allowed: cursor, fields, limit, query; `query.where` is unknown; allowed: filter, sort"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkRefusal(t, acmeInput(t, ""), tt.arguments, tt.want)
		})
	}
}

// TestQueryFaultsAtOnce has faults that the schema finds beside faults that only the
// query's own check finds, each at its true place.
func TestQueryFaultsAtOnce(t *testing.T) {
	t.Parallel()
	got := faultsOf(t, acmeInput(t, ""), `{"limit":0,"query":{"sort":[{"nope":"up"}],"filter":{"and":[
		{"eq":{"one":1}},{"like":{"two":"2"}},{"gt":{"three":"3","count":"x"}},{"is":{}},{"in":{"four":[]}}]}}}`)
	want := []string{
		"limit", "query.filter.and[0].eq.one", "query.filter.and[1].like.two", "query.filter.and[2].gt.count",
		"query.filter.and[2].gt.three", "query.filter.and[3].is", "query.filter.and[4].in.four", "query.sort[0].nope", "query.sort[0].nope",
	}
	var places []string
	for _, f := range got {
		places = append(places, f.Path)
	}
	if !slices.Equal(places, want) {
		t.Errorf("got faults at\n%q, want\n%q", places, want)
	}
}

// TestEverySearch searches by, sorts by and returns each field of each entity.
func TestEverySearch(t *testing.T) {
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		for _, tl := range toolsOf(conn) {
			if tl.action != nil {
				continue
			}
			in := tl.input(t, conn)
			names := fieldNames("", tl.entity.ContextStore.Fields)
			unique(t, tl.name, names)
			for _, name := range names {
				quoted := encode(t, name)
				arguments := fmt.Sprintf(`{"query":{"filter":{"eq":{%s:null}},"sort":[{%s:"asc"}]},"fields":[%s],"limit":1000,"cursor":"c"}`,
					quoted, quoted, quoted)
				if faults := faultsOf(t, in, arguments); faults != nil {
					t.Errorf("%s: Check(%s) found %v", tl.name, arguments, faults)
				}
			}
			want := "query.filter.eq.no_such_field"
			if got := faultsOf(t, in, `{"query":{"filter":{"eq":{"no_such_field":1}}}}`); got[0].Path != want {
				t.Errorf("%s: got %v, want a fault at %s", tl.name, got, want)
			}
		}
	})
}

// fieldNames are the names of fields, with the names of what is in objects.
func fieldNames(path string, fields []*schemas.Field) []string {
	var names []string
	for _, f := range fields {
		names = append(names, path+f.Name)
		if !f.Type.Has("array") {
			names = append(names, fieldNames(path+f.Name+".", f.Properties)...)
		}
	}
	return names
}

// TestSearchTellsTypes reads what a model is told about fields that are no text.
func TestSearchTellsTypes(t *testing.T) {
	t.Parallel()
	var schema struct {
		Properties struct {
			Query struct {
				Properties struct {
					Filter struct{ Description string }
				}
			}
		}
	}
	if err := json.Unmarshal(acmeInput(t, "").Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	got := schema.Properties.Query.Properties.Filter.Description
	for _, want := range []string{`{"eq":{"status":…}}`, "Integer: count.", "Number: price.", "Boolean: paid.", "Array: tags, lines.",
		"String or integer: code."} {
		if !strings.Contains(got, want) {
			t.Errorf("the filter is described as %q, want %q in it", got, want)
		}
	}
}
