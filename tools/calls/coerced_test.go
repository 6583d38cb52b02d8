package calls_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// TestCoercedIsRecorded notes arguments that were taken for something else, in the intent
// of a write as in its result. A host's free text is no name.
func TestCoercedIsRecorded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ tool, arguments, want string }{
		{"shop_orders_get", `{"id":"7"}`, "call [id]"},
		{"shop_orders_get", `{"id":7}`, "call []"},
		{"shop_orders_list", `{"size":"5","toolCallId":"x"}`, "call [toolCallId size]"},
		{"shop_orders_create", `{"title":7}`, "intent [title], result [title]"},
		{"shop_orders_get", `{"id":7,"tool call id":"x"}`, "call [hash]"},
		{"shop_orders_get", `{"id":"x"}`, "call []"},
	} {
		a, j := twoConnectors(result(`{"id":1}`, `{}`)), journal{}
		j.of(a)
		_, _ = a.box(t).Call(t.Context(), inMain, calls.Silent{}, tt.tool, json.RawMessage(tt.arguments))
		var got []string
		for _, r := range j.records {
			for i, name := range r.Coerced {
				if strings.HasPrefix(name, "hash:") {
					r.Coerced[i] = "hash"
				}
			}
			got = append(got, fmt.Sprint(r.Event, " ", r.Coerced))
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%s %s: recorded %q, want %s", tt.tool, tt.arguments, got, tt.want)
		}
	}
}

// vendor answers everything, and keeps what it was sent last.
type vendor struct {
	calls.Executor
	sent calls.Execution
	on   calls.Target
}

func (v *vendor) Execute(_ context.Context, on calls.Target, x calls.Execution) (*calls.Answer, error) {
	v.sent, v.on = x, on
	return &calls.Answer{Data: json.RawMessage(`{"id":1}`), Requests: 1, Status: 200}, nil
}

func (*vendor) SyncedAt(context.Context, calls.Target) (map[string]string, error) { return nil, nil }

// everything lists a connector of each type in the catalog.
type everything []airbyte.Connector

func (e everything) Connectors(context.Context, string) ([]airbyte.Connector, error) { return e, nil }

// ofEverything is a runner of all tools, whose writes need no confirmation.
func ofEverything(t *testing.T, x calls.Executor, o calls.Options) *calls.Runner {
	t.Helper()
	catalog := schemas.Embedded()
	heads, err := catalog.Heads()
	if err != nil {
		t.Fatal(err)
	}
	var all everything
	for i, h := range heads {
		c := airbyte.Connector{ID: fmt.Sprintf("c-%d", i), Name: h.Title, Type: h.Name, TypeName: h.Title, DefinitionID: h.DefinitionID}
		all = append(all, c)
	}
	o.Rules = rules(t, "*.*.*=allow")
	runner := calls.New(catalog, all, x, o)
	t.Cleanup(runner.Close)
	return runner
}

// TestEveryToolArrives makes a call of each tool as a host writes it, with a member of its
// own. The executor gets the plain arguments and nothing else, and the record has the
// member's name.
func TestEveryToolArrives(t *testing.T) {
	t.Parallel()
	v, record := &vendor{}, calls.Record{}
	runner := ofEverything(t, v, calls.Options{Audit: func(r calls.Record) { record = r }})
	set, err := runner.Directory().Select(t.Context(), tools.Session{Workspace: "main"})
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, tool := range set.Tools {
		if tool.Connector == "" || tool.Action == schemas.ActionDownload {
			continue
		}
		tried++
		plain, taken, err := tool.Input.Take(json.RawMessage(tool.Input.RightCall(nil)))
		if err != nil {
			t.Fatal(err)
		}
		given := strings.Replace(tool.Input.RightCall(nil), "{", `{"_meta":{"host":1},`, 1)
		given = strings.Replace(given, ",}", "}", 1)
		v.sent = calls.Execution{}
		_, err = runner.Call(t.Context(), tools.Session{Workspace: "main"}, calls.Silent{}, tool.Name, json.RawMessage(given))
		want := plain
		for _, always := range tool.Always {
			if !want.Has(always.Name) {
				want = append(want, always)
			}
		}
		if tool.Action == schemas.ActionContextStoreSearch && !want.Has("limit") {
			want = append(want, schemas.Argument{Name: "limit", Value: json.RawMessage("25")})
		}
		if err != nil || string(v.sent.Params) != string(want.JSON()) || !slices.Equal(record.Coerced, append(taken.Coerced, "_meta")) {
			t.Errorf("%s %s: sent %s, recorded %q, error %v; want %s", tool.Name, given, v.sent.Params, record.Coerced, err, want.JSON())
		}
	}
	if tried < 1400 {
		t.Errorf("%d tools were tried", tried)
	}
}
