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
		`{"sort":[{"count":"desc"},{"buyer.email":"asc"}]}`,
	}
	for _, query := range queries {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			given := `{"query":` + query + `}`
			got, err := acmeInput(t, "").Check([]byte(given))
			if err != nil || string(got.JSON()) != given {
				t.Errorf("became %s, error %v, want it as it is", got.JSON(), err)
			}
		})
	}
}

// TestQueryRefuses shows the words for each kind of mistake.
func TestQueryRefuses(t *testing.T) {
	t.Parallel()
	const fields = "allowed: buyer, buyer.email, code, count, extra, id, lines, paid, price, status, tags"
	for _, tt := range []struct{ name, arguments, want string }{
		{"an SQL query", `{"query":"status = open"}`, "`query` is no argument; give `filter`, a list of conditions"},
		{"an SQL filter", `{"filter":"status = open"}`, "`filter` must be a list of conditions {field, op, value} (got string)"},
		{"an empty operator", `{"query":{"filter":{"eq":{}}}}`, "`filter.eq` must not be empty"},
		{"an empty list", `{"query":{"filter":{"or":[]}}}`, "`filter.or` must not be empty"},
		{"an empty part", `{"query":{"filter":{"and":[{"not":{}},{}]}}}`,
			"`filter.and[0].not` must not be empty; `filter.and[1]` must not be empty"},
		{"an unknown operator", `{"filter":[{"field":"id","op":"about","value":"1"}]}`, "`filter[0].op` must be one of " +
			`"eq", "neq", "gt", "gte", "lt", "lte", "in", "contains", "like", "fuzzy", "empty", "filled"`},
		{"no value", `{"filter":[{"field":"id","op":"eq"}]}`, "`filter[0].value` is required"},
		{"no field", `{"filter":[{"op":"eq","value":1}]}`, "`filter[0].op` names no field that can be searched; " + fields +
			"; `filter[0].value` names no field that can be searched; " + fields},
		{"an unknown field", `{"filter":[{"field":"statsu","op":"eq","value":"open"}]}`,
			"`filter[0].field` names no field that can be searched; did you mean status?; " + fields},
		{"an unknown field in the old form", `{"query":{"filter":{"eq":{"statsu":"open"}}}}`,
			"`filter.eq.statsu` names no field that can be searched; did you mean status?; " + fields},
		{"an unknown field to sort by", `{"sort":["id","-prise"]}`,
			"`sort[1]` names no field that can be searched; did you mean price?; " + fields},
		{"an unknown order", `{"sort":[{"id":"up"}]}`, "`sort[0].id` must be one of \"asc\", \"desc\""},
		{"an unknown field to return", `{"fields":["id","totl"]}`, "`fields[1]` names no field that can be searched; " + fields},
		{"a word for a number", `{"filter":[{"field":"count","op":"eq","value":"many"}]}`, "`filter[0].value` must be integer (got string)"},
		{"a word in a list", `{"filter":[{"field":"count","op":"in","value":[1,"x"]}]}`, "`filter[0].value[1]` must be integer (got string)"},
		{"a fraction that nothing equals", `{"filter":[{"field":"count","op":"eq","value":1.5}]}`,
			"`filter[0].value` must be integer (got number)"},
		{"a boolean for text", `{"filter":[{"field":"status","op":"like","value":true}]}`, "`filter[0].value` must be string (got boolean)"},
		{"an order of booleans", `{"query":{"filter":{"gt":{"code":true}}}}`, "`filter.gt.code` must be string or number (got boolean)"},
		{"an object with parts", `{"filter":[{"field":"extra","op":"eq","value":"x"}]}`,
			"`filter[0].value` is compared with an object; name a part of it, such as `extra.name`"},
		{"a list", `{"filter":[{"field":"tags","op":"eq","value":"x"}]}`, "`filter[0].value` is compared with a list; use `contains`"},
		{"an unknown field of elements", `{"query":{"filter":{"any":{"lines":{"eq":{"skew":"A"}}}}}}`,
			"`filter.any.lines.eq.skew` names no field that can be searched; did you mean sku?; allowed: amount, sku"},
		{"nothing on elements", `{"query":{"filter":{"any":{"tags":{}}}}}`, "`filter.any.tags` must not be empty"},
		{"a filter twice", `{"filter":[{"field":"id","op":"eq","value":"1"}],"query":{"filter":{"eq":{"id":"2"}}}}`, "`filter` is given twice"},
		{"something beside", `{"query":{"filter":{},"where":{}},"order":1}`,
			"`order` is unknown; allowed: any_of, cursor, fields, filter, limit, query, sort; " +
				"`query.where` is unknown; allowed: filter, any_of, sort"},
		{"a limit under the bound", `{"limit":0}`, "`limit` must be at least 1 (got 0)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			right := `; a right call: {"filter":[{"field":"status","op":"filled"}],"sort":"-id","limit":10}`
			checkRefusal(t, acmeInput(t, ""), tt.arguments, tt.want+strings.Replace(right, `"status"`, `"id"`, 1))
		})
	}
}

// TestQueryFaultsAtOnce has faults of the query beside others, each at its place.
func TestQueryFaultsAtOnce(t *testing.T) {
	t.Parallel()
	got := faultsOf(t, acmeInput(t, ""), `{"limit":0,"query":{"sort":[{"nope":"up"}],"filter":{"and":[
		{"eq":{"one":1}},{"like":{"two":"2"}},{"gt":{"three":"3","count":"x"}},{"in":{"four":[]}}]}}}`)
	want := []string{
		"filter.and[0].eq.one", "filter.and[1].like.two", "filter.and[2].gt.count",
		"filter.and[2].gt.three", "filter.and[3].in.four", "limit", "sort[0].nope", "sort[0].nope",
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
				given := fmt.Sprintf(`{"filter":[{"field":%s,"op":"eq","value":null}],"sort":[%s],"fields":[%s],"limit":1000,"cursor":"c"}`,
					quoted, quoted, quoted)
				want := fmt.Sprintf(`{"query":{"filter":{"eq":{%s:null}},"sort":[{%s:"asc"}]},"fields":[%s],"limit":1000,"cursor":"c"}`,
					quoted, quoted, quoted)
				got, err := in.Check([]byte(given))
				if err != nil || string(got.JSON()) != want {
					t.Errorf("%s: Check(%s) = %s, error %v, want %s", tl.name, given, got.JSON(), err, want)
				}
			}
			want := "filter[0].field"
			if got := faultsOf(t, in, `{"filter":[{"field":"no_such_field","op":"eq","value":1}]}`); got[0].Path != want {
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

// TestSearchTellsTypes reads what a model is told about the fields.
func TestSearchTellsTypes(t *testing.T) {
	t.Parallel()
	var schema struct {
		Properties struct {
			Filter struct{ Description string }
		}
	}
	if err := json.Unmarshal(acmeInput(t, "").Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	want := "All must hold: [{\"field\":\"id\",\"op\":\"filled\"}]. in: `a,b`; like: % wildcard; fuzzy: all words. " +
		"Text: id, status, buyer.email. Integer: count. Number: price. Boolean: paid. Text or number: code. " +
		"List: tags, lines.{sku,amount}. Object: extra."
	if got := schema.Properties.Filter.Description; got != want {
		t.Errorf("the filter is described as\n%s, want\n%s", got, want)
	}
}

// filterForms are the forms in which models write a query, by what it becomes.
var filterForms = map[string][]string{
	`{"query":{}}`: {
		`{}`, `null`, `{"filter":null}`, `{"filter":""}`, `{"filter":[]}`, `{"filter":{}}`, `{"query":{}}`, `{"query":null}`,
		`{"any_of":[],"sort":[],"fields":[],"filter":[ ]}`, `{"query":{"filter":null,"sort":null}}`,
	},
	`{"query":{"filter":{"eq":{"status":"open"}}}}`: {
		`{"filter":[{"field":"status","op":"eq","value":"open"}]}`, `{"filter":{"field":"status","op":"eq","value":"open"}}`,
		`{"filter":[{"field":"status","op":"=","value":"open"}]}`, `{"filter":[{"field":"STATUS","value":"open"}]}`,
		`{"filter":"[{\"field\":\"status\",\"op\":\"eq\",\"value\":\"open\"}]"}`,
		`{"query":{"filter":{"eq":{"status":"open"}}}}`, `{"query":{"eq":{"status":"open"}}}`, `{"filter":{"eq":{"status":"open"}}}`,
		`{"eq":{"status":"open"}}`, `{"query":{"status":"open"}}`, `{"filter":{"status":"open"}}`, `{"filter":{"status":{"eq":"open"}}}`,
		`{"filter":{"status":{"$eq":"open"}}}`, `{"any_of":[{"field":"status","op":"eq","value":"open"}]}`,
		`{"query":"{\"filter\":{\"eq\":{\"status\":\"open\"}}}"}`,
	},
	`{"query":{"filter":{"and":[{"eq":{"status":"open"}},{"gt":{"count":3}}]}}}`: {
		`{"filter":[{"field":"status","op":"eq","value":"open"},{"field":"count","op":"gt","value":3}]}`,
		`{"filter":[{"field":"status","op":"eq","value":"open"},{"field":"count","op":"gt","value":"3"}]}`,
		`{"filter":{"status":"open","count":{"$gt":3.0}}}`, `{"filter":{"$and":[{"status":"open"},{"count":{"gt":3}}]}}`,
		`{"query":{"filter":{"and":[{"eq":{"status":"open"}},{"gt":{"count":3}}]}}}`,
	},
	`{"query":{"filter":{"or":[{"eq":{"status":"open"}},{"eq":{"count":3}}]}}}`: {
		`{"any_of":[{"field":"status","op":"eq","value":"open"},{"field":"count","op":"eq","value":"3"}]}`,
		`{"filter":{"$or":[{"status":"open"},{"count":3}]}}`, `{"filter":{"any_of":[{"status":"open"},{"count":3}]}}`,
		`{"or":[{"eq":{"status":"open"}},{"eq":{"count":3}}]}`,
	},
	`{"query":{"filter":{"in":{"status":["a","b"]}}}}`: {
		`{"filter":[{"field":"status","op":"in","value":["a","b"]}]}`, `{"filter":[{"field":"status","op":"in","value":"a,b"}]}`,
		`{"filter":[{"field":"status","op":"eq","value":["a","b"]}]}`, `{"filter":{"status":["a","b"]}}`,
		`{"filter":{"status":{"$in":["a","b"]}}}`, `{"query":{"filter":{"in":{"status":["a","b"]}}}}`,
	},
	`{"query":{"filter":{"any":{"lines":{"eq":{"sku":"A"}}}}}}`: {
		`{"filter":[{"field":"lines.sku","op":"eq","value":"A"}]}`, `{"filter":{"lines[].sku":"A"}}`,
		`{"filter":[{"field":"lines","op":"any","value":{"sku":"A"}}]}`,
	},
	`{"query":{"filter":{"not":{"in":{"count":[1,2]}}}}}`: {
		`{"filter":[{"field":"count","op":"not_in","value":["1",2.0]}]}`, `{"filter":{"count":{"$nin":[1,2]}}}`,
	},
	`{"query":{"filter":{"neq":{"extra":null}}}}`:           {`{"filter":{"extra":{"$exists":true}}}`},
	`{"query":{"filter":{"eq":{"extra.name":"x"}}}}`:        {`{"filter":{"extra.name":"x"}}`},
	`{"query":{"filter":{"eq":{"paid":true}}}}`:             {`{"filter":{"paid":"true"}}`, `{"filter":{"paid":"TRUE"}}`},
	`{"query":{"filter":{"eq":{"id":"9007199254740993"}}}}`: {`{"filter":{"id":9007199254740993}}`},
	`{"query":{"sort":[{"count":"desc"},{"id":"asc"}]}}`: {
		`{"sort":["-count","id"]}`, `{"sort":[{"count":"desc"},{"id":"asc"}]}`, `{"sort":{"count":"desc","id":"asc"}}`, `{"sort":"-count, id"}`,
		`{"sort":["count desc","id:ASC"]}`, `{"sort":[{"field":"count","order":"DESC"},"+id"]}`, `{"query":{"sort":[{"count":-1},{"id":1}]}}`,
	},
	`{"query":{},"fields":["id","buyer.email"]}`: {`{"fields":["id","buyer.email"]}`, `{"fields":"id, Buyer.Email"}`},
}

// TestFilterForms takes each of the forms.
func TestFilterForms(t *testing.T) {
	t.Parallel()
	for want, forms := range filterForms {
		for _, form := range forms {
			t.Run(form, func(t *testing.T) {
				t.Parallel()
				got, err := acmeInput(t, "").Check([]byte(form))
				if err != nil || string(got.JSON()) != want {
					t.Errorf("Check(%s) = %s, error %v, want %s", form, got.JSON(), err, want)
				}
			})
		}
	}
}
