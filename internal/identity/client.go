package identity

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"airbyte-mcp-server/internal/netname"
)

const (
	clientTimeout = 10 * time.Second // for one request, its redirects and its body
	maxDocument   = 1 << 20          // bytes of a document of an issuer
	maxRedirects  = 3
)

// newClient returns a client for an issuer's documents. It speaks https, or http to
// this machine; takes no answer but 200, of at most maxDocument bytes; and follows
// redirects within one host only. A nil transport means one of its own.
func newClient(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: guarded{orOwn(transport), true}, Timeout: clientTimeout, CheckRedirect: sameHost}
}

// newPoster is like newClient, and follows no redirect: what is posted is secret.
func newPoster(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: guarded{orOwn(transport), false}, Timeout: clientTimeout}
}

func orOwn(transport http.RoundTripper) http.RoundTripper {
	if transport != nil {
		return transport
	}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout:    5 * time.Second,
		ResponseHeaderTimeout:  clientTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		MaxConnsPerHost:        16,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        30 * time.Second,
		ForceAttemptHTTP2:      true,
	}
}

func sameHost(r *http.Request, via []*http.Request) error {
	first := via[0].URL
	if len(via) > maxRedirects || r.URL.Scheme != first.Scheme || r.URL.Host != first.Host {
		return fmt.Errorf("redirected to %s: configure the address that answers", r.URL.Host)
	}
	return nil
}

// guarded is the wall around requests to an issuer.
type guarded struct {
	next      http.RoundTripper
	redirects bool // are answers
}

// RoundTrip refuses what newClient says. The error of another status leaves the body
// out: it may repeat what was sent.
func (g guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := checkSecure(r.URL); err != nil {
		return nil, err
	}
	response, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	isRedirect := response.StatusCode/100 == 3 && g.redirects
	if response.StatusCode != http.StatusOK && !isRedirect {
		_ = response.Body.Close() // nobody reads it
		return nil, fmt.Errorf("answered with status %d", response.StatusCode)
	}
	response.Body = &bounded{response.Body, maxDocument}
	return response, nil
}

// bounded fails a body that is too long, instead of cutting it.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return 0, fmt.Errorf("answered with more than %d bytes", maxDocument)
	}
	return n, err
}

// parseEndpoint reads the address of an issuer.
func parseEndpoint(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		return nil, errors.New("want an address like https://auth.example.com")
	case u.User != nil || u.Fragment != "":
		return nil, errors.New("leave user names, passwords and # out of the address")
	}
	return u, checkSecure(u)
}

// checkSecure asks for TLS beyond this machine.
func checkSecure(u *url.URL) error {
	if netname.IsConfidential(u) {
		return nil
	}
	return fmt.Errorf("%s is not https, which it must be unless it is this machine", u.Scheme+"://"+u.Host)
}
