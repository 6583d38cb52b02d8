package server

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// addTool gives the server a tool that only mcp-go knows.
func (r *rig) addTool(name string, handler mcpserver.ToolHandlerFunc) {
	r.mcp.AddTool(mcp.Tool{Name: name, InputSchema: mcp.ToolInputSchema{Type: "object"}}, handler)
}

const panicText = "dsn=postgres://admin:hunter2@db"

// A panic costs the call that caused it, and tells its caller no more than where
// to look.
func TestPanicInATool(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.addTool("explode", func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) { panic(panicText) })
		r.up.set(after(300 * time.Millisecond))
		w := r.stdio(t)
		for i := range 40 {
			w.send(listIssues(strconv.Itoa(i), "o"), callTool(`"boom-`+strconv.Itoa(i)+`"`, "explode", `{}`))
		}
		w.in.Close()
		answers, err := w.rest()
		if err != nil || len(answers) != 80 {
			t.Fatalf("got %d answers, %v; want 80 and nil", len(answers), err)
		}
		for id, m := range answers {
			switch {
			case !strings.Contains(id, "boom"):
				if m.call(t).IsError {
					t.Errorf("a bystander was answered with %s", m.raw)
				}
			case m.code() != mcp.INTERNAL_ERROR || strings.Contains(m.raw, "hunter2") || strings.Contains(m.raw, ".go"):
				t.Errorf("the panic was answered with %s", m.raw)
			case !strings.Contains(r.log.String(), errorID(m.Error.Message)) || !strings.Contains(r.log.String(), "hunter2"):
				t.Errorf("the log does not explain %s", m.raw)
			}
		}
	})
}

// errorID is the id that an internal error shows.
func errorID(text string) string {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ';' }) {
		if len(word) == 36 {
			return word
		}
	}
	return "no id in " + text
}

// A panic below the bridge to mcp-go is a failed call.
func TestPanicUpstream(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.up.set(func(context.Context, execution) string { panic(panicText) })
		w := r.stdio(t)
		got := w.ask(listIssues("1", "o")).call(t)
		if !got.IsError || strings.Contains(got.text(), "hunter2") || !strings.Contains(r.log.String(), errorID(got.text())) {
			t.Errorf("got %q; want an internal error whose id is in the log", got.text())
		}
	})
}

// brokenWriter accepts a number of writes and fails afterwards.
type brokenWriter struct {
	mu   sync.Mutex
	left int
}

func (b *brokenWriter) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left--; b.left < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

// Without a reader the server has no purpose. It ends by itself, though its input
// stays open; a write in progress still reaches its end.
func TestStdoutFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		release := make(chan struct{})
		r.up.set(held(release))
		in, host := io.Pipe()
		defer host.Close()
		ended := make(chan error, 1)
		go func() { ended <- r.ServeStdio(context.Background(), r.session, in, &brokenWriter{left: 1}) }()
		send := func(frame string) {
			if _, err := io.WriteString(host, frame+"\n"); err != nil {
				t.Errorf("writing: %v", err)
			}
			synctest.Wait()
		}
		send(createIssue("1", "t"))
		send(listIssues("2", "o"))
		send(request("3", "ping", `{}`))
		send(request("4", "ping", `{}`))
		if got := r.up.load(); got.active != 1 || got.abandoned != 1 {
			t.Errorf("after the failure: %+v, want the read closed and the write active", got)
		}
		close(release)
		if err := <-ended; !errors.Is(err, errBroken) {
			t.Errorf("ServeStdio: %v, want %v", err, errBroken)
		}
		if got := r.up.load(); got.active != 0 || got.abandoned != 1 {
			t.Errorf("at the end: %+v, want the write to have ended by itself", got)
		}
	})
}

// A host that has stopped reading cannot keep a server alive that is told to stop.
func TestStdoutBlocked(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		end  func(stop context.CancelFunc, host io.Closer)
		most time.Duration
	}{
		{"signal", func(stop context.CancelFunc, _ io.Closer) { stop() }, 5 * time.Second},
		{"end of input", func(_ context.CancelFunc, host io.Closer) { host.Close() }, 10 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				in, host := io.Pipe()
				unread, out := io.Pipe()
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- r.ServeStdio(ctx, r.session, in, out) }()
				_, _ = io.WriteString(host, request("1", "ping", `{}`)+"\n")
				synctest.Wait()
				tt.end(stop, host)
				select {
				case err := <-ended:
					if err == nil {
						t.Error("ServeStdio: nil, want an error: an answer was lost")
					}
				case <-time.After(tt.most):
					t.Errorf("did not end within %v", tt.most)
				}
				stop()
				host.Close()
				unread.Close()
			})
		})
	}
}
