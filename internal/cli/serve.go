package cli

import (
	"cmp"
	"context"
	"net"
	"sync"

	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/server"
)

type serveCmd struct {
	HTTP string `name:"http" env:"AIRBYTE_MCP_HTTP" placeholder:"ADDR" help:"Serve over HTTP on this address, e.g. 127.0.0.1:8080, instead of stdio."`
}

// Run serves until the client leaves or the process is told to stop.
func (c *serveCmd) Run(ctx context.Context, a *app) error {
	if c.HTTP == "" {
		return c.stdio(ctx, a)
	}
	web := &address{public: a.settings.PublicURL}
	pages := connectpage.New(connectpage.Options{BaseURL: web.url, Log: a.log})
	defer pages.Close()
	p, err := a.openWith(pages, web.url)
	if err != nil {
		return err
	}
	defer p.Close()
	// Whoever calls over HTTP need not share this machine, nor see other workspaces.
	caller := p.session
	caller.Local, caller.Operator = false, false
	options := server.HTTPOptions{
		Caller:         caller,
		BearerToken:    a.settings.BearerToken,
		AllowedHosts:   a.settings.AllowedHosts,
		AllowedOrigins: a.settings.AllowedOrigins,
		Toolsets:       a.settings.Toolset,
		Pages:          pages.Handler(),
	}
	return a.server(p).ListenAndServe(ctx, c.HTTP, options, func(addr net.Addr) {
		web.listens(addr)
		a.log.Info().Str("url", "http://"+addr.String()+"/mcp").Str("sse", "http://"+addr.String()+"/sse").Msg("listening")
	})
}

func (c *serveCmd) stdio(ctx context.Context, a *app) error {
	p, err := a.open()
	if err != nil {
		return err
	}
	defer p.Close()
	return a.server(p).ServeStdio(ctx, p.session, a.Stdin, a.Stdout)
}

func (a *app) server(p *platform) *server.Server {
	s := a.settings
	return server.New(server.Options{
		Box:           p.box,
		Log:           a.log,
		Version:       version(),
		CallTimeout:   s.CallTimeout,
		EOFGrace:      s.EOFGrace,
		MaxConcurrent: s.MaxConcurrentCalls,
		MaxMessage:    int64(s.MaxRequestBody),
	})
}

// address is where people reach this server: as configured, or where it listens.
type address struct {
	public string

	mu    sync.Mutex
	local string
}

func (w *address) listens(addr net.Addr) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.local = "http://" + addr.String()
}

func (w *address) url() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return cmp.Or(w.public, w.local)
}
