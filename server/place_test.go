package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/internal/telemetry"
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

// What callers hold is on the page of metrics.
func TestHeldIsMeasured(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		metrics := telemetry.NewMetrics(telemetry.MetricsOptions{})
		rig := newRig(t, func(o *Options) { o.Metrics, o.Memory = metrics, budget.NewMemory(256<<20, true) })
		w := rig.web(t)
		end := w.halfBody("any", 5000)
		defer end()
		synctest.Wait()
		page := httptest.NewRecorder()
		metrics.Handler().ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		for _, want := range []string{
			`airbyte_mcp_places_held{kind="messages"} 1`, `airbyte_mcp_places_limit{kind="messages"} 1024`,
			`airbyte_mcp_memory_held_bytes{kind="bodies"} 5000`, `airbyte_mcp_memory_held_bytes{kind="upstream"} 0`,
			`airbyte_mcp_memory_held_bytes{kind="answers"} 0`,
		} {
			if !strings.Contains(page.Body.String(), want) {
				t.Errorf("the metrics lack %s", want)
			}
		}
	})
}
