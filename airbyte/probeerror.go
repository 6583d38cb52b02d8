package airbyte

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// Layers of the network path to a host, in order.
const (
	LayerProxy   = "proxy"
	LayerDNS     = "dns"
	LayerConnect = "connect"
	LayerTLS     = "tls"
	LayerHTTP    = "http"
)

// ProbeError is a failed Probe, with its layer.
type ProbeError struct {
	Layer string
	Err   error  // without addresses of this machine and without passwords
	Hint  string // the next step
}

func (e *ProbeError) Error() string { return e.Err.Error() }

func (e *ProbeError) Unwrap() error { return e.Err }

var errProxyRefused = errors.New("the proxy refused the request")

// layerOf finds the layer and the reason of a failure. The caller holds the lock.
func (w *probeWatch) layerOf(ctx context.Context, err error) *ProbeError {
	name := w.host.Hostname()
	var dns *net.DNSError
	var op *net.OpError
	isOp := errors.As(err, &op)
	switch {
	case w.refusal != 0:
		return w.refusedByProxy()
	case isOp && (op.Op == "proxyconnect" || op.Op == "socks connect"), w.proxied && !w.reached:
		return &ProbeError{LayerProxy, fmt.Errorf("the proxy %s cannot be reached%s", w.probe.Proxy, dialFault(err)),
			"check HTTPS_PROXY, and NO_PROXY for hosts that need none"}
	case errors.As(err, &dns) && !dns.IsTimeout:
		return &ProbeError{LayerDNS, fmt.Errorf("the name %s cannot be resolved", name),
			"check the spelling of the host, and this machine's DNS"}
	case errors.As(err, &dns):
		return &ProbeError{LayerDNS, fmt.Errorf("no answer from DNS about %s in time", name), "check this machine's DNS and network"}
	case !w.reached:
		return &ProbeError{LayerConnect, fmt.Errorf("no connection to %s%s", w.host.Host, dialFault(err)),
			"check the host and port, and whether a firewall stands in between"}
	case w.host.Scheme == "https" && !w.secured:
		return w.handshakeError(err)
	case isTimedOut(ctx, err):
		return &ProbeError{LayerHTTP, fmt.Errorf("no answer from %s in time", w.host.Host), "try again later"}
	default:
		return &ProbeError{LayerHTTP, fmt.Errorf("%s did not answer in HTTP", w.host.Host),
			"check the host and port: something else seems to listen there"}
	}
}

func (w *probeWatch) refusedByProxy() *ProbeError {
	e := &ProbeError{Layer: LayerProxy, Err: fmt.Errorf("the proxy %s refused the connection to %s: HTTP %d %s",
		w.probe.Proxy, w.host.Host, w.refusal, strings.ToLower(http.StatusText(w.refusal)))}
	e.Hint = "ask whoever runs the proxy to let " + w.host.Host + " pass, or add it to NO_PROXY"
	if w.refusal == http.StatusProxyAuthRequired {
		e.Hint = "put the proxy's user name and password into HTTPS_PROXY, as http://user:password@host:port"
	}
	return e
}

// handshakeError is the error of a failed TLS handshake.
func (w *probeWatch) handshakeError(err error) *ProbeError {
	if rejected, ok := errors.AsType[*tls.CertificateVerificationError](err); ok && len(rejected.UnverifiedCertificates) > 0 {
		w.probe.CertificateExpires = rejected.UnverifiedCertificates[0].NotAfter
	}
	why, hint := handshakeFault(err)
	if why == "" {
		why, hint = "the TLS handshake failed", "check whether a proxy or firewall in between interferes with TLS"
	}
	return &ProbeError{LayerTLS, fmt.Errorf("%s: %s", w.host.Host, why), hint}
}

// handshakeFault is the reason of a failed TLS handshake and the next step; "" for an
// unknown reason.
func handshakeFault(err error) (why, hint string) {
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var header tls.RecordHeaderError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return expiredWords(invalid.Cert), "check this machine's clock; if it is right, whoever runs the host must renew its certificate"
	case errors.As(err, &unknown):
		return "the certificate is of an authority that this machine does not trust",
			"if a proxy inspects TLS here, set AIRBYTE_MCP_CA_FILE to the PEM file of its authority"
	case errors.As(err, &name):
		return "the certificate is for another host" +
			certifiedNames(name.Certificate), "check the host; a proxy or captive portal may have answered in its place"
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &header):
		return "no TLS is spoken at this port", "check the host and port"
	default:
		return "", ""
	}
}

// expiredWords describes a certificate outside of its time of validity.
func expiredWords(certificate *x509.Certificate) string {
	switch {
	case certificate == nil:
		return "the certificate has expired"
	case time.Now().Before(certificate.NotBefore):
		return "the certificate is not valid before " + certificate.NotBefore.UTC().Format(time.DateOnly)
	default:
		return "the certificate expired on " + certificate.NotAfter.UTC().Format(time.DateOnly)
	}
}

// certifiedNames lists the names in a certificate, if they are few.
func certifiedNames(certificate *x509.Certificate) string {
	if certificate == nil || len(certificate.DNSNames) == 0 || len(certificate.DNSNames) > 5 {
		return ""
	}
	return ": " + strings.Join(certificate.DNSNames, ", ")
}

// dialFault is the reason of a missing connection in words.
func dialFault(err error) string {
	var dns *net.DNSError
	var netErr net.Error
	switch {
	case errors.As(err, &dns):
		return ": its name cannot be resolved"
	case errors.As(err, &netErr) && netErr.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return ": no answer in time"
	case strings.Contains(err.Error(), "refused"):
		return ": connection refused"
	default:
		return ""
	}
}

// isTimedOut reports whether a request ended at its deadline.
func isTimedOut(ctx context.Context, err error) bool {
	var netErr net.Error
	return ctx.Err() != nil || errors.As(err, &netErr) && netErr.Timeout()
}
