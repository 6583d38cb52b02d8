package airbyte

import (
	"net"
	"net/http/httptrace"
	"testing"
)

// A request on a reused connection has left once a byte was written after it got the
// connection, whatever was written before.
func TestSendWatchOnReusedConnection(t *testing.T) {
	t.Parallel()
	for _, written := range []int64{0, 100} {
		ours, theirs := net.Pipe()
		defer ours.Close()
		defer theirs.Close()
		conn := &countedConn{Conn: ours}
		conn.written.Store(written)
		w := &sendWatch{}
		trace := httptrace.ContextClientTrace(w.trace(t.Context()))
		trace.GetConn("api.example.com:443")
		if w.sent() {
			t.Errorf("after %d bytes: sent without a connection", written)
		}
		trace.GotConn(httptrace.GotConnInfo{Conn: conn})
		if w.sent() {
			t.Errorf("after %d bytes: sent before the first byte", written)
		}
		go func() { _, _ = theirs.Read(make([]byte, 1)) }()
		if _, err := conn.Write([]byte("P")); err != nil {
			t.Fatal(err)
		}
		if !w.sent() {
			t.Errorf("after %d bytes: not sent after the first byte", written)
		}
	}
}
