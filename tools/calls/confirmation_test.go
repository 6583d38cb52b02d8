package calls_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// tokenFor makes a write that has to be confirmed, and returns the token.
func tokenFor(t *testing.T, b *calls.Runner, tool, arguments string) string {
	t.Helper()
	_, err := b.Call(t.Context(), inMain, calls.Silent{}, tool, json.RawMessage(arguments))
	var confirm *calls.ConfirmationError
	if !errors.As(err, &confirm) {
		t.Fatalf("%s(%s): got %v, want a *ConfirmationError", tool, arguments, err)
	}
	return confirm.Token
}

// TestTwoTokensOfOneWrite: a person who has agreed to a deletion once has agreed to one
// deletion, however often the model had asked.
func TestTwoTokensOfOneWrite(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`{}`, `{}`))
	b := a.box(t)
	var tokens []string
	for range 20 {
		tokens = append(tokens, tokenFor(t, b, "shop_orders_delete", `{"id":1}`))
	}
	var callers sync.WaitGroup
	for _, token := range tokens[1:] {
		callers.Go(func() {
			_, _ = b.Call(t.Context(), inMain, calls.Silent{}, "shop_orders_delete", json.RawMessage(`{"id":1,"confirmation":"`+token+`"}`))
		})
	}
	callers.Wait()
	late := tokenFor(t, b, "shop_orders_delete", `{"id":1,"confirmation":"`+tokens[0]+`"}`)
	if len(a.sent()) != 1 {
		t.Fatalf("%d executes, want 1", len(a.sent()))
	}
	mustCall(t, b, inMain, "shop_orders_delete", `{"id":1,"confirmation":"`+late+`"}`)
	if len(a.sent()) != 2 {
		t.Errorf("%d executes after another confirmation, want 2", len(a.sent()))
	}
}

// recalls is a Dialog of the second run of a call: it has the answer to the first.
type recalls struct {
	calls.Silent
	reply calls.Reply
}

func (r recalls) Recall() (calls.Reply, bool) { return r.reply, true }

func (r recalls) Ask(calls.Question) (calls.Reply, error) { return r.reply, nil }

// asks is a Dialog of the first run.
type asks struct{ calls.Silent }

func (asks) Ask(q calls.Question) (calls.Reply, error) {
	return calls.Reply{}, &calls.PendingError{Question: q}
}

// TestTwoQuestionsAboutOneWrite: a yes to the first question is none to the one that
// would have been asked now.
func TestTwoQuestionsAboutOneWrite(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`{}`, `{}`))
	b := a.box(t)
	call := func(d calls.Dialog) error {
		_, err := b.Call(t.Context(), inMain, d, "shop_orders_delete", json.RawMessage(`{"id":1}`))
		return err
	}
	question := func() calls.Dialog {
		var pending *calls.PendingError
		if err := call(asks{}); !errors.As(err, &pending) {
			t.Fatalf("got %v, want a question", err)
		}
		return recalls{reply: calls.Reply{Accepted: true, Memory: pending.Question.Memory}}
	}
	first, second := question(), question()
	if err := call(first); err != nil || len(a.sent()) != 1 {
		t.Fatalf("got %v and %d executes, want one", err, len(a.sent()))
	}
	var refused *tools.RefusedError
	if err := call(second); !errors.As(err, &refused) || len(a.sent()) != 1 {
		t.Errorf("the second yes: got %v and %d executes, want a refusal and one", err, len(a.sent()))
	}
	if err := call(question()); err != nil || len(a.sent()) != 2 {
		t.Errorf("a yes to doing it again: got %v and %d executes, want two", err, len(a.sent()))
	}
}

// TestDoubtOutlivesARefusal: that a repetition was refused says nothing of the write
// before it, of which nobody knows whether it happened.
func TestDoubtOutlivesARefusal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := twoConnectors(`{"message":"boom"}`)
		b := a.boxInProcess(t)
		create := func(status int, d calls.Dialog) error {
			a.status = status
			_, err := b.Call(t.Context(), inMain, d, "shop_orders_create", json.RawMessage(`{"title":"a"}`))
			return err
		}
		_ = create(http.StatusBadGateway, calls.Silent{})
		_ = create(http.StatusUnprocessableEntity, &person{says: true})
		time.Sleep(time.Minute)
		if err := create(http.StatusOK, calls.Silent{}); err == nil ||
			!strings.Contains(err.Error(), "not known whether it took effect") || len(a.sent()) != 2 {
			t.Errorf("got %v after %d executes, want the question", err, len(a.sent()))
		}
	})
}

// TestDryRunSpendsNothing: a look at a write neither counts as one nor uses its
// confirmation.
func TestDryRunSpendsNothing(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`{}`, `{}`))
	b := a.box(t)
	token := tokenFor(t, b, "shop_orders_delete", `{"id":1}`)
	mustCall(t, b, inMain, "shop_orders_delete", `{"id":1,"dry_run":true,"confirmation":"`+token+`"}`)
	mustCall(t, b, inMain, "shop_orders_create", `{"title":"a","dry_run":true}`)
	if len(a.sent()) != 0 {
		t.Fatalf("%d executes, want none", len(a.sent()))
	}
	mustCall(t, b, inMain, "shop_orders_create", `{"title":"a"}`)
	mustCall(t, b, inMain, "shop_orders_delete", `{"id":1,"confirmation":"`+token+`"}`)
	if len(a.sent()) != 2 {
		t.Errorf("%d executes, want 2", len(a.sent()))
	}
}

// TestRulesOfExecuteAction: names that are spelt otherwise, or that patterns stumble
// over, do not get around a rule.
func TestRulesOfExecuteAction(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, connector, entity, action, rule, problem string }{
		{"a deletion", "shop", "orders", "delete", "", "must be confirmed"},
		{"in capitals", "shop", "orders", "DELETE", "", "must be confirmed"},
		{"with spaces", "shop", "orders", " delete ", "", "must be confirmed"},
		{"denied in capitals", "shop", "Orders", "Create", "shop.orders.create=deny", "denies"},
		{"a rule in capitals", "shop", "orders", "create", "Shop.*.*=deny", "denies"},
		{"a slash", "shop", "orders/1", "create", "*.*.*=deny", "must be a name"},
		{"a slash in the action", "shop", "orders", "x/y", "shop.orders.*=deny", "must be a name"},
		{"of a type that the catalog lacks", "unheard", "orders", "create", "unheard.*.*=deny", "denies"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := twoConnectors(result(`{}`, `{}`))
			a.connectors["main"] += "," + foreign
			if tt.rule != "" {
				a.opts.Rules = rules(t, tt.rule)
			}
			arguments, _ := json.Marshal(map[string]string{"connector": tt.connector, "entity": tt.entity, "action": tt.action})
			_, err := a.box(t).Call(t.Context(), inMain, calls.Silent{}, "execute_action", arguments)
			if err == nil || !strings.Contains(err.Error(), tt.problem) || len(a.sent()) != 0 {
				t.Errorf("got %v and %d executes, want %q and none", err, len(a.sent()), tt.problem)
			}
		})
	}
}

// TestQuestionsShowWhatIsHidden: what a person does not see is shown as an escape.
func TestQuestionsShowWhatIsHidden(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`{}`, `{}`))
	a.opts.Rules = rules(t, "*.*.*=confirm")
	p := &person{}
	_, _ = a.box(t).Call(t.Context(), inMain, p, "shop_orders_create", json.RawMessage("{\"title\":\"a\u202eb\U000E0041\"}"))
	if len(p.asked) != 1 || !strings.Contains(p.asked[0], `a\u202eb\udb40\udc41`) {
		t.Errorf("asked %q, want escapes", p.asked)
	}
}

// TestManyLargeWrites: what is remembered of a write is small, whatever its arguments.
func TestManyLargeWrites(t *testing.T) {
	a := twoConnectors(result(`{}`, `{}`))
	b := a.boxInProcess(t)
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	large := strings.Repeat("x", 1<<20)
	before := uint64(0)
	for i := range 60 {
		mustCall(t, b, inMain, "shop_orders_create", fmt.Sprintf(`{"title":"%d%s"}`, i, large))
		a.mu.Lock()
		a.executes = nil
		a.mu.Unlock()
		if i == 9 {
			before = heap()
		}
	}
	if after := heap(); after > before+20<<20 {
		t.Errorf("the heap has grown by %d MB over 50 writes of 1 MB", (after-before)>>20)
	}
}
