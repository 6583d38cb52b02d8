package airbyte

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"
)

// Probe describes the network path to a host, as seen by one request.
type Probe struct {
	Host               string   // scheme, name and port
	Proxy              string   // without its password; empty for none
	Addresses          []string // of the proxy, or else of the host
	TLS                string   // version, such as "TLS 1.3"; empty for plain HTTP
	CertificateExpires time.Time
	ServerTime         time.Time     // of its Date header, to the second
	Took               time.Duration // from the lookup of the name to the answer
	Skew               time.Duration // the clock of this machine minus the server's
}

// Probe makes one request without credentials to a host, given as a base URL, with the
// Client's proxy and certificates. Any answer of the host is a success. A failure is a
// *ProbeError; the Probe is then filled up to the failed layer.
func (c *Client) Probe(ctx context.Context, host string) (*Probe, error) {
	base, err := parseHost(host)
	if err != nil {
		return &Probe{Host: host}, &ProbeError{Layer: LayerHTTP, Err: err}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.cfg.RequestTimeout, errRequestTimeout)
	defer cancel()
	w := &probeWatch{probe: &Probe{Host: base.Scheme + "://" + base.Host}, host: base}
	transport := w.ownTransport(c.cfg.Transport)
	if t, ok := transport.(*http.Transport); ok {
		defer t.CloseIdleConnections()
	}
	start := time.Now()
	err = w.sendRequest(ctx, transport, c.cfg.UserAgent)
	w.mu.Lock() // the transport may still run in the background
	defer w.mu.Unlock()
	w.probe.Took = time.Since(start)
	if err != nil {
		err = w.layerOf(ctx, err)
	}
	probe := *w.probe
	return &probe, err
}

// probeWatch records the stages of one request.
type probeWatch struct {
	host *url.URL

	mu      sync.Mutex
	probe   *Probe
	proxied bool // the request goes through a proxy
	refusal int  // HTTP status of the proxy's refusal, or 0
	reached bool // there is a connection to the proxy or the host
	secured bool // the TLS handshake has succeeded
}

// ownTransport is a copy of the client's transport, with connections of its own.
func (w *probeWatch) ownTransport(of http.RoundTripper) http.RoundTripper {
	t, ok := of.(*http.Transport)
	if !ok {
		return of
	}
	t = t.Clone()
	t.DisableKeepAlives = true
	if proxyFor := t.Proxy; proxyFor != nil {
		t.Proxy = func(r *http.Request) (*url.URL, error) {
			proxy, err := proxyFor(r)
			w.update(func(p *Probe) {
				if proxy != nil {
					w.proxied, p.Proxy = true, proxy.Scheme+"://"+proxy.Host
				}
			})
			return proxy, err
		}
	}
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
		if answer.StatusCode != http.StatusOK {
			w.update(func(*Probe) { w.refusal = answer.StatusCode })
		}
		return nil
	}
	return t
}

func (w *probeWatch) update(change func(*Probe)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(w.probe)
}

// sendRequest sends the request and reads the head of the answer.
func (w *probeWatch) sendRequest(ctx context.Context, transport http.RoundTripper, userAgent string) error {
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, w.trace()), http.MethodGet, w.host.Scheme+"://"+w.host.Host+"/",
		http.NoBody)
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", userAgent)
	resp, err := transport.RoundTrip(req) // which follows no redirect
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, maxErrorBody) // only the head matters
	w.update(func(p *Probe) {
		if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
			p.ServerTime, p.Skew = at, time.Since(at)
		}
		if w.proxied && resp.StatusCode == http.StatusProxyAuthRequired {
			w.refusal = resp.StatusCode
			err = errProxyRefused
		}
	})
	return err
}

// trace records the stages of the request.
func (w *probeWatch) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSDone: func(info httptrace.DNSDoneInfo) {
			w.update(func(p *Probe) {
				for _, a := range info.Addrs {
					p.Addresses = append(p.Addresses, a.String())
				}
			})
		},
		ConnectDone: func(_, address string, err error) {
			w.update(func(p *Probe) {
				if len(p.Addresses) == 0 {
					p.Addresses = []string{address}
				}
				w.reached = w.reached || err == nil
			})
		},
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			w.update(func(p *Probe) {
				if err == nil {
					w.secured, p.TLS = true, tls.VersionName(state.Version)
				}
				if len(state.PeerCertificates) > 0 {
					p.CertificateExpires = state.PeerCertificates[0].NotAfter
				}
			})
		},
	}
}
