package calls_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// ofSearch are the tools that the Search surface lists, pins apart.
var ofSearch = []string{"call_read_tool", "call_write_tool", "describe_tool", "find_tools", "list_connectors", "read_result"}

func searching(s tools.Session, pins ...string) tools.Session {
	s.Listing = tools.Listing{Surface: tools.Search, Pins: pins}
	return s
}

func listedNames(list []*tools.Tool) []string {
	names := make([]string, len(list))
	for i, t := range list {
		names[i] = t.Name
	}
	return names
}

// TestSurface lists what hosts take.
func TestSurface(t *testing.T) {
	t.Parallel()
	b := twoConnectors(result(`[]`, `{}`)).box(t)
	all, err := b.Directory().Select(t.Context(), inMain)
	if err != nil {
		t.Fatal(err)
	}
	n := len(all.Listed)
	for _, tt := range []struct {
		name    string
		listing tools.Listing
		want    tools.Surface
		reason  string
		listed  []string // nil for all
	}{
		{"zero", tools.Listing{}, tools.Direct, "", nil},
		{"direct", tools.Listing{Surface: tools.Direct, MaxTools: 1}, tools.Direct, "direct is what the server is set to", nil},
		{"search", tools.Listing{Surface: tools.Search}, tools.Search, "search is what the server is set to", ofSearch},
		{"pins", tools.Listing{Surface: tools.Search, Pins: []string{"shop_orders_l*"}}, tools.Search, "",
			append(slices.Clone(ofSearch), "shop_orders_list")},
		{"few", tools.Listing{Surface: tools.Auto, MaxTools: n}, tools.Direct, fmt.Sprintf("%d tools are within --max-tools %d", n, n), nil},
		{"many", tools.Listing{Surface: tools.Auto, MaxTools: n - 1}, tools.Search,
			fmt.Sprintf("%d tools are more than the %d of --max-tools", n, n-1), ofSearch},
		{"heavy", tools.Listing{Surface: tools.Auto, MaxTools: n, MaxTokens: 100}, tools.Search, "more than the 100 of --max-tool-tokens",
			ofSearch},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set, err := b.Directory().Select(t.Context(), tools.Session{Workspace: "main", Listing: tt.listing})
			if err != nil {
				t.Fatal(err)
			}
			want := tt.listed
			if want == nil {
				want = listedNames(all.Listed)
			}
			if got := listedNames(set.Listed); set.Surface != tt.want || !strings.Contains(set.Reason, tt.reason) || !slices.Equal(got, want) {
				t.Errorf("got %s (%s) with %q; want %s (%s) with %q", set.Surface, set.Reason, got, tt.want, tt.reason, want)
			}
		})
	}
}

// TestSurfaceWithoutTheAPI: a host asks for the list once, so it gets the tools that
// will find the others.
func TestSurfaceWithoutTheAPI(t *testing.T) {
	t.Parallel()
	b := twoConnectors("").box(t)
	nowhere := tools.Session{Workspace: "nowhere", Listing: tools.Listing{Surface: tools.Auto}}
	set := b.Directory().Management(nowhere)
	if got := listedNames(set.Listed); !slices.Equal(got, ofSearch) || set.Reason != "the connectors are not known" {
		t.Errorf("listed %q because %s, want %q because the connectors are not known", got, set.Reason, ofSearch)
	}
	_, err := b.Call(t.Context(), nowhere, calls.Silent{}, "call_read_tool", json.RawMessage(`{"name":"shop_orders_list"}`))
	if api, ok := errors.AsType[*airbyte.Error](err); !ok || api.Status != 404 {
		t.Errorf("got %v, want what the API said", err)
	}
	// A host that has kept a direct list calls the server's own tools by their names.
	if f, err := b.Directory().Find(t.Context(), nowhere, "execute_action", nil); err != nil || f.Tool.Name != "execute_action" {
		t.Errorf("execute_action by its own name: %v", err)
	}
	fixed := tools.Session{Workspace: "nowhere", Listing: tools.Listing{Surface: tools.Search}}
	if got := b.Directory().Management(fixed).Reason; got != "search is what the server is set to" {
		t.Errorf("with a fixed surface the reason is %q", got)
	}
}

// TestThreeSteps finds a tool, describes it and calls it.
func TestThreeSteps(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`[{"id":1}]`, `{}`))
	b, s := a.box(t), searching(inMain)
	type row struct{ Name, Arguments, Effect, Summary string }
	var found struct{ Tools []row }
	decode(t, mustCall(t, b, s, "find_tools", `{"query":"one order","connector":"shop","effect":"read","limit":3}`), &found)
	if len(found.Tools) == 0 || len(found.Tools) > 3 {
		t.Fatalf("found %v", found)
	}
	if want := (row{"shop_orders_get", "(id)", "read", "Get an order."}); !slices.Contains(found.Tools, want) {
		t.Errorf("found %+v, want %+v among them", found.Tools, want)
	}
	var described struct {
		CallWith    string `json:"call_with"`
		InputSchema struct{ Required []string }
	}
	decode(t, mustCall(t, b, s, "describe_tool", `{"name":"shop_orders_get"}`), &described)
	if described.CallWith != "call_read_tool" || !slices.Equal(described.InputSchema.Required, []string{"id"}) {
		t.Errorf("described as %+v", described)
	}
	mustCall(t, b, s, "call_read_tool", `{"name":"shop_orders_get","arguments":{"id":7}}`)
	mustCall(t, b, s, "call_write_tool", `{"name":"shop_orders_create","arguments":"{\"title\":\"x\"}"}`)
	want := []executed{
		{"c-1", `{"entity":"orders","action":"get","params":{"id":7}}`},
		{"c-1", `{"entity":"orders","action":"create","params":{"title":"x"}}`},
	}
	if got := a.sent(); !slices.Equal(got, want) {
		t.Errorf("sent %v, want %v", got, want)
	}
}

func decode(t *testing.T, r *calls.Result, into any) {
	t.Helper()
	if err := json.Unmarshal(r.JSON(), into); err != nil {
		t.Fatalf("%v: %s", err, r.JSON())
	}
}

// refusedCall is a call through the search tools that must not reach the API, and what
// its caller is told.
type refusedCall struct {
	name            string
	session         tools.Session
	tool, arguments string
	want            string
}

func checkRefused(t *testing.T, list []refusedCall) {
	t.Helper()
	for _, tt := range list {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := twoConnectors(result(`[]`, `{}`))
			_, err := a.box(t).Call(t.Context(), searching(tt.session), calls.Silent{}, tt.tool, json.RawMessage(tt.arguments))
			if err == nil || !strings.Contains(err.Error(), tt.want) || len(a.sent()) > 0 {
				t.Errorf("got %v with %d requests, want %q and none", err, len(a.sent()), tt.want)
			}
		})
	}
}

// TestSearchRefuses sends wrong calls through the search tools.
func TestSearchRefuses(t *testing.T) {
	t.Parallel()
	checkRefused(t, []refusedCall{
		{"write through the read tool", inMain, "call_read_tool", `{"name":"shop_orders_create","arguments":{"title":"x"}}`,
			"its effect is create: call it with call_write_tool"},
		{"delete through the read tool", inMain, "call_read_tool", `{"name":"shop_orders_delete","arguments":{"id":1}}`,
			"call it with call_write_tool"},
		{"unknown effect through the read tool", inMain, "call_read_tool", `{"name":"shop_orders_ship_it","arguments":{"id":1}}`,
			"call it with call_write_tool"},
		{"any action through the read tool", inMain, "call_read_tool",
			`{"name":"execute_action","arguments":{"connector":"shop","entity":"orders","action":"list"}}`, "call it with call_write_tool"},
		{"read through the write tool", inMain, "call_write_tool", `{"name":"shop_orders_list"}`,
			"its effect is read: call it with call_read_tool"},
		{"itself", inMain, "call_read_tool", `{"name":"call_read_tool","arguments":{"name":"shop_orders_list"}}`, "call it by its own name"},
		{"the other", inMain, "call_read_tool", `{"name":"call_write_tool","arguments":{"name":"shop_orders_create"}}`,
			"call it by its own name"},
		{"a misspelt one", inMain, "call_read_tool", `{"name":"shop_order_list"}`, "did you mean shop_orders_list"},
		{"wrong arguments", inMain, "call_read_tool", `{"name":"shop_orders_get","arguments":{"id":"x"}}`, "`id`"},
		{"no name", inMain, "call_read_tool", `{}`, "`name` is required"},
		{"a list for arguments", inMain, "call_read_tool", `{"name":"shop_orders_get","arguments":[1]}`, "`arguments`"},
		{"by its own name", inMain, "shop_orders_list", `{}`, "not listed here: call it by call_read_tool"},
		{"found in a connector that is not there", inMain, "find_tools", `{"query":"x","connector":"shopp"}`, "did you mean shop"},
	})
}

// TestSearchHoldsThePolicy sends calls that a policy forbids through the search tools.
func TestSearchHoldsThePolicy(t *testing.T) {
	t.Parallel()
	readOnly, noDeletes, chosen := inMain, inMain, inMain
	readOnly.Policy.ReadOnly = true
	noDeletes.Policy.Effects = []tools.Effect{tools.Read, tools.Write}
	chosen.Policy = tools.Policy{Tools: []string{"shop_orders_*", "execute_action"}, Exclude: []string{"*_get"}}
	checkRefused(t, []refusedCall{
		{"read-only", readOnly, "call_write_tool", `{"name":"shop_orders_create","arguments":{"title":"x"}}`, "read-only"},
		{"a write through the read tool of a read-only server", readOnly, "call_read_tool",
			`{"name":"shop_orders_create","arguments":{"title":"x"}}`, "read-only"},
		{"an effect that is not offered", noDeletes, "call_write_tool", `{"name":"shop_orders_delete","arguments":{"id":1}}`,
			"effects read, write only"},
		{"an effect that is not offered, as any action", noDeletes, "call_write_tool",
			`{"name":"execute_action","arguments":{"connector":"shop","entity":"orders","action":"delete","params":{"id":1}}}`,
			"effects read, write only"},
		{"excluded", chosen, "call_read_tool", `{"name":"shop_orders_get","arguments":{"id":1}}`, "set up without it"},
		{"not chosen", chosen, "call_read_tool", `{"name":"shop_invoices_list"}`, "set up without it"},
		{"excluded, as any action", chosen, "call_write_tool",
			`{"name":"execute_action","arguments":{"connector":"shop","entity":"orders","action":"get","params":{"id":1}}}`,
			"shop_orders_get is refused"},
		{"described though excluded", chosen, "describe_tool", `{"name":"shop_orders_get"}`, "set up without it"},
	})
}

// TestExcludedIsNotFound: what the policy leaves out cannot be found either.
func TestExcludedIsNotFound(t *testing.T) {
	t.Parallel()
	s := searching(inMain)
	s.Policy.Exclude = []string{"shop_orders_*"}
	got := string(mustCall(t, twoConnectors("").box(t), s, "find_tools", `{"query":"orders of the shop","limit":50}`).JSON())
	if strings.Contains(got, "shop_orders") || !strings.Contains(got, "shop_invoices_list") {
		t.Errorf("found %s", got)
	}
}

// TestHostsKeepLists: a host that was shown the tools before there were too many calls
// them still, and one that was shown the search tools keeps those.
func TestHostsKeepLists(t *testing.T) {
	t.Parallel()
	b := twoConnectors(result(`[]`, `{}`)).box(t)
	for _, most := range []int{1, 1000} {
		s := tools.Session{Workspace: "main", Listing: tools.Listing{Surface: tools.Auto, MaxTools: most}}
		mustCall(t, b, s, "shop_orders_list", `{}`)
		mustCall(t, b, s, "call_read_tool", `{"name":"shop_orders_list"}`)
	}
}

// TestReadOnlySurface offers no tool that calls writes where there are none.
func TestReadOnlySurface(t *testing.T) {
	t.Parallel()
	s := searching(inMain)
	s.Policy.ReadOnly = true
	set, err := twoConnectors("").box(t).Directory().Select(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if got := listedNames(set.Listed); slices.Contains(got, "call_write_tool") || !slices.Contains(got, "call_read_tool") {
		t.Errorf("listed %q", got)
	}
}

// TestOutputSchemas holds the answers of the search tools against what they announce.
func TestOutputSchemas(t *testing.T) {
	t.Parallel()
	b, s := twoConnectors("").box(t), searching(inMain)
	for _, tt := range []struct{ tool, arguments string }{
		{"find_tools", `{"query":"orders"}`}, {"find_tools", `{"query":"orders","connector":"Shop - one"}`},
		{"find_tools", `{"query":"zzzqqq"}`}, {"find_tools", `{"connector":"shop"}`}, {"find_tools", `{}`},
		{"describe_tool", `{"name":"shop_orders_list"}`}, {"describe_tool", `{"name":"connect_connector"}`},
	} {
		found, err := b.Directory().Find(t.Context(), s, tt.tool, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := conforms(t, found.Tool.Output(), mustCall(t, b, s, tt.tool, tt.arguments).JSON()); err != nil {
			t.Errorf("%s(%s): %v", tt.tool, tt.arguments, err)
		}
	}
}

// conforms holds JSON against a JSON Schema.
func conforms(t *testing.T, schema, instance json.RawMessage) error {
	t.Helper()
	var doc, value any
	if err := errors.Join(json.Unmarshal(schema, &doc), json.Unmarshal(instance, &value)); err != nil {
		t.Fatal(err)
	}
	compiler := validator.NewCompiler()
	if err := compiler.AddResource("mem:output", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("mem:output")
	if err != nil {
		t.Fatal(err)
	}
	return compiled.Validate(value)
}
