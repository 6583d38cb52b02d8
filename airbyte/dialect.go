package airbyte

import (
	"context"
	"net/http"
	"slices"
	"sync/atomic"

	"github.com/rs/zerolog"
)

// DefaultCloudHost is the host of the seed dialect's token endpoint.
const DefaultCloudHost = "https://cloud.airbyte.com"

// Dialect is one of the two sets of routes of the API.
type Dialect string

// Dialects. Auto asks the current token endpoint first.
const (
	DialectAuto    Dialect = "auto"
	DialectCurrent Dialect = "current" // since April 2026
	DialectSeed    Dialect = "seed"    // of January 2026
)

// TokenScope is the kind of token for the calls on a workspace's connectors.
type TokenScope string

// Token scopes.
const (
	ScopeApplication TokenScope = "application" // the token of the whole organization
	ScopeWorkspace   TokenScope = "workspace"   // a token of that workspace alone
)

// settledDialect is the dialect that a Client has settled on.
type settledDialect struct{ found atomic.Pointer[Dialect] }

// dialect is the configured or detected one; auto while it is unknown.
func (c *Client) dialect() Dialect {
	if found := c.settled.found.Load(); found != nil {
		return *found
	}
	return c.cfg.Dialect
}

// settleDialect fixes the detected dialect for the life of the Client. Only the mint of
// the application token calls it, one at a time. The seed dialect is logged at info: the
// client secret went to another host.
func (c *Client) settleDialect(d Dialect) {
	c.settled.found.Store(&d)
	level := zerolog.DebugLevel
	if d == DialectSeed {
		level = zerolog.InfoLevel
	}
	c.cfg.Log.WithLevel(level).Str("dialect", string(d)).Str("host", c.hostOf(&request{op: opToken, dialect: d}).Host).
		Msg("airbyte api found")
}

// Dialect returns the dialect of the API. While that is unknown, it mints the application
// token to detect it.
func (c *Client) Dialect(ctx context.Context) (Dialect, error) {
	d, failure := c.resolveDialect(ctx, &request{op: opToken})
	if failure != nil {
		return "", failure
	}
	return d, nil
}

// resolveDialect returns the dialect for a request. While it is unknown, it mints the
// application token to detect it.
func (c *Client) resolveDialect(ctx context.Context, r *request) (Dialect, *Error) {
	if d := c.dialect(); d != DialectAuto {
		return d, nil
	}
	if _, err := c.tokens.acquire(ctx); err != nil {
		return "", c.unsent(ctx, r, err)
	}
	return c.dialect(), nil
}

// isRouteMissing reports whether a refusal shows that its host lacks the route.
func (e *Error) isRouteMissing() bool {
	return e != nil && (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed)
}

// provesRoute reports whether a refusal shows that its host has the route. Statuses of
// 500 and more, and 429, show nothing: a gateway in trouble gives them for all paths.
func (e *Error) provesRoute() bool {
	return e != nil && e.Status != 0 && e.Status < http.StatusInternalServerError && e.Status != http.StatusTooManyRequests &&
		!e.isRouteMissing()
}

// Hosts are the base URLs of a dialect, the API's first. DialectAuto means the detected
// dialect, or both while none is.
func (c *Client) Hosts(dialect Dialect) []string {
	if dialect == DialectAuto {
		dialect = c.dialect()
	}
	hosts := []string{c.base.String()}
	if dialect != DialectCurrent && !slices.Contains(hosts, c.cloud.String()) {
		hosts = append(hosts, c.cloud.String())
	}
	return hosts
}
