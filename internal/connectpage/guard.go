package connectpage

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"airbyte-mcp-server/internal/netname"
)

// base is the public URL below which the pages are.
type base struct {
	scheme, host string // the host with its port, if that is not the scheme's own
	path         string // without the last slash
}

func (b base) origin() string { return b.scheme + "://" + b.host }

func (b base) isSecure() bool { return b.scheme == "https" }

// parseBase reads a base URL. Credentials must not cross a network in the clear.
func parseBase(text string) (base, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return base{}, errors.New("the base URL must be like https://example.com/path")
	case !netname.IsConfidential(u):
		return base{}, errors.New("the base URL must be https, or http on this machine: credentials are typed into the page")
	}
	return base{u.Scheme, plainHost(u.Scheme, u.Host), strings.TrimRight(u.EscapedPath(), "/")}, nil
}

// plainHost is a host in lower case, without the port that goes without saying.
func plainHost(scheme, host string) string {
	port := ":443"
	if scheme == "http" {
		port = ":80"
	}
	return strings.TrimSuffix(strings.ToLower(host), port)
}

// answersTo reports whether a request's Host header is the name of the pages. It
// keeps a web page from reaching them under a name that it has rebound to this
// machine.
func (b base) answersTo(host string) bool {
	host = plainHost(b.scheme, host)
	if host == b.host {
		return true
	}
	name, port := netname.Split(host)
	ourName, ourPort := netname.Split(b.host)
	return b.scheme == "http" && netname.IsLoopback(ourName) && netname.IsLoopback(name) && port == ourPort
}

// isFromOurPage reports whether the browser says that a form was sent by one of our
// own pages. As our pages tell no referrer, browsers name the origin "null"; then
// Sec-Fetch-Site must vouch for it, which every browser sends to https and to this
// machine.
func (b base) isFromOurPage(r *http.Request) bool {
	origins, sites := r.Header.Values("Origin"), r.Header.Values("Sec-Fetch-Site")
	if len(origins) > 1 || len(sites) > 1 {
		return false
	}
	isOurs := slices.ContainsFunc(origins, func(origin string) bool {
		scheme, host, _ := strings.Cut(strings.ToLower(origin), "://")
		return scheme == b.scheme && plainHost(scheme, host) == plainHost(scheme, r.Host)
	})
	if len(sites) == 0 {
		return isOurs
	}
	return sites[0] == "same-origin" && (isOurs || len(origins) == 0 || origins[0] == "null")
}

// A cookie is bound to one ticket. The name keeps apart the forms that are open in
// one browser; __Host- keeps neighbouring hosts from setting it.
func (t *Ticket) setCookie(w http.ResponseWriter, b base, kind, path, value string, mode http.SameSite) {
	c := http.Cookie{ //nolint:gosec // Secure wherever the page is; plain http is for this machine only
		Name: t.cookieName(b, kind), Value: value, Path: path,
		MaxAge: max(1, int(time.Until(t.snapshot().deadline).Seconds())), HttpOnly: true, SameSite: mode,
		Secure: b.isSecure(),
	}
	if c.Secure {
		c.Path = "/" // as __Host- demands
	}
	http.SetCookie(w, &c)
}

const (
	formCookie    = "connect-"
	consentCookie = "consent-"
	codeCookie    = "code-"
)

func (t *Ticket) cookieName(b base, kind string) string {
	name := kind + t.hash.id()[:16]
	if b.isSecure() {
		return "__Host-" + name
	}
	return name
}

// hasCookie reports whether the browser is the one that got the cookie.
func (t *Ticket) hasCookie(r *http.Request, b base, kind, value string) bool {
	return slices.ContainsFunc(r.CookiesNamed(t.cookieName(b, kind)), func(c *http.Cookie) bool {
		return secretsEqual(c.Value, value)
	})
}

// secretsEqual compares in a time that tells nothing about the values.
func secretsEqual(got, want string) bool {
	a, b := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return want != "" && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
