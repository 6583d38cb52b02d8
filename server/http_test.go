package server

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestHTTPRefusals(t *testing.T) {
	t.Parallel()
	const limit = 4096
	ping := request("1", "ping", `{}`)
	big := request("1", "ping", `{"pad":"`+strings.Repeat("x", limit)+`"}`)
	for _, tt := range []struct {
		name         string
		method, path string
		body         string
		contentType  string
		status       int
		allow        string
	}{
		{"text", "POST", "/mcp", ping, "text/plain", 415, ""},
		{"no content type", "POST", "/mcp", ping, "", 415, ""},
		{"form", "POST", "/mcp", ping, "application/x-www-form-urlencoded", 415, ""},
		{"nearly JSON", "POST", "/mcp", ping, "application/jsonp", 415, ""},
		{"JSON with a charset", "POST", "/mcp", initialize("1"), "application/json; charset=utf-8", 200, ""},
		{"too large", "POST", "/mcp", big, "application/json", 413, ""},
		{"not JSON", "POST", "/mcp", "{", "application/json", 400, ""},
		{"empty body", "POST", "/mcp", "", "application/json", 400, ""},
		{"batch", "POST", "/mcp", "[" + ping + "]", "application/json", 400, ""},
		{"no session", "POST", "/mcp", ping, "application/json", 400, ""},
		{"notification without a session", "POST", "/mcp", initialized, "application/json", 400, ""},
		{"GET", "GET", "/mcp", "", "", 405, "POST, DELETE"},
		{"PUT", "PUT", "/mcp", ping, "application/json", 405, "POST, DELETE"},
		{"HEAD", "HEAD", "/mcp", "", "", 405, "POST, DELETE"},
		{"DELETE without a session", "DELETE", "/mcp", "", "", 400, ""},
		{"POST to the stream", "POST", "/sse", ping, "application/json", 405, "GET"},
		{"GET of messages", "GET", "/message?sessionId=x", "", "", 405, "POST"},
		{"message without a stream", "POST", "/message", ping, "application/json", 404, ""},
		{"message to an unknown stream", "POST", "/message?sessionId=AAAA", ping, "application/json", 404, ""},
		{"unknown path", "POST", "/", ping, "application/json", 404, ""},
		{"health", "GET", "/healthz", "", "", 200, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newRig(t, func(o *Options) { o.MaxMessage = limit }).web(t)
				reply, err := w.do(t.Context(), tt.method, tt.path, tt.body, "Content-Type", tt.contentType)
				if err != nil || reply.status != tt.status || reply.header.Get("Allow") != tt.allow {
					t.Errorf("HTTP %d, Allow %q, %v; want %d and %q", reply.status, reply.header.Get("Allow"), err, tt.status, tt.allow)
				}
				if next := w.post(initialize("2")); next.status != http.StatusOK {
					t.Errorf("the next request: HTTP %d", next.status)
				}
			})
		})
	}
}

func TestHTTPModernHeaders(t *testing.T) {
	t.Parallel()
	const call = "tools/call"
	right := modernHeaders(t, listIssues("1", "o"))
	for _, tt := range []struct {
		name   string
		frame  string
		header []string
		status int
		code   int
	}{
		{"right", modern(listIssues("1", "o")), right, 200, 0},
		{"no name", modern(listIssues("1", "o")), right[:4], 400, -32020},
		{"no method", modern(listIssues("1", "o")), right[:2], 400, -32020},
		{"no version", modern(listIssues("1", "o")), right[2:], 400, -32020},
		{"another name", modern(createIssue("1", "t")), right, 400, -32020},
		{"another method", modern(request("1", "tools/list", `{}`)), right, 400, -32020},
		{"version of the header alone", listIssues("1", "o"), right, 400, -32602},
		{"another version", modern(listIssues("1", "o")), append([]string{"Mcp-Protocol-Version", "2026-07-29"}, right[2:]...), 400,
			-32020},
		{"odd version", listIssues("1", "o"), append([]string{"Mcp-Protocol-Version", "zzz"}, right[2:]...), 400, -32602},
		{"resumption", modern(listIssues("1", "o")), append([]string{"Last-Event-ID", "1"}, right...), 400, -32020},
		{"unknown method", modern(request("1", "no/such", `{}`)), append(right[:2:2], "Mcp-Method", "no/such"), 404, -32601},
		{"unknown tool", modern(callTool("1", "nope", `{}`)), append(right[:2:2], "Mcp-Method", call, "Mcp-Name", "nope"), 400, -32602},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newRig(t).web(t)
				reply := w.post(tt.frame, tt.header...)
				if m := reply.last(t); reply.status != tt.status || m.code() != tt.code || string(m.ID) != "1" {
					t.Errorf("HTTP %d %s, want %d and error %d", reply.status, reply.body, tt.status, tt.code)
				}
			})
		})
	}
}

func TestHTTPSessionLifecycle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		w := r.web(t)
		mine, other := w.open(), w.open()
		if mine[1] == other[1] || len(mine[1]) < 26 {
			t.Errorf("session ids %q and %q: want long and different ones", mine[1], other[1])
		}
		ping := request("1", "ping", `{}`)
		if reply := w.post(ping, mine...); reply.status != http.StatusOK {
			t.Errorf("in a session: HTTP %d", reply.status)
		}
		r.up.set(hang)
		running := make(chan webReply, 1)
		go func() { running <- w.post(listIssues("2", "o"), mine...) }()
		synctest.Wait()
		if reply, err := w.do(t.Context(), http.MethodDelete, "/mcp", "", mine...); err != nil || reply.status != http.StatusNoContent {
			t.Errorf("DELETE: HTTP %d, %v", reply.status, err)
		}
		if reply := <-running; len(reply.messages) != 0 || r.up.load().abandoned != 1 {
			t.Errorf("a call of a session that has ended: %q, %+v; want it to end too", reply.body, r.up.load())
		}
		for _, method := range []string{http.MethodPost, http.MethodDelete} {
			if reply, err := w.do(t.Context(), method, "/mcp", ping, jsonHeaders(mine)...); err != nil ||
				reply.status != http.StatusNotFound {
				t.Errorf("%s after the end: HTTP %d, %v; want 404", method, reply.status, err)
			}
		}
		if reply := w.post(ping, other...); reply.status != http.StatusOK {
			t.Errorf("in the other session: HTTP %d", reply.status)
		}
	})
}

func TestSessionsAreForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).web(t, func(o *HTTPOptions) { o.MaxSessions, o.SessionIdle = 2, time.Hour })
		first, second := w.open(), w.open()
		virtual(50 * time.Minute)
		ping := request("1", "ping", `{}`)
		if reply := w.post(ping, first...); reply.status != http.StatusOK {
			t.Errorf("after 50 minutes: HTTP %d", reply.status)
		}
		virtual(50 * time.Minute)
		if reply := w.post(ping, second...); reply.status != http.StatusNotFound {
			t.Errorf("a session idle for 100 minutes: HTTP %d, want 404", reply.status)
		}
		if reply := w.post(ping, first...); reply.status != http.StatusOK {
			t.Errorf("a session in use: HTTP %d, want 200", reply.status)
		}
		w.open() // there is room again
	})
}

func TestListenRefusesOpenDoors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		addr   string
		bearer string
		serves bool
	}{
		{"127.0.0.1:0", "", true},
		{"localhost:0", "", true},
		{"[::1]:0", "", true},
		{"0.0.0.0:0", "", false},
		{":0", "", false},
		{"[::]:0", "", false},
		{"192.0.2.1:0", "", false},
		{"localhost.example.com:0", "", false},
		{"127.0.0.1", "", false},
		{"0.0.0.0:0", testBearer, true},
	} {
		t.Run(fmt.Sprint(tt.addr, tt.bearer != ""), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
			defer stop()
			served := false
			err := r.ListenAndServe(ctx, tt.addr, HTTPOptions{Caller: r.session, Authenticator: static(tt.bearer)}, func(net.Addr) {
				served = true
				stop()
			})
			if strings.HasPrefix(tt.addr, "[::1]") && err != nil && strings.Contains(err.Error(), "assign requested address") {
				t.Skip("this machine has no IPv6")
			}
			if served != tt.serves || (err == nil) != tt.serves {
				t.Errorf("served %v with %v, want %v", served, err, tt.serves)
			}
		})
	}
}

func TestHTTPStopAnswersCallsInProgress(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		takes   time.Duration
		isError bool
	}{{"in time", 2 * time.Second, false}, {"beyond the grace", time.Hour, true}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { stopsInProgress(t, tt.takes, tt.isError) })
		})
	}
}

func stopsInProgress(t *testing.T, takes time.Duration, isError bool) {
	// net/http gives a connection that was never used 5 s.
	r := newRig(t, func(o *Options) { o.Grace = 6 * time.Second })
	r.up.set(after(takes))
	w := r.web(t)
	session, stream, idle := w.open(), w.stream(), w.stream()
	answers := make(chan message, 20)
	for i := range 5 {
		go func() { answers <- w.post(listIssues(strconv.Itoa(i), "o"), session...).last(t) }()
		go func() { answers <- w.postModern(listIssues(strconv.Itoa(i), "o")).last(t) }()
		stream.post(listIssues(strconv.Itoa(i), "o"))
	}
	synctest.Wait()
	start := time.Now()
	w.stop()
	<-idle.done
	if took := time.Since(start); took > time.Second/2 {
		t.Errorf("a stream without calls ended after %v", took)
	}
	err := <-w.ended
	w.ended <- nil
	if took := time.Since(start); err != nil || took > 7*time.Second {
		t.Errorf("stopped after %v with %v", took, err)
	}
	<-stream.done
	for range 10 {
		checkStopped(t, <-answers, isError)
	}
	lines := stream.take()
	if len(lines) != 5 {
		t.Errorf("%d answers on the stream, want 5", len(lines))
	}
	for _, m := range lines {
		checkStopped(t, m, isError)
	}
}

func checkStopped(t *testing.T, m message, isError bool) {
	t.Helper()
	if got := m.call(t); got.IsError != isError || isError && !strings.Contains(got.text(), "stopping") {
		t.Errorf("answered with %s", m.raw)
	}
}

// A client that does not read its answer is let go, and others do not notice it.
func TestHTTPSlowReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		w := r.web(t)
		r.up.set(always(`["` + strings.Repeat("x", 1<<20) + `"]`))
		conn, err := w.listener.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		body := modern(listIssues("1", "o"))
		fmt.Fprintf(conn, "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n", len(body))
		for header := modernHeaders(t, listIssues("1", "o")); len(header) > 0; header = header[2:] {
			fmt.Fprintf(conn, "%s: %s\r\n", header[0], header[1])
		}
		fmt.Fprintf(conn, "\r\n%s", body)
		synctest.Wait()
		r.up.set(echo)
		start := time.Now()
		if got := w.postModern(listIssues("2", "o")).last(t).call(t); got.IsError || time.Since(start) > 0 {
			t.Errorf("the other client was answered after %v with %s", time.Since(start), got.text())
		}
		virtual(writeTimeout + time.Second)
		if n, err := io.Copy(io.Discard, conn); err != nil || n > 1<<19 {
			t.Errorf("%d bytes, %v after the deadline; want a closed connection", n, err)
		}
	})
}

// A client that sends its message by the byte cannot hold a connection for ever.
func TestHTTPSlowBody(t *testing.T) {
	t.Parallel()
	for _, bearer := range []string{"", testBearer} {
		t.Run(strconv.FormatBool(bearer != ""), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newRig(t).web(t, func(o *HTTPOptions) { o.Authenticator = static(bearer) })
				conn, err := w.listener.dial(t.Context(), "", "")
				if err != nil {
					t.Fatal(err)
				}
				closed := make(chan time.Time, 1)
				go func() {
					_, _ = io.Copy(io.Discard, bufio.NewReader(conn))
					closed <- time.Now()
				}()
				start := time.Now()
				fmt.Fprint(conn, "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
				virtual(5 * time.Minute)
				select {
				case at := <-closed:
					if took := at.Sub(start); took > time.Minute {
						t.Errorf("closed after %v, want within a minute", took)
					}
				default:
					t.Error("still open after 5 minutes")
					conn.Close()
				}
			})
		})
	}
}

// The time that a body may take says nothing about the time of the call.
func TestHTTPLongCallIsNotCut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(o *Options) { o.CallTimeout = time.Hour })
		r.up.set(after(4 * time.Minute))
		w := r.web(t)
		session := w.open()
		if got := w.post(listIssues("1", "o"), session...).last(t).call(t); got.IsError {
			t.Errorf("session era: %s", got.text())
		}
		if got := w.postModern(listIssues("1", "o")).last(t).call(t); got.IsError {
			t.Errorf("stateless era: %s", got.text())
		}
	})
}

// What net/http itself has to say goes into the log like everything else.
func TestHTTPLogIsJSON(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		w := r.web(t)
		w.http.mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic(panicText) })
		if reply, err := w.do(t.Context(), http.MethodGet, "/panic", ""); err == nil {
			t.Errorf("HTTP %d %s, want a closed connection", reply.status, reply.body)
		}
		synctest.Wait()
		lines := strings.Split(strings.TrimSpace(r.log.String()), "\n")
		if !strings.Contains(r.log.String(), "hunter2") {
			t.Error("the log does not tell of the panic")
		}
		for _, line := range lines {
			if !json.Valid([]byte(line)) {
				t.Errorf("the log has the line %q", line)
			}
		}
	})
}
