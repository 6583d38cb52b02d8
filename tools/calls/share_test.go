package calls_test

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// TestEqualReadsShareOneRequest while it is under way, within one caller.
func TestEqualReadsShareOneRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := twoConnectors(result(`{"id":1}`, `{}`))
		a.hold = make(chan struct{})
		b := a.boxInProcess(t)
		var callers sync.WaitGroup
		var failed atomic.Int32
		ask := func(s tools.Session, arguments string) {
			callers.Go(func() {
				if _, err := b.Call(t.Context(), s, calls.Silent{}, "shop_orders_get", json.RawMessage(arguments)); err != nil {
					failed.Add(1)
				}
			})
		}
		for range 20 {
			ask(inMain, `{"id":1}`)
			ask(inMain, `{ "id" : "1" }`)
		}
		ask(inMain, `{"id":2}`)
		ask(inMain, `{"id":1,"select_fields":["id"]}`)
		ask(tools.Session{Workspace: "main", Principal: "x"}, `{"id":1}`)
		synctest.Wait()
		if got := len(a.sent()); got != 4 {
			t.Errorf("%d executes, want 4: the common one, another id, other fields, another caller", got)
		}
		close(a.hold)
		callers.Wait()
		if failed.Load() != 0 {
			t.Errorf("%d calls failed", failed.Load())
		}
	})
}

// TestLeavingASharedRequest ends it only when nobody waits any more.
func TestLeavingASharedRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := twoConnectors(result(`{"id":1}`, `{}`))
		a.hold = make(chan struct{})
		b := a.boxInProcess(t)
		outcome := func(ctx context.Context) chan error {
			ended := make(chan error, 1)
			go func() {
				_, err := b.Call(ctx, inMain, calls.Silent{}, "shop_orders_get", json.RawMessage(`{"id":1}`))
				ended <- err
			}()
			synctest.Wait()
			return ended
		}
		impatient, leave := context.WithCancel(t.Context())
		first, second := outcome(impatient), outcome(t.Context())
		leave()
		var failure *airbyte.Error
		if err := <-first; !errors.As(err, &failure) || failure.Code != airbyte.CodeCanceled {
			t.Errorf("who left got %v, want code canceled", err)
		}
		close(a.hold)
		if err := <-second; err != nil || len(a.sent()) != 1 {
			t.Errorf("who stayed got %v after %d executes, want an answer after one", err, len(a.sent()))
		}

		a.hold = make(chan struct{})
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := <-outcome(short); !errors.As(err, &failure) || failure.Code != airbyte.CodeTimeout {
			t.Errorf("the last one, out of time, got %v, want code timeout", err)
		}
	})
}

// TestCache answers equal reads of a workspace for a while, until a write.
func TestCache(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := twoConnectors(result(`{"id":1}`, `{}`))
		a.opts.Cache = 30 * time.Second
		b := a.boxInProcess(t)
		step := func(name, tool, arguments, source string, executes int) {
			t.Helper()
			got := mustCall(t, b, inMain, tool, arguments)
			if got.Source != source || len(a.sent()) != executes {
				t.Errorf("%s: source %s after %d executes, want %s after %d", name, got.Source, len(a.sent()), source, executes)
			}
		}
		const get = "shop_orders_get"
		step("first", get, `{"id":1}`, "live", 1)
		step("again", get, `{"id":1}`, "cache", 1)
		step("another", get, `{"id":2}`, "live", 2)
		time.Sleep(29 * time.Second)
		step("late", get, `{"id":1}`, "cache", 2)
		time.Sleep(time.Second)
		step("too late", get, `{"id":1}`, "live", 3)
		step("a write", "shop_orders_create", `{"title":"x"}`, "live", 4)
		step("after the write", get, `{"id":1}`, "live", 5)
		step("and again", get, `{"id":1}`, "cache", 5)
		step("a write to another connector", "execute_action", `{"connector":"help-desk","entity":"tickets","action":"create"}`, "live", 6)
		step("which is no matter", get, `{"id":1}`, "cache", 6)
	})
}

// TestCacheKeepsNothingOlderThanAWrite that happened while it was read.
func TestCacheKeepsNothingOlderThanAWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := twoConnectors("")
		a.opts.Cache = time.Minute
		release := make(chan struct{})
		a.reply = func(x executed) string {
			if strings.Contains(x.body, `"get"`) {
				<-release
			}
			return result(`{"id":1}`, `{}`)
		}
		b := a.boxInProcess(t)
		read := make(chan struct{})
		go func() {
			defer close(read)
			mustCall(t, b, inMain, "shop_orders_get", `{"id":1}`)
		}()
		synctest.Wait()
		mustCall(t, b, inMain, "shop_orders_create", `{"title":"x"}`)
		close(release)
		<-read
		if got := mustCall(t, b, inMain, "shop_orders_get", `{"id":1}`); got.Source != "live" {
			t.Errorf("source %s, want live: what was read before the write must not be kept", got.Source)
		}
	})
}

// TestRecords has one line for every call, with names and sizes and no value.
func TestRecords(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`{"id":1}`, `{}`))
	var records []calls.Record
	a.opts.Audit = func(r calls.Record) { records = append(records, r) }
	b := a.box(t)
	s := tools.Session{Workspace: "main", Principal: "ann"}
	call := func(tool, arguments string) {
		_, _ = b.Call(t.Context(), s, calls.Silent{}, tool, json.RawMessage(arguments))
	}
	call("shop_orders_get", `{"id":12345}`)
	call("shop_orders_get", `{ "id": 12345 }`)
	call("shop_orders_create", `{"title":"canary"}`)
	call("shop_orders_delete", `{"id":1}`)
	call("shop_orders_get", `{"id":"canary"}`)
	want := []string{
		"shop_orders_get c-1 orders.get read ok 200 1 ", "shop_orders_get c-1 orders.get read ok 200 1 ",
		"shop_orders_create c-1 orders.create create ok 200 1 ", "shop_orders_delete c-1 orders.delete delete not_sent 0 0 unconfirmed",
		"shop_orders_get  orders.get read not_sent 0 0 invalid_arguments",
	}
	var got []string
	for _, r := range records {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "canary") || strings.Contains(string(b), "12345") || r.Principal != "ann" || r.Workspace != "main" {
			t.Errorf("got %s", b)
		}
		got = append(got, strings.Join([]string{r.Tool, r.ConnectorID, r.Entity + "." + r.Action, string(r.Effect), r.Outcome,
			strconv.Itoa(r.Status), strconv.Itoa(r.Requests), r.Failure}, " "))
	}
	for i, line := range want {
		if i >= len(got) || got[i] != line {
			t.Errorf("record %d: got %q, want %q", i, got, line)
			break
		}
	}
	if records[0].ArgumentHash != records[1].ArgumentHash || records[0].ArgumentHash == records[2].ArgumentHash {
		t.Error("equal arguments have unequal hashes, or the other way round")
	}
}
