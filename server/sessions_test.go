package server

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/tools"
)

func TestSessionsOfOthersDoNotExist(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		h := r.HTTP(HTTPOptions{SessionLife: time.Hour})
		s := h.sessions
		alice := tools.Session{Principal: "alice", Workspace: "a"}
		mine, err := s.create(r.newConn(t.Context(), alice, nil), sessionFacts{Version: "2025-11-25"}, 0)
		if err != nil {
			t.Fatal(err)
		}
		restore := func(sessionFacts) *conn { return r.newConn(t.Context(), alice, nil) }
		for _, tt := range []struct {
			id, principal, workspace string
			want                     bool
		}{
			{mine.id, "alice", "a", true}, {mine.id, "bob", "a", false}, {mine.id, "alice", "b", false}, {mine.id, "", "a", false},
			{"", "alice", "a", false}, {strings.ToLower(mine.id), "alice", "a", false}, {mine.id + "AA", "alice", "a", false},
		} {
			got := s.lookUp(t.Context(), tt.id, tools.Session{Principal: tt.principal, Workspace: tt.workspace}, restore)
			if (got != nil) != tt.want {
				t.Errorf("get(%q, %q, %q) = %v", tt.id, tt.principal, tt.workspace, got)
			}
		}
		if got := h.streams.lookUp(t.Context(), mine.id, alice, nil); got != nil {
			t.Error("the id is good on another transport")
		}
		// Another replica with the same key goes on with it, one with another key does not.
		replica := New(Options{Calls: r.opts.Calls, Seal: r.seal}).HTTP(HTTPOptions{}).sessions
		if got := replica.lookUp(t.Context(), mine.id, alice, restore); got == nil || got.facts.Version != "2025-11-25" {
			t.Errorf("another replica has %v", got)
		}
		stranger := New(Options{Calls: r.opts.Calls}).HTTP(HTTPOptions{}).sessions
		if got := stranger.lookUp(t.Context(), mine.id, alice, restore); got != nil {
			t.Error("a server with another key goes on with it")
		}
		virtual(time.Hour)
		if got := s.lookUp(t.Context(), mine.id, alice, restore); got != nil {
			t.Error("the session outlives its time")
		}
	})
}

// A session that nobody uses ends after its idle time, an hour unless set otherwise, and
// is counted no more.
func TestIdleSessionsEnd(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ set, want time.Duration }{{0, time.Hour}, {time.Minute, time.Minute}} {
		synctest.Test(t, func(t *testing.T) {
			w := newRig(t).web(t, func(o *HTTPOptions) { o.SessionIdle = tt.set })
			sessions, open := w.http.sessions, 0
			sessions.count = func(opened bool) {
				if opened {
					open++
				} else {
					open--
				}
			}
			session := w.open()
			ping := request("1", "ping", `{}`)
			virtual(tt.want)
			if got := w.post(ping, session...); got.status != 200 || open != 1 {
				t.Errorf("idle for %s: HTTP %d, %d sessions; want 200 and 1", tt.want, got.status, open)
			}
			virtual(tt.want + time.Second)
			if got := w.post(ping, session...); got.status != 404 || open != 0 {
				t.Errorf("idle for longer than %s: HTTP %d, %d sessions; want 404 and 0", tt.want, got.status, open)
			}
		})
	}
}

// Requests beyond the bound on POSTs are refused at once, and taken again once there is
// room.
func TestPOSTsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).web(t)
		places, err := w.http.posts.TryTake("", maxInFlight)
		if err != nil {
			t.Fatal(err)
		}
		got := w.postModern(request("1", "ping", `{}`))
		if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") != "1" || got.last(t).code() != busyCode {
			t.Errorf("got HTTP %d %q %s, want 503 with a time and a reason", got.status, got.header.Get("Retry-After"), got.body)
		}
		places.Shrink(maxInFlight - 1)
		for range 2 {
			if got := w.post(initialize("1")); got.status != http.StatusOK {
				t.Errorf("with room for one: HTTP %d", got.status)
			}
		}
	})
}

// A caller at its limit gets a new session in the place of its longest unused one, which
// its client can continue all the same.
func TestLongestUnusedSessionOfTheCallerMakesRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).web(t, func(o *HTTPOptions) { o.Limits.Sessions = 2 })
		ping := request("1", "ping", `{}`)
		oldest := w.open()
		virtual(time.Second)
		w.open()
		virtual(time.Second)
		w.post(ping, oldest...)
		w.open()
		if got := w.http.sessions.owners["\x00default"]; got != 2 {
			t.Errorf("%d sessions are held, want 2", got)
		}
		for range 2 {
			if got := w.post(ping, oldest...); got.status != http.StatusOK {
				t.Errorf("a session that was used: HTTP %d", got.status)
			}
		}
	})
}

// A tenant that begins sessions without end takes its own place and no other tenant's.
func TestSessionsOfOneTenantPushOutNoOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		s := r.HTTP(HTTPOptions{MaxSessions: 8, SeveralTenants: true}).sessions
		quiet := tools.Session{Principal: "quiet", Workspace: "b"}
		mine, err := s.create(r.newConn(t.Context(), quiet, nil), sessionFacts{}, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, principal := range []string{"x", "y", "z"} { // several callers of one workspace are one tenant
			for range 20 {
				virtual(time.Second)
				greedy := tools.Session{Principal: principal, Workspace: "a"}
				if _, err := s.create(r.newConn(t.Context(), greedy, nil), sessionFacts{}, 0); err != nil {
					t.Fatalf("the greedy tenant's own: %v", err)
				}
			}
		}
		if s.byNonce[mine.facts.Nonce] != mine || len(s.byNonce) != 3 {
			t.Errorf("%d sessions are left, want 2 of the greedy tenant and the other's", len(s.byNonce))
		}
	})
}

// Streams are in use for as long as they are open: none makes room for another.
func TestStreamsOfOneTenantAreBounded(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.HTTP(HTTPOptions{MaxSessions: 8, SeveralTenants: true}).streams
	for workspace, want := range map[string]int{"a": 2, "b": 2} {
		begun := 0
		for range 5 {
			if _, err := s.create(r.newConn(t.Context(), tools.Session{Workspace: workspace}, nil), sessionFacts{}, 0); err == nil {
				begun++
			} else if !errors.Is(err, errTenantTooMany) {
				t.Errorf("a stream too many: %v", err)
			}
		}
		if begun != want {
			t.Errorf("tenant %s has begun %d streams, want %d", workspace, begun, want)
		}
	}
}

// The choice of tools is part of the id, so it is bounded.
func TestSessionWithALongChoiceIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).web(t)
		got := w.post(initialize("1"), "X-MCP-Tools", strings.Repeat("github_*,", 2000))
		if got.status != http.StatusBadRequest || !strings.Contains(got.body, "too long for a session id") {
			t.Errorf("HTTP %d %s", got.status, got.body)
		}
	})
}

// Close ends what is open, streams too.
func TestCloseEndsStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).web(t)
		s := w.stream()
		w.http.Close()
		select {
		case <-s.done:
		case <-time.After(time.Second):
			t.Error("the stream goes on")
		}
	})
}
