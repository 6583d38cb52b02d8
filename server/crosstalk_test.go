package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// Clients count their ids from the same number. A cancellation must stay with the
// session that it came from.
func TestCancelStaysInItsSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		release := make(chan struct{})
		r.up.set(held(release))
		w := r.web(t)
		a, b := w.open(), w.open()
		answers := make(chan webReply, 2)
		go func() { answers <- w.post(listIssues("1", "of-a"), a...) }()
		synctest.Wait()
		for id := range 20 {
			w.post(cancelled(strconv.Itoa(id)), b...)
			w.post(cancelled(`"`+strconv.Itoa(id)+`"`), a...)
		}
		synctest.Wait()
		if got := r.up.load(); got.active != 1 || got.abandoned != 0 {
			t.Fatalf("after another session's cancellations: %+v, want the call active", got)
		}
		close(release)
		if got := (<-answers).last(t).call(t); got.IsError || !strings.Contains(got.text(), "of-a") {
			t.Errorf("A got %s", got.text())
		}
	})
}

func TestCancelInItsOwnSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.up.set(hang)
		w := r.web(t)
		session := w.open()
		answers := make(chan webReply, 1)
		go func() { answers <- w.post(listIssues("1", "o"), session...) }()
		synctest.Wait()
		if reply := w.post(cancelled("1"), session...); reply.status != http.StatusAccepted {
			t.Errorf("the cancellation: HTTP %d", reply.status)
		}
		if reply := <-answers; len(reply.messages) != 0 || r.up.load().abandoned != 1 {
			t.Errorf("the cancelled call: HTTP %d %q, upstream %+v; want no message and a closed request", reply.status, reply.body,
				r.up.load())
		}
	})
}

// The stateless era has no cancellation by message: ids of different clients are
// equal, so one would hit anybody.
func TestModernCancellationReachesNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		release := make(chan struct{})
		r.up.set(held(release))
		w := r.web(t)
		answers := make(chan webReply, 3)
		session := w.open()
		go func() { answers <- w.postModern(listIssues("1", "o")) }()
		go func() { answers <- w.postModern(createIssue("2", "t")) }()
		go func() { answers <- w.post(listIssues("1", "another"), session...) }()
		synctest.Wait()
		for id := range 1000 {
			notice := modern(cancelled(strconv.Itoa(id)))
			if reply := w.post(notice, modernHeaders(t, notice)...); reply.status != http.StatusAccepted || reply.body != "" {
				t.Fatalf("cancellation: HTTP %d %s", reply.status, reply.body)
			}
		}
		if got := r.up.load(); got.active != 3 || got.abandoned != 0 {
			t.Errorf("after the cancellations: %+v, want three active calls", got)
		}
		close(release)
		for range 3 {
			if got := (<-answers).last(t).call(t); got.IsError {
				t.Errorf("got %s", got.text())
			}
		}
	})
}

const progressSteps = 20

// countTool reports progress in a burst and answers at once.
func countTool(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	for step := range progressSteps {
		err := mcpserver.ServerFromContext(ctx).SendNotificationToClient(ctx, "notifications/progress", map[string]any{
			"progressToken": r.Params.Meta.ProgressToken, "progress": step + 1, "total": progressSteps,
		})
		if err != nil {
			return nil, err
		}
	}
	return mcp.NewToolResultText("done"), nil
}

func countCall(id int) string {
	return request(strconv.Itoa(id), "tools/call", fmt.Sprintf(`{"name":"count","arguments":{},"_meta":{"progressToken":"token-%d"}}`, id))
}

// checkProgress holds the messages of one call: every step, in order, and then the
// answer.
func checkProgress(t *testing.T, id int, messages []message) {
	t.Helper()
	if len(messages) != progressSteps+1 {
		t.Errorf("call %d: %d messages, want %d", id, len(messages), progressSteps+1)
		return
	}
	for i, m := range messages[:progressSteps] {
		var p struct {
			Token    string `json:"progressToken"`
			Progress int    `json:"progress"`
		}
		if err := json.Unmarshal(m.Params, &p); err != nil || p.Token != fmt.Sprintf("token-%d", id) || p.Progress != i+1 {
			t.Errorf("call %d: message %d is %s", id, i, m.raw)
		}
	}
	if last := messages[progressSteps]; string(last.ID) != strconv.Itoa(id) || last.call(t).IsError {
		t.Errorf("call %d ends with %s", id, last.raw)
	}
}

// Of 300 calls at once, each in the era and session that it happens to have, every
// one finds its own progress on its own stream, and nothing else.
func TestProgressStaysOnItsStream(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.addTool("count", countTool)
		w := r.web(t)
		a, b := w.open(), w.open()
		var callers sync.WaitGroup
		for id := range 300 {
			callers.Go(func() {
				var reply webReply
				switch id % 3 {
				case 0:
					reply = w.postModern(countCall(id))
				case 1:
					reply = w.post(countCall(id), a...)
				case 2:
					reply = w.post(countCall(id), b...)
				}
				checkProgress(t, id, reply.messages)
			})
		}
		callers.Wait()
	})
}

// On a connection that carries everything, progress still comes before its answer.
func TestProgressOnSharedConnections(t *testing.T) {
	t.Parallel()
	const calls = 100
	for _, tt := range []struct {
		name string
		open func(t *testing.T, r *rig) (send func(string), take func() []message)
	}{
		{"stdio", func(t *testing.T, r *rig) (func(string), func() []message) {
			w := r.stdio(t)
			return func(f string) { w.send(f) }, w.take
		}},
		{"SSE", func(t *testing.T, r *rig) (func(string), func() []message) {
			s := r.web(t).stream()
			return func(f string) { s.post(f) }, s.take
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.addTool("count", countTool)
				send, take := tt.open(t, r)
				send(initialize("1000")) // its answer is not awaited, as by a script
				for id := range calls {
					if id%2 == 0 {
						send(countCall(id))
					} else {
						send(modern(countCall(id)))
					}
				}
				byCall := map[string][]message{}
				for _, m := range take() {
					byCall[callOf(t, m)] = append(byCall[callOf(t, m)], m)
				}
				for id := range calls {
					checkProgress(t, id, byCall[strconv.Itoa(id)])
				}
			})
		})
	}
}

// callOf is the id of the call that a message belongs to.
func callOf(t *testing.T, m message) string {
	t.Helper()
	if m.Method == "" {
		return string(m.ID)
	}
	var p struct {
		Token string `json:"progressToken"`
	}
	if err := json.Unmarshal(m.Params, &p); err != nil {
		t.Errorf("%s: %v", m.raw, err)
	}
	return strings.TrimPrefix(p.Token, "token-")
}

// Answers to calls with equal ids find their askers.
func TestAnswersStayWithTheirClients(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).web(t)
		var clients sync.WaitGroup
		for c := range 50 {
			session := w.open()
			clients.Go(func() {
				for n := range 20 {
					nonce := fmt.Sprintf("client-%d-call-%d-", c, n)
					call := listIssues("1", nonce)
					for _, reply := range []webReply{w.post(call, session...), w.postModern(call)} {
						if got := reply.last(t).call(t).text(); !strings.Contains(got, nonce) || strings.Count(got, "client-") != 1 {
							t.Errorf("%s got %s", nonce, got)
						}
					}
				}
			})
		}
		clients.Wait()
	})
}
