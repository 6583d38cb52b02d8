package server

import (
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/seal"
	"airbyte-mcp-server/tools"
)

// program is a process of the server with a client secret, and the sessions of /mcp in it.
func program(t *testing.T, r *rig, secret string) (*httpSessions, func(sessionFacts) *conn) {
	h := New(Options{Calls: r.opts.Calls, SessionSeal: seal.Shared(secret, "session ids", nil)}).HTTP(HTTPOptions{})
	return h.sessions, func(sessionFacts) *conn { return r.newConn(t.Context(), tools.Session{}, nil) }
}

// Sessions go on after a restart, for the same client secret alone. An ended one stays ended.
func TestSessionsOutliveARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		alice := tools.Session{Principal: "alice", Workspace: "a"}
		before, restore := program(t, r, "secret")
		mine, err := before.create(r.newConn(t.Context(), alice, nil), sessionFacts{Version: "2025-11-25"}, 0)
		if err != nil {
			t.Fatal(err)
		}
		after, _ := program(t, r, "secret")
		found := after.lookUp(t.Context(), mine.id, alice, restore)
		if found == nil || found.facts.Version != "2025-11-25" {
			t.Fatalf("after a restart: got %+v", found)
		}
		if again := after.lookUp(t.Context(), mine.id, alice, restore); again != found {
			t.Error("the second request begins the session once more")
		}
		for name, who := range map[string]tools.Session{
			"caller": {Principal: "bob", Workspace: "a"}, "workspace": {Principal: "alice", Workspace: "b"},
		} {
			if after.lookUp(t.Context(), mine.id, who, restore) != nil {
				t.Errorf("another %s goes on with it", name)
			}
		}
		other, _ := program(t, r, "another secret")
		if other.lookUp(t.Context(), mine.id, alice, restore) != nil {
			t.Error("it goes on under another client secret")
		}
		after.remove(t.Context(), found)
		if after.lookUp(t.Context(), mine.id, alice, restore) != nil {
			t.Error("it goes on after its end")
		}
	})
}

// Requests that come at the same moment after a restart continue one session: else it would
// be counted twice, and never be let go of.
func TestSessionIsContinuedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		alice := tools.Session{Principal: "alice", Workspace: "a"}
		before, restore := program(t, r, "secret")
		mine, err := before.create(r.newConn(t.Context(), alice, nil), sessionFacts{Version: "2025-11-25"}, 0)
		if err != nil {
			t.Fatal(err)
		}
		after, _ := program(t, r, "secret")
		var first *httpSession
		second := after.lookUp(t.Context(), mine.id, alice, func(f sessionFacts) *conn {
			first = after.lookUp(t.Context(), mine.id, alice, restore) // another request, meanwhile
			return restore(f)
		})
		if first == nil || second != first {
			t.Errorf("two requests continue it as %p and %p", first, second)
		}
		after.remove(t.Context(), second)
		if len(after.byNonce) != 0 || len(after.byID) != 0 || len(after.owners) != 0 || len(after.tenants) != 0 {
			t.Errorf("after its end there are still %d sessions, of %v", len(after.byNonce), after.owners)
		}

		again, _ := program(t, r, "secret")
		late := again.lookUp(t.Context(), mine.id, alice, func(f sessionFacts) *conn {
			again.remove(t.Context(), again.lookUp(t.Context(), mine.id, alice, restore)) // ended meanwhile
			return restore(f)
		})
		if late != nil {
			t.Error("it goes on after its end")
		}
	})
}

// However many sessions a caller ends, all stay ended, a bounded number is remembered, and
// the sessions of others go on.
func TestEndedSessionsStayEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		alice, bob := tools.Session{Principal: "alice"}, tools.Session{Principal: "bob"}
		earlier, restore := program(t, r, "secret")
		s, _ := program(t, r, "secret")
		begin := func(in *httpSessions, who tools.Session) *httpSession {
			session, err := in.create(r.newConn(t.Context(), who, nil), sessionFacts{}, 0)
			if err != nil {
				t.Fatal(err)
			}
			virtual(time.Second)
			return session
		}
		of, live := begin(earlier, bob), begin(s, alice)
		ended := make([]*httpSession, 3*maxEndedMarks)
		for i := range ended {
			ended[i] = begin(s, alice)
			s.remove(t.Context(), ended[i])
		}
		fresh := begin(earlier, alice)
		for i, e := range ended {
			if s.lookUp(t.Context(), e.id, alice, restore) != nil {
				t.Fatalf("session %d of %d goes on after its end", i, len(ended))
			}
		}
		for name, lookUp := range map[string]func() *httpSession{
			"another caller's, from before a restart":      func() *httpSession { return s.lookUp(t.Context(), of.id, bob, restore) },
			"in use since before the others began":         func() *httpSession { return s.lookUp(t.Context(), live.id, alice, restore) },
			"begun after the ends, by a process before us": func() *httpSession { return s.lookUp(t.Context(), fresh.id, alice, restore) },
		} {
			if lookUp() == nil {
				t.Errorf("a session %s does not go on", name)
			}
		}
		if got := len(s.ended.owners.Get(alice.CallerKey()).Value().marks); got > maxEndedMarks {
			t.Errorf("%d marks are kept, want at most %d", got, maxEndedMarks)
		}
		virtual(s.life)
		s.ended.mark(bob.CallerKey(), "x", time.Now())
		if got := s.ended.owners.Len(); got != 1 {
			t.Errorf("marks of %d callers are kept, want those of one", got)
		}
	})
}
