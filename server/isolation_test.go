package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/identity"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

const (
	isolatedTenants = 50
	// isolatedCalls is the number of calls of each client of a tenant. All of them together open
	// fewer connections than the server lets be quiet at a time (connections.go).
	isolatedCalls = 10
)

// mark is what all data of a tenant has in it, the number of the tenant last.
var mark = regexp.MustCompile(`mark-of-(\d+)-end`)

func markOf(tenant int) string { return fmt.Sprintf("mark-of-%d-end", tenant) }

// tenants is an API whose every answer is marked with the workspace that it is for.
type tenants struct{ *http.ServeMux }

func newTenants() *tenants {
	api := &tenants{http.NewServeMux()}
	api.HandleFunc("POST /api/v1/account/applications/token", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"bearer","expires_in":900}`, testAPIToken)
	})
	api.HandleFunc("GET /api/v1/integrations/connectors", func(w http.ResponseWriter, r *http.Request) {
		row := strings.NewReplacer("c-1", "connector-"+r.URL.Query().Get("workspace_name"), "GitHub - test",
			"GitHub - "+r.URL.Query().Get("workspace_name")).Replace(githubConnector)
		fmt.Fprintf(w, `{"data":[%s]}`, row)
	})
	api.HandleFunc("POST /api/v1/integrations/connectors/{id}/execute", api.execute)
	return api
}

// execute answers with the marks of the connector and of what was asked, after a while.
func (api *tenants) execute(w http.ResponseWriter, r *http.Request) {
	var x execution
	_ = json.NewDecoder(r.Body).Decode(&x)
	wait(r.Context(), time.Duration(rand.IntN(3))*time.Millisecond)
	size := 1
	if strings.Contains(string(x.Params), "large") {
		size = 200
	}
	record := fmt.Sprintf(`{"id":1,"from":%q,"asked":%s}`, r.PathValue("id"), x.Params)
	fmt.Fprintf(w, `{"status":"success","result":[%s]}`, strings.Repeat(record+",", size-1)+record)
}

// RoundTrip serves a request without a socket.
func (api *tenants) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	api.ServeHTTP(recorder, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return recorder.Result(), nil
}

// byName lets callers in whose token is their number.
type byName struct{}

func (byName) Authenticate(r *http.Request) (identity.Identity, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	if err != nil {
		return identity.Identity{}, &identity.Refusal{Status: http.StatusUnauthorized, Code: identity.InvalidToken}
	}
	return identity.Identity{Principal: "key:" + markOf(n), Workspace: markOf(n)}, nil
}

// tenant is a customer with clients of all kinds.
type tenant struct {
	t   *testing.T
	web *web
	n   int

	mu      sync.Mutex
	handles []string
}

func (c *tenant) auth() []string { return []string{"Authorization", "Bearer " + strconv.Itoa(c.n)} }

// holds checks that everything in a text is this tenant's.
func (c *tenant) holds(what, text string) {
	for _, m := range mark.FindAllStringSubmatch(text, -1) {
		if m[1] != strconv.Itoa(c.n) {
			c.t.Errorf("%s of tenant %d has data of tenant %s: %.300s", what, c.n, m[1], text)
			return
		}
	}
}

// frame is a random call.
func (c *tenant) frame(id int) string {
	arguments := map[string]any{"owner": markOf(c.n), "repo": fmt.Sprint("r", rand.IntN(3))}
	params := map[string]any{"name": "github_issues_list", "arguments": arguments, "_meta": map[string]any{"progressToken": markOf(c.n)}}
	switch rand.IntN(6) {
	case 0:
		arguments["repo"] = "large"
	case 1:
		arguments["per_page"], arguments["max_pages"] = 1, 2
	case 2:
		arguments["nonsense"] = markOf(c.n)
	case 3:
		params["name"], params["arguments"] = "call_read_tool", map[string]any{"name": "github_issues_list", "arguments": arguments}
	case 4:
		params["name"], params["arguments"] = "list_connectors", map[string]any{}
	}
	b, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})
	if err != nil {
		c.t.Error(err)
	}
	return string(b)
}

var handle = regexp.MustCompile(`airbyte://results/([A-Z0-9]+)`)

// took checks an answer and remembers the handles in it.
func (c *tenant) took(what string, reply webReply) {
	c.holds(what, reply.body)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range handle.FindAllStringSubmatch(reply.body, -1) {
		c.handles = append(c.handles, m[1])
	}
}

// post sends a frame, and now and then leaves before the answer.
func (c *tenant) post(what, frame string, header ...string) webReply {
	ctx := context.Background()
	if rand.IntN(5) == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(rand.IntN(3))*time.Millisecond)
		defer cancel()
	}
	reply, err := c.web.do(ctx, http.MethodPost, "/mcp", frame, jsonHeaders(append(header, c.auth()...))...)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		c.t.Errorf("%s of tenant %d: %v", what, c.n, err)
	}
	c.took(what, reply)
	return reply
}

func (c *tenant) modern() {
	for i := range isolatedCalls {
		frame := c.frame(i)
		c.post("a stateless call", modern(frame), modernHeaders(c.t, frame)...)
	}
}

func (c *tenant) sessions() {
	reply, err := c.web.do(context.Background(), http.MethodPost, "/mcp", initialize("0"), jsonHeaders(c.auth())...)
	if err != nil || reply.status != http.StatusOK {
		c.t.Errorf("initialize of tenant %d: %v %s", c.n, err, reply.body)
		return
	}
	c.holds("instructions", reply.body)
	session := []string{sessionHeader, reply.header.Get(sessionHeader), mcp.HeaderProtocolVersion, mcp.LATEST_LEGACY_PROTOCOL_VERSION}
	var callers sync.WaitGroup
	for i := range isolatedCalls {
		callers.Go(func() { c.post("a call in a session", c.frame(i), session...) })
		if rand.IntN(4) == 0 {
			c.post("a cancellation", cancelled(strconv.Itoa(i)), session...)
		}
	}
	callers.Wait()
}

func (c *tenant) stream() {
	s := c.web.stream(c.auth()...)
	for i := range isolatedCalls {
		c.say(s, c.frame(i))
		if rand.IntN(6) == 0 {
			c.say(s, cancelled(strconv.Itoa(i)))
		}
	}
	deadline := time.Now().Add(20 * time.Second)
	for len(s.all()) < isolatedCalls/2 && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	for _, m := range s.all() {
		c.holds("a stream", m.raw)
	}
	s.leave()
}

// say sends a message that belongs to a stream. The client may hand it the connection
// that was being opened for a request which was given up.
func (c *tenant) say(s *stream, frame string) {
	for {
		reply, err := c.web.do(context.Background(), http.MethodPost, s.endpoint, frame, jsonHeaders(c.auth())...)
		if errors.Is(err, context.DeadlineExceeded) {
			continue
		}
		if err != nil {
			c.t.Errorf("a message of tenant %d: %v", c.n, err)
		}
		c.holds("the answer to a message", reply.body)
		return
	}
}

// all are the messages that have come.
func (w *wire) all() []message {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]message(nil), w.lines...)
}

// TestIsolation has fifty customers at once, each over three transports and both eras,
// call, cancel and leave at random under the same request ids, and proves that nothing of
// one reaches another.
func TestIsolation(t *testing.T) {
	t.Parallel()
	api := newTenants()
	r := newRigWith(t, newUpstream(), airbyte.Config{Host: "http://127.0.0.1:1", Transport: api},
		calls.Options{MaxResultBytes: 8192, Cache: time.Minute})
	w := r.web(t, func(o *HTTPOptions) {
		o.Authenticator = byName{}
		o.Caller.Listing.Surface = tools.Auto
		o.Limits = identity.Limits{InFlight: 100, CallsPerSecond: 1e6, Sessions: 10}
	})
	all := make([]*tenant, isolatedTenants)
	var wg sync.WaitGroup
	for n := range all {
		c := &tenant{t: t, web: w, n: n}
		all[n] = c
		wg.Go(c.modern)
		wg.Go(c.sessions)
		wg.Go(c.stream)
	}
	wg.Wait()
	kept := 0
	handles := make([][]string, len(all)) // as they are now: answers about others' name them again
	for n, c := range all {
		handles[n] = slices.Clone(c.handles)
		kept += len(c.handles)
	}
	for n, c := range all {
		all[(n+1)%len(all)].cannotHave(c, handles[n])
	}
	if kept < isolatedTenants {
		t.Errorf("%d results were kept: the test looks at too few", kept)
	}
	if strings.Contains(r.log.String(), `"error_id"`) {
		t.Errorf("internal errors: %s", r.log.String())
	}
}

// cannotHave tries to get at another tenant's results and sessions.
func (c *tenant) cannotHave(other *tenant, handles []string) {
	for _, id := range handles {
		frame := callTool("1", "read_result", `{"handle":"`+id+`"}`)
		reply := c.post("another's result", modern(frame), modernHeaders(c.t, frame)...)
		if mark.MatchString(reply.body) && !strings.Contains(reply.body, "no such result") {
			c.t.Errorf("tenant %d reads a result of %d: %.200s", c.n, other.n, reply.body)
		}
		frame = request("2", "resources/read", `{"uri":"airbyte://results/`+id+`"}`)
		c.post("another's resource", modern(frame), append(modernHeaders(c.t, frame), mcp.HeaderName, "airbyte://results/"+id)...)
	}
	begun, err := other.web.do(context.Background(), http.MethodPost, "/mcp", initialize("0"), jsonHeaders(other.auth())...)
	if err != nil {
		c.t.Error(err)
		return
	}
	id := begun.header.Get(sessionHeader)
	for _, method := range []string{http.MethodPost, http.MethodDelete} {
		reply, err := c.web.do(context.Background(), method, "/mcp", request("1", "ping", `{}`),
			jsonHeaders(append(c.auth(), sessionHeader, id))...)
		if err != nil || reply.status != http.StatusNotFound {
			c.t.Errorf("%s in the session of another: HTTP %d, %v", method, reply.status, err)
		}
	}
}
