package server

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"airbyte-mcp-server/internal/budget"
)

// A message holds its place from before its body is waited for until it is answered, also
// where its POST is answered at once: connections and headers are held as long.
func TestPlaceIsHeldFromTheBodyToTheAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rig := newRig(t)
		w := rig.web(t)
		end := w.halfBody("any", 10)
		synctest.Wait()
		if got := w.http.posts.Use().Held; got != 1 {
			t.Errorf("an unfinished body holds %d places, want 1", got)
		}
		end()
		synctest.Wait()
		s := w.stream()
		rig.up.set(hang)
		s.post(listIssues("1", "o"))
		if got := w.http.posts.Use().Held; got != 1 {
			t.Errorf("a call over a stream holds %d places, want 1", got)
		}
		s.leave()
		synctest.Wait()
		if got := w.http.posts.Use().Held; got != 0 {
			t.Errorf("%d places are held after all messages", got)
		}
	})
}

// Messages that other replicas pass on are counted where they are answered.
func TestForwardedMessagesTakePlaces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, _, one, other := pair(t)
		s := one.stream()
		send := func(id string) {
			reply, err := other.do(t.Context(), http.MethodPost, s.endpoint, listIssues(id, "o"), jsonHeaders(nil)...)
			if err != nil || reply.status != http.StatusAccepted {
				t.Fatalf("HTTP %d, %v", reply.status, err)
			}
			synctest.Wait()
		}
		r.up.set(hang)
		send("1")
		if got := one.http.posts.Use(); got.Held != 1 {
			t.Errorf("a forwarded call holds %d places, want 1", got.Held)
		}
		one.http.posts = budget.New(1, 1)
		full, err := one.http.posts.TryTake("", 1)
		if err != nil {
			t.Fatal(err)
		}
		defer full.Release()
		send("2")
		if got := s.take(); len(got) != 1 || got[0].code() != busyCode || string(got[0].ID) != "2" {
			t.Errorf("without a place: %v, want busy", got)
		}
	})
}

// A large message is read through several times: only calls and answers need one.
func TestOnlyCallsAreLarge(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxSmallFrame)
	for name, c := range map[string]struct {
		frame string
		code  int
	}{
		"initialize":   {request("1", "initialize", `{"clientInfo":{"name":"`+long+`"}}`), -32600},
		"tools/list":   {request("1", "tools/list", `{"_meta":{"io.modelcontextprotocol/clientInfo":"`+long+`"}}`), -32600},
		"notification": {`{"jsonrpc":"2.0","method":"notifications/initialized","params":{"x":"` + long + `"}}`, -32600},
		"tools/call":   {request("1", "tools/call", `{"name":"github_issues_create","arguments":{"title":"`+long+`"}}`), 0},
		"answer":       {`{"jsonrpc":"2.0","id":"a","result":{"text":"` + long + `"}}`, 0},
	} {
		_, problem := parseFrame([]byte(c.frame))
		switch {
		case c.code == 0 && problem != nil:
			t.Errorf("%s: refused with %s", name, problem.message)
		case c.code != 0 && (problem == nil || problem.code != c.code):
			t.Errorf("%s: got %+v, want error %d", name, problem, c.code)
		}
	}
}
