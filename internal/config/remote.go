package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"airbyte-mcp-server/internal/netname"
)

// Remote reports whether callers of several workspaces may be served: those that show
// who they are by something else than the one bearer token.
func (s *Settings) Remote() bool {
	return s.KeysFile != "" || s.Keys.IsSet() || len(s.OAuthIssuers) > 0 || s.IntrospectionURL != "" || s.TrustsProxy()
}

// TrustsProxy reports whether the headers of a proxy may be believed.
func (s *Settings) TrustsProxy() bool { return s.ProxySecret.IsSet() || s.TLSClientCA != "" }

// Audience is the resource that tokens must have been made for, "" if it is not known.
func (s *Settings) Audience() string {
	if s.OAuthAudience == "" && s.PublicURL != "" {
		return s.PublicURL + "/mcp"
	}
	return s.OAuthAudience
}

// Addresses are the addresses for which tokens may be made, besides the Audience; none
// where one audience is set.
func (s *Settings) Addresses() []string {
	if s.OAuthAudience != "" || s.PublicURL == "" {
		return nil
	}
	return []string{s.PublicURL + "/mcp", s.PublicURL + "/sse"}
}

// PublicPath is the path of the public URL, without a slash at the end.
func (s *Settings) PublicPath() string {
	u, err := url.Parse(s.PublicURL)
	if err != nil {
		return ""
	}
	return strings.TrimRight(u.EscapedPath(), "/")
}

// ScopesOff reports whether tokens need no scopes.
func (s *Settings) ScopesOff() bool { return len(s.OAuthScopes) == 1 && s.OAuthScopes[0] == "off" }

func (s *Settings) usesOAuth() bool { return len(s.OAuthIssuers) > 0 || s.IntrospectionURL != "" }

// shortestBearer is what a bearer token needs at least where others can try tokens.
const shortestBearer = 16

// CheckBearer refuses a bearer token that can be guessed, on an address that other
// machines can reach: itself, or by the public URL of a proxy before it.
func (s *Settings) CheckBearer(address string) error {
	token := s.BearerToken.Reveal()
	if token == "" || len(token) >= shortestBearer {
		return nil
	}
	host, _, err := net.SplitHostPort(address)
	public, urlErr := url.Parse(s.PublicURL)
	if err == nil && urlErr == nil && netname.IsLoopback(host) && (s.PublicURL == "" || netname.IsLoopback(public.Hostname())) {
		return nil
	}
	return s.at("bearer-token", fmt.Errorf("want at least %d characters where other machines can call: "+
		"make one with openssl rand -hex 32", shortestBearer))
}

func checkIssuer(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || !netname.IsConfidential(u) {
		return errors.New("want URLs like https://login.example.com/, as in the iss of tokens; plain http is for this machine only")
	}
	return nil
}

func (s *Settings) checkOAuthWorkspace() error {
	if s.usesOAuth() && s.OAuthWorkspace == "" {
		return errors.New("want the workspace of a token, such as '{claims.org_id}': without it nobody could be told apart")
	}
	return nil
}

func (s *Settings) checkAudience() error {
	if s.usesOAuth() && s.Audience() == "" {
		return errors.New("want the address that tokens are made for: set it, or --public-url")
	}
	return nil
}

func (s *Settings) checkIntrospection() error {
	if s.IntrospectionURL == "" {
		return nil
	}
	if s.IntrospectionClientID == "" || !s.IntrospectionClientSecret.IsSet() {
		return errors.New("set --introspection-client-id and AIRBYTE_MCP_INTROSPECTION_CLIENT_SECRET too")
	}
	return checkIssuer(s.IntrospectionURL)
}

func checkScopes(scopes []string) error {
	if len(scopes) == 3 || len(scopes) == 1 && scopes[0] == "off" {
		return nil
	}
	return errors.New("want three scopes, for reads, writes and deletions, or off")
}

// checkScope takes what RFC 6749 lets be a scope.
func checkScope(scope string) error {
	if scope == "" || strings.ContainsFunc(scope, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) {
		return errors.New("want scopes such as airbyte:read, with commas between them, or all")
	}
	return nil
}

func (s *Settings) checkTLS() error {
	if (s.TLSCert == "") != (s.TLSKey == "") || s.TLSClientCA != "" && s.TLSCert == "" {
		return errors.New("TLS needs both --tls-cert and --tls-key")
	}
	return nil
}
