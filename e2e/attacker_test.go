package e2e_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// attacker is a tenant that takes what it can get. Its attacks go on until they are stopped,
// each from several connections.
type attacker struct {
	t       testing.TB
	front   string        // URL of the server or the balancer
	keys    []string      // of the attacker; the first is used where it does not matter
	last    *atomic.Int64 // JSON-RPC id
	foreign string        // the connector of another tenant
	client  *http.Client
	from    net.Addr // of connections without a client; nil for any

	mu   sync.Mutex
	seen map[string]map[int]int // by attack and status; 0 for a connection that broke or was left
}

var (
	ticketIn = regexp.MustCompile(`\\"ticket\\": ?\\"([^"\\]+)`)
	resultIn = regexp.MustCompile(`airbyte://results/[^"\\ ]+`)
)

func newAttacker(c *cluster, foreign string) *attacker {
	return &attacker{
		t: c.t, front: c.front, keys: c.keys[:1], last: &c.last, foreign: foreign, seen: map[string]map[int]int{},
		client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 100}},
	}
}

// attack makes all attacks until it is told to be quiet.
func (a *attacker) attack(quiet <-chan struct{}) {
	ctx, cancel := context.WithCancel(a.t.Context())
	var all sync.WaitGroup
	for name, one := range map[string]struct {
		times int
		pause time.Duration
		run   func(context.Context) int
	}{
		"sessions":          {2, 0, a.beginSession},
		"large facts":       {4, 50 * time.Millisecond, a.sendFacts},
		"tickets":           {40, 100 * time.Millisecond, a.awaitTicket},
		"unread streams":    {4, 100 * time.Millisecond, a.leaveStreamUnread},
		"unfinished bodies": {40, 0, a.leaveBodyUnfinished},
		"unread resources":  {10, 0, a.leaveResourceUnread},
		"long numbers":      {1, time.Second, a.sendDigits},
		"foreign ids":       {1, 200 * time.Millisecond, a.useForeignIDs},
	} {
		for range one.times {
			all.Go(func() {
				for ctx.Err() == nil {
					a.count(name, one.run(ctx))
					select {
					case <-time.After(one.pause):
					case <-ctx.Done():
					}
				}
			})
		}
	}
	<-quiet
	cancel()
	all.Wait()
}

func (a *attacker) count(name string, status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.seen[name] == nil {
		a.seen[name] = map[int]int{}
	}
	a.seen[name][status]++
}

// report tells how the attacks were answered.
func (a *attacker) report() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return fmt.Sprint(a.seen)
}

func (a *attacker) message(method, params string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, a.last.Add(1), method, params)
}

// stateless makes a request of the era without sessions, and its headers.
func (a *attacker) stateless(method, name, params string) (message string, header map[string]string) {
	const version = "2026-07-28"
	message = a.message(method, `{"_meta":{"io.modelcontextprotocol/protocolVersion":"`+version+`",`+
		`"io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}},`+params[1:])
	return message, map[string]string{"Mcp-Protocol-Version": version, "Mcp-Method": method, "Mcp-Name": name}
}

// call calls a tool.
func (a *attacker) call(ctx context.Context, tool, arguments string) (status int, body string) {
	message, header := a.stateless("tools/call", tool, `{"name":"`+tool+`","arguments":`+arguments+`}`)
	return a.post(ctx, a.mcp(), message, header)
}

// post sends a message; the status is 0 if there was no answer.
func (a *attacker) post(ctx context.Context, url, message string, header map[string]string) (status int, body string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(message))
	if err != nil {
		return 0, ""
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	req.Header.Set("Authorization", "Bearer "+a.keys[0])
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := a.client.Do(req)
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body) // what there is of it
	return resp.StatusCode, string(text)
}

func (a *attacker) mcp() string { return a.front + "/mcp" }

func (a *attacker) initialize(name string) string {
	return a.message("initialize", `{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"`+name+`","version":"1"}}`)
}

func (a *attacker) beginSession(ctx context.Context) int {
	status, _ := a.post(ctx, a.mcp(), a.initialize("many"), nil)
	return status
}

func (a *attacker) sendFacts(ctx context.Context) int {
	status, _ := a.post(ctx, a.mcp(), a.initialize(strings.Repeat("n", 3_900_000)), nil)
	return status
}

// awaitTicket waits for a page that nobody fills in.
func (a *attacker) awaitTicket(ctx context.Context) int {
	status, body := a.call(ctx, "connect_connector", `{"type":"slack"}`)
	if found := ticketIn.FindStringSubmatch(body); found != nil {
		status, _ = a.call(ctx, "connect_connector", `{"ticket":"`+found[1]+`"}`)
	}
	return status
}

// sendDigits sends an argument that takes long if it is taken for a number.
func (a *attacker) sendDigits(ctx context.Context) int {
	status, _ := a.call(ctx, "call_read_tool", `{"name":"github_issues_list",`+
		`"arguments":{"owner":"acme","repo":"widgets","per_page":"`+strings.Repeat("9", 3_900_000)+`"}}`)
	return status
}

// useForeignIDs asks for what belongs to others.
func (a *attacker) useForeignIDs(ctx context.Context) int {
	var status int
	for _, one := range [][2]string{
		{"execute_action", `{"connector":"` + a.foreign + `","entity":"issues","action":"list","params":{"owner":"acme","repo":"widgets"}}`},
		{"execute_action", `{"connector":"` + a.foreign + `","entity":"issues","action":"create",` +
			`"params":{"owner":"acme","repo":"widgets","title":"stolen"}}`},
		{"delete_connector", `{"connector":"` + a.foreign + `"}`},
	} {
		var body string
		status, body = a.call(ctx, one[0], one[1])
		if status == http.StatusOK && !strings.Contains(body, `"isError":true`) && !strings.Contains(body, `"error":{`) {
			a.t.Errorf("the attacker got %.300s", body)
		}
	}
	return status
}

// dial sends the beginning of a request over a connection of its own. It is closed with the
// context.
func (a *attacker) dial(ctx context.Context, request string) net.Conn {
	conn, err := (&net.Dialer{LocalAddr: a.from}).DialContext(ctx, "tcp", strings.TrimPrefix(a.front, "http://"))
	if err != nil {
		return nil
	}
	context.AfterFunc(ctx, func() { conn.Close() })
	if _, err := io.WriteString(conn, request); err != nil {
		conn.Close()
		return nil
	}
	return conn
}

func (a *attacker) header(method, path string, length int, header map[string]string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"+
		"Accept: application/json, text/event-stream\r\nContent-Length: %d\r\n", method, path, a.keys[0], length)
	for name, value := range header {
		text.WriteString(name + ": " + value + "\r\n")
	}
	return text.String() + "\r\n"
}

// leave holds a connection open for a while without reading from it.
func leave(ctx context.Context, conn net.Conn, duration time.Duration) {
	if conn == nil {
		return
	}
	defer conn.Close()
	select {
	case <-time.After(duration):
	case <-ctx.Done():
	}
}

// leaveBodyUnfinished sends all of a large body but the end.
func (a *attacker) leaveBodyUnfinished(ctx context.Context) int {
	const length = 4 << 20
	leave(ctx, a.dial(ctx, a.header(http.MethodPost, "/mcp", length, nil)+strings.Repeat(" ", length-10)), 10*time.Second)
	return 0
}

// leaveResourceUnread has a result kept and asks for it without reading the answer.
func (a *attacker) leaveResourceUnread(ctx context.Context) int {
	status, body := a.call(ctx, "call_read_tool", `{"name":"github_issues_list",`+
		`"arguments":{"owner":"acme","repo":"widgets","per_page":100,"select_fields":["*"]}}`)
	address := resultIn.FindString(body)
	if address == "" {
		return status
	}
	request, header := a.stateless("resources/read", address, `{"uri":"`+address+`"}`)
	leave(ctx, a.dial(ctx, a.header(http.MethodPost, "/mcp", len(request), header)+request), 5*time.Second)
	return 0
}

// leaveStreamUnread opens a stream, reads its address only, and asks for a lot.
func (a *attacker) leaveStreamUnread(ctx context.Context) int {
	conn, path := a.openStream(ctx, nil)
	if conn == nil {
		return http.StatusServiceUnavailable
	}
	for range 250 {
		if status, _ := a.post(ctx, a.front+path, a.message("tools/list", `{}`), nil); status != http.StatusAccepted {
			break
		}
	}
	leave(ctx, conn, 5*time.Second)
	return http.StatusOK
}
