package e2e_test

import (
	"context"
	"io"
	"net/http"
	"strings"
)

// connections are more than a server keeps for one caller.
const connections = 6000

// leaveConnectionsIdle makes a request over each of many connections and then nothing.
func leaveConnectionsIdle(ctx context.Context, a *attacker) {
	request := a.header(http.MethodGet, "/healthz", 0, map[string]string{"X-Filling": strings.Repeat("x", 30_000)})
	a.holdConnections(ctx, request)
}

// leaveHeadersUnfinished sends all of a header but its end. Nobody knows whose it is.
func leaveHeadersUnfinished(ctx context.Context, a *attacker) {
	header := a.header(http.MethodGet, "/mcp", 0, map[string]string{"X-Filling": strings.Repeat("x", 30_000)})
	a.holdConnections(ctx, strings.TrimSuffix(header, "\r\n\r\n"))
}

// holdConnections opens many connections and sends something over each.
func (a *attacker) holdConnections(ctx context.Context, request string) {
	a.atOnce(connections, func(int) int {
		conn := a.dial(ctx, request)
		if conn == nil {
			return 0
		}
		defer conn.Close()
		_, _ = io.Copy(io.Discard, conn) // until the server or the context closes it
		return 0
	})
}

// leaveStrangersBodiesUnfinished sends bodies without their ends, which belong to nobody, and
// comes back when the server has closed the connection.
func leaveStrangersBodiesUnfinished(ctx context.Context, a *attacker) {
	request := a.header(http.MethodPost, "/mcp", 100, map[string]string{"X-Filling": strings.Repeat("x", 30_000)})
	request = strings.Replace(request, a.keys[0], "nobody", 1)
	a.atOnce(1000, func(int) int {
		for ctx.Err() == nil {
			if conn := a.dial(ctx, request); conn != nil {
				_, _ = io.Copy(io.Discard, conn) // until the server or the context closes it
				conn.Close()
			}
			a.count("", 0)
		}
		return 0
	})
}
