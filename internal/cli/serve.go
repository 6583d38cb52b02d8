package cli

import (
	"cmp"
	"context"
	"errors"
	"net"
	"sync"

	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/internal/identity"
	"airbyte-mcp-server/server"
	"airbyte-mcp-server/tools"
)

type serveCmd struct {
	HTTP string `name:"http" env:"AIRBYTE_MCP_HTTP" placeholder:"ADDR" help:"${serve_http}"`
	// State is redis:// or rediss://.
	State string `name:"state" env:"AIRBYTE_MCP_STATE" placeholder:"URL" help:"${serve_state}"`
	// PeerURL is http or, with a certificate, https, without a path.
	PeerURL string `name:"peer-url" env:"AIRBYTE_MCP_PEER_URL" placeholder:"URL" help:"${serve_peer_url}"`
}

// Run serves until the client leaves or the process is told to stop.
func (c *serveCmd) Run(ctx context.Context, a *app) error {
	if c.HTTP == "" {
		return c.overStdio(ctx, a)
	}
	return c.overHTTP(ctx, a)
}

// overHTTP serves until the process is told to stop.
func (c *serveCmd) overHTTP(ctx context.Context, a *app) error {
	callers, err := a.callers()
	if err != nil {
		return err
	}
	tlsConfig, err := a.tlsConfig()
	if err != nil {
		return err
	}
	if err := errors.Join(a.checkRedisURL(c.State), checkPeerURL(c.PeerURL, tlsConfig != nil), a.settings.CheckBearer(c.HTTP)); err != nil {
		return &usageError{err: err}
	}
	a.stateURL, a.peerURL, a.tls = c.State, c.PeerURL, tlsConfig
	own := &address{public: a.settings.PublicURL, secure: tlsConfig != nil}
	var p *backend
	pages, err := a.pagesAt(own, func() string { return p.peers.Prefix() })
	if err != nil {
		return err
	}
	defer pages.Close()
	p, err = a.openWith(pages, own.url)
	if err != nil {
		return err
	}
	defer p.Close()
	a.tellOverrides()
	if callers.keys != nil {
		if err := checkKeys(callers.keys.List(), p.manager.Directory()); err != nil {
			return &usageError{err: err}
		}
	}
	a.beginAudit(p)
	a.onHangups(ctx, func() {
		a.reopenAudit(p)
		a.reloadKeys(callers, p.manager.Directory())
	})
	go a.watchKeys(ctx, callers, p.manager.Directory())
	go a.reportIssuers(ctx, callers)
	options := a.httpOptions(p, callers)
	p.shareHTTPState(&options)
	options.TLS, options.Pages = tlsConfig, p.pagesOfAll(pages)
	return a.server(p).ListenAndServe(ctx, c.HTTP, options, func(addr net.Addr) {
		own.listens(addr)
		p.announce(a, own)
		a.log.Info().Str("url", own.here()+"/mcp").Str("sse", own.here()+"/sse").Str("callers", callers.words()).Msg("listening")
		a.welcome(own, callers)
	})
}

// httpOptions is what the settings say about HTTP.
func (a *app) httpOptions(p *backend, callers *callers) server.HTTPOptions {
	s := a.settings
	// Whoever calls over HTTP need not share this machine, nor see other workspaces.
	caller := p.session
	caller.Local, caller.Operator = false, false
	caller.Answers = a.answers(tools.CompactJSON)
	o := server.HTTPOptions{
		Caller:         caller,
		Authenticator:  callers.authenticator(),
		Scopes:         callers.scopes,
		Metadata:       callers.metadata,
		AllowedHosts:   s.AllowedHosts,
		AllowedOrigins: s.AllowedOrigins,
		MaxSessions:    s.MaxSessions,
		PublicPath:     s.PublicPath(),
		KeepAlive:      s.KeepAlive,
		SeveralTenants: s.Remote(),
		SessionIdle:    s.SessionIdle,
		SessionLife:    s.SessionLife,
		DrainDelay:     s.DrainDelay,
		Toolsets:       s.Toolset,
		Ready:          p.ready,
		MetricsPage:    p.metrics.Handler(),
	}
	if callers.chain != nil {
		o.Limits = identity.Limits{CallsPerSecond: s.TenantRate, Burst: s.TenantBurst, InFlight: s.TenantInFlight, Sessions: s.TenantSessions}
	}
	return o
}

// overStdio serves a host. Hosts show little of a server that has ended, so that one without
// credentials stays and explains.
func (c *serveCmd) overStdio(ctx context.Context, a *app) error {
	a.explains = true
	p, err := a.open()
	if err != nil {
		return err
	}
	defer p.Close()
	a.tellOverrides()
	a.beginAudit(p)
	a.onHangups(ctx, func() { a.reopenAudit(p) })
	p.session.Answers = a.answers(tools.CompactJSON)
	if t := terminal.Open(a.Stdin, a.Stderr); t != nil {
		t.Printf("Waiting for the messages of an MCP host on standard input, which is this terminal: hosts start this command " +
			"themselves. Ctrl-C ends it; doctor tries the connection, --http serves over HTTP.\n")
	}
	return a.server(p).ServeStdio(ctx, p.session, a.Stdin, a.Stdout)
}

func (a *app) server(p *backend) *server.Server {
	s := a.settings
	return server.New(server.Options{
		Calls:         p.manager.Calls(),
		Log:           a.log,
		Version:       a.version(),
		Seal:          p.seal,
		SessionSeal:   p.sessions,
		Metrics:       p.metrics,
		Peers:         p.peers,
		Tracer:        p.tracer,
		CallTimeout:   s.CallTimeout,
		EOFGrace:      s.EOFGrace,
		MaxConcurrent: s.MaxConcurrentCalls,
		MaxMessage:    int64(s.MaxRequestBody),
		Memory:        p.memory,
	})
}

// address is where people reach this server: as configured, or where it listens.
type address struct {
	public string
	secure bool

	mu    sync.Mutex
	local string
}

func (w *address) listens(addr net.Addr) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.local = "http://" + addr.String()
	if w.secure {
		w.local = "https://" + addr.String()
	}
}

// here is where this server listens.
func (w *address) here() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.local
}

func (w *address) url() string { return cmp.Or(w.public, w.here()) }
