// Package airbyte is a client of Airbyte's hosted agent-connector API and of
// nothing else: tokens, the connectors of a workspace, and execute.
//
// One Client is shared by all callers of a process. It owns the application
// token, the connections and the rules about repeating requests: a read may be
// repeated, a write is sent once, and every failure says whether the write may
// have taken effect (see Outcome). Parameters and results pass through as
// json.RawMessage, so numbers keep every digit.
package airbyte

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/rs/zerolog"

	"airbyte-mcp-server/internal/secret"
)

// DefaultHost is Airbyte's public API host.
const DefaultHost = "https://api.airbyte.ai"

// Defaults of Config.
const (
	DefaultMaxBody           = 32 << 20
	DefaultExecuteTimeout    = 300 * time.Second
	DefaultRequestTimeout    = 30 * time.Second
	DefaultConnectorLifetime = 5 * time.Minute
)

// Config is what a Client needs to know. Host, ClientID and ClientSecret are
// required; every other zero value means its default.
type Config struct {
	Host           string // base URL of the API, scheme and host; default DefaultHost
	ClientID       string
	ClientSecret   secret.Text
	OrganizationID string // sent as X-Organization-Id when set

	MaxBody           int64         // most bytes of an answer, after decompression
	ExecuteTimeout    time.Duration // of one execute request, body included
	RequestTimeout    time.Duration // of one request on any other route
	ConnectorLifetime time.Duration // how long a workspace's connector list is remembered

	UserAgent string
	Transport http.RoundTripper // default: a pooled HTTP/1.1 transport
	Log       zerolog.Logger    // debug lines: names, statuses and durations, never values
}

// Client talks to the API. It is safe for concurrent use.
type Client struct {
	cfg    Config
	base   *url.URL
	http   *http.Client
	tokens *tokenSource
	lists  *connectorLists
	ctx    context.Context // ends with the Client: requests that serve several callers hang on it
	stop   context.CancelFunc
}

// New returns a Client. It sends nothing yet.
func New(cfg Config) (*Client, error) {
	if cfg.Host == "" {
		cfg.Host = DefaultHost
	}
	base, err := parseHost(cfg.Host)
	if err != nil {
		return nil, err
	}
	if cfg.ClientID == "" || !cfg.ClientSecret.IsSet() {
		return nil, errors.New("airbyte client id and client secret are required")
	}
	if !fitsHeader(cfg.OrganizationID) || !fitsHeader(cfg.UserAgent) {
		return nil, errors.New("airbyte organization id and user agent must be printable and on one line")
	}
	cfg.setDefaults()
	ctx, stop := context.WithCancel(context.Background())
	c := &Client{
		cfg: cfg, base: base, ctx: ctx, stop: stop,
		lists: newConnectorLists(cfg.ConnectorLifetime),
	}
	c.http = &http.Client{
		Transport: cfg.Transport,
		// A redirect would carry the bearer, or a client secret, to another place.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.tokens = newTokenSource(ctx, c.mint)
	return c, nil
}

// parseHost accepts a scheme and a host, perhaps with a path before the API's own.
// A password in it would be sent to the token endpoint and show up in messages.
func parseHost(host string) (*url.URL, error) {
	base, err := url.Parse(strings.TrimRight(host, "/"))
	switch {
	case err != nil || base.User != nil:
		return nil, fmt.Errorf("airbyte host: want a URL like %s, without user name or password", DefaultHost)
	case base.Hostname() == "", base.Scheme != "https" && base.Scheme != "http", base.RawQuery != "", base.Fragment != "":
		return nil, fmt.Errorf("airbyte host %q: want a URL like %s", host, DefaultHost)
	case base.Scheme == "http" && !isLoopback(base.Hostname()):
		return nil, fmt.Errorf("airbyte host %q: plain http is only allowed to this machine; use https", host)
	}
	return base, nil
}

// fitsHeader reports whether net/http sends a text as the value of a header.
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
	if cfg.Transport == nil {
		cfg.Transport = newTransport()
	}
}

// Close ends a token request that is under way and drops idle connections. No
// token is minted after it.
func (c *Client) Close() {
	c.tokens.end(c.stop)
	c.http.CloseIdleConnections()
}
