package cli

import (
	"context"
	"net/http"
	"sync"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/telemetry"
)

// startTelemetry counts and traces the work of a backend. Metrics are for servers over
// HTTP; traces are sent where the environment says so.
func (a *app) startTelemetry(p *backend, cfg *airbyte.Config, overHTTP bool) {
	if overHTTP {
		names, _ := a.catalog().Names() // without them connectors have no names in the metrics
		p.metrics = telemetry.NewMetrics(telemetry.MetricsOptions{
			Version: a.version(), Connectors: names, TenantLabel: a.settings.TenantMetrics, StateReachable: p.redisReachable(a.stateURL),
		})
	}
	var err error
	p.tracer, err = telemetry.NewTracer(telemetry.TracerOptions{
		LookupEnv: a.LookupEnv, Version: a.version(), Tenants: a.settings.TenantMetrics,
		Report: func(err error) { a.log.Warn().Err(err).Msg("traces") },
	})
	if err != nil {
		a.log.Error().Err(err).Msg("no traces are sent")
	}
	if p.metrics != nil || p.tracer.Enabled() {
		cfg.Observe = p.observeRequest
	}
}

// redisReachable tells the metrics whether Redis can be reached; nil where there is
// none.
func (p *backend) redisReachable(url string) func() bool {
	if url == "" {
		return nil
	}
	return func() bool { return p.redis != nil && p.redis.Reachable() }
}

// observeRequest is told of each request to the API.
func (p *backend) observeRequest(ctx context.Context, s airbyte.Sending, header http.Header) (context.Context, func(int, airbyte.Code)) {
	ctx, span := p.tracer.Request(ctx, telemetry.Request{Operation: s.Operation, Method: s.Method, Host: s.Host, Repeats: s.Repeats}, header)
	if s.Repeats > 0 {
		p.metrics.Retried(s.Operation)
	}
	began := time.Now()
	return ctx, func(status int, code airbyte.Code) {
		outcome := "ok"
		if code != "" {
			outcome = "failed"
		}
		span.End(outcome, telemetry.End{Failure: string(code), Status: status})
		p.metrics.UpstreamRequest(s.Operation, status, time.Since(began))
		if s.IsMint {
			p.metrics.TokenMinted(s.Operation, outcome)
		}
	}
}

// readiness is remembered for a moment: probes come often.
type readiness struct {
	mu   sync.Mutex
	at   time.Time
	last error
}

// readyFor is how long an answer is remembered.
const readyFor = 5 * time.Second

// ready says whether calls could be made: there is a catalog and a token.
func (p *backend) ready(ctx context.Context) error {
	p.readiness.mu.Lock()
	defer p.readiness.mu.Unlock()
	if time.Since(p.readiness.at) < readyFor {
		return p.readiness.last
	}
	ctx, cancel := context.WithTimeout(ctx, readyFor)
	defer cancel()
	p.readiness.last = p.client.CheckToken(ctx)
	p.readiness.at = time.Now()
	return p.readiness.last
}
