package calls_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// journal keeps the records of calls, and how many requests had been sent before each.
type journal struct {
	records []calls.Record
	sent    []int
	fails   error
}

func (j *journal) of(a *api) {
	a.opts.Intend = func(r calls.Record) error {
		if j.fails == nil {
			j.records, j.sent = append(j.records, r), append(j.sent, len(a.sent()))
		}
		return j.fails
	}
	a.opts.Audit = func(r calls.Record) { j.records, j.sent = append(j.records, r), append(j.sent, len(a.sent())) }
}

func (j *journal) events() string {
	var events []string
	for i, r := range j.records {
		events = append(events, fmt.Sprintf("%s %s %s %d", r.Event, r.Tool, r.Outcome, j.sent[i]))
	}
	return strings.Join(events, ", ")
}

// TestIntents come before what they are about is sent; reads have none.
func TestIntents(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		call func(ctx context.Context, b *calls.Runner) (*calls.Result, error)
		want string
	}{
		{"write", func(ctx context.Context, b *calls.Runner) (*calls.Result, error) {
			return b.Call(ctx, inMain, calls.Silent{}, "shop_orders_create", json.RawMessage(`{"title":"a"}`))
		}, "intent shop_orders_create  0, result shop_orders_create ok 1"},
		{"read", func(ctx context.Context, b *calls.Runner) (*calls.Result, error) {
			return b.Call(ctx, inMain, calls.Silent{}, "shop_orders_get", json.RawMessage(`{"id":1}`))
		}, "call shop_orders_get ok 1"},
		{"dry run", func(ctx context.Context, b *calls.Runner) (*calls.Result, error) {
			return b.Call(ctx, inMain, calls.Silent{}, "shop_orders_create", json.RawMessage(`{"title":"a","dry_run":true}`))
		}, "call shop_orders_create ok 0"},
		{"write of no tool", func(ctx context.Context, b *calls.Runner) (*calls.Result, error) {
			return b.Call(ctx, inMain, calls.Silent{}, "execute_action",
				json.RawMessage(`{"connector":"shop","entity":"orders","action":"refund"}`))
		}, "intent execute_action  0, result execute_action ok 1"},
		{"unconfirmed", func(ctx context.Context, b *calls.Runner) (*calls.Result, error) {
			result, err := b.Call(ctx, inMain, calls.Silent{}, "delete_connector", json.RawMessage(`{"connector":"shop"}`))
			if tools.Kind(err) != tools.KindUnconfirmed {
				return result, err
			}
			return nil, nil
		}, "call delete_connector not_sent 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, j := twoConnectors(result(`{}`, `{}`)), &journal{}
			j.of(a)
			if _, err := tt.call(t.Context(), a.box(t)); err != nil {
				t.Fatal(err)
			}
			if got := j.events(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if first, last := j.records[0], j.records[len(j.records)-1]; len(first.CallID) != 32 || first.CallID != last.CallID ||
				first.ArgumentHash != last.ArgumentHash || first.ConnectorID != last.ConnectorID {
				t.Errorf("the records %+v are not of one call", j.records)
			}
		})
	}
}

// TestUnrecordedWrites are not sent; reads go on. The same write may be made as soon as
// there is a record.
func TestUnrecordedWrites(t *testing.T) {
	t.Parallel()
	a, j := twoConnectors(result(`{}`, `{}`)), &journal{fails: errors.New("no space left on /var/log")}
	j.of(a)
	b := a.box(t)
	create := func() error {
		_, err := b.Call(t.Context(), inMain, calls.Silent{}, "shop_orders_create", json.RawMessage(`{"title":"a"}`))
		return err
	}
	err := create()
	unrecorded, ok := errors.AsType[*tools.UnrecordedError](err)
	if !ok || tools.Kind(err) != "audit_unavailable" || tools.Outcome(err) != tools.OutcomeNotSent || len(a.sent()) != 0 {
		t.Fatalf("got %v and %v, want a refusal", err, a.sent())
	}
	if words := unrecorded.Words("", ""); !strings.Contains(words, "Nothing was sent") || !strings.Contains(words, "--audit-log") ||
		strings.Contains(words, "/var/log") {
		t.Errorf("the words are %s", words)
	}
	if got := j.events(); got != "call shop_orders_create not_sent 0" || j.records[0].Failure != "audit_unavailable" {
		t.Errorf("got %s in %+v", got, j.records)
	}
	mustCall(t, b, inMain, "shop_orders_get", `{"id":1}`)
	j.fails = nil
	if err := create(); err != nil || len(a.sent()) != 2 {
		t.Errorf("got %v and %v when records can be written again", err, a.sent())
	}
}

// TestRecordsAreBounded holds what callers, identities and answers can put into a record.
func TestRecordsAreBounded(t *testing.T) {
	t.Parallel()
	a, j := twoConnectors(result(`{}`, `{}`)), &journal{}
	j.of(a)
	long := strings.Repeat("ü\u202e", 1<<20)
	session := inMain
	session.Principal = long
	b := a.box(t)
	arguments, err := json.Marshal(map[string]string{"connector": "shop", "entity": "secret " + long, "action": long})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = b.Call(t.Context(), session, calls.Silent{}, "execute_action", arguments) // whether it is sent is no matter here
	b.Note(tools.Session{Workspace: long, Principal: "short"}, &tools.Tool{Name: long}, nil, nil)
	b.Note(tools.Session{}, &tools.Tool{Name: "my secret"}, nil, nil)
	for _, r := range j.records {
		text, err := json.Marshal(r)
		if err != nil || len(text) > 2<<10 || strings.Contains(string(text), "secret") {
			t.Errorf("a record has %d bytes, %v: %.300s", len(text), err, text)
		}
	}
	hash := regexp.MustCompile(`^hash:[0-9a-f]{32}$`)
	if tool := j.records[len(j.records)-1].Tool; !hash.MatchString(tool) {
		t.Errorf("the tool is %q, want a hash", tool)
	}
	noted := j.records[len(j.records)-2]
	if !hash.MatchString(noted.Tool) || noted.Principal != "short" || !strings.Contains(noted.Workspace, "…hash:") {
		t.Errorf("got %+v", noted)
	}
}
