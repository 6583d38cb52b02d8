package server

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/budget"
)

// end is one end of a connection from an address.
type end struct {
	net.Conn
	from string
}

func (e *end) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(e.from), Port: 1} }

// connect makes a connection from an address; closed reports whether the server has closed it.
func connect(t *testing.T, from string) (conn net.Conn, closed func() bool) {
	t.Helper()
	server, client := net.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, client)
	}()
	t.Cleanup(func() { _ = server.Close() })
	return &end{server, from}, func() bool {
		_, err := server.Write([]byte("x")) // fails once it was closed
		return err != nil
	}
}

// Of connections without a request the longest quiet make room, those of the address with
// the most; one with a request is never closed.
func TestQuietConnectionsMakeRoom(t *testing.T) {
	t.Parallel()
	c := newConnections(&budget.Memory{Total: 2 * 4 * quietMemory}) // room for 4
	other, otherClosed := connect(t, "192.0.2.1")
	c.note(other, http.StateNew)
	busy, busyClosed := connect(t, "192.0.2.2")
	c.note(busy, http.StateNew)
	c.note(busy, http.StateActive)
	var closed []func() bool
	for range 5 {
		conn, isClosed := connect(t, "192.0.2.2")
		c.note(conn, http.StateNew)
		c.note(conn, http.StateIdle)
		closed = append(closed, isClosed)
	}
	if otherClosed() || busyClosed() {
		t.Errorf("closed: another address's %v, one with a request %v", otherClosed(), busyClosed())
	}
	for i, isClosed := range closed {
		if want := i < 2; isClosed() != want {
			t.Errorf("connection %d was closed: %v", i, !want)
		}
	}
	if got := c.held(); got.Held != 4 || got.Size != 4 || got.Refused != 2 {
		t.Errorf("held: %+v", got)
	}
	c.note(other, http.StateClosed)
	c.note(other, http.StateClosed)
	if got := c.held(); got.Held != 3 {
		t.Errorf("%d are held after one has ended", got.Held)
	}
}

// A client that was refused has little time for the rest of its body: its connection is held
// until then.
func TestRefusedBodyIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).web(t, func(o *HTTPOptions) { o.Authenticator = static(testBearer) })
		body, writer := io.Pipe()
		defer writer.Close()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:8080/mcp", body)
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = 100
		r.Header.Set("Content-Type", "application/json")
		go func() { _, _ = io.WriteString(writer, strings.Repeat(" ", 99)) }()
		begin := time.Now()
		resp, err := w.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if took := time.Since(begin); resp.StatusCode != http.StatusUnauthorized || took > 2*time.Second {
			t.Errorf("HTTP %d after %v", resp.StatusCode, took)
		}
	})
}
