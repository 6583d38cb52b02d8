package e2e_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// bearer is the header with one of the attacker's keys.
func (a *attacker) bearer(i int) map[string]string {
	return map[string]string{"Authorization": "Bearer " + a.keys[i%len(a.keys)]}
}

// floodSessions begins 20,000 sessions.
func floodSessions(ctx context.Context, a *attacker) {
	var begun atomic.Int64
	a.atOnce(4, func(int) (status int) {
		for begun.Add(1) <= 20_000 && ctx.Err() == nil {
			status = a.beginSession(ctx)
			a.count("", status)
		}
		return status
	})
}

// awaitPages waits for pages that nobody fills in, with more calls at once than there are
// places: in sessions and without.
func awaitPages(ctx context.Context, a *attacker) {
	tickets := a.openPages(ctx)
	a.atOnce(210*len(a.keys), func(i int) int {
		message, header := a.stateless("tools/call", "connect_connector",
			`{"name":"connect_connector","arguments":{"ticket":"`+tickets[i%len(tickets)]+`"}}`)
		header["Authorization"] = a.bearer(i)["Authorization"]
		for {
			status, _ := a.post(ctx, a.mcp(), message, header)
			if ctx.Err() != nil {
				return status
			}
			a.count("", status)
			wait(ctx, time.Second)
		}
	})
}

// openPages opens a page for each of the attacker's keys and returns the tickets.
func (a *attacker) openPages(ctx context.Context) (tickets []string) {
	for i := range a.keys {
		message, header := a.stateless("tools/call", "connect_connector", `{"name":"connect_connector","arguments":{"type":"slack"}}`)
		header["Authorization"] = a.bearer(i)["Authorization"]
		_, body := a.post(ctx, a.mcp(), message, header)
		found := ticketIn.FindStringSubmatch(body)
		if found == nil {
			a.t.Errorf("no page was opened: %.300s", body)
			return []string{"none"}
		}
		tickets = append(tickets, found[1])
	}
	return tickets
}

// openManyPages opens pages until no more are given, then asks for more.
func openManyPages(ctx context.Context, a *attacker) {
	var opened atomic.Int64
	a.atOnce(len(a.keys), func(i int) (status int) {
		for range 300 {
			message, header := a.stateless("tools/call", "connect_connector",
				`{"name":"connect_connector","arguments":{"type":"slack","name":"`+strings.Repeat("n", 60)+`"}}`)
			header["Authorization"] = a.bearer(i)["Authorization"]
			var body string
			if status, body = a.post(ctx, a.mcp(), message, header); ticketIn.MatchString(body) {
				opened.Add(1)
			}
			a.count("", status)
		}
		return status
	})
	if most := int64(100 * len(a.keys)); ctx.Err() == nil && opened.Load() != most {
		a.t.Errorf("%d pages were opened, want %d", opened.Load(), most)
	}
}

// awaitPagesOverStreams waits for pages with calls whose POSTs are answered at once.
func awaitPagesOverStreams(ctx context.Context, a *attacker) {
	ticket := a.openPages(ctx)[0]
	a.atOnce(5, func(int) int {
		conn, path := a.openStream(ctx, nil)
		if conn == nil {
			return http.StatusServiceUnavailable
		}
		defer conn.Close()
		go func() { _, _ = io.Copy(io.Discard, conn) }()
		a.atOnce(210, func(int) int {
			status, _ := a.post(ctx, a.front+path, a.message("tools/call",
				`{"name":"connect_connector","arguments":{"ticket":"`+ticket+`"}}`), nil)
			return status
		})
		wait(ctx, attackTime)
		return http.StatusOK
	})
}

// leaveResultsUnread has a large result kept and asks for it from sockets that do not read.
func leaveResultsUnread(ctx context.Context, a *attacker) {
	_, body := a.call(ctx, "call_read_tool", `{"name":"github_issues_list","arguments":`+largeList(8_000_000, "plain")+`}`)
	address := resultIn.FindString(body)
	if address == "" {
		a.t.Errorf("no result was kept: %.300s", body)
		return
	}
	request, header := a.stateless("resources/read", address, `{"uri":"`+address+`"}`)
	a.leaveUnread(ctx, 60, request, header)
}

// leaveOverviewsUnread asks for what is known of a connector.
func leaveOverviewsUnread(ctx context.Context, a *attacker) {
	const address = "airbyte://connectors/github"
	request, header := a.stateless("resources/read", address, `{"uri":"`+address+`"}`)
	a.leaveUnread(ctx, 1000, request, header)
}

// leaveStatelessListsUnread asks for all tools.
func leaveStatelessListsUnread(ctx context.Context, a *attacker) {
	request, header := a.stateless("tools/list", "", `{}`)
	delete(header, "Mcp-Name")
	header["X-MCP-Surface"] = "direct"
	a.leaveUnread(ctx, 1020, strings.Replace(request, ",}", "}", 1), header)
}

// leaveUnread sends a request over so many connections, none of which is read from.
func (a *attacker) leaveUnread(ctx context.Context, times int, request string, header map[string]string) {
	a.atOnce(times, func(int) int {
		leave(ctx, a.dialSlow(ctx, a.header(http.MethodPost, "/mcp", len(request), header)+request), attackTime)
		return 0
	})
}

// dialSlow is dial with a window for so little that the server notices who does not read.
func (a *attacker) dialSlow(ctx context.Context, request string) net.Conn {
	conn := a.dial(ctx, "")
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(4096)
	}
	if conn == nil {
		return nil
	}
	if _, err := io.WriteString(conn, request); err != nil {
		conn.Close()
		return nil
	}
	return conn
}

// leaveBodiesUnfinished sends all of a body but its end.
func leaveBodiesUnfinished(ctx context.Context, a *attacker) {
	a.leaveUnfinished(ctx, 150, "/mcp", 4<<20)
}

// leaveMessagesUnfinished does so with messages for a stream.
func leaveMessagesUnfinished(ctx context.Context, a *attacker) {
	conn, path := a.openStream(ctx, nil)
	if conn == nil {
		a.t.Error("there is no stream")
		return
	}
	defer conn.Close()
	a.leaveUnfinished(ctx, 150, path, 4<<20)
}

// leaveSmallBodiesUnfinished takes little memory for bodies and a lot for connections.
func leaveSmallBodiesUnfinished(ctx context.Context, a *attacker) {
	a.leaveUnfinished(ctx, 3000, "/mcp", 100)
}

// leaveUnfinished sends so many bodies whose end is missing.
func (a *attacker) leaveUnfinished(ctx context.Context, times int, path string, length int) {
	head := a.header(http.MethodPost, path, length, map[string]string{"X-Filling": strings.Repeat("x", 30_000)})
	body := strings.Repeat(" ", length-10)
	a.atOnce(times, func(int) int {
		conn := a.dial(ctx, head)
		if conn != nil {
			_, _ = io.WriteString(conn, body) // it ends with the connection
		}
		leave(ctx, conn, attackTime)
		return 0
	})
}

// leaveBodiesOfOneConnection does so with 200 streams of one HTTP/2 connection.
func leaveBodiesOfOneConnection(ctx context.Context, a *attacker) {
	const length = 4 << 20
	body := strings.Repeat(" ", length-10)
	a.atOnce(200, func(int) int {
		rest, end := io.Pipe()
		defer end.Close()
		context.AfterFunc(ctx, func() { end.Close() })
		return a.fetch(ctx, "/mcp", io.MultiReader(strings.NewReader(body), rest), length)
	})
}

// leaveBodiesOfManyConnections does so with many connections: what waits to be read is held
// by each.
func leaveBodiesOfManyConnections(ctx context.Context, a *attacker) {
	body := strings.Repeat(" ", 3<<20)
	a.atOnce(300, func(int) int {
		one := *a.client
		if transport, ok := a.client.Transport.(*http.Transport); ok {
			alone := transport.Clone()
			defer alone.CloseIdleConnections()
			one.Transport = alone
		}
		rest, end := io.Pipe()
		defer end.Close()
		context.AfterFunc(ctx, func() { end.Close() })
		return a.fetchWith(ctx, &one, "/mcp", io.MultiReader(strings.NewReader(body), rest), 4<<20)
	})
}

// sendLargeFacts introduces itself at length, and asks for sessions with long ids.
func sendLargeFacts(ctx context.Context, a *attacker) {
	long := a.initialize(strings.Repeat("n", 3_900_000))
	stateless, header := a.stateless("tools/list", "", `{}`)
	delete(header, "Mcp-Name")
	stateless = strings.Replace(strings.Replace(stateless, ",}", "}", 1), `"name":"test"`, `"name":"`+strings.Repeat("n", 3_900_000)+`"`, 1)
	a.atOnce(40, func(int) (status int) {
		for ctx.Err() == nil {
			status, _ = a.post(ctx, a.mcp(), long, nil)
			a.count("", status)
			status, _ = a.post(ctx, a.mcp(), stateless, header)
			a.count("", status)
			status, _ = a.post(ctx, a.mcp(), a.message("ping", `{}`), map[string]string{"Mcp-Session-Id": strings.Repeat("i", 5_300_000)})
			a.count("", status)
		}
		return status
	})
}

// openStream opens a stream of the older transport and reads no more than its address.
func (a *attacker) openStream(ctx context.Context, header map[string]string) (conn net.Conn, path string) {
	conn = a.dialSlow(ctx, a.header(http.MethodGet, "/sse/surface/direct", 0, header))
	if conn == nil {
		return nil, ""
	}
	first := make([]byte, 4096)
	var text string
	for !strings.Contains(text, "data: ") || !strings.HasSuffix(text, "\n") {
		n, err := conn.Read(first)
		if text += string(first[:n]); err != nil || len(text) > 1<<16 || !strings.HasPrefix(text, "HTTP/1.1 200") {
			conn.Close()
			return nil, ""
		}
	}
	_, rest, _ := strings.Cut(text, "data: ")
	return conn, strings.Fields(rest)[0]
}

// leaveListsUnread opens a stream, does not read it, and asks for a lot.
func leaveListsUnread(ctx context.Context, a *attacker) {
	conn, path := a.openStream(ctx, nil)
	if conn == nil {
		a.t.Error("there is no stream")
		return
	}
	defer conn.Close()
	a.postLists(ctx, path, 1020, nil)
	wait(ctx, attackTime)
}

// postLists asks for all tools so many times.
func (a *attacker) postLists(ctx context.Context, path string, times int, header map[string]string) {
	for range times {
		status, _ := a.post(ctx, a.front+path, a.message("tools/list", `{}`), header)
		if a.count("", status); ctx.Err() != nil {
			return
		}
	}
}

// leaveManyStreamsUnread does so with several streams, and headers that are kept until the
// answers are read.
func leaveManyStreamsUnread(ctx context.Context, a *attacker) {
	filling := map[string]string{"X-Filling": strings.Repeat("x", 30_000)}
	a.atOnce(20, func(int) int {
		conn, path := a.openStream(ctx, filling)
		if conn == nil {
			return http.StatusServiceUnavailable
		}
		defer conn.Close()
		a.postLists(ctx, path, 500, filling)
		wait(ctx, attackTime)
		return http.StatusOK
	})
}

// fetchLargeLists asks for 8 lists of 57 MB at a time.
func fetchLargeLists(ctx context.Context, a *attacker) {
	var last atomic.Int64
	a.atOnce(8, func(int) int {
		for {
			size := 57_000_000 + 100_000*int(last.Add(1)%20) // equal requests would be one
			status, _ := a.call(ctx, "call_read_tool", `{"name":"github_issues_list","arguments":`+largeList(size, "plain")+`}`)
			if ctx.Err() != nil {
				return status
			}
			a.count("", status)
		}
	})
}

// fetchOversized asks for an answer that is larger than any that is taken.
func fetchOversized(form string) func(context.Context, *attacker) {
	return func(ctx context.Context, a *attacker) {
		status, body := a.call(ctx, "call_read_tool", `{"name":"github_issues_list","arguments":`+largeList(100_000_000, form)+`}`)
		a.count("", status)
		if !strings.Contains(body, "the answer is larger than") {
			a.t.Errorf("HTTP %d %.300s", status, body)
		}
		wait(ctx, time.Second)
	}
}

// wait waits for a while, or until the context ends.
func wait(ctx context.Context, duration time.Duration) {
	select {
	case <-time.After(duration):
	case <-ctx.Done():
	}
}
