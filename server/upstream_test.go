package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// Secrets of the tests: none may show up in an answer or a log line.
const (
	testClientSecret = "client-secret-5f1c"
	testAPIToken     = "api-token-77ab"
	testBearer       = "caller-bearer-90de"
)

// upstream is the hosted API as the transports meet it: a token, a workspace with
// one GitHub connector, and an execute route whose behaviour the test chooses. It
// is a handler and a round tripper, so that tests in virtual time need no sockets.
type upstream struct {
	mux *http.ServeMux

	mu         sync.Mutex
	run        func(ctx context.Context, x execution) string // the body of an execute answer
	down       bool                                          // answers everything with 503
	connectors string

	connectorsDelay time.Duration // set before the first request

	active    int // executes that are running
	peak      int // most of them at once
	executed  int
	abandoned int // executes whose caller closed the connection
}

// execution is what an execute request asks for.
type execution struct {
	Entity string          `json:"entity"`
	Action string          `json:"action"`
	Params json.RawMessage `json:"params"`
}

const githubConnector = `{"id":"c-1","name":"GitHub - test","summarized_source_template":` +
	`{"name":"GitHub","connector_name":"github","actor_definition_id":"ef69ef6e-aa7f-4af1-a01d-ef775033524e"}}`

func newUpstream() *upstream {
	u := &upstream{mux: http.NewServeMux(), run: echo, connectors: githubConnector}
	u.mux.HandleFunc("POST /api/v1/account/applications/token", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"bearer","expires_in":900}`, testAPIToken)
	})
	u.mux.HandleFunc("GET /api/v1/integrations/connectors", func(w http.ResponseWriter, r *http.Request) {
		wait(r.Context(), u.connectorsDelay)
		u.mu.Lock()
		defer u.mu.Unlock()
		fmt.Fprintf(w, `{"data":[%s]}`, u.connectors)
	})
	u.mux.HandleFunc("POST /api/v1/integrations/connectors/{id}/execute", u.execute)
	return u
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if u.isDown() {
		http.Error(w, `{"message":"the API is down for maintenance"}`, http.StatusServiceUnavailable)
		return
	}
	u.mux.ServeHTTP(w, r)
}

// RoundTrip serves a request without a socket.
func (u *upstream) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Host == "" {
		r.Host = r.URL.Host
	}
	recorder := httptest.NewRecorder()
	u.ServeHTTP(recorder, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return recorder.Result(), nil
}

func (u *upstream) execute(w http.ResponseWriter, r *http.Request) {
	var x execution
	if err := json.NewDecoder(r.Body).Decode(&x); err != nil {
		http.Error(w, `{"message":"unreadable"}`, http.StatusUnprocessableEntity)
		return
	}
	run := u.enter()
	body := run(r.Context(), x)
	u.leave(r.Context().Err() != nil)
	_, _ = io.WriteString(w, body)
}

func (u *upstream) enter() func(context.Context, execution) string {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.active++
	u.executed++
	u.peak = max(u.peak, u.active)
	return u.run
}

func (u *upstream) leave(abandoned bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.active--
	if abandoned {
		u.abandoned++
	}
}

// set changes how executes behave from now on.
func (u *upstream) set(run func(context.Context, execution) string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.run = run
}

// has sets the connectors of the workspace.
func (u *upstream) has(connectors ...string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.connectors = strings.Join(connectors, ",")
}

func (u *upstream) setDown(down bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.down = down
}

func (u *upstream) isDown() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.down
}

// load is what an upstream has seen.
type load struct{ active, peak, executed, abandoned int }

func (u *upstream) load() load {
	u.mu.Lock()
	defer u.mu.Unlock()
	return load{u.active, u.peak, u.executed, u.abandoned}
}

// Behaviours of execute.

// echo answers with the parameters, so that an answer can be told from another.
func echo(_ context.Context, x execution) string { return succeed(`[` + string(x.Params) + `]`) }

// after is an upstream that takes its time.
func after(d time.Duration) func(context.Context, execution) string {
	return func(ctx context.Context, x execution) string {
		wait(ctx, d)
		return echo(ctx, x)
	}
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// hang never answers; it ends when the caller closes the connection.
func hang(ctx context.Context, _ execution) string {
	<-ctx.Done()
	return ""
}

// held answers once the channel is closed.
func held(release <-chan struct{}) func(context.Context, execution) string {
	return func(ctx context.Context, x execution) string {
		select {
		case <-release:
		case <-ctx.Done():
		}
		return echo(ctx, x)
	}
}

// always answers with one result.
func always(result string) func(context.Context, execution) string {
	return func(context.Context, execution) string { return succeed(result) }
}

func succeed(result string) string {
	return `{"status":"success","result":` + result +
		`,"connector_metadata":{},"execution_metadata":{"connector_instance_id":"c-1","execution_time_ms":1}}`
}
