package e2e_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// tenant is a caller with a workspace of its own, who writes and reads one thing after the
// other, in all ways in which a host may.
type tenant struct {
	c       *cluster
	number  int
	client  *http.Client
	session string
	events  *eventStream
	next    int // number of the next thing

	calls, written, again int
	took                  []time.Duration
	failures, foreign     []string
}

// eventStream is an open stream of the older transport.
type eventStream struct {
	endpoint string
	data     <-chan string // closed at the end of the stream
	leave    context.CancelFunc
}

var (
	nonceIn  = regexp.MustCompile(`nonce-(\d+)-\d+`)
	numberIn = regexp.MustCompile(`\\"number\\": ?(\d+)|"number": ?(\d+)`)
)

// errLost is the end of a call whose answer will not come.
var errLost = errors.New("the answer is lost")

func newTenant(c *cluster, number int) *tenant {
	return &tenant{c: c, number: number, client: &http.Client{
		Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 4},
	}}
}

// work writes and reads until it is stopped.
func (t *tenant) work(stop <-chan struct{}) {
	defer t.closeStream()
	t.closeStream() // the one of another balancer
	ways := []func(params string) (string, error){t.inSession, t.stateless, t.overStream}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		nonce := fmt.Sprintf("nonce-%d-%d", t.number, t.next)
		way := ways[t.next%len(ways)]
		t.next++
		if body, ok := t.call(way, writeCall(nonce), nonce); ok {
			t.written++
			if found := numberIn.FindStringSubmatch(body); found != nil {
				t.call(way, `{"name":"call_read_tool","arguments":{"name":"github_issues_get","arguments":`+
					`{"owner":"acme","repo":"widgets","number":`+found[1]+found[2]+`}}}`, nonce)
			}
			t.call(way, readCall(t.next), "")
		}
		select {
		case <-tick.C:
		case <-stop:
			return
		}
	}
}

// call makes a call whose answer has to have a nonce, and none of another tenant.
func (t *tenant) call(way func(string) (string, error), params, nonce string) (string, bool) {
	t.calls++
	begin := time.Now()
	body, err := way(params)
	t.took = append(t.took, time.Since(begin))
	for _, found := range nonceIn.FindAllStringSubmatch(body, -1) {
		if found[1] != strconv.Itoa(t.number) {
			t.foreign = append(t.foreign, found[0])
		}
	}
	if err != nil || (answer{status: http.StatusOK, body: body}).failed() || !strings.Contains(body, nonce) {
		t.failures = append(t.failures, fmt.Sprintf("after %v %v %.400s: %.200s", time.Since(begin), err, params, body))
		return "", false
	}
	return body, true
}

// post sends a message, again if it was not taken, for as long as a patient host would.
func (t *tenant) post(url, body string, header map[string]string) (a answer) {
	for deadline := time.Now().Add(20 * time.Second); ; t.again++ {
		a = t.postOnce(url, body, header)
		if a.err != nil || a.status != http.StatusServiceUnavailable && a.status != http.StatusTooManyRequests || time.Now().After(deadline) {
			return a
		}
		<-time.After(500 * time.Millisecond)
	}
}

func (t *tenant) postOnce(url, body string, header map[string]string) answer {
	req, err := http.NewRequestWithContext(t.c.t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return answer{err: err}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	req.Header.Set("Authorization", "Bearer "+t.c.keys[t.number])
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := t.client.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header.Get("Mcp-Session-Id"), string(text), err}
}

func (t *tenant) message(method, params string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, t.c.last.Add(1), method, params)
}

// inSession calls in a session of the streamable transport, which is begun when there is none.
func (t *tenant) inSession(params string) (string, error) {
	if t.session == "" {
		a := t.post(t.c.front+"/mcp", t.message("initialize", `{"protocolVersion":"2025-11-25","capabilities":{},`+
			`"clientInfo":{"name":"test","version":"1"}}`), nil)
		if t.session = a.session; t.session == "" {
			return a.body, fmt.Errorf("no session: HTTP %d, %w", a.status, errors.Join(a.err, errLost))
		}
	}
	a := t.post(t.c.front+"/mcp", t.message("tools/call", params),
		map[string]string{"Mcp-Session-Id": t.session, "Mcp-Protocol-Version": "2025-11-25"})
	return a.body, a.fault()
}

// stateless calls as the era without sessions does.
func (t *tenant) stateless(params string) (string, error) {
	method, params, header := statelessCall(params)
	a := t.post(t.c.front+"/mcp", t.message(method, params), header)
	return a.body, a.fault()
}

// fault is why an answer is none.
func (a answer) fault() error {
	if a.err == nil && a.status/100 != 2 {
		return fmt.Errorf("HTTP %d", a.status)
	}
	return a.err
}

// overStream calls over the older transport. A message that the stream's server does not
// take goes over a new stream.
func (t *tenant) overStream(params string) (string, error) {
	for deadline := time.Now().Add(20 * time.Second); ; t.again++ {
		if err := t.openStream(); err != nil {
			return "", err
		}
		message := t.message("tools/call", params)
		a := t.post(t.c.front+t.events.endpoint, message, nil)
		if a.status == http.StatusNotFound && time.Now().Before(deadline) {
			t.closeStream()
			continue
		}
		if err := a.fault(); err != nil {
			return a.body, err
		}
		if body, ok := t.events.answerTo(message); ok {
			return body, nil
		}
		t.closeStream()
		return "", errLost
	}
}

// answerTo waits for the answer to a message: those to earlier ones may come late, or twice.
func (e *eventStream) answerTo(message string) (string, bool) {
	late := time.After(30 * time.Second)
	for {
		select {
		case body, ok := <-e.data:
			if !ok {
				return "", false
			}
			if idOf(body) == idOf(message) {
				return body, true
			}
		case <-late:
			return "", false
		}
	}
}

// idOf is the JSON-RPC id of a message.
func idOf(message string) string {
	var m struct{ ID json.RawMessage }
	if json.Unmarshal([]byte(message), &m) != nil {
		return ""
	}
	return string(m.ID)
}

// openStream opens a stream unless there is one.
func (t *tenant) openStream() error {
	if t.events != nil {
		return nil
	}
	ctx, leave := context.WithCancel(t.c.t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.c.front+"/sse", nil)
	if err != nil {
		leave()
		return err
	}
	req.Header.Set("Authorization", "Bearer "+t.c.keys[t.number])
	resp, err := (&http.Client{Transport: t.client.Transport}).Do(req)
	if err != nil {
		leave()
		return err
	}
	data := make(chan string, 100)
	go receive(ctx, resp.Body, data)
	endpoint, ok := <-data
	if !ok {
		leave()
		return fmt.Errorf("no stream: HTTP %d", resp.StatusCode)
	}
	t.events = &eventStream{endpoint, data, leave}
	return nil
}

func (t *tenant) closeStream() {
	if t.events != nil {
		t.events.leave()
		t.events = nil
	}
}

// receive passes on the data of a stream until it ends.
func receive(ctx context.Context, from io.ReadCloser, data chan<- string) {
	defer close(data)
	defer from.Close()
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		text, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		select {
		case data <- text:
		case <-ctx.Done():
			return
		}
	}
}
