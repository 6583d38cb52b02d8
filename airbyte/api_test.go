package airbyte_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/secret"
)

const (
	tokenPath      = "/api/v1/account/applications/token"
	connectorsPath = "/api/v1/integrations/connectors"
	executePath    = "/api/v1/integrations/connectors/c-1/execute"

	okResult = `{"status":"success","result":[{"id":1}],"connector_metadata":{},"execution_metadata":{"execution_time_ms":12}}`
)

var (
	listIssues  = airbyte.Execution{Entity: "issues", Action: "list"}
	createIssue = airbyte.Execution{Entity: "issues", Action: "create", Params: json.RawMessage(`{"title":"x"}`)}
)

// api is an API with one handler a route. It keeps what it was asked.
type api struct {
	token      http.HandlerFunc
	connectors http.HandlerFunc
	execute    http.HandlerFunc
	others     map[string]http.HandlerFunc // by method and path

	mu   sync.Mutex
	seen []seen
	last string // the bearer minted last; the only valid one
}

// seen is one request that arrived.
type seen struct {
	route  string
	bearer string
	remote string
	header http.Header
	length int64
	query  string
	body   string
}

// newAPI returns an API in which everything succeeds.
func newAPI() *api {
	a := &api{others: map[string]http.HandlerFunc{}}
	a.token = func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			say(http.StatusMethodNotAllowed, "")(w, r)
			return
		}
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"bearer","expires_in":900}`, a.issue())
	}
	a.connectors = say(http.StatusOK, `{"data":[]}`)
	a.execute = say(http.StatusOK, okResult)
	return a
}

// say is a handler that always answers the same.
func say(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// inTurn is a handler that gives each request the next answer, and the last one
// to all that follow.
func inTurn(answers ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		answer := answers[0]
		if len(answers) > 1 {
			answers = answers[1:]
		}
		mu.Unlock()
		answer(w, r)
	}
}

// hang is a handler that never answers.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// hangUp is a handler that closes the connection without an answer.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	_, bearer, _ := strings.Cut(r.Header.Get("Authorization"), "Bearer ")
	a.mu.Lock()
	a.seen = append(a.seen, seen{
		r.Method + " " + r.URL.Path, bearer, r.RemoteAddr, r.Header, r.ContentLength, r.URL.RawQuery, string(body),
	})
	a.mu.Unlock()
	if answer, ok := a.others[r.Method+" "+r.URL.Path]; ok {
		answer(w, r)
		return
	}
	switch r.URL.Path {
	case tokenPath:
		a.token(w, r)
	case connectorsPath:
		a.connectors(w, r)
	default:
		a.execute(w, r)
	}
}

// issue makes a new bearer, which takes the place of the one before.
func (a *api) issue() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last = fmt.Sprintf("bearer-%d", a.countSeen("POST "+tokenPath))
	return a.last
}

// count is how many requests of a method and path have arrived.
func (a *api) count(route string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.countSeen(route)
}

// countSeen is count for who holds the lock.
func (a *api) countSeen(route string) (n int) {
	for _, s := range a.seen {
		if s.route == route {
			n++
		}
	}
	return n
}

func (a *api) revoke() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last = "none"
}

func (a *api) valid(r *http.Request) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return r.Header.Get("Authorization") == "Bearer "+a.last
}

// all is what arrived so far.
func (a *api) all() []seen {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.seen)
}

// requests are those of a route so far.
func (a *api) requests(path string) []seen {
	a.mu.Lock()
	defer a.mu.Unlock()
	var list []seen
	for _, s := range a.seen {
		if strings.HasSuffix(s.route, " "+path) {
			list = append(list, s)
		}
	}
	return list
}

func (a *api) mints() int    { return a.count("POST " + tokenPath) }
func (a *api) probes() int   { return a.count("GET " + tokenPath) }
func (a *api) lists() int    { return len(a.requests(connectorsPath)) }
func (a *api) executes() int { return len(a.requests(executePath)) }

// serve puts the API on a real socket and returns a client with its own transport.
func (a *api) serve(t testing.TB, change ...func(*airbyte.Config)) *airbyte.Client {
	t.Helper()
	server := httptest.NewUnstartedServer(a)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return newClient(t, server.URL, change...)
}

// serveInMemory puts the API on an in-memory network, for use in a bubble of
// synctest: a real socket would keep its clock from moving.
func (a *api) serveInMemory(t testing.TB, change ...func(*airbyte.Config)) *airbyte.Client {
	t.Helper()
	return a.serveOn(t, newNetwork(), change...)
}

func (a *api) serveOn(t testing.TB, n *network, change ...func(*airbyte.Config)) *airbyte.Client {
	t.Helper()
	server := &http.Server{Handler: a, ErrorLog: log.New(io.Discard, "", 0)}
	var done sync.WaitGroup
	done.Go(func() { _ = server.Serve(n) })
	t.Cleanup(func() {
		_ = server.Close()
		done.Wait()
	})
	transport := &http.Transport{DialContext: n.dial, DisableKeepAlives: n.cold}
	t.Cleanup(transport.CloseIdleConnections)
	return newClient(t, "http://127.0.0.1", append([]func(*airbyte.Config){
		func(cfg *airbyte.Config) { cfg.Transport = transport },
	}, change...)...)
}

func newClient(t testing.TB, host string, change ...func(*airbyte.Config)) *airbyte.Client {
	t.Helper()
	cfg := airbyte.Config{Host: host, ClientID: "the-client-id", ClientSecret: secret.New("the-client-secret")}
	for _, f := range change {
		f(&cfg)
	}
	client, err := airbyte.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// network is a listener whose connections are pipes.
type network struct {
	conns chan net.Conn
	done  chan struct{}
	close func()
	cold  bool                  // dial anew for every request
	fault func(dials int) error // of the nth dial, counted from 1; nil for none

	mu    sync.Mutex
	dials int
}

func newNetwork() *network {
	n := &network{conns: make(chan net.Conn), done: make(chan struct{})}
	n.close = sync.OnceFunc(func() { close(n.done) })
	return n
}

func (n *network) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	n.mu.Lock()
	n.dials++
	dials := n.dials
	n.mu.Unlock()
	if n.fault != nil {
		if err := n.fault(dials); err != nil {
			return nil, err
		}
	}
	ours, theirs := net.Pipe()
	select {
	case n.conns <- theirs:
		return ours, nil
	case <-n.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (n *network) Accept() (net.Conn, error) {
	select {
	case conn := <-n.conns:
		return conn, nil
	case <-n.done:
		return nil, net.ErrClosed
	}
}

func (n *network) Close() error { n.close(); return nil }

func (n *network) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// run makes one call and returns its failure, nil when it succeeded. A failure that
// is not an *airbyte.Error ends the test.
func run(ctx context.Context, t testing.TB, client *airbyte.Client, x airbyte.Execution) *airbyte.Error {
	t.Helper()
	_, err := client.Execute(ctx, "main", "c-1", x)
	return failureOf(t, err)
}

func failureOf(t testing.TB, err error) *airbyte.Error {
	t.Helper()
	if err == nil {
		return nil
	}
	var failure *airbyte.Error
	if !errors.As(err, &failure) {
		t.Errorf("got error %T %v, want an *airbyte.Error", err, err)
		return &airbyte.Error{}
	}
	return failure
}

// mustRun makes one call that must succeed.
func mustRun(ctx context.Context, t testing.TB, client *airbyte.Client, x airbyte.Execution) *airbyte.Result {
	t.Helper()
	result, err := client.Execute(ctx, "main", "c-1", x)
	if err != nil {
		t.Fatal(err)
	}
	return result
}
