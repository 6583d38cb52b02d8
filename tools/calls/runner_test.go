package calls_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// mustCall makes a call that has to succeed.
func mustCall(t *testing.T, b *calls.Runner, s tools.Session, tool, arguments string) *calls.Result {
	t.Helper()
	got, err := b.Call(t.Context(), s, calls.Silent{}, tool, json.RawMessage(arguments))
	if err != nil {
		t.Fatalf("%s(%s): %v", tool, arguments, err)
	}
	return got
}

// TestCallOnTheWire shows the execute request that a call becomes.
func TestCallOnTheWire(t *testing.T) {
	t.Parallel()
	tests := []struct{ tool, arguments, connector, want string }{
		{"shop_orders_get", `{"id":9007199254740993}`, "c-1", `{"entity":"orders","action":"get","params":{"id":9007199254740993}}`},
		{
			"shop_orders_list", `{"select_fields":["id","a.b"],"page_cursor":"c","exclude_fields":["x"],"size":"5"}`, "c-1",
			`{"entity":"orders","action":"list","params":{"page[cursor]":"c","size":5},"select_fields":["id","a.b"],"exclude_fields":["x"]}`,
		},
		{
			"shop_orders_search", `{"query":{"filter":{"gt":{"id":1}}},"limit":2,"select_fields":["id"]}`, "c-1",
			`{"entity":"orders","action":"context_store_search","params":{"query":{"filter":{"gt":{"id":1}}},"limit":2},"select_fields":["id"]}`,
		},
		{
			"shop_files_api_search", `{"select_fields":"the vendor's","airbyte_select_fields":["id"]}`, "c-1",
			`{"entity":"files","action":"api_search","params":{"select_fields":"the vendor's"},"select_fields":["id"]}`,
		},
		{"shop_events_create", ``, "c-1", `{"entity":"events","action":"create","params":{}}`},
		{"desk_tickets_list", `null`, "c-3", `{"entity":"tickets","action":"list","params":{}}`},
	}
	for _, tt := range tests {
		t.Run(tt.tool, func(t *testing.T) {
			t.Parallel()
			a := twoConnectors(result(`[]`, `{}`))
			mustCall(t, a.box(t), inMain, tt.tool, tt.arguments)
			if got, want := a.sent(), []executed{{tt.connector, tt.want}}; !slices.Equal(got, want) {
				t.Errorf("sent %v, want %v", got, want)
			}
		})
	}
}

// TestCallRefuses shows calls that must not reach the API.
func TestCallRefuses(t *testing.T) {
	t.Parallel()
	readOnly := tools.Session{Workspace: "main", Policy: tools.Policy{ReadOnly: true}}
	deskOnly := tools.Session{Workspace: "main", Policy: tools.Policy{Connectors: []string{"help-desk"}}}
	tests := []struct {
		name            string
		session         tools.Session
		tool, arguments string
		want            string
	}{
		{"a slip", inMain, "shop_order_list", `{}`, `unknown tool "shop_order_list"; did you mean shop_orders_list`},
		{"nothing like it", inMain, "weather", `{}`, `unknown tool "weather"`},
		{"a connector that the workspace lacks", tools.Session{Workspace: "empty"}, "shop_orders_list", `{}`,
			`unknown tool "shop_orders_list"; workspace "empty" has no shop connector that this server may use`},
		{"a connector that the policy leaves out", deskOnly, "shop_orders_list", `{}`,
			`unknown tool "shop_orders_list"; workspace "main" has no shop connector that this server may use`},
		{"a write", readOnly, "shop_orders_create", `{"title":"x"}`, "shop_orders_create is refused: the server is read-only"},
		{"an action that is not known to read", readOnly, "shop_orders_ship_it", `{"id":1}`,
			"shop_orders_ship_it is refused: the server is read-only"},
		{"arguments that do not fit", inMain, "shop_orders_get", `{"id":"x","y":1}`,
			"invalid arguments: `id` must be integer (got string); `y` is unknown; allowed: exclude_fields, id, select_fields"},
		{"an unknown name in the policy", tools.Session{Workspace: "main", Policy: tools.Policy{Connectors: []string{"shop", "crm"}}},
			"shop_orders_list", `{}`, `no connector of workspace "main" matches "crm"; it has: "Shop - one" (id c-1, type shop)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := twoConnectors(result(`[]`, `{}`))
			_, err := a.box(t).Call(t.Context(), tt.session, calls.Silent{}, tt.tool, json.RawMessage(tt.arguments))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got error %v, want %s", err, tt.want)
			}
			if sent := a.sent(); sent != nil {
				t.Errorf("sent %v, want nothing", sent)
			}
		})
	}
}

// TestRunRefuses calls a tool that was found before its session became read-only.
func TestRunRefuses(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`[]`, `{}`))
	b := a.box(t)
	found, err := b.Directory().Find(t.Context(), inMain, "shop_orders_ship_it", nil)
	if err != nil {
		t.Fatal(err)
	}
	found.Session.Policy.ReadOnly, found.Arguments = true, json.RawMessage(`{"id":1}`)
	_, err = b.Run(t.Context(), calls.Silent{}, found)
	var refused *tools.RefusedError
	if !errors.As(err, &refused) || a.sent() != nil {
		t.Errorf("got error %v and sent %v, want a *RefusedError and nothing", err, a.sent())
	}
}

// TestLocate finds the instance that a call works on. Two instances of a kind are
// never guessed between, and one that the policy leaves out is never used.
func TestLocate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		rows       string
		connectors []string
		want       string // id, or the error
	}{
		{"the only one", shopOne + "," + desk, nil, "c-1"},
		{"one of two, by name", shopOne + "," + shopTwo, []string{"Shop - two"}, "c-2"},
		{"one of two, by id", shopOne + "," + shopTwo, []string{"c-2", "help-desk"}, "c-2"},
		{"two", shopOne + "," + shopTwo + "," + desk, nil,
			`2 connectors of workspace "main" match "shop": "Shop - one" (alias shop-one, id c-1, type shop), ` +
				`"Shop - two" (alias shop-two, id c-2, type shop); name one of them, such as shop-one`},
		{"two by kind", shopOne + "," + shopTwo, []string{"shop"}, `2 connectors of workspace "main" match "shop"`},
		{"two by name", shopOne + "," + shopTwo, []string{"Shop - one", "Shop - two"}, `2 connectors of workspace "main" match "shop"`},
		{"another spelling of the kind", row("c-7", "Old shop", "source-shop", "Shop", "ID-SHOP"), nil, "c-7"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := &api{connectors: map[string]string{"main": tt.rows}, answer: result(`{}`, `{}`)}
			session := tools.Session{Workspace: "main", Policy: tools.Policy{Connectors: tt.connectors}}
			_, err := a.box(t).Call(t.Context(), session, calls.Silent{}, "shop_orders_get", json.RawMessage(`{"id":1}`))
			got := ""
			if sent := a.sent(); len(sent) == 1 {
				got = sent[0].connector
			}
			if located, ok := errors.AsType[*airbyte.LocateError](err); ok {
				got += located.Error()
			}
			if !strings.HasPrefix(got, tt.want) || (err == nil) != strings.HasPrefix(got, "c-") {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

// TestLocateHoldsThePolicy runs a tool that was found under one policy under a
// narrower one: the instance that is left out must not be used for want of another.
func TestLocateHoldsThePolicy(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`{}`, `{}`))
	b := a.box(t)
	found, err := b.Directory().Find(t.Context(), inMain, "shop_orders_get", nil)
	if err != nil {
		t.Fatal(err)
	}
	found.Session.Policy.Connectors, found.Arguments = []string{"Shop - two"}, json.RawMessage(`{"id":1}`)
	_, err = b.Run(t.Context(), calls.Silent{}, found)
	if tools.Kind(err) != tools.KindNoConnector || a.sent() != nil {
		t.Errorf("got error %v and sent %v, want no such connector and nothing", err, a.sent())
	}
}

// TestCallErrors passes the API's failures through, with what is known about a write.
func TestCallErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, tool, workspace string
		code                  airbyte.Code
		outcome               airbyte.Outcome
	}{
		{"a read that was refused", "shop_orders_get", "main", airbyte.CodeInvalid, airbyte.OutcomeRejected},
		{"a write that was refused", "shop_orders_update", "main", airbyte.CodeInvalid, airbyte.OutcomeRejected},
		{"a workspace that there is not", "shop_orders_update", "nowhere", airbyte.CodeNotFound, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := twoConnectors(`{"message":"id is not valid"}`)
			a.status = 400
			_, err := a.box(t).Call(t.Context(), tools.Session{Workspace: tt.workspace}, calls.Silent{}, tt.tool, json.RawMessage(`{"id":1}`))
			var failure *airbyte.Error
			if !errors.As(err, &failure) || failure.Code != tt.code || tt.outcome != "" && failure.Outcome != tt.outcome {
				t.Errorf("got %T %v, want an *airbyte.Error %s, %s", err, err, tt.code, tt.outcome)
			}
		})
	}
}

// TestUnsentWrite cannot list the connectors on the way to a write: the write was not
// sent, and must not read as one that may have happened.
func TestUnsentWrite(t *testing.T) {
	t.Parallel()
	arguments := json.RawMessage(`{"connector":"shop","entity":"orders","action":"update"}`)
	_, err := twoConnectors(result(`{}`, `{}`)).box(t).Call(t.Context(), tools.Session{Workspace: "nowhere"}, calls.Silent{},
		"execute_action", arguments)
	var failure *airbyte.Error
	if !errors.As(err, &failure) || failure.Outcome != airbyte.OutcomeNotSent {
		t.Errorf("got %T %v, want an *airbyte.Error with the outcome %s", err, err, airbyte.OutcomeNotSent)
	}
}

// TestListConnectors lists what the workspace has, and how much of it is offered: to an
// operator all, to a caller whose policy names connectors those.
func TestListConnectors(t *testing.T) {
	t.Parallel()
	a := &api{connectors: map[string]string{"main": shopOne + "," + desk + "," + foreign}}
	session := tools.Session{Workspace: "main", Operator: true, Policy: tools.Policy{ReadOnly: true, Connectors: []string{"shop"}}}
	got := string(mustCall(t, a.box(t), session, "list_connectors", "").JSON())
	want := `{"result":[{"id":"c-1","name":"Shop - one","type":"shop","tools":6},` +
		`{"id":"c-3","name":"Desk - help","type":"help-desk","tools":0},` +
		`{"id":"c-4","name":"Unheard - of","type":"unheard","tools":0}],"source":"live"}`
	if got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
	session.Operator = false
	got = string(mustCall(t, a.box(t), session, "list_connectors", "").JSON())
	if want = `{"result":[{"id":"c-1","name":"Shop - one","type":"shop","tools":6}],"source":"live"}`; got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

// TestForeignConnectorsAreUnknown: of a connector that its policy leaves out a caller
// learns by no way of naming it that the workspace has it.
func TestForeignConnectorsAreUnknown(t *testing.T) {
	t.Parallel()
	a := &api{connectors: map[string]string{"main": shopOne + "," + desk}}
	session := tools.Session{Workspace: "main", Policy: tools.Policy{Connectors: []string{"shop"}}}
	for _, ref := range []string{"c-3", "Desk - help", "help-desk", "c-99"} {
		_, err := a.box(t).Call(t.Context(), session, calls.Silent{}, "execute_action",
			json.RawMessage(`{"connector":"`+ref+`","entity":"visits","action":"list"}`))
		want := `no connector of workspace "main" matches "` + ref + `"; it has: "Shop - one" (id c-1, type shop)`
		if err == nil || err.Error() != want {
			t.Errorf("execute_action: got %v, want %s", err, want)
		}
		_, err = a.box(t).Directory().Narrow(t.Context(), session, tools.Policy{Connectors: []string{ref}})
		if err == nil || strings.Contains(err.Error(), "Desk - help (id") || ref != "help-desk" && tools.Kind(err) != tools.KindNoConnector {
			t.Errorf("a choice of %s: got %v, want no such connector", ref, err)
		}
	}
	if a.sent() != nil {
		t.Errorf("sent %v, want nothing", a.sent())
	}
}

// TestListConnectorsWithoutAPI keeps the tool that tells what is wrong.
func TestListConnectorsWithoutAPI(t *testing.T) {
	t.Parallel()
	a := twoConnectors("")
	b := a.box(t)
	nowhere := tools.Session{Workspace: "nowhere"}
	for tool, want := range map[string]airbyte.Code{"list_connectors": airbyte.CodeNotFound, "shop_orders_list": airbyte.CodeNotFound} {
		_, err := b.Call(t.Context(), nowhere, calls.Silent{}, tool, nil)
		var failure *airbyte.Error
		if !errors.As(err, &failure) || failure.Code != want {
			t.Errorf("%s gave %T %v, want an *airbyte.Error %s", tool, err, err, want)
		}
	}
	if found, err := b.Directory().Find(t.Context(), nowhere, "list_connectors", nil); err != nil || found.Tool == nil {
		t.Errorf("Find(list_connectors) = %v, %v, want the tool", found, err)
	}
}
