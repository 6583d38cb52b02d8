package airbyte

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

const (
	dialTimeout = 5 * time.Second
	// idleConnections keeps a connection for every call that is likely in flight
	// at once, so that a burst does not dial anew.
	idleConnections = 256
)

// newTransport is made for calls that must be provably sent or not sent: HTTP/1.1
// carries one request at a time per connection, and the connections count the
// bytes that left.
func newTransport(roots *x509.CertPool) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return &countedConn{Conn: conn}, nil
		},
		Protocols:           protocols,
		TLSHandshakeTimeout: dialTimeout,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		MaxIdleConns:        idleConnections,
		MaxIdleConnsPerHost: idleConnections,
		IdleConnTimeout:     90 * time.Second,
	}
}

// countedConn counts the bytes written to a connection.
type countedConn struct {
	net.Conn
	written atomic.Int64
}

func (c *countedConn) Write(b []byte) (int, error) {
	// Counted before the write: bytes that might have left count as having left.
	c.written.Add(int64(len(b)))
	return c.Conn.Write(b)
}

// sendWatch observes one request and knows whether any of it left this machine.
type sendWatch struct {
	conn        *countedConn
	before      int64
	connWanted  bool // for a connection
	connGot     bool // a connection
	connCounted bool // the connection is one of ours
}

// trace attaches the watch to a request's context.
func (w *sendWatch) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { w.connWanted = true },
		GotConn: func(info httptrace.GotConnInfo) {
			w.connGot = true
			conn := info.Conn
			if t, ok := conn.(*tls.Conn); ok {
				conn = t.NetConn()
			}
			if w.conn, w.connCounted = conn.(*countedConn); w.connCounted {
				w.before = w.conn.written.Load()
			}
		},
	})
}

// sent reports whether bytes of the request may have left. It errs towards true: a
// transport that tells nothing about its connections may have sent everything.
func (w *sendWatch) sent() bool {
	switch {
	case !w.connWanted:
		return true
	case !w.connGot:
		return false
	default:
		return !w.connCounted || w.conn.written.Load() > w.before
	}
}
