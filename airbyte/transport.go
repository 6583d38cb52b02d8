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
	// idleConnections keeps enough connections for a burst of calls.
	idleConnections = 256
)

// newTransport makes a transport on which "not a byte was sent" can be proved: HTTP/1.1
// has one request at a time on a connection, and the connections count written bytes.
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

// sendWatch observes one request and tells whether any byte of it left this machine.
type sendWatch struct {
	conn        *countedConn
	before      int64 // bytes written to conn before this request
	connWanted  bool  // the transport asked for a connection
	connGot     bool  // and got one
	connCounted bool  // which counts its bytes
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
