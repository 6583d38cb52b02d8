package calls_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// person is a Dialog whose questions are answered at once.
type person struct {
	calls.Silent
	says  bool
	asked []string
}

func (p *person) Ask(q calls.Question) (calls.Reply, error) {
	p.asked = append(p.asked, q.Text)
	return calls.Reply{Accepted: p.says}, nil
}

func rules(t *testing.T, texts ...string) calls.Rules {
	t.Helper()
	r, err := calls.ParseRules(texts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestWriteRules allows, asks or refuses, as the last rule that fits says.
func TestWriteRules(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, tool string
		rules      []string
		person     *person
		sent       int
		problem    string
	}{
		{"a create is allowed", "shop_orders_create", nil, nil, 1, ""},
		{"a deletion is asked for", "shop_orders_delete", nil, &person{says: true}, 1, ""},
		{"and may be declined", "shop_orders_delete", nil, &person{}, 0, "refused: the user did not agree"},
		{"nobody to ask", "shop_orders_delete", nil, nil, 0, `must be confirmed: Shall it delete orders of "Shop - one"?`},
		{"denied", "shop_orders_create", []string{"*.*.*=deny"}, &person{says: true}, 0, "refused: the write policy denies it"},
		{"the last rule counts", "shop_orders_create", []string{"*.*.*=deny", "shop.orders.create=allow"}, nil, 1, ""},
		{"of another connector", "shop_orders_delete", []string{"desk.*.delete=allow"}, nil, 0, "must be confirmed"},
		{"deletion allowed", "shop_orders_delete", []string{"sh*.orders.delete=allow"}, nil, 1, ""},
		{"a create to be confirmed", "shop_orders_create", []string{"shop.*.create=confirm"}, &person{}, 0, "did not agree"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := twoConnectors(result(`{}`, `{}`))
			a.opts.Rules = rules(t, tt.rules...)
			var d calls.Dialog = calls.Silent{}
			if tt.person != nil {
				d = tt.person
			}
			_, err := a.box(t).Call(t.Context(), inMain, d, tt.tool, json.RawMessage(`{"`+keyOf(tt.tool)+`":"1"}`))
			if len(a.sent()) != tt.sent || (err == nil) != (tt.problem == "") || err != nil && !strings.Contains(err.Error(), tt.problem) {
				t.Errorf("sent %v, error %v; want %d and %q", a.sent(), err, tt.sent, tt.problem)
			}
		})
	}
}

func keyOf(tool string) string {
	if strings.HasSuffix(tool, "create") {
		return "title"
	}
	return "id"
}

func TestParseRules(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "github=deny", "a.b.c", "a.b.c=maybe", "a.b=deny", "[.b.c=deny", "..c=deny", "a.b.c.d=deny"} {
		if _, err := calls.ParseRules([]string{text}); err == nil || !strings.Contains(err.Error(), "write rule") {
			t.Errorf("%q: got %v, want an error", text, err)
		}
	}
}

// TestTwoSteps confirms with a token: once, for the same arguments and the same
// caller.
func TestTwoSteps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := twoConnectors(result(`{}`, `{}`))
		b := a.boxInProcess(t)
		ask := func(arguments string) string {
			_, err := b.Call(t.Context(), inMain, calls.Silent{}, "shop_orders_delete", json.RawMessage(arguments))
			var confirm *calls.ConfirmationError
			if !errors.As(err, &confirm) || confirm.Argument != "confirmation" {
				t.Fatalf("got %v, want a *ConfirmationError", err)
			}
			return confirm.Token
		}
		with := func(id, token string) string { return `{"id":"` + id + `","confirmation":"` + token + `"}` }
		refused := func(what string, s tools.Session, arguments string) {
			t.Helper()
			_, err := b.Call(t.Context(), s, calls.Silent{}, "shop_orders_delete", json.RawMessage(arguments))
			var refusal *tools.RefusedError
			if !errors.As(err, &refusal) || len(a.sent()) != 0 {
				t.Errorf("%s: got %v and %v, want a *RefusedError and nothing", what, err, a.sent())
			}
		}
		token := ask(`{"id":"1"}`)
		refused("other arguments", inMain, with("2", token))
		refused("another caller", tools.Session{Workspace: "main", Principal: "x"}, with("1", token))
		refused("made up", inMain, with("1", "yes"))
		old := ask(`{"id":"1"}`)
		time.Sleep(5 * time.Minute)
		refused("expired", inMain, with("1", old))
		token = ask(`{"id":"1"}`)
		mustCall(t, b, inMain, "shop_orders_delete", with("1", token))
		if _, err := b.Call(t.Context(), inMain, calls.Silent{}, "shop_orders_delete", json.RawMessage(with("1", token))); err == nil ||
			len(a.sent()) != 1 {
			t.Errorf("a second time: got %v and %d executes, want an error and one", err, len(a.sent()))
		}
	})
}

// TestTheSameWriteTwice asks before it does the same again soon.
func TestTheSameWriteTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := twoConnectors(result(`{}`, `{}`))
		b := a.boxInProcess(t)
		create := func(s tools.Session, d calls.Dialog, title string) error {
			_, err := b.Call(t.Context(), s, d, "shop_orders_create", json.RawMessage(`{"title": "`+title+`"}`))
			return err
		}
		steps := []struct {
			name   string
			do     func() error
			sent   int
			wanted string
		}{
			{"the first", func() error { return create(inMain, calls.Silent{}, "a") }, 1, ""},
			{"the same", func() error { return create(inMain, calls.Silent{}, "a") }, 1, "was made 0s ago"},
			{"another", func() error { return create(inMain, calls.Silent{}, "b") }, 2, ""},
			{"another caller's", func() error { return create(tools.Session{Workspace: "main", Principal: "x"}, calls.Silent{}, "a") }, 3, ""},
			{"the same, confirmed", func() error { return create(inMain, &person{says: true}, "a") }, 4, ""},
			{"the same, declined", func() error { return create(inMain, &person{}, "a") }, 4, "did not agree"},
			{"after a while", func() error { time.Sleep(30 * time.Second); return create(inMain, calls.Silent{}, "a") }, 5, ""},
		}
		for _, step := range steps {
			err := step.do()
			if (err == nil) != (step.wanted == "") || err != nil && !strings.Contains(err.Error(), step.wanted) || len(a.sent()) != step.sent {
				t.Errorf("%s: got %v and %d executes, want %q and %d", step.name, err, len(a.sent()), step.wanted, step.sent)
			}
		}
	})
}

// TestAfterADoubtfulWrite the same is held back for longer; after a refused one it is
// not.
func TestAfterADoubtfulWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := twoConnectors(`{"message":"boom"}`)
		b := a.boxInProcess(t)
		create := func() error {
			_, err := b.Call(t.Context(), inMain, calls.Silent{}, "shop_orders_create", json.RawMessage(`{"title":"a"}`))
			return err
		}
		for _, step := range []struct {
			status int
			wait   time.Duration
			wanted string
			sent   int
		}{
			{http.StatusUnprocessableEntity, 0, "boom", 1},
			{http.StatusUnprocessableEntity, 0, "boom", 2},
			{http.StatusBadGateway, 0, "boom", 3},
			{http.StatusOK, 9 * time.Minute, "not known whether it took effect", 3},
			{http.StatusBadGateway, time.Minute, "boom", 4},
		} {
			time.Sleep(step.wait)
			a.status = step.status
			if err := create(); err == nil || !strings.Contains(err.Error(), step.wanted) || len(a.sent()) != step.sent {
				t.Errorf("got %v and %d executes, want %q and %d", err, len(a.sent()), step.wanted, step.sent)
			}
		}
	})
}

// TestSimultaneousTwins: of two equal writes at the same time only one is sent.
func TestSimultaneousTwins(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`{}`, `{}`))
	b := a.box(t)
	var twins sync.WaitGroup
	for range 50 {
		twins.Go(func() {
			_, _ = b.Call(t.Context(), inMain, calls.Silent{}, "shop_orders_create", json.RawMessage(`{"title":"a"}`))
		})
	}
	twins.Wait()
	if len(a.sent()) != 1 {
		t.Errorf("%d executes, want 1", len(a.sent()))
	}
}

// TestDryRun shows the exact request and sends nothing.
func TestDryRun(t *testing.T) {
	t.Parallel()
	a := twoConnectors("")
	got := string(mustCall(t, a.box(t), inMain, "shop_orders_delete", `{"id":"1","dry_run":true}`).JSON())
	for _, want := range []string{`"dry_run":true`, `"name":"Shop - one"`, `"method":"POST"`, `/api/v1/integrations/connectors/c-1/execute"`,
		`"body":{"entity":"orders","action":"delete","params":{"id":1}}`, `"source":"server"`} {
		if !strings.Contains(got, want) {
			t.Errorf("got %s, want %s in it", got, want)
		}
	}
	if len(a.sent()) != 0 {
		t.Errorf("sent %v", a.sent())
	}
}

// TestSelectedFields are held against the record's, before anything is sent.
func TestSelectedFields(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`[]`, `{}`))
	b := a.box(t)
	_, err := b.Call(t.Context(), inMain, calls.Silent{}, "shop_invoices_list",
		json.RawMessage(`{"select_fields":["id","titel","buyer.nam"],"exclude_fields":["buyer.name"]}`))
	var invalid *schemas.InvalidError
	if !errors.As(err, &invalid) || len(invalid.Faults) != 2 || len(a.sent()) != 0 {
		t.Fatalf("got %v and %v, want two faults and nothing", err, a.sent())
	}
	for i, want := range []string{"`select_fields[1]` names no field of the record; did you mean title?",
		"`select_fields[2]` names no field of the record; did you mean buyer.name?"} {
		if got := invalid.Faults[i].String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for arguments, want := range map[string]string{
		`{}`:                               `"select_fields":["id","title"]`,
		`{"select_fields":["*"]}`:          `"params":{}}`,
		`{"exclude_fields":["title"]}`:     `"params":{},"exclude_fields":["title"]}`,
		`{"select_fields":["buyer.name"]}`: `"select_fields":["buyer.name"]`,
	} {
		mustCall(t, b, inMain, "shop_invoices_list", arguments)
		if got := a.sent()[len(a.sent())-1].body; !strings.Contains(got, want) {
			t.Errorf("%s: sent %s, want %s", arguments, got, want)
		}
	}
}
