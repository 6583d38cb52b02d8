package server

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
)

func TestCancelEndsTheUpstreamAndIsNotAnswered(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, call string }{
		{"read", listIssues("7", "o")},
		{"write", createIssue("7", "t")},
		{"stateless era", modern(listIssues("7", "o"))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.up.set(hang)
				w := r.stdio(t)
				w.send(tt.call)
				if got := w.take(); len(got) != 0 || r.up.load().active != 1 {
					t.Fatalf("before the cancellation: %v, %+v; want silence and one active execute", got, r.up.load())
				}
				start := time.Now()
				w.send(cancelled("7"))
				if got := w.take(); len(got) != 0 {
					t.Errorf("a cancelled request was answered with %s", got[0].raw)
				}
				if got := r.up.load(); got.abandoned != 1 || time.Since(start) > 100*time.Millisecond {
					t.Errorf("%v after the cancellation the upstream has seen %+v, want one closed request", time.Since(start), got)
				}
				time.Sleep(time.Minute) // virtual
				if got := w.take(); len(got) != 0 {
					t.Errorf("a cancelled request was answered later with %s", got[0].raw)
				}
				if m := w.ask(request("7", "ping", `{}`)); m.Error != nil {
					t.Errorf("the id cannot be used again: %s", m.raw)
				}
			})
		})
	}
}

// 1 and "1" are two ids. A cancellation reaches the one that it names.
func TestCancelTellsIDsApart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		release := make(chan struct{})
		r.up.set(held(release))
		w := r.stdio(t)
		w.send(listIssues("1", "number"), listIssues(`"1"`, "text"))
		synctest.Wait()
		w.send(cancelled("1"))
		synctest.Wait()
		if got := r.up.load(); got.abandoned != 1 || got.active != 1 {
			t.Fatalf("upstream after the cancellation: %+v, want one closed and one active", got)
		}
		close(release)
		lines := w.take()
		if len(lines) != 1 || string(lines[0].ID) != `"1"` || !strings.Contains(lines[0].raw, "text") {
			t.Errorf(`got %v, want the answer to "1" alone`, lines)
		}
	})
}

func TestCancelWithoutEffect(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		before, after []string
	}{
		{"unknown id", nil, []string{cancelled("99"), cancelled(`"7"`), cancelled("7.0"), cancelled("null"), cancelled(`{"id":7}`)}},
		{"no id", nil,
			[]string{`{"jsonrpc":"2.0","method":"notifications/cancelled"}`,
				`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{}}`}},
		{"before the request", []string{cancelled("7")}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.up.set(after(time.Second))
				w := r.stdio(t)
				w.send(tt.before...)
				w.send(listIssues("7", "o"))
				w.send(tt.after...)
				if got := w.take(); len(got) != 0 {
					t.Fatalf("got %v, want silence", got)
				}
				time.Sleep(2 * time.Second) // virtual
				if got := w.take(); len(got) != 1 || got[0].call(t).IsError {
					t.Errorf("got %v, want the answer", got)
				}
			})
		})
	}
}

func TestCancelTwiceAndAfterTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		w := r.stdio(t)
		if m := w.ask(listIssues("1", "o")); m.call(t).IsError {
			t.Fatalf("got %s", m.raw)
		}
		r.up.set(hang)
		w.send(cancelled("1"), listIssues("2", "o"))
		synctest.Wait()
		w.send(cancelled("2"), cancelled("2"), cancelled("1"))
		if got := w.take(); len(got) != 0 {
			t.Errorf("cancellations were answered with %v", got)
		}
		if m := w.ask(request("3", "ping", `{}`)); m.Error != nil {
			t.Errorf("got %s", m.raw)
		}
	})
}

func TestDuplicateIDInFlightIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		release := make(chan struct{})
		r.up.set(held(release))
		w := r.stdio(t)
		w.send(listIssues("1", "first"))
		synctest.Wait()
		for range 10 {
			if m := w.ask(listIssues("1", "second")); m.code() != mcp.INVALID_REQUEST {
				t.Errorf("the second request was answered with %s, want error %d", m.raw, mcp.INVALID_REQUEST)
			}
		}
		close(release)
		lines := w.take()
		if len(lines) != 1 || !strings.Contains(lines[0].raw, "first") || r.up.load().executed != 1 {
			t.Errorf("got %v and %d executes, want the first answer and 1", lines, r.up.load().executed)
		}
	})
}

// Calls wait their turn; everything else, and the end of a call, goes on.
func TestConcurrencyIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const calls, slots = 60, 8
		r := newRig(t, func(o *Options) { o.MaxConcurrent = slots })
		release := make(chan struct{})
		r.up.set(held(release))
		w := r.stdio(t)
		for i := range calls {
			w.send(listIssues(strconv.Itoa(i), strconv.Itoa(i)))
			synctest.Wait() // in this order, so that the last ones wait
		}
		if got := r.up.load(); got.active != slots {
			t.Fatalf("%d executes at once, want %d", got.active, slots)
		}
		if m := w.ask(request(`"p"`, "ping", `{}`)); m.Error != nil {
			t.Errorf("a ping was answered with %s", m.raw)
		}
		if m := w.ask(request(`"l"`, "tools/list", `{}`)); m.Error != nil {
			t.Errorf("tools/list was answered with %.200s", m.raw)
		}
		w.send(cancelled("0"), cancelled("59"), cancelled("58"))
		synctest.Wait() // the cancellations come before the upstream's answers
		close(release)
		if got, want := len(w.take()), calls-3; got != want {
			t.Errorf("%d answers, want %d", got, want)
		}
		// The one that ran was begun upstream, those that waited were not.
		if got := r.up.load(); got.peak != slots || got.executed != calls-2 || got.abandoned != 1 {
			t.Errorf("upstream: %+v, want a peak of %d, %d executes and one closed", got, slots, calls-2)
		}
	})
}

func TestTooManyRequestsInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		release := make(chan struct{})
		r.up.set(held(release))
		w := r.stdio(t)
		for i := range maxInFlight {
			w.send(listIssues(strconv.Itoa(i), "o"))
		}
		synctest.Wait()
		m := w.ask(listIssues(`"over"`, "o"))
		if m.code() != busyCode || !strings.Contains(m.raw, "busy") || string(m.ID) != `"over"` {
			t.Errorf("request %d was answered with %s, want error %d", maxInFlight+1, m.raw, busyCode)
		}
		close(release)
		if got := len(w.take()); got != maxInFlight {
			t.Errorf("%d answers, want %d", got, maxInFlight)
		}
		if m := w.ask(listIssues(`"over"`, "o")); m.call(t).IsError {
			t.Errorf("afterwards: %s", m.raw)
		}
	})
}

// The host gives up after a minute from when it asked, so the time that a call
// waits for its turn, or for the list of connectors, counts.
func TestCallTimeoutCountsFromTheRequest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		slots int
		calls int
	}{{"running", 1, 1}, {"waiting for a turn", 1, 3}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, func(o *Options) { o.CallTimeout, o.MaxConcurrent = 50*time.Second, tt.slots })
				r.up.set(hang)
				w := r.stdio(t)
				for i := range tt.calls {
					w.send(listIssues(strconv.Itoa(i), "o"))
				}
				time.Sleep(51 * time.Second) // virtual
				lines := w.take()
				if len(lines) != tt.calls {
					t.Fatalf("%d of %d calls were answered within 51s", len(lines), tt.calls)
				}
				for _, m := range lines {
					if !m.call(t).IsError {
						t.Errorf("got %s, want that it did not finish in time", m.raw)
					}
				}
			})
		})
	}
}

func TestCallTimeoutCountsTheListOfConnectors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(o *Options) { o.CallTimeout = 20 * time.Second })
		r.up.connectorsDelay = 15 * time.Second
		r.up.set(hang)
		w := r.stdio(t)
		w.send(listIssues("1", "o"))
		start := time.Now()
		time.Sleep(21 * time.Second) // virtual
		if lines := w.take(); len(lines) != 1 || !lines[0].call(t).IsError {
			t.Errorf("after %v: %v, want one error", time.Since(start), lines)
		}
	})
}

// A message that wants no answer cannot hold up those behind it.
func TestNotificationDoesNotBlock(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"tools/list", "tools/call", "notifications/initialized", "no/such"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.up.connectorsDelay = time.Hour
				w := r.stdio(t)
				w.send(fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"params":{"name":"github_issues_list","arguments":{}}}`, method))
				start := time.Now()
				if m := w.ask(request("1", "ping", `{}`)); m.Error != nil || time.Since(start) > 0 {
					t.Errorf("the ping behind it was answered after %v with %s", time.Since(start), m.raw)
				}
			})
		})
	}
}
