package airbyte_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"airbyte-mcp-server/airbyte"
)

const storesPath = "/api/v1/organizations/o-1/credentials"

// stores answers with a part of some rows; most bounds a page.
func stores(rows, most int, withTotal bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		var page []string
		for i := offset; i < min(rows, offset+limit, offset+most); i++ {
			page = append(page, fmt.Sprintf(`{"id":"c-%d","context_store_status":"ready","context_store_entity_count":3}`, i))
		}
		total := ""
		if withTotal {
			total = fmt.Sprintf(`,"total":%d`, rows)
		}
		say(200, `{"data":[`+strings.Join(page, ",")+`]`+total+`}`)(w, r)
	}
}

func TestStoreStatusesOfAllPages(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer       http.HandlerFunc
		want         int
		wantRequests int
	}{
		"none":                   {stores(0, 200, true), 0, 1},
		"one page":               {stores(3, 200, true), 3, 1},
		"exactly a page":         {stores(200, 200, true), 200, 1},
		"three pages":            {stores(450, 200, true), 450, 3},
		"smaller pages":          {stores(450, 100, true), 450, 5},
		"no total":               {stores(450, 200, false), 450, 3},
		"offset is not heeded":   {say(200, `{"data":[{"id":"c-1"}],"total":9}`), 1, 2},
		"total without any rows": {say(200, `{"data":[],"total":9}`), 0, 1},
	}
	for name, test := range tests {
		a := newAPI()
		a.others["GET "+storesPath] = test.answer
		got, err := a.serve(t).StoreStatuses(t.Context(), "o-1")
		if err != nil || len(got) != test.want || len(a.requests(storesPath)) != test.wantRequests {
			t.Errorf("%s: got %d rows by %d requests, %v, want %d by %d", name, len(got), len(a.requests(storesPath)), err, test.want,
				test.wantRequests)
		}
	}
}

func TestStoreStatusWithoutAStore(t *testing.T) {
	t.Parallel()
	a := newAPI()
	a.others["GET "+storesPath] = say(200,
		`{"data":[{"id":"source_id:c-1","context_store_status":null,"context_store_entity_count":0},{"id":"c-2",`+
			`"context_store_status":"building","context_store_entity_count":3}],"total":2}`)
	got, err := a.serve(t).StoreStatuses(t.Context(), "o-1")
	want := []airbyte.StoreStatus{{ConnectorID: "c-1"}, {ConnectorID: "c-2", Status: "building", Entities: 3}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestStoreStatusesOfWhichOrganization(t *testing.T) {
	t.Parallel()
	one, two := `{"id":"o-1","organization_name":"A"}`, `{"id":"o-2","organization_name":"B"}`
	tests := map[string]struct {
		configured, rows string
		want             bool
	}{
		"configured":      {"o-1", one + "," + two, true},
		"the only one":    {"", one, true},
		"one of several":  {"", one + "," + two, false},
		"none":            {"", "", false},
		"id that is none": {"o/1", one, false},
	}
	for name, test := range tests {
		a := newAPI()
		a.others["GET "+storesPath] = stores(1, 200, true)
		a.others["GET /api/v1/internal/account/organizations"] = say(200, `{"organizations":[`+test.rows+`]}`)
		_, err := a.serve(t, func(cfg *airbyte.Config) { cfg.OrganizationID = test.configured }).StoreStatuses(t.Context(), "")
		failure := failureOf(t, err)
		if (failure == nil) != test.want || failure != nil && failure.Code != airbyte.CodeInvalid {
			t.Errorf("%s: got %v, want success: %t", name, err, test.want)
		}
	}
}

func TestInspect(t *testing.T) {
	t.Parallel()
	tests := map[string][]airbyte.Readiness{
		`{"connector_id":"c-1","context_store_readiness":null}`: nil,
		`{"connector_id":"c-1","context_store_readiness":{"configured_cache_entities":[
			{"entity":"issues","status":"ready","ready_for_search":true,"supported":true,"entity_count":7},
			{"entity":"users","status":"loading","ready_for_search":false,"supported":true,"entity_count":null}]}}`: {
			{Entity: "issues", Status: "ready", Ready: true, Count: 7}, {Entity: "users", Status: "loading"},
		},
	}
	for body, want := range tests {
		a := newAPI()
		a.others["GET "+connectorsPath+"/c-1/inspect"] = say(200, body)
		got, err := a.serve(t).Inspect(t.Context(), "source_id:c-1")
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
}
