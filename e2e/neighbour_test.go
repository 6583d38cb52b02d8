package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// neighbour is the other tenant of a shared server. It calls in a session and without, and
// begins sessions, one request after the other, and is patient with nothing.
type neighbour struct {
	s        *sharedServer
	client   *http.Client
	session  string
	took     []time.Duration
	failures []string
}

func (s *sharedServer) newNeighbour() *neighbour { return &neighbour{s: s, client: s.client(false)} }

// work goes on until it is stopped.
func (n *neighbour) work(stop <-chan struct{}) {
	if n.session = n.begin(); n.session == "" {
		return
	}
	inSession := map[string]string{"Mcp-Session-Id": n.session, "Mcp-Protocol-Version": "2025-11-25"}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		switch call := readCall(i); i % 4 {
		case 0:
			n.send("tools/call", call, inSession)
		case 1:
			n.send(statelessCall(call))
		case 2:
			n.send("tools/list", "{}", inSession)
		default:
			n.begin()
		}
		select {
		case <-tick.C:
		case <-stop:
			return
		}
	}
}

// begin begins a session and returns its id.
func (n *neighbour) begin() string {
	return n.send("initialize", `{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}`, nil)
}

// send sends a request, which has to succeed.
func (n *neighbour) send(method, params string, header map[string]string) (session string) {
	begin := time.Now()
	message := fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, n.s.last.Add(1), method, params)
	req, err := http.NewRequestWithContext(n.s.t.Context(), http.MethodPost, n.s.url+"/mcp", strings.NewReader(message))
	if err != nil {
		n.s.t.Error(err)
		return ""
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	req.Header.Set("Authorization", "Bearer "+n.s.neighbour)
	for name, value := range header {
		req.Header.Set(name, value)
	}
	var got answer
	resp, err := n.client.Do(req)
	if err == nil {
		var text []byte
		text, err = io.ReadAll(resp.Body)
		resp.Body.Close()
		got = answer{status: resp.StatusCode, session: resp.Header.Get("Mcp-Session-Id"), body: string(text)}
	}
	n.took = append(n.took, time.Since(begin))
	if got.err = err; got.failed() || !strings.Contains(got.body, `"result"`) {
		n.failures = append(n.failures, fmt.Sprintf("%s after %v: HTTP %d, %v: %.200s", method, time.Since(begin), got.status, err, got.body))
	}
	return got.session
}

// slowest is the time within which all but one of a hundred requests were answered.
func (n *neighbour) slowest() time.Duration {
	if len(n.took) == 0 {
		return 0
	}
	slices.Sort(n.took)
	return n.took[len(n.took)*99/100]
}

// statelessCall is a call in the era without sessions.
func statelessCall(params string) (method, full string, header map[string]string) {
	const version = "2026-07-28"
	name, _, _ := strings.Cut(strings.TrimPrefix(params, `{"name":"`), `"`)
	full = `{"_meta":{"io.modelcontextprotocol/protocolVersion":"` + version + `",` +
		`"io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}},` + params[1:]
	return "tools/call", full, map[string]string{"Mcp-Protocol-Version": version, "Mcp-Method": "tools/call", "Mcp-Name": name}
}
