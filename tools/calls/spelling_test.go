package calls_test

import (
	"encoding/json"
	"strings"
	"testing"

	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// spellings are ways to write a name; plain tells which of them mean it.
func spellings(name string) (plain, foreign []string) {
	title := strings.ToUpper(name[:1]) + name[1:]
	plain = []string{name, title, strings.ToUpper(name), " " + name, name + " ", "\t" + name + "\n"}
	foreign = []string{
		name + "\u200b", "\u202e" + name, name + "\u00a0", name + "\x00", name + "/", "./" + name, "%20" + name,
		strings.Replace(name, "e", "\u0435", 1), strings.Replace(name, "s", "\u017f", 1), name + "-", "", " ",
		name + strings.Repeat("_", 64), strings.Repeat("x", 4<<10),
	}
	return plain, foreign
}

// TestOneReadingOfNames: however an action or an entity is spelt, execute_action and
// call --raw hold it to the policy, the scopes and the rules of the plain name, and the
// API and the audit get the plain name, or nothing.
func TestOneReadingOfNames(t *testing.T) {
	t.Parallel()
	deny, err := calls.ParseRules([]string{"*.*.delete=deny"})
	if err != nil {
		t.Fatal(err)
	}
	for name, kept := range map[string]struct {
		session tools.Session
		rules   calls.Rules
		entity  string // spelt in every way, beside the action list; "" spells the action
		action  string
	}{
		"effects":  {tools.Session{Policy: tools.Policy{Effects: []tools.Effect{tools.Read, tools.Write}}}, nil, "", "delete"},
		"scopes":   {tools.Session{Grants: tools.Grants{tools.Read, tools.Create, tools.Update, tools.Write}}, nil, "", "delete"},
		"excluded": {tools.Session{Policy: tools.Policy{Exclude: []string{"*_delete"}}}, nil, "", "delete"},
		"entity":   {tools.Session{Policy: tools.Policy{Exclude: []string{"shop_orders_*"}}}, nil, "orders", "list"},
		"chosen":   {tools.Session{Policy: tools.Policy{Tools: []string{"shop_orders_get", "execute_action"}}}, nil, "", "list"},
		"rules":    {tools.Session{}, deny, "", "delete"},
		"alias":    {tools.Session{Policy: tools.Policy{Exclude: []string{"shop_orders_api_search"}}}, nil, "", "search"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := twoConnectors(result(`[]`, `{}`))
			var records []calls.Record
			a.opts.Rules, a.opts.Audit = kept.rules, func(r calls.Record) { records = append(records, r) }
			b, s := a.box(t), kept.session
			s.Workspace = "main"
			subject := kept.action
			if kept.entity != "" {
				subject = kept.entity
			}
			plain, foreign := spellings(subject)
			for _, given := range append(plain, foreign...) {
				entity, action := "orders", given
				if kept.entity != "" {
					entity, action = given, kept.action
				}
				refuseBoth(t, b, s, entity, action)
			}
			if a.sent() != nil {
				t.Errorf("sent %v, want nothing", a.sent())
			}
			for _, r := range records {
				if r.Entity != "" && r.Entity != "orders" || r.Action != "" && r.Action != kept.action || len(r.Tool) > 64 {
					t.Errorf("the audit has %.100q, %.100q of %.100q", r.Entity, r.Action, r.Tool)
				}
			}
		})
	}
}

// refuseBoth fails the test unless both ways to execute an action refuse it.
func refuseBoth(t *testing.T, b *calls.Runner, s tools.Session, entity, action string) {
	t.Helper()
	arguments, err := json.Marshal(map[string]any{"connector": "shop", "entity": entity, "action": action, "params": map[string]any{"id": 1}})
	if err != nil {
		t.Fatal(err)
	}
	_, byTool := b.Call(t.Context(), s, calls.Silent{}, "execute_action", arguments)
	_, byCommand := b.Execute(t.Context(), s, calls.Silent{}, calls.RawCall{
		Connector: "shop", Execution: calls.Execution{Entity: entity, Action: action, Params: json.RawMessage(`{"id":1}`)},
	})
	for way, err := range map[string]error{"execute_action": byTool, "call --raw": byCommand} {
		if kind := tools.Kind(err); err == nil || kind != tools.KindRefused && kind != tools.KindInvalid {
			t.Errorf("%s %.80q %.80q: got %v, want a refusal", way, entity, action, err)
		}
	}
}

// TestPlainNamesAreSent: what is allowed goes to the API in its plain form.
func TestPlainNamesAreSent(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`[]`, `{}`))
	b := a.box(t)
	plain, _ := spellings("list")
	for _, action := range plain {
		arguments, err := json.Marshal(map[string]any{"connector": "Shop", "entity": " Orders", "action": action})
		if err != nil {
			t.Fatal(err)
		}
		mustCall(t, b, inMain, "execute_action", string(arguments))
	}
	for _, sent := range a.sent() {
		if sent.connector != "c-1" || !strings.HasPrefix(sent.body, `{"entity":"orders","action":"list"`) {
			t.Errorf("sent %+v", sent)
		}
	}
	if len(a.sent()) != len(plain) {
		t.Errorf("%d requests, want %d", len(a.sent()), len(plain))
	}
}
