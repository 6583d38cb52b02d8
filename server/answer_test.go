package server

import (
	"bufio"
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/internal/results"
	"airbyte-mcp-server/tools/calls"
)

// A client that asks for lists and does not read them holds its own share of memory and no
// more, and delays no other tenant. What it held is free when it has left.
func TestUnreadListsTakeNoOtherTenantsMemory(t *testing.T) {
	t.Parallel()
	alone := newRig(t).web(t)
	size := int64(len(alone.post(request("1", "tools/list", "{}"), alone.open()...).body))
	memory := &budget.Memory{Answers: budget.New(6*size, 3*size)}
	w := newRig(t, func(o *Options) { o.Memory = memory }).web(t, func(o *HTTPOptions) {
		o.Authenticator, o.SeveralTenants = workspaces{}, true
	})
	ctx, leave := context.WithCancel(t.Context())
	path := w.unread(ctx, "greedy")
	for i := range 20 {
		if got, err := w.do(t.Context(), http.MethodPost, path, request(strconv.Itoa(i), "tools/list", "{}"),
			"Content-Type", "application/json", "Authorization", "Bearer greedy"); err != nil || got.status != http.StatusAccepted {
			t.Fatalf("HTTP %d, %v", got.status, err)
		}
	}
	waitFor(t, func() bool { return memory.Answers.Use().Waiting > 0 })
	if got := memory.Answers.Use().Held; got > 3*size {
		t.Errorf("%d bytes are held of a share of %d", got, 3*size)
	}
	quiet := []string{"Authorization", "Bearer quiet"}
	quiet = append(quiet, w.open(quiet...)...)
	if got := w.post(request("1", "tools/list", "{}"), quiet...); got.last(t).code() != 0 {
		t.Errorf("another tenant: HTTP %d %.200s", got.status, got.body)
	}
	leave()
	waitFor(t, func() bool { use := memory.Answers.Use(); return use.Held == 0 && use.Waiting == 0 })
}

// waitFor waits until a condition holds that has no event of its own.
func waitFor(t *testing.T, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("what was waited for has not come")
		}
	}
}

// unread opens a stream of a workspace, reads the path for messages and nothing after it.
func (w *web) unread(ctx context.Context, workspace string) (path string) {
	w.t.Helper()
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:8080/sse", nil)
	r.Header.Set("Authorization", "Bearer "+workspace)
	response, err := w.client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = response.Body.Close() })
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		if path, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			return path
		}
	}
	w.t.Fatalf("HTTP %d without an endpoint", response.StatusCode)
	return ""
}

// A kept result is read as a whole only where there is memory for all copies of it.
func TestKeptResultsAreReadWithinTheMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pool := budget.New(1<<20, 1<<20)
		store := results.New(results.Options{})
		up := newUpstream()
		r := newRigWith(t, up, airbyte.Config{Host: "http://127.0.0.1:1", Transport: up}, calls.Options{Results: store, Memory: pool},
			func(o *Options) { o.Memory = &budget.Memory{Answers: pool} })
		w := r.web(t)
		session := w.open()
		read := func(text string) message {
			id, err := store.Put(r.session.CallerKey(), []byte(`"`+text+`"`))
			if err != nil {
				t.Fatal(err)
			}
			return w.post(request("1", "resources/read", `{"uri":"`+calls.ResultURI+id+`"}`), session...).last(t)
		}
		small := strings.Repeat("x", 200<<10)
		if got := read(small); !strings.Contains(string(got.Result), small) {
			t.Errorf("a result that fits: %.300s %.300s", got.Result, got.raw)
		}
		synctest.Wait()
		if got := pool.Use().Held; got != 0 {
			t.Errorf("%d bytes are held after the answer", got)
		}
		if got := read(strings.Repeat("x", 300<<10)); got.code() != busyCode || !strings.Contains(got.raw, "read_result") {
			t.Errorf("a result that does not fit: %.300s %.300s", got.Result, got.raw)
		}
		held, _ := pool.TryTake(r.session.Workspace, 1<<19)
		if got := read(small); got.code() != busyCode {
			t.Errorf("while others are being read: %.300s", got.Result)
		}
		held.Release()
	})
}

// A small answer in a large buffer would hold more than is counted.
func TestSmallAnswerLeavesALargeBuffer(t *testing.T) {
	t.Parallel()
	s := newRig(t).Server
	large := make([]byte, 10, 2<<20)
	if got := s.fit(large); len(got) != 10 || cap(got) > slack {
		t.Errorf("an answer of %d bytes holds %d", len(got), cap(got))
	}
	half := make([]byte, 1<<20, 2<<20)
	if got := s.fit(half); &got[0] != &half[0] {
		t.Error("an answer that fills its buffer was copied")
	}
}
