// Package airbyte is a client of Airbyte's hosted agent-connector API and of
// nothing else: tokens, workspaces, the connectors of a workspace from creation to
// deletion, and execute, in both dialects of the API.
//
// One Client is shared by all callers of a process. It owns the tokens, the
// connections and the rules about repeating requests: a read may be
// repeated, a write is sent once, and every failure says whether the write may
// have taken effect (see Outcome). Parameters and results pass through as
// json.RawMessage, so numbers keep every digit.
package airbyte

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/rs/zerolog"

	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/internal/netname"
	"airbyte-mcp-server/internal/secret"
)

// DefaultHost is Airbyte's public API host.
const DefaultHost = "https://api.airbyte.ai"

// Defaults of Config.
const (
	DefaultMaxBody           = 64 << 20
	DefaultExecuteTimeout    = 300 * time.Second
	DefaultRequestTimeout    = 30 * time.Second
	DefaultConnectorLifetime = 5 * time.Minute
)

// Config configures a Client. ClientID and ClientSecret are required, unless NoCredentials
// says why there are none; every other zero value means its default.
type Config struct {
	Host           string // base URL of the API, scheme and host; default DefaultHost
	ClientID       string
	ClientSecret   secret.Text
	OrganizationID string // sent as X-Organization-Id when set
	NoCredentials  error  // why there are none: every call ends with it, and nothing is sent

	CloudHost  string     // base URL of the seed dialect's token endpoint; default DefaultCloudHost where Host is DefaultHost, else Host
	Dialect    Dialect    // default DialectAuto
	TokenScope TokenScope // default ScopeApplication

	Memory            *budget.Pool  // for answers, by workspace; nil for no bound
	MaxBody           int64         // most bytes of an answer, after decompression
	ExecuteTimeout    time.Duration // of one execute request, body included
	RequestTimeout    time.Duration // of one request on any other route
	ConnectorLifetime time.Duration // how long a workspace's connector list is remembered

	UserAgent string
	Transport http.RoundTripper // default: a pooled HTTP/1.1 transport
	RootCAs   *x509.CertPool    // trusted by the default transport; nil means the system's
	Observe   Observer          // called for each request, for metrics and traces; nil for none
	Log       zerolog.Logger    // names, statuses and durations at debug, the seed dialect at info; never values
}

// Client talks to the API. It is safe for concurrent use.
type Client struct {
	cfg     Config
	base    *url.URL // of the API
	cloud   *url.URL // of the seed dialect's token endpoint
	http    *http.Client
	settled *settledDialect
	gate    *mintGate
	tokens  *tokenSource  // of the organization
	scoped  *scopedTokens // of its workspaces
	issued  *issuedTokens // so that no error shows one
	lists   *connectorLists
	turns   *budget.Pool    // of large answers
	ctx     context.Context // of requests for several callers at once; ends with the Client
	stop    context.CancelFunc
}

// New returns a Client. It sends nothing yet.
func New(cfg Config) (*Client, error) {
	if cfg.Host == "" {
		cfg.Host = DefaultHost
	}
	if cfg.CloudHost == "" {
		cfg.CloudHost = cloudHostFor(cfg.Host)
	}
	base, err := parseHost(cfg.Host)
	if err != nil {
		return nil, err
	}
	cloud, err := parseHost(cfg.CloudHost)
	if err != nil {
		return nil, err
	}
	if cfg.NoCredentials == nil && (cfg.ClientID == "" || !cfg.ClientSecret.IsSet()) {
		return nil, errors.New("airbyte client id and client secret are required")
	}
	if !fitsHeader(cfg.OrganizationID) || !fitsHeader(cfg.UserAgent) {
		return nil, errors.New("airbyte organization id and user agent must be printable and on one line")
	}
	cfg.setDefaults()
	if err := cfg.checkChoices(); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	c := &Client{
		cfg: cfg, base: base, cloud: cloud, ctx: ctx, stop: stop,
		settled: &settledDialect{}, gate: &mintGate{}, issued: &issuedTokens{}, lists: newConnectorLists(cfg.ConnectorLifetime),
		turns: newTurns(cfg.Memory),
	}
	c.http = &http.Client{
		Transport: cfg.Transport,
		// A redirect would carry the bearer, or a client secret, to another place.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.tokens = c.newTokenSource(opToken, c.newRecovery(opToken), c.mintApplicationToken)
	c.scoped = &scopedTokens{newSource: c.newScopedSource, recovery: c.newRecovery(opScopedToken), sources: map[string]*scopedSource{}}
	return c, nil
}

// cloudHostFor is the default token host of the seed dialect: the same host as the API's,
// except for Airbyte's own.
func cloudHostFor(host string) string {
	if strings.TrimRight(host, "/") == DefaultHost {
		return DefaultCloudHost
	}
	return host
}

// checkChoices refuses an unknown dialect or token scope.
func (cfg *Config) checkChoices() error {
	if !slices.Contains([]Dialect{DialectAuto, DialectCurrent, DialectSeed}, cfg.Dialect) {
		return fmt.Errorf("airbyte dialect %q: want auto, current or seed", cfg.Dialect)
	}
	if !slices.Contains([]TokenScope{ScopeApplication, ScopeWorkspace}, cfg.TokenScope) {
		return fmt.Errorf("airbyte token scope %q: want application or workspace", cfg.TokenScope)
	}
	return nil
}

// parseHost accepts a URL with a scheme, a host and perhaps a path. It refuses a password:
// that would be sent to the token endpoint and appear in messages.
func parseHost(host string) (*url.URL, error) {
	base, err := url.Parse(strings.TrimRight(host, "/"))
	switch {
	case err != nil || base.User != nil:
		return nil, fmt.Errorf("airbyte host: want a URL like %s, without user name or password", DefaultHost)
	case base.Hostname() == "", base.Scheme != "https" && base.Scheme != "http", base.RawQuery != "", base.Fragment != "":
		return nil, fmt.Errorf("airbyte host %q: want a URL like %s", host, DefaultHost)
	case !netname.IsConfidential(base):
		return nil, fmt.Errorf("airbyte host %q: plain http is only allowed to this machine; use https", host)
	}
	return base, nil
}

// fitsHeader reports whether net/http accepts a text as the value of a header.
func fitsHeader(text string) bool { return !strings.ContainsFunc(text, unicode.IsControl) }

func (cfg *Config) setDefaults() {
	if cfg.MaxBody <= 0 {
		cfg.MaxBody = DefaultMaxBody
	}
	if cfg.ExecuteTimeout <= 0 {
		cfg.ExecuteTimeout = DefaultExecuteTimeout
	}
	if cfg.RequestTimeout <= 0 {
		cfg.RequestTimeout = DefaultRequestTimeout
	}
	if cfg.ConnectorLifetime <= 0 {
		cfg.ConnectorLifetime = DefaultConnectorLifetime
	}
	if cfg.UserAgent == "" {
		cfg.UserAgent = "airbyte-mcp-server"
	}
	if cfg.Dialect == "" {
		cfg.Dialect = DialectAuto
	}
	if cfg.TokenScope == "" {
		cfg.TokenScope = ScopeApplication
	}
	if cfg.Transport == nil {
		cfg.Transport = newTransport(cfg.RootCAs)
	}
}

// Close cancels token requests in progress, waits for their end and drops idle
// connections. No token is minted after it.
func (c *Client) Close() {
	c.gate.close(c.stop)
	c.http.CloseIdleConnections()
}
