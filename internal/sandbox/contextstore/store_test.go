package contextstore

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

func TestSearchFiltersSortsAndCuts(t *testing.T) {
	t.Parallel()
	sorted := func(keys ...any) P { return P{"query": P{"sort": keys}} }
	for _, test := range []struct {
		params P
		want   string
		more   bool
	}{
		{P{"query": P{}}, "1234", false},
		{P{"query": P{"filter": nil}}, "1234", false},
		{P{"query": P{"filter": P{"gt": P{"rank": json.Number("1")}}}}, "14", false},
		{sorted(P{"rank": "asc"}), "3142", false},
		{sorted(P{"rank": "desc"}), "1432", false},
		{sorted(P{"rank": "desc"}, P{"name": "desc"}), "4132", false},
		{P{"query": P{}, "limit": json.Number("3")}, "123", true},
		{P{"query": P{}, "limit": json.Number("4")}, "1234", false},
		{P{"query": P{}, "limit": "1"}, "1", true},
		{P{"query": P{"filter": P{"eq": P{"name": "Nobody"}}}}, "", false},
	} {
		answer, err := newRequest(test.params).Search()
		if err != nil {
			t.Errorf("%v: %v", test.params, err)
			continue
		}
		meta, _ := answer["meta"].(map[string]any)
		if got := ids(t, answer); got != test.want || meta["has_more"] != test.more || (meta["cursor"] != nil) != test.more {
			t.Errorf("%v: %s with %v, want %s and more: %t", test.params, got, meta, test.want, test.more)
		}
		if took, ok := meta["took_ms"].(int); !ok || took < 6 || took > 40 {
			t.Errorf("%v: it took %v", test.params, meta["took_ms"])
		}
	}
}

func TestSearchShowsTheNamedFields(t *testing.T) {
	t.Parallel()
	for _, fields := range [][]any{{"name", "owner.city"}, {[]any{"name"}, []any{"owner", "city"}}} {
		request := newRequest(P{"query": P{}, "limit": json.Number("1"), "fields": fields})
		request.Rows = func(*schemas.Entity) []map[string]any {
			return []map[string]any{{"id": json.Number("1"), "name": "Acme", "owner": P{"city": "Bern", "age": json.Number("5")}}}
		}
		answer, err := request.Search()
		if want := []any{P{"name": "Acme", "owner": P{"city": "Bern"}}}; err != nil || !reflect.DeepEqual(answer["data"], want) {
			t.Errorf("%v: %v (%v), want %v", fields, answer["data"], err, want)
		}
	}
}

func TestCursorsContinueTheirQuery(t *testing.T) {
	t.Parallel()
	params := P{"query": P{"sort": []any{P{"name": "desc"}}}, "limit": json.Number("2")}
	first, err := newRequest(params).Search()
	if err != nil {
		t.Fatal(err)
	}
	cursor, _ := first["meta"].(map[string]any)["cursor"].(string)
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || ids(t, first) != "43" {
		t.Fatalf("the first page has %s and the cursor %q (%v)", ids(t, first), cursor, err)
	}
	query, _, _ := strings.Cut(string(raw), ":")
	at := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for text, want := range map[string]string{cursor: "21", at(query + ":0"): "43", at(query + ":3"): "1", at(query + ":9"): ""} {
		params["cursor"] = text
		if next, err := newRequest(params).Search(); err != nil || ids(t, next) != want {
			t.Errorf("the page at %s is %v (%v), want %s", text, next["data"], err, want)
		}
	}
	for _, text := range []string{"!", at(query), at(query + ":x"), at(query + ":-1"), at("0" + query[1:] + "0:1")} {
		params["cursor"] = text
		_, err := newRequest(params).Search()
		wantProblem(t, text, err, 400, "", "Invalid cursor; a cursor is only valid with the query that it came from")
	}
	other := P{"query": P{}, "cursor": cursor}
	if _, err := newRequest(other).Search(); err == nil {
		t.Error("the cursor fits another query")
	}
}

func TestSearchRefusals(t *testing.T) {
	t.Parallel()
	const limits, integers = "Input should be between 1 and 1000", "Input should be a valid integer"
	const names = "['code', 'description', 'extra', 'id', 'name', 'owner', 'owner.city', 'people', 'people.age', 'rank']"
	query := func(part string, value any) P { return P{"query": P{part: value}} }
	limit := func(value any) P { return P{"query": P{}, "limit": value} }
	for _, test := range []struct {
		params         P
		field, message string
	}{
		{P{}, "body.params.query", "Input should be a valid dictionary"},
		{P{"query": "x"}, "body.params.query", "Input should be a valid dictionary"},
		{query("filter", "x"), "body.params.query.filter", "Filter should be an object"},
		{query("sort", "x"), "body.params.query.sort", `Sort should be a list such as [{"createdAt": "desc"}]`},
		{query("sort", []any{"name"}), "body.params.query.sort", "Each sort key should be an object with one field"},
		{query("sort", []any{P{"name": "asc", "id": "asc"}}), "body.params.query.sort", "Each sort key should be an object with one field"},
		{query("sort", []any{P{"name": "up"}}), "body.params.query.sort", "Sort direction of 'name' should be 'asc' or 'desc'"},
		{query("sort", []any{P{"nam": "asc"}}), "body.params.query.filter", "Unknown field 'nam'. Available fields: " + names},
		{P{"query": P{}, "fields": "x"}, "body.params.fields", "Input should be a valid list"},
		{P{"query": P{}, "fields": []any{"nam"}}, "body.params.query.filter", "Unknown field 'nam'. Available fields: " + names},
		{limit("x"), "body.params.limit", integers}, {limit(json.Number("1.5")), "body.params.limit", integers},
		{limit(json.Number("0")), "body.params.limit", limits}, {limit(json.Number("-1")), "body.params.limit", limits},
		{limit(json.Number("1001")), "body.params.limit", limits},
	} {
		_, err := newRequest(test.params).Search()
		wantProblem(t, test.params, err, 422, test.field, test.message)
	}
}

func TestLimitsOfSearch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		limit  any
		choice string
		want   int
	}{{nil, "10", 10}, {nil, "1000", 1000}, {json.Number("1000"), "", 1000}, {json.Number("1"), "1000", 1}} {
		request := newRequest(P{"query": P{}, "limit": test.limit})
		request.Choices = choices{"context_store_limit": test.choice}
		rows := make([]map[string]any, 1001)
		for i := range rows {
			rows[i] = map[string]any{"id": json.Number(strconv.Itoa(i))}
		}
		request.Rows = func(*schemas.Entity) []map[string]any { return rows }
		answer, err := request.Search()
		if err != nil || len(answer["data"].([]any)) != test.want {
			t.Errorf("limit %v: %d records (%v), want %d", test.limit, len(answer["data"].([]any)), err, test.want)
		}
	}
}
