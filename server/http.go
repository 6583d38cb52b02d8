package server

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/internal/identity"
	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/internal/netname"
	"airbyte-mcp-server/internal/state"
	"airbyte-mcp-server/tools"
)

const (
	readHeaderTimeout    = 10 * time.Second
	bodyTimeout          = 30 * time.Second
	idleTimeout          = 2 * time.Minute
	maxHeader            = 32 << 10
	maxConnectionStreams = 250 // of HTTP/2
	// writeTimeout bounds the writing of one message. A client that reads nothing for
	// that long is disconnected, so that it cannot hold answers in memory.
	writeTimeout = 30 * time.Second
)

// DefaultKeepAlive is the longest silence of an event stream: proxies keep it open, and a
// vanished client is noticed.
const DefaultKeepAlive = 15 * time.Second

// The paths at which clients begin; a choice of tools may stand behind them.
const mcpPath, ssePath = "/mcp", "/sse"

// requestIDHeader carries the id of a request for the logs of proxies and ours.
const requestIDHeader = "X-Request-Id"

// requestID is the form of an acceptable id; others are replaced.
var requestID = lazyregexp.New(`^[A-Za-z0-9._:/+=-]{1,128}$`)

// HTTPOptions configure the HTTP transports.
type HTTPOptions struct {
	Caller         tools.Session                    // the caller of every request; with an Authenticator, the most that any caller may have
	Authenticator  identity.Authenticator           // nil lets everybody in
	Scopes         identity.Scopes                  // to ask for, of callers with scoped tokens
	Metadata       *identity.Metadata               // tells clients where to get tokens; nil for none
	Limits         identity.Limits                  // of callers without limits of their own; 0 for no limit
	Shared         Shared                           // keeps the limits; nil for this process alone
	AllowedHosts   []string                         // Host names besides those of this machine
	AllowedOrigins []string                         // origins of web pages besides those of this machine
	PublicPath     string                           // before /message in the addresses that clients are told, for a proxy that takes it off
	KeepAlive      time.Duration                    // the longest silence of an event stream; default 15 s
	SessionIdle    time.Duration                    // an unused session ends after it; default 1 h
	SessionLife    time.Duration                    // every session ends after it; default 24 h
	ReplicaBus     ReplicaBus                       // to other replicas; nil for none
	Revocations    Revocations                      // of sessions, for all replicas; nil for this process alone
	MaxSessions    int                              // default 10000
	SeveralTenants bool                             // none of them may hold everything there is
	Toolsets       func([]string) ([]string, error) // replaces the names of toolsets by their globs; nil for no toolsets
	Ready          func(context.Context) error      // an error makes /readyz fail; nil for always ready
	MetricsPage    http.Handler                     // served at /metrics; nil for none
	DrainDelay     time.Duration                    // from "not ready" to the end of accepting, so that a balancer notices
	TLS            *tls.Config                      // nil for plain HTTP
	Pages          http.Handler                     // served below /connect/, with its own guard; nil for none
}

// HTTP is an http.Handler with the MCP transports over HTTP: streamable HTTP at /mcp,
// HTTP+SSE at /sse and /message, both also with a choice of tools in the path. Beside
// them it serves downloaded files below /downloads/, the pages for credentials below
// /connect/, and /healthz, /readyz and /metrics.
type HTTP struct {
	server   *Server
	opts     HTTPOptions
	guard    guard
	mux      *http.ServeMux
	sessions *httpSessions
	streams  *httpSessions // of HTTP+SSE
	quiet    *connections
	posts    *budget.Pool // places of messages in progress
	listens  *budget.Pool // places of subscriptions in the stateless era

	ctx       context.Context // of all requests
	cancel    context.CancelCauseFunc
	draining  atomic.Bool
	accepting context.Context // ends when the server begins to stop
	stop      context.CancelFunc
}

// HTTP returns the handler of the HTTP transports.
func (s *Server) HTTP(o HTTPOptions) *HTTP {
	o.setDefaults()
	ctx, cancel := context.WithCancelCause(context.Background())
	accepting, stop := context.WithCancel(ctx)
	h := &HTTP{
		server: s, opts: o, ctx: ctx, cancel: cancel, accepting: accepting, stop: stop,
		guard: guard{authenticated: o.Authenticator != nil, hosts: o.AllowedHosts, origins: o.AllowedOrigins},
		sessions: newHTTPSessions("streamable", o, tenantShare(o.MaxSessions, o.SeveralTenants), o.SessionIdle,
			s.opts.SessionSeal, s.sessionCounter("streamable")),
		streams: newHTTPSessions("sse", o, min(maxTenantStreams, tenantShare(o.MaxSessions, o.SeveralTenants)), 0,
			s.opts.SessionSeal, s.sessionCounter("sse")),
		posts: budget.New(maxInFlight, int64(tenantShare(maxInFlight, o.SeveralTenants))),
		listens: budget.New(int64(o.MaxSessions),
			int64(min(maxTenantStreams, tenantShare(o.MaxSessions, o.SeveralTenants)))),
		quiet: newConnections(s.opts.Memory),
		mux:   http.NewServeMux(),
	}
	h.watchHeld()
	h.mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	h.mux.HandleFunc("/readyz", h.serveReadiness)
	if o.MetricsPage != nil {
		h.mux.Handle("/metrics", o.MetricsPage)
	}
	if o.Metadata != nil {
		documents := o.Metadata.Handler(mcpPath, isServed)
		h.mux.Handle(identity.WellKnown, documents)
		h.mux.Handle(identity.WellKnown+"/", documents)
	}
	if o.Pages != nil {
		h.mux.Handle("/connect/", o.Pages)
	}
	h.mux.HandleFunc(downloadsPath, h.routeDownload)
	for _, suffix := range []string{"", "/{choice...}"} {
		h.mux.HandleFunc(mcpPath+suffix, h.guarded(h.serveStreamable))
		h.mux.HandleFunc(ssePath+suffix, h.guarded(h.serveSSE))
	}
	h.mux.HandleFunc("/message", h.guarded(h.serveMessage))
	return h
}

func (o *HTTPOptions) setDefaults() {
	if o.KeepAlive <= 0 {
		o.KeepAlive = DefaultKeepAlive
	}
	if o.SessionIdle <= 0 {
		o.SessionIdle = time.Hour
	}
	if o.SessionLife <= 0 {
		o.SessionLife = DefaultSessionLife
	}
	if o.Shared == nil {
		o.Shared = state.NewLocal()
	}
	if o.MaxSessions <= 0 {
		o.MaxSessions = 10000
	}
}

// ServeHTTP implements http.Handler.
func (h *HTTP) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := r.Header.Get(requestIDHeader)
	if !requestID.MatchString(id) {
		id = rand.Text()
		r.Header.Set(requestIDHeader, id)
	}
	w.Header().Set(requestIDHeader, id)
	if h.draining.Load() {
		// The balancer should use no connection again that is about to end. Those that are
		// idle stay until it has noticed: closing one now could meet a request on its way.
		w.Header().Set("Connection", "close")
	}
	if r.ContentLength != 0 {
		// A body by the byte would hold the connection. When all of it has been read
		// net/http lifts the deadline.
		control := http.NewResponseController(w)
		_ = control.SetReadDeadline(time.Now().Add(bodyTimeout))
		defer func() { _ = control.SetReadDeadline(time.Now().Add(unreadTime)) }()
	}
	h.mux.ServeHTTP(w, r)
}

// serveReadiness says whether this server should get requests: it is not stopping, and
// Airbyte can be reached.
func (h *HTTP) serveReadiness(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if h.draining.Load() {
		http.Error(w, "draining", http.StatusServiceUnavailable)
		return
	}
	if h.opts.Ready != nil {
		if err := h.opts.Ready(r.Context()); err != nil {
			h.server.log.Warn().Err(err).Msg("not ready")
			http.Error(w, "not ready: the server's log says why", http.StatusServiceUnavailable)
			return
		}
	}
	_, _ = io.WriteString(w, "ready\n")
}

// Close ends all streams and sessions at once.
func (h *HTTP) Close() { h.cancel(errStopping) }

// guarded puts the guard and the authentication before a handler.
func (h *HTTP) guarded(next func(http.ResponseWriter, *http.Request, *caller)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !h.guard.admitRequest(w, r) {
			return
		}
		if who, ok := h.authenticate(w, r); ok && h.knowsWorkspace(w, r, who) {
			next(w, r, who)
		}
	}
}

// narrow reduces a caller's rights to the choices of its session, if there is one, and of
// the request. It reports whether the choices are possible; if not, it answers the
// request.
func (h *HTTP) narrow(w http.ResponseWriter, r *http.Request, who *caller, begun []choice) ([]choice, bool) {
	asked, err := h.choices(r)
	for _, c := range slices.Concat(begun, asked) {
		if err == nil {
			who.Session, err = h.choose(r.Context(), who.Session, c)
		}
	}
	if refused, ok := errors.AsType[*choiceError](err); ok {
		http.Error(w, refused.message, refused.status)
		return nil, false
	}
	return asked, true
}

// ListenAndServe serves HTTP on an address until ctx is cancelled, then gives the requests
// in progress the grace of the Options. An address within reach of other machines needs
// an Authenticator. The function listening is called with the address once the server
// listens.
func (s *Server) ListenAndServe(ctx context.Context, addr string, o HTTPOptions, listening func(net.Addr)) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("http address %q: want HOST:PORT such as 127.0.0.1:8080", addr)
	}
	if !netname.IsLoopback(host) && o.Authenticator == nil {
		return fmt.Errorf("http address %q can be reached from other machines: set AIRBYTE_MCP_BEARER_TOKEN or another way "+
			"to tell callers apart, or listen on 127.0.0.1", addr)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listening for http: %w", err)
	}
	listening(listener.Addr())
	return s.HTTP(o).serveListener(ctx, listener)
}

// serveListener serves HTTP until ctx is cancelled, or the listener fails.
func (h *HTTP) serveListener(ctx context.Context, listener net.Listener) error {
	web := &http.Server{
		TLSConfig: h.opts.TLS, MaxHeaderBytes: maxHeader, HTTP2: boundedHTTP2(),
		Handler: h, ReadHeaderTimeout: readHeaderTimeout, IdleTimeout: idleTimeout,
		BaseContext: func(net.Listener) context.Context { return h.ctx },
		ConnState:   h.quiet.note,
		ErrorLog:    log.New(h.server.log, "", 0),
	}
	ended := make(chan error, 1)
	go func() {
		if h.opts.TLS != nil {
			ended <- web.ServeTLS(listener, "", "")
			return
		}
		ended <- web.Serve(listener)
	}()
	select {
	case err := <-ended:
		h.cancel(errStopping)
		return fmt.Errorf("serving http: %w", err)
	case <-ctx.Done():
		return h.shutdown(web, h.server.opts.Grace)
	}
}

// boundedHTTP2 bounds what one HTTP/2 connection holds: its requests, and what has come of
// their bodies before anybody reads it.
func boundedHTTP2() *http.HTTP2Config {
	return &http.HTTP2Config{
		MaxConcurrentStreams: maxConnectionStreams, MaxReadFrameSize: 16 << 10,
		MaxReceiveBufferPerConnection: 128 << 10, MaxReceiveBufferPerStream: 128 << 10,
	}
}

// shutdown stops in an order that loses no answer: first the readiness ends, then no new
// requests are taken, then streams end after the answers to their calls, and after the
// grace everything is cancelled.
func (h *HTTP) shutdown(web *http.Server, grace time.Duration) error {
	h.draining.Store(true)
	time.Sleep(h.opts.DrainDelay)
	h.stop()
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if err := web.Shutdown(ctx); err == nil {
		h.cancel(errStopping)
		return nil
	}
	h.cancel(errStopping)
	last, cancelLast := context.WithTimeout(context.Background(), time.Second)
	defer cancelLast()
	if err := web.Shutdown(last); err != nil {
		return errors.Join(fmt.Errorf("stopping http: %w", err), web.Close())
	}
	return nil
}

func writeProblem(w http.ResponseWriter, problem *requestError, status int) {
	b, err := problem.encode()
	if err != nil {
		http.Error(w, problem.message, status)
		return
	}
	writeJSON(w, b, status)
}

func writeJSON(w http.ResponseWriter, b []byte, status int) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	_, _ = w.Write(b) //nolint:gosec // JSON by its content type; a client that is gone misses nothing
}

// statusOf is the HTTP status that the stateless era prescribes for a JSON-RPC
// error.
func statusOf(code int) int {
	switch code {
	case mcp.METHOD_NOT_FOUND:
		return http.StatusNotFound
	case mcp.HEADER_MISMATCH, mcp.MISSING_REQUIRED_CLIENT_CAPABILITY, mcp.UNSUPPORTED_PROTOCOL_VERSION,
		mcp.INVALID_REQUEST, mcp.INVALID_PARAMS, mcp.PARSE_ERROR:
		return http.StatusBadRequest
	case busyCode:
		return http.StatusServiceUnavailable
	default:
		return http.StatusOK
	}
}
