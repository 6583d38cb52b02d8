package config

import (
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"airbyte-mcp-server/internal/netname"
	"airbyte-mcp-server/internal/secret"
)

// check looks at each value by itself and returns all that is wrong.
func (s *Settings) check() error {
	return errors.Join(
		s.at("client-id", checkToken(s.ClientID)),
		s.at("client-secret", checkToken(s.ClientSecret.Reveal())),
		s.at("organization-id", checkToken(s.OrganizationID)),
		s.at("workspace", checkWorkspace(s.Workspace)),
		s.at("api-host", checkAPIHost(&s.APIHost)),
		s.at("cloud-host", checkOptionalHost(&s.CloudHost)),
		s.checkPages(),
		s.at("tools", checkEach(s.Tools, checkGlob)),
		s.at("exclude-tools", checkEach(s.ExcludeTools, checkGlob)),
		s.at("pin", checkEach(s.Pin, checkGlob)),
		s.at("effects", checkEach(s.Effects, checkEffect)),
		s.at("max-tools", checkPositive(s.MaxTools)),
		s.at("max-tool-tokens", checkPositive(s.MaxToolTokens)),
		s.at("oauth-issuers", checkEach(s.OAuthIssuers, checkIssuer)),
		s.at("oauth-workspace", s.checkOAuthWorkspace()),
		s.at("oauth-scopes", checkScopes(s.OAuthScopes)),
		s.at("oauth-challenge-scopes", checkEach(s.OAuthChallengeScopes, checkScope)),
		s.at("oauth-audience", s.checkAudience()),
		s.at("introspection-url", s.checkIntrospection()),
		s.at("tenant-rate", checkNotNegative(s.TenantRate)),
		s.at("tenant-burst", checkNotNegative(s.TenantBurst)),
		s.at("tenant-in-flight", checkNotNegative(s.TenantInFlight)),
		s.at("tenant-sessions", checkNotNegative(s.TenantSessions)),
		s.at("max-sessions", checkPositive(s.MaxSessions)),
		s.at("session-idle", checkPositive(s.SessionIdle)),
		s.at("keep-alive", checkPositive(s.KeepAlive)),
		s.at("drain-delay", checkNotNegative(s.DrainDelay)),
		s.at("session-life", checkPositive(s.SessionLife)),
		s.at("tls-cert", s.checkTLS()),
		s.at("call-timeout", checkPositive(s.CallTimeout)),
		s.at("eof-grace", checkPositive(s.EOFGrace)),
		s.at("max-concurrent-calls", checkPositive(s.MaxConcurrentCalls)),
		s.at("max-result-bytes", checkResultBytes(s.MaxResultBytes)),
		s.at("cache", checkNotNegative(s.Cache)),
		s.at("organization-domains", checkEach(s.OrganizationDomains, checkDomain)),
		s.at("max-download", checkPositive(s.MaxDownload)),
		s.at("audit-key", checkKey(s.AuditKey.Reveal())),
		s.at("bearer-token", checkToken(s.BearerToken.Reveal())),
		s.at("allowed-hosts", checkEach(s.AllowedHosts, checkHost)),
		s.at("allowed-origins", checkEach(s.AllowedOrigins, checkOrigin)),
		s.at("max-request-body", checkPositive(s.MaxRequestBody)),
		s.at("execute-timeout", checkPositive(s.ExecuteTimeout)),
		s.at("request-timeout", checkPositive(s.RequestTimeout)),
		s.at("memory-budget", checkMemory(s.MemoryBudget)),
		s.at("max-response-body", checkPositive(s.MaxResponseBody)),
		s.at("connector-cache", checkPositive(s.ConnectorCache)),
	)
}

// at says where a wrong value stands.
func (s *Settings) at(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", s.origin(name).place(name), err)
}

// shortestKey is how many characters a key must have that an attacker may try to guess.
const shortestKey = 16

// checkKey refuses a key that could be guessed.
func checkKey(text string) error {
	if text != "" && len(text) < shortestKey {
		return fmt.Errorf("has %d characters: want at least %d, such as from openssl rand -hex 32", len(text), shortestKey)
	}
	return nil
}

// checkToken refuses what cannot be one token, which is a bad copy as a rule.
func checkToken(text string) error {
	if secret.IsPlaceholder(text) {
		return nil // MissingCredentials and checkExpanded say so
	}
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar }) {
		return errors.New("has white space or control characters inside: copy the value again")
	}
	return nil
}

func checkPositive[T ~int | ~int64](value T) error {
	if value <= 0 {
		return errors.New("want more than zero")
	}
	return nil
}

func checkNotNegative[T ~int | ~int64 | ~float64](value T) error {
	if value < 0 {
		return errors.New("want zero or more")
	}
	return nil
}

// checkResultBytes leaves room for at least a few fields.
func checkResultBytes(size Size) error {
	if size < 4096 {
		return errors.New("want at least 4096 bytes")
	}
	return nil
}

func checkDomain(text string) error {
	if !strings.Contains(text, ".") || strings.ContainsAny(text, "@/: ") {
		return fmt.Errorf("%q: want the part behind the @, like example.com", text)
	}
	return nil
}

func checkWorkspace(name string) error {
	if strings.TrimSpace(name) == "" {
		return errors.New("want the name of a workspace; leave it out for `default`")
	}
	return nil
}

// checkAPIHost also drops a slash at the end. It quotes no URL that may hold a
// password.
func checkAPIHost(host *string) error {
	*host = strings.TrimRight(*host, "/")
	u, ok := parseOrigin(*host)
	if !ok {
		return errors.New("want scheme and host only, like https://api.airbyte.ai")
	}
	if netname.IsConfidential(u) {
		return nil
	}
	return errors.New("want https: plain http is for this machine only")
}

func checkOptionalHost(host *string) error {
	if *host == "" {
		return nil
	}
	return checkAPIHost(host)
}

// checkPages looks at where the pages for credentials are, and what they say of the operator.
func (s *Settings) checkPages() error {
	return errors.Join(
		s.at("public-url", checkPublicURL(&s.PublicURL)),
		s.at("page-name", checkPageName(s.PageName)),
		s.at("page-contact", checkPageContact(s.PageContact)),
	)
}

// maxPageName bounds a name that has one line, in characters.
const maxPageName = 80

func checkPageName(name string) error {
	if utf8.RuneCountInString(name) > maxPageName || strings.ContainsFunc(name, unicode.IsControl) {
		return fmt.Errorf("want one line of at most %d characters", maxPageName)
	}
	return nil
}

func checkPageContact(contact string) error {
	if contact == "" {
		return nil
	}
	if u, err := url.Parse(contact); err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil {
		return nil
	}
	if mail, err := netmail.ParseAddress(contact); err == nil && mail.Address == contact {
		return nil
	}
	return errors.New("want a mail address, or an https address")
}

// checkPublicURL also drops a slash at the end.
func checkPublicURL(text *string) error {
	*text = strings.TrimRight(*text, "/")
	if *text == "" {
		return nil
	}
	u, err := url.Parse(*text)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || !netname.IsConfidential(u) {
		return errors.New("want a URL like https://mcp.example.com, perhaps with a path; plain http is for this machine only")
	}
	return nil
}

func checkOrigin(text string) error {
	if _, ok := parseOrigin(text); !ok || strings.Contains(text, "*") {
		return fmt.Errorf("%q: want scheme and host, like https://app.example.com", text)
	}
	return nil
}

// checkHost accepts host, host:port and IPv6 in brackets.
func checkHost(text string) error {
	u, err := url.Parse("http://" + text)
	if err != nil || u.Host != text || u.Hostname() == "" || strings.Contains(text, "*") {
		return fmt.Errorf("%q: want a host name as in the Host header, like mcp.example.com or mcp.example.com:8443", text)
	}
	return nil
}

func checkEach(list []string, check func(string) error) error {
	for _, item := range list {
		if err := check(item); err != nil {
			return err
		}
	}
	return nil
}

// parseOrigin reports whether text is scheme://host[:port] and nothing more.
func parseOrigin(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	ok := err == nil && u.Scheme != "" && u.Hostname() != "" && strings.EqualFold(u.Scheme+"://"+u.Host, text)
	return u, ok
}
