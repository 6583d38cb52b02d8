package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"
)

func illNetworks() []illness {
	const hour = time.Hour
	return []illness{
		{"no such name", func(_ *testing.T, w *ward) {
			w.host("https://nothing.invalid")
		}, 12, "network", "problem", []string{"nothing.invalid", "DNS", "environment AIRBYTE_API_HOST"}},
		{"nobody listens", func(t *testing.T, w *ward) {
			w.host("http://" + closedAddress(t))
		}, 12, "network", "problem", []string{"connection refused", "check the host and port"}},
		{"no TLS", func(_ *testing.T, w *ward) {
			w.host("https" + w.url[len("http"):])
		}, 12, "network", "problem", []string{"no TLS is spoken", "check the host and port"}},
		{"certificate expired", func(t *testing.T, w *ward) {
			secure(t, w, certificate{end: -hour}, true)
		}, 12, "network", "problem", []string{"the certificate expired on", "check this machine's clock"}},
		{"certificate of an unknown authority", func(t *testing.T, w *ward) {
			secure(t, w, certificate{end: hour}, false)
		}, 12, "network", "problem", []string{"does not trust", "set AIRBYTE_MCP_CA_FILE"}},
		{"certificate of an authority made known", func(t *testing.T, w *ward) {
			secure(t, w, certificate{end: hour}, true)
		}, 0, "network", "ok", []string{"TLS 1.3", "trusted besides"}},
		{"certificate for another host", func(t *testing.T, w *ward) {
			secure(t, w, certificate{end: hour, name: "other.example"}, true)
		}, 12, "network", "problem", []string{"for another host: other.example", "captive portal"}},
		{"proxy refuses", func(t *testing.T, w *ward) {
			w.host("https://api.example.invalid")
			w.set("HTTPS_PROXY", proxy(t, http.StatusForbidden))
		}, 12, "network", "problem", []string{"the proxy http://127.0.0.1", "HTTP 403", "let api.example.invalid pass"}},
		{"proxy wants a password", func(t *testing.T, w *ward) {
			w.host("https://api.example.invalid")
			w.set("HTTPS_PROXY", proxy(t, http.StatusProxyAuthRequired))
		}, 12, "network", "problem", []string{"HTTP 407", "user name and password into HTTPS_PROXY"}},
		{"proxy away", func(t *testing.T, w *ward) {
			w.host("https://api.example.invalid")
			w.set("HTTPS_PROXY", "http://user:proxy-password-8813@"+closedAddress(t))
		}, 12, "network", "problem", []string{"cannot be reached", "check HTTPS_PROXY"}},
		{"older host away", func(t *testing.T, w *ward) {
			w.set("AIRBYTE_CLOUD_HOST", "http://"+closedAddress(t))
		}, 0, "network", "warn", []string{"only the API's older dialect needs this host"}},
		{"clock an hour ahead", func(t *testing.T, w *ward) {
			w.host(relay(t, w.url, nil, datedBy(-hour)))
		}, 12, "clock", "problem", []string{"ahead of the server's", "(NTP)"}},
		{"clock an hour behind", func(t *testing.T, w *ward) {
			w.host(relay(t, w.url, nil, datedBy(hour)))
		}, 12, "clock", "problem", []string{"behind the server's", "(NTP)"}},
	}
}

// serve starts a server that is not the API.
func serve(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s.URL
}

// relay starts a server in front of another one, which may change what passes.
func relay(t *testing.T, target string, request func(*http.Request), response func(*http.Response) error) string {
	t.Helper()
	return serve(t, relayHandler(t, target, request, response).ServeHTTP)
}

func relayHandler(t *testing.T, target string, request func(*http.Request), response func(*http.Response) error) http.Handler {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			if request != nil {
				request(r.Out)
			}
		},
		ModifyResponse: response,
		ErrorLog:       log.New(io.Discard, "", 0),
	}
}

// datedBy makes answers tell a time that is off.
func datedBy(off time.Duration) func(*http.Response) error {
	return func(r *http.Response) error {
		r.Header.Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
		return nil
	}
}

// proxy starts a proxy that lets nothing pass.
func proxy(t *testing.T, status int) string {
	t.Helper()
	return "http://user:proxy-password-8813@" + serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })[len("http://"):]
}

// closedAddress is one where nobody listens.
func closedAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// certificate is what a server shows: valid until some time from now, for this machine
// or for a name.
type certificate struct {
	end  time.Duration
	name string
}

// secure puts a TLS server in front of the emulator, whose authority may be known.
func secure(t *testing.T, w *ward, c certificate, known bool) {
	t.Helper()
	pair, authority := c.issue(t)
	s := httptest.NewUnstartedServer(relayHandler(t, w.url, nil, nil))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	w.host(s.URL)
	if known {
		w.set("AIRBYTE_MCP_CA_FILE", write(t, "ca.pem", authority, 0o644))
	}
}

// issue makes a certificate and the PEM of the authority that signed it.
func (c *certificate) issue(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	now := time.Now()
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Authority"}, NotBefore: now.Add(-48 * time.Hour), NotAfter: now.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "server"}, NotBefore: now.Add(-24 * time.Hour), NotAfter: now.Add(c.end),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if leaf.DNSNames = []string{c.name}; c.name == "" {
		leaf.DNSNames, leaf.IPAddresses = nil, []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	rootKey, leafKey := newKey(t), newKey(t)
	rootDER := sign(t, root, root, rootKey, rootKey)
	leafDER := sign(t, leaf, root, leafKey, rootKey)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rootDER})
	return tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: leafKey}, string(authority)
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, c, parent *x509.Certificate, key, by *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	return der
}
