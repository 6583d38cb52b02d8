package calls_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// TestSeveralInstances has two shops in a workspace: the tools then take the name of
// one, and a call never picks one by itself.
func TestSeveralInstances(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, arguments, connector, problem string }{
		{"none named", `{"id":1}`, "", `2 connectors of workspace "twins" match "shop"`},
		{"by id", `{"id":1,"connector":"c-2"}`, "c-2", ""},
		{"by name, in any case", `{"id":1,"connector":"shop - TWO"}`, "c-2", ""},
		{"by alias", `{"id":1,"connector":"shop-one"}`, "c-1", ""},
		{"by type", `{"id":1,"connector":"shop"}`, "", `no connector of workspace "twins" matches "shop"`},
		{"another type's", `{"id":1,"connector":"c-3"}`, "", `no connector of workspace "twins" matches "c-3"`},
		{"unknown", `{"id":1,"connector":"c-9"}`, "", `no connector of workspace "twins" matches "c-9"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := &api{connectors: map[string]string{"twins": shopOne + "," + shopTwo + "," + desk}, answer: result(`{"id":1}`, `{}`)}
			_, err := a.box(t).Call(t.Context(), tools.Session{Workspace: "twins"}, calls.Silent{}, "shop_orders_get", json.RawMessage(tt.arguments))
			if tt.problem != "" {
				var located *airbyte.LocateError
				if !errors.As(err, &located) || !strings.Contains(err.Error(), tt.problem) || a.sent() != nil {
					t.Errorf("got error %v and sent %v, want %q and nothing", err, a.sent(), tt.problem)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			sent := a.sent()
			if len(sent) != 1 || sent[0].connector != tt.connector || strings.Contains(sent[0].body, "connector") {
				t.Errorf("sent %v, want one request to %s without our argument", sent, tt.connector)
			}
		})
	}
}

// TestOneInstanceHasNoConnectorArgument keeps the schemas of the common case small.
func TestOneInstanceHasNoConnectorArgument(t *testing.T) {
	t.Parallel()
	a := &api{connectors: map[string]string{"twins": shopOne + "," + shopTwo + "," + desk, "main": shopOne}}
	b := a.box(t)
	for workspace, want := range map[string]bool{"twins": true, "main": false} {
		found, err := b.Directory().Find(t.Context(), tools.Session{Workspace: workspace}, "shop_orders_get", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(found.Tool.Input.Schema()), `"connector"`); got != want {
			t.Errorf("workspace %s: argument offered: %t, want %t", workspace, got, want)
		}
	}
	found, err := b.Directory().Find(t.Context(), tools.Session{Workspace: "twins"}, "desk_tickets_list", nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(found.Tool.Input.Schema()), `"connector"`) {
		t.Error("the only help desk of the workspace asks which one is meant")
	}
}

// TestRightCallSaysWhichConnector: without it the call that a refusal shows would be refused.
func TestRightCallSaysWhichConnector(t *testing.T) {
	t.Parallel()
	a := &api{connectors: map[string]string{"twins": shopOne + "," + shopTwo + "," + desk, "main": shopOne}}
	b := a.box(t)
	only := tools.Session{Workspace: "twins", Policy: tools.Policy{Connectors: []string{"shop-two"}}}
	for _, tt := range []struct {
		session           tools.Session
		tool, right, call string
	}{
		{tools.Session{Workspace: "twins"}, "shop_orders_get", `{"id":1,"connector":"shop-one"}`, `{"id":"x","connector":"shop-two"}`},
		{tools.Session{Workspace: "twins"}, "shop_orders_get", `{"id":1,"connector":"shop-one"}`, `{"id":"x"}`},
		{tools.Session{Workspace: "main"}, "shop_orders_get", `{"id":1}`, `{"id":"x"}`},
		{only, "shop_orders_get", `{"id":1}`, `{"id":"x"}`},
		{tools.Session{Workspace: "twins"}, "shop_orders_delete", `{"id":1,"connector":"shop-one","dry_run":true}`, `{}`},
	} {
		_, err := b.Call(t.Context(), tt.session, calls.Silent{}, tt.tool, json.RawMessage(tt.call))
		invalid, ok := errors.AsType[*schemas.InvalidError](err)
		if !ok || invalid.Example != tt.right {
			t.Errorf("%s %s: got %v, want the right call %s", tt.tool, tt.call, err, tt.right)
		}
	}
}
