package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestRequests(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const github = "GitHub - default"
	c.execute(github, "issues", "list", P{"per_page": 1, "owner": "acme"}).ok()
	c.send("POST", "/api/v1/integrations/connectors/source_id:"+c.id(github)+"/execute",
		`{"action":"list","entity":"issues","params":{"owner":"acme",  "per_page":1}}`, nil)
	c.execute(github, "issues", "get", P{"number": 4711})
	c.send("POST", "/api/v1/integrations/connectors/"+c.id(github)+"/execute", `{"entity":"issues","action":"list"}`,
		http.Header{FaultHeader: {"status=503"}})
	c.get("/api/v1/workspaces")

	got := c.s.Requests()
	if got.Tokens.Application != 1 || got.Tokens.Scoped != 0 {
		t.Errorf("tokens: %+v", got.Tokens)
	}
	type row struct {
		action string
		status int
	}
	counts := map[row]int{}
	for _, e := range got.Executes {
		counts[row{e.Action, e.Status}] += e.Count
		if e.Connector != c.id(github) || e.Entity != "issues" || len(e.ParamsSHA256) != 64 {
			t.Errorf("row %+v", e)
		}
	}
	want := map[row]int{{"list", 200}: 2, {"get", 400}: 1, {"list", 503}: 1}
	for r, n := range want {
		if counts[r] != n {
			t.Errorf("%+v was counted %d times, want %d", r, counts[r], n)
		}
	}
	if len(got.Executes) != len(want) {
		t.Errorf("%d rows, want %d: params are told apart by their text", len(got.Executes), len(want))
	}
	for path, n := range map[string]int{"POST /api/v1/integrations/connectors/{id}/execute": 4, "GET /api/v1/workspaces": 1,
		"POST /api/v1/account/applications/token": 1} {
		if got.Routes[path] != n {
			t.Errorf("%s was counted %d times, want %d", path, got.Routes[path], n)
		}
	}
}

func TestRequestsAreShownAndReset(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for n := range 3 {
		c.execute("GitHub - default", "issues", "get", P{"number": n + 1}).ok()
	}
	var served Requests
	if err := json.Unmarshal(c.get("/__sandbox/requests").body, &served); err != nil || len(served.Executes) != 3 {
		t.Errorf("the route shows %+v (%v)", served, err)
	}
	c.send("DELETE", "/__sandbox/requests", nil, nil)
	if after := c.s.Requests(); len(after.Executes) != 0 || len(after.Routes) != 0 || after.Tokens.Application != 0 {
		t.Errorf("after a reset: %+v", after)
	}
}

// TestLedgerIsBounded counts more different requests than the ledger tells apart:
// none is lost, and the latest, the failures and the writes keep their rows.
func TestLedgerIsBounded(t *testing.T) {
	t.Parallel()
	l := newLedger()
	ask := func(action, params string, status int) {
		l.execute(callNames{Connector: "c", Entity: "issues", Action: action, Params: json.RawMessage(params)}, status)
	}
	for n := range 40 {
		ask("create", fmt.Sprintf(`{"n":%d}`, n), 200)
		ask("list", fmt.Sprintf(`{"n":%d}`, n), 503)
	}
	const lists = 3 * maxRows
	for n := range lists {
		ask("list", fmt.Sprintf(`{"page":%d}`, n), 200)
	}
	rows := map[string]int{}
	total := 0
	for _, e := range l.requests().Executes {
		total += e.Count
		key := fmt.Sprint(e.Action, e.Status)
		if e.ParamsSHA256 == Folded {
			key += Folded
		}
		rows[key]++
		if e.ParamsSHA256 == hashParams(json.RawMessage(`{"page":0}`)) {
			t.Error("the oldest list still has a row of its own")
		}
	}
	if total != lists+80 {
		t.Errorf("%d requests are counted, want %d", total, lists+80)
	}
	if rows["create200"] != 40 || rows["list503"] != 40 || rows["list200*"] != 1 || rows["list200"] < maxRows/4 || rows["list200"] > maxRows {
		t.Errorf("rows: %v", rows)
	}
}

// TestLedgerIsBoundedForAnyNames asks for things that do not exist, under names
// without end.
func TestLedgerIsBoundedForAnyNames(t *testing.T) {
	t.Parallel()
	l := newLedger()
	const asked = 2 * maxRows
	for n := range asked {
		l.execute(callNames{Connector: strconv.Itoa(n), Entity: strings.Repeat("é", maxNameSize), Action: "create"}, 404)
		l.route(fmt.Sprintf("M%d (unknown)", n))
	}
	got := l.requests()
	total, routes := 0, 0
	for _, e := range got.Executes {
		total += e.Count
		if len(e.Entity) > maxNameSize || !utf8.ValidString(e.Entity) {
			t.Fatalf("entity %q", e.Entity)
		}
	}
	for _, count := range got.Routes {
		routes += count
	}
	if total != asked || len(got.Executes) > maxRows || got.Routes[Folded] == 0 || routes != asked || len(got.Routes) > maxRoutes+1 {
		t.Errorf("%d requests in %d rows, %d in %d routes; want %d each", total, len(got.Executes), routes, len(got.Routes), asked)
	}
}

func TestUnansweredRequestsAreCounted(t *testing.T) {
	r, hc, token := start(t, "route=execute,reset")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.URL+"/api/v1/integrations/connectors/x/execute", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if res, err := hc.Do(req); err == nil {
		_ = res.Body.Close()
		t.Error("the connection was not reset")
	}
	if got := r.Requests().Executes; len(got) != 1 || got[0].Status != 0 || got[0].Count != 1 {
		t.Errorf("executes: %+v, want one with status 0", got)
	}
}

func TestConfigListsSwitches(t *testing.T) {
	t.Parallel()
	list := newClient(t).get("/__sandbox/config").list("switches")
	if len(list) < 33 {
		t.Errorf("%d switches, want all of the register", len(list))
	}
	for _, item := range list {
		s := item.(map[string]any)
		if s["name"] == "" || s["value"] == "" || s["about"] == "" {
			t.Errorf("switch %v lacks words", s)
		}
	}
}
