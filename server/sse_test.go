package server

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestSSECallsAnswerOnTheStream(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).web(t)
		s := w.stream()
		if !strings.HasPrefix(s.endpoint, "/message?sessionId=") {
			t.Fatalf("endpoint %q", s.endpoint)
		}
		s.post(initialize("0"))
		s.post(initialized)
		s.post(listIssues("1", "nonce-1"))
		s.post(modern(listIssues(`"m"`, "nonce-2")))
		lines := s.take()
		if len(lines) != 3 {
			t.Fatalf("%d messages on the stream, want 3: %v", len(lines), lines)
		}
		for _, m := range lines[1:] {
			nonce := map[string]string{"1": "nonce-1", `"m"`: "nonce-2"}[string(m.ID)]
			if got := m.call(t); got.IsError || nonce == "" || !strings.Contains(got.text(), nonce) {
				t.Errorf("got %s", m.raw)
			}
		}
	})
}

// A stream lives for as long as its client, however quiet it is.
func TestSSEStaysOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newRig(t).web(t).stream()
		virtual(3 * time.Hour)
		s.post(request("1", "ping", `{}`))
		if got := s.take(); len(got) != 1 {
			t.Errorf("after three quiet hours: %v, want one answer", got)
		}
	})
}

// Who posts into a stream must be who opened it, and must know its id.
func TestSSEBelongsToItsClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const auth = "Authorization"
		w := newRig(t).web(t, func(o *HTTPOptions) { o.Authenticator = static(testBearer) })
		victim := w.stream(auth, "Bearer "+testBearer)
		mine := w.stream(auth, "Bearer "+testBearer)
		ping := request("1", "ping", `{}`)
		for _, tt := range []struct {
			path   string
			header []string
			want   int
		}{
			{victim.endpoint, nil, http.StatusUnauthorized},
			{victim.endpoint, []string{auth, "Bearer other"}, http.StatusUnauthorized},
			{victim.endpoint[:len(victim.endpoint)-1], []string{auth, "Bearer " + testBearer}, http.StatusNotFound},
			{strings.ToLower(victim.endpoint), []string{auth, "Bearer " + testBearer}, http.StatusNotFound},
			{"/message?sessionId=", []string{auth, "Bearer " + testBearer}, http.StatusNotFound},
			{mine.endpoint, []string{auth, "Bearer " + testBearer}, http.StatusAccepted},
		} {
			reply, err := w.do(t.Context(), http.MethodPost, tt.path, ping, jsonHeaders(tt.header)...)
			if err != nil || reply.status != tt.want {
				t.Errorf("POST %s with %q: HTTP %d, %v; want %d", tt.path, tt.header, reply.status, err, tt.want)
			}
		}
		if got := victim.take(); len(got) != 0 {
			t.Errorf("the other's stream got %v", got)
		}
		if got := mine.take(); len(got) != 1 {
			t.Errorf("the own stream got %v, want one answer", got)
		}
		// A session of the other transport is no stream.
		session := w.open(auth, "Bearer "+testBearer)
		reply, err := w.do(t.Context(), http.MethodPost, "/message?sessionId="+session[1], ping, jsonHeaders(session[4:])...)
		if err != nil || reply.status != http.StatusNotFound {
			t.Errorf("a session as a stream: HTTP %d, %v; want 404", reply.status, err)
		}
	})
}

func TestSSEStreamsAreLimited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).web(t, func(o *HTTPOptions) { o.MaxSessions = 2 })
		first := w.stream()
		w.stream()
		reply, err := w.do(t.Context(), http.MethodGet, "/sse", "")
		if err != nil || reply.status != http.StatusServiceUnavailable || reply.header.Get("Retry-After") == "" {
			t.Errorf("one stream too many: HTTP %d, %v", reply.status, err)
		}
		first.leave()
		synctest.Wait()
		w.stream() // there is room again
	})
}

// A client of a stream that has stopped reading is let go, and so are its calls.
func TestSSESlowReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(o *Options) { o.CallTimeout = time.Hour })
		w := r.web(t)
		conn, err := w.listener.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, "GET /sse HTTP/1.1\r\nHost: localhost\r\n\r\n")
		endpoint := ""
		buffer := make([]byte, 4096)
		for !strings.Contains(endpoint, "sessionId=") {
			n, err := conn.Read(buffer)
			if err != nil {
				t.Fatal(err)
			}
			endpoint += string(buffer[:n])
		}
		_, endpoint, _ = strings.Cut(endpoint, "data: ")
		endpoint, _, _ = strings.Cut(endpoint, "\n")
		r.up.set(hang)
		if reply, err := w.do(t.Context(), http.MethodPost, endpoint, listIssues("1", "o"), jsonHeaders(nil)...); err != nil ||
			reply.status != http.StatusAccepted {
			t.Fatalf("POST %s: HTTP %d, %v", endpoint, reply.status, err)
		}
		virtual(DefaultKeepAlive + writeTimeout + time.Second)
		if got := r.up.load(); got.active != 0 || got.abandoned != 1 {
			t.Errorf("upstream %+v, want the call of the lost client closed", got)
		}
		if reply, err := w.do(t.Context(), http.MethodPost, endpoint, request("3", "ping", `{}`), jsonHeaders(nil)...); err != nil ||
			reply.status != http.StatusNotFound {
			t.Errorf("the stream is still there: HTTP %d, %v", reply.status, err)
		}
	})
}

// A client that leaves ends what it has asked for, at once.
func TestDisconnectEndsTheUpstream(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		call func(w *web) (leave func())
	}{
		{"streamable, session era", func(w *web) func() { return w.begin(listIssues("1", "o"), w.open()...) }},
		{"streamable, stateless era", func(w *web) func() {
			return w.begin(modern(listIssues("1", "o")), modernHeaders(w.t, listIssues("1", "o"))...)
		}},
		{"SSE", func(w *web) func() {
			s := w.stream()
			s.post(listIssues("1", "o"))
			return s.leave
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.up.set(hang)
				leave := tt.call(r.web(t))
				synctest.Wait()
				if got := r.up.load(); got.active != 1 {
					t.Fatalf("upstream %+v, want one active execute", got)
				}
				start := time.Now()
				leave()
				synctest.Wait()
				if got := r.up.load(); got.abandoned != 1 || time.Since(start) > 100*time.Millisecond {
					t.Errorf("%v later the upstream has seen %+v, want one closed request", time.Since(start), got)
				}
			})
		})
	}
}

// begin posts without waiting; the answer is dropped.
func (w *web) begin(frame string, header ...string) (leave func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = w.do(ctx, http.MethodPost, "/mcp", frame, jsonHeaders(header)...)
	}()
	return func() {
		cancel()
		<-ended
	}
}

// Clients that come and go leave nothing behind.
func TestSSEClientsComeAndGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.up.set(hang)
		w := r.web(t)
		for i := range 50 {
			s := w.stream()
			s.post(listIssues(strconv.Itoa(i), "o"))
			s.leave()
			<-s.done
		}
		synctest.Wait()
		if got := r.up.load(); got.active != 0 {
			t.Errorf("%d executes go on for clients that have left", got.active)
		}
		if got := len(w.http.streams.byNonce); got != 0 {
			t.Errorf("%d streams are remembered", got)
		}
	})
}
