package calls_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// asked makes a call in the background, and waits until it waits.
func asked(ctx context.Context, b *calls.Runner, tool, arguments string) chan error {
	ended := make(chan error, 1)
	go func() {
		_, err := b.Call(ctx, inMain, calls.Silent{}, tool, json.RawMessage(arguments))
		ended <- err
	}()
	synctest.Wait()
	return ended
}

// TestDeadlinesOfASharedRequest: each caller's time is its own. The first one's must not
// fail those who came later.
func TestDeadlinesOfASharedRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var records []calls.Record
		a := twoConnectors(result(`{"id":1}`, `{}`))
		a.hold = make(chan struct{})
		a.opts.Audit = func(r calls.Record) { records = append(records, r) }
		b := a.boxInProcess(t)
		in := func(d time.Duration) context.Context {
			ctx, cancel := context.WithTimeout(t.Context(), d)
			t.Cleanup(cancel)
			return ctx
		}
		first := asked(in(10*time.Second), b, "shop_orders_get", `{"id":1}`)
		time.Sleep(9 * time.Second)
		second := asked(in(10*time.Second), b, "shop_orders_get", `{"id":1}`)
		var failure *airbyte.Error
		if err := <-first; !errors.As(err, &failure) || failure.Code != airbyte.CodeTimeout {
			t.Errorf("the first got %v, want code timeout", err)
		}
		time.Sleep(5 * time.Second)
		close(a.hold)
		if err := <-second; err != nil || len(a.sent()) != 1 {
			t.Errorf("the second got %v after %d executes, want an answer after one", err, len(a.sent()))
		}
		if requests := records[0].Requests + records[1].Requests; requests != 1 {
			t.Errorf("the records have %d requests, want the one that was made", requests)
		}
	})
}

// TestReadAfterWriteJoinsNothingOlder: who has written sees what was written, even if
// the same was being read from before.
func TestReadAfterWriteJoinsNothingOlder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		a := twoConnectors("")
		a.reply = func(x executed) string {
			if strings.Contains(x.body, `"get"`) && len(a.sent()) == 1 {
				<-release
			}
			return result(`{"id":1}`, `{}`)
		}
		b := a.boxInProcess(t)
		old := asked(t.Context(), b, "shop_orders_get", `{"id":1}`)
		mustCall(t, b, inMain, "shop_orders_create", `{"title":"x"}`)
		fresh := asked(t.Context(), b, "shop_orders_get", `{"id":1}`)
		if err := <-fresh; err != nil || len(a.sent()) != 3 {
			t.Errorf("got %v after %d executes, want an answer of its own after 3", err, len(a.sent()))
		}
		close(release)
		<-old
	})
}

// TestKeysOfSharedReads: separators in names that callers make up keep nothing apart.
func TestKeysOfSharedReads(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`[]`, `{}`))
	a.opts.Cache = time.Minute
	b := a.box(t)
	for i, fields := range []string{`["a\u0001b"]`, `["a","b"]`, `["a\" \"b"]`, `["a b"]`, `[]`} {
		arguments := fmt.Sprintf(`{"select_fields":%s}`, fields)
		got := mustCall(t, b, inMain, "shop_orders_list", arguments)
		if got.Source != "live" || len(a.sent()) != i+1 {
			t.Errorf("%s: source %s, want live", fields, got.Source)
		}
	}
}

// TestCacheOfCallersAtTheSameTime keeps one answer of what two callers asked for at
// once: counted twice, it would crowd out all others in the end.
func TestCacheOfCallersAtTheSameTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := twoConnectors(result(`{"id":1,"body":"`+strings.Repeat("x", 3<<20)+`"}`, `{}`))
		a.opts.Cache = time.Hour
		b := a.boxInProcess(t)
		a.hold = make(chan struct{})
		done := make(chan struct{}, 20)
		for i := range 20 {
			go func() {
				s := tools.Session{Workspace: "main", Principal: strconv.Itoa(i)}
				_, _ = b.Call(t.Context(), s, calls.Silent{}, "shop_orders_get", json.RawMessage(`{"id":1}`))
				done <- struct{}{}
			}()
		}
		synctest.Wait()
		close(a.hold)
		for range 20 {
			<-done
		}
		mustCall(t, b, inMain, "shop_orders_get", `{"id":2}`)
		if got := mustCall(t, b, inMain, "shop_orders_get", `{"id":1}`); got.Source != "cache" {
			t.Errorf("source %s after 6 MB of 32, want cache", got.Source)
		}
	})
}
