package e2e_test

import (
	"crypto/tls"
	bigendian "encoding/binary"
	"io"
	"strings"
	"testing"
	"time"
)

// TestHTTP2ConnectionIsBounded reads what the server promises to take over one connection:
// so many requests at a time, and so many bytes of a body before anybody reads it.
func TestHTTP2ConnectionIsBounded(t *testing.T) {
	t.Parallel()
	s := startSharedAPI(t).serve(t, true)
	conn, err := (&tls.Dialer{Config: &tls.Config{RootCAs: s.roots, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12}}).
		DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second)) // of a test
	if _, err := io.WriteString(conn, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"); err != nil {
		t.Fatal(err)
	}
	frame := make([]byte, 9) // RFC 9113, section 4.1
	if _, err := io.ReadFull(conn, frame); err != nil || frame[3] != 4 {
		t.Fatalf("the first frame is no SETTINGS: % x, %v", frame, err)
	}
	settings := make([]byte, int(bigendian.BigEndian.Uint32(frame)>>8))
	if _, err := io.ReadFull(conn, settings); err != nil {
		t.Fatal(err)
	}
	got := map[uint16]uint32{}
	for ; len(settings) >= 6; settings = settings[6:] {
		got[bigendian.BigEndian.Uint16(settings)] = bigendian.BigEndian.Uint32(settings[2:])
	}
	const maxStreams, window, frameSize = 3, 4, 5
	for setting, most := range map[uint16]uint32{maxStreams: 250, window: 128 << 10, frameSize: 16 << 10} {
		if value, ok := got[setting]; !ok || value > most {
			t.Errorf("setting %d is %d, want at most %d", setting, value, most)
		}
	}
}
