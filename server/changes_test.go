package server

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools"
)

const slackConnector = `{"id":"c-2","name":"Slack - test","summarized_source_template":{"name":"Slack","connector_name":"slack"}}`

// outdated is after the list of connectors has to be asked for again.
const outdated = airbyte.DefaultConnectorLifetime + time.Second

// notices are the notifications of changed tools among messages.
func notices(messages []message) int {
	n := 0
	for _, m := range messages {
		if m.Method == mcp.MethodNotificationToolsListChanged {
			n++
		}
	}
	return n
}

// A host over stdio is told once that a connector came or went, and not of a change that
// its own list has brought to light.
func TestChangeOverStdio(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		w := r.stdio(t)
		list := func() []message { w.send(request("1", "tools/list", `{}`)); return w.take() }
		call := func() int { w.send(listIssues("2", "o")); return notices(w.take()) }
		changed := func(connectors ...string) { r.up.has(connectors...); virtual(outdated) }

		changed(githubConnector, slackConnector)
		if got := call(); got != 0 {
			t.Errorf("a host without a list got %d notices", got)
		}
		list()
		for name, connectors := range map[string][]string{"without Slack": {githubConnector}, "with it": {githubConnector, slackConnector}} {
			changed(connectors...)
			if got := []int{call(), call()}; !slices.Equal(got, []int{1, 0}) {
				t.Errorf("%s: the calls brought %v notices, want one with the first", name, got)
			}
		}
		changed(githubConnector)
		if got := list(); len(got) != 1 || slices.Contains(got[0].names(t), "slack_users_list") {
			t.Errorf("the list itself was followed by a notice, or is old: %d messages", len(got))
		}
		changed(githubConnector)
		if got := call(); got != 0 {
			t.Errorf("the same connectors brought %d notices", got)
		}
	})
}

// The tools that are offered while Airbyte is down are no list of a workspace.
func TestChangeAfterAnOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.up.setDown(true)
		w := r.stdio(t)
		w.send(request("1", "tools/list", `{}`))
		virtual(r.opts.CallTimeout)
		w.take()
		r.up.setDown(false)
		virtual(r.opts.CallTimeout)
		w.send(listIssues("2", "o"))
		if got := notices(w.take()); got != 1 {
			t.Errorf("%d notices after the outage, want 1", got)
		}
	})
}

func TestChangeOverSSE(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		w := r.web(t)
		s, other := w.stream(), w.stream()
		for _, m := range []string{initialize("0"), initialized, request("1", "tools/list", `{}`)} {
			s.post(m)
			s.take()
		}
		r.up.has(githubConnector, slackConnector)
		virtual(outdated)
		other.post(listIssues("1", "o")) // anybody's call brings the change to light
		if got := notices(s.take()); got != 1 {
			t.Errorf("the stream with a list got %d notices, want 1", got)
		}
		if got := notices(other.take()); got != 0 {
			t.Errorf("the stream without a list got %d notices", got)
		}
		s.leave()
		other.leave()
		synctest.Wait()
		if got := len(r.keepers.byWorkspace); got != 0 {
			t.Errorf("%d clients are kept that have gone", got)
		}
	})
}

// A session has no stream but those of its answers; the notice goes with the next one, to
// a client that accepts one.
func TestChangeInASession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		w := r.web(t)
		session := w.open()
		w.post(request("1", "tools/list", `{}`), session...)
		r.up.has(githubConnector, slackConnector)
		virtual(outdated)
		jsonOnly := append([]string{"Content-Type", "application/json", "Accept", "application/json"}, session...)
		reply, err := w.do(t.Context(), http.MethodPost, "/mcp", listIssues("2", "o"), jsonOnly...)
		if err != nil || notices(reply.messages) != 0 || reply.last(t).call(t).IsError {
			t.Errorf("a client of JSON got %v, %v", reply.messages, err)
		}
		reply = w.post(listIssues("3", "o"), session...)
		if notices(reply.messages) != 1 || reply.last(t).call(t).IsError || notices(reply.messages[:1]) != 1 {
			t.Errorf("got %v, want a notice before the answer", reply.messages)
		}
		if reply = w.post(listIssues("4", "o"), session...); len(reply.messages) != 1 {
			t.Errorf("got %v, want the answer alone", reply.messages)
		}
		if _, err := w.do(t.Context(), http.MethodDelete, "/mcp", "", session...); err != nil || len(r.keepers.byWorkspace) != 0 {
			t.Errorf("the session that has ended is kept: %v, %d", err, len(r.keepers.byWorkspace))
		}
	})
}

// Whose rights do not reach a connector is not told that it came.
func TestChangeBeyondTheRights(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.session.Policy.Connectors = []string{"github"}
		w := r.stdio(t)
		w.ask(request("1", "tools/list", `{}`))
		r.up.has(githubConnector, slackConnector)
		virtual(outdated)
		w.send(listIssues("2", "o"))
		if got := notices(w.take()); got != 0 {
			t.Errorf("%d notices of tools that it may not use", got)
		}
	})
}

// listenFor is a subscription of the stateless era.
const listenFor = `{"notifications":{"toolsListChanged":true,"promptsListChanged":true}}`

// Over stdio a subscription is acknowledged, brings its own notices and ends with a result.
func TestSubscriptionOverStdio(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		w := r.stdio(t)
		w.send(modern(request(`"sub"`, "subscriptions/listen", listenFor)))
		acknowledged := w.take()
		if len(acknowledged) != 1 || acknowledged[0].Method != mcp.MethodNotificationSubscriptionsAcknowledged ||
			!strings.Contains(acknowledged[0].raw, `"notifications":{"toolsListChanged":true}`) {
			t.Fatalf("got %v, want an acknowledgement of changed tools alone", acknowledged)
		}
		r.up.has(githubConnector, slackConnector)
		virtual(outdated)
		w.send(modern(listIssues("1", "o")))
		lines := w.take()
		if notices(lines) != 1 {
			t.Fatalf("got %v, want one notice", lines)
		}
		for _, m := range lines {
			if m.Method != "" && !strings.Contains(m.raw, `"io.modelcontextprotocol/subscriptionId":"sub"`) {
				t.Errorf("%s does not name its subscription", m.raw)
			}
		}
		w.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"sub"}}`)
		w.take()
		if got := len(r.keepers.byWorkspace); got != 0 {
			t.Errorf("%d subscriptions are kept that have ended", got)
		}
	})
}

// Over HTTP a tenant has a number of subscriptions, each of which ends with its client.
func TestSubscriptionsOverHTTP(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		w := r.web(t, func(o *HTTPOptions) { o.MaxSessions = 2 })
		frame := request("7", "subscriptions/listen", listenFor)
		ctx, leave := context.WithCancel(t.Context())
		type ended struct {
			reply webReply
			err   error
		}
		left := make(chan ended, 2)
		for range 2 {
			go func() {
				reply, err := w.do(ctx, http.MethodPost, "/mcp", modern(frame), jsonHeaders(modernHeaders(t, frame))...)
				left <- ended{reply, err}
			}()
		}
		synctest.Wait()
		if got := len(r.keepers.byWorkspace["default"]); got != 2 {
			t.Fatalf("%d subscriptions, want 2", got)
		}
		if got := w.postModern(frame); got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" {
			t.Errorf("the third is answered with HTTP %d %s", got.status, got.body)
		}
		if got := w.http.posts.Use().Held; got != 0 {
			t.Errorf("subscriptions hold %d places of messages", got)
		}
		leave()
		<-left
		<-left
		synctest.Wait()
		if got := w.http.listens.Use().Held; got != 0 || len(r.keepers.byWorkspace) != 0 {
			t.Errorf("%d places and %d keepers are left", got, len(r.keepers.byWorkspace))
		}
	})
}

// Clients that come, list and go while connectors change leave nothing behind.
func TestChangesAtTheSameTime(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	snapshot, err := r.opts.Calls.Directory().Snapshot(t.Context(), "default")
	if err != nil {
		t.Fatal(err)
	}
	set, err := snapshot.Select(r.session)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	for range 8 {
		go func() {
			defer func() { done <- struct{}{} }()
			for range 50 {
				who := &keeper{push: func([]byte) {}}
				who.begin()
				r.keepers.keep(who, r.session, set)
				r.keepers.compare(snapshot)
				who.begin()
				r.keepers.keep(who, tools.Session{Workspace: "other"}, set)
				r.keepers.forget(who)
				r.keepers.keep(who, r.session, set)
			}
		}()
	}
	for range 8 {
		<-done
	}
	if got := len(r.keepers.byWorkspace); got != 0 {
		t.Errorf("%d workspaces are left", got)
	}
}
