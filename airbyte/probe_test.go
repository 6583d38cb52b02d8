package airbyte_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/airbyte"
)

// certificate makes one that vouches for itself.
func certificate(t *testing.T, from, to time.Time, hosts ...string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: from, NotAfter: to,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key, Leaf: parsed}, pool
}

// serveTLS puts a handler behind a certificate.
func serveTLS(t *testing.T, handler http.Handler, cert tls.Certificate) string {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

// probe makes one probe with a client that trusts the roots.
func probe(t *testing.T, host string, roots *x509.CertPool, change ...func(*airbyte.Config)) (*airbyte.Probe, *airbyte.ProbeError) {
	t.Helper()
	client := newClient(t, "https://api.example.com", append(change, func(cfg *airbyte.Config) { cfg.RootCAs = roots })...)
	got, err := client.Probe(t.Context(), host)
	if err == nil {
		return got, nil
	}
	failure, ok := errors.AsType[*airbyte.ProbeError](err)
	if !ok || got == nil {
		t.Fatalf("got %v, %T %v, want an *airbyte.ProbeError", got, err, err)
	}
	return got, failure
}

func TestProbe(t *testing.T) {
	t.Parallel()
	expires := time.Now().Add(24 * time.Hour).Truncate(time.Second)
	cert, roots := certificate(t, time.Now().Add(-time.Hour), expires, "127.0.0.1")
	a := newAPI()
	a.execute = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
		say(503, `<html>`, "Location", "https://elsewhere.example.com")(w, r)
	}
	host := serveTLS(t, a, cert)
	got, failure := probe(t, host+"/some/path", roots)
	if failure != nil {
		t.Fatal(failure)
	}
	if got.Host != host || got.Proxy != "" || got.TLS != "TLS 1.3" || !got.CertificateExpires.Equal(expires) || got.Took <= 0 ||
		len(got.Addresses) != 1 || !strings.HasPrefix(got.Addresses[0], "127.0.0.1") {
		t.Errorf("got %+v", got)
	}
	if off := got.Skew - time.Hour; off < -time.Minute || off > time.Minute || time.Since(got.ServerTime) < 59*time.Minute {
		t.Errorf("got skew %s, server time %s, want an hour", got.Skew, got.ServerTime)
	}
	if len(a.all()) != 1 || a.all()[0].route != "GET /" || a.all()[0].bearer != "" || strings.Contains(fmt.Sprint(a.all()), "the-client") {
		t.Errorf("got requests %+v, want one without credentials", a.all())
	}
}

// The addresses of a name are those of its lookup, without a port.
func TestProbeListsTheAddressesOfAName(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newAPI())
	t.Cleanup(server.Close)
	got, failure := probe(t, strings.Replace(server.URL, "127.0.0.1", "localhost", 1), nil)
	if failure != nil {
		t.Fatal(failure)
	}
	if !slices.Contains(got.Addresses, "127.0.0.1") {
		t.Errorf("got addresses %q, want 127.0.0.1 among them", got.Addresses)
	}
}

func TestProbeOfBadCertificates(t *testing.T) {
	t.Parallel()
	now := time.Now()
	tests := map[string]struct {
		from, to   time.Time
		name       string
		trusted    bool
		want, hint string
	}{
		"expired": {now.AddDate(-1, 0, 0), now.AddDate(0, 0, -3), "127.0.0.1", true,
			"the certificate expired on " + now.AddDate(0, 0, -3).UTC().Format(time.DateOnly), "clock"},
		"not yet valid": {now.AddDate(0, 0, 3), now.AddDate(1, 0, 0), "127.0.0.1", true,
			"not valid before " + now.AddDate(0, 0, 3).UTC().Format(time.DateOnly), "clock"},
		"unknown authority": {now.AddDate(-1, 0, 0), now.AddDate(1, 0, 0), "127.0.0.1", false, "authority that this machine does not trust",
			"AIRBYTE_MCP_CA_FILE"},
		"another host": {now.AddDate(-1, 0, 0), now.AddDate(1, 0, 0), "portal.example.com", true,
			"for another host: portal.example.com", "portal"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cert, roots := certificate(t, test.from, test.to, test.name)
			if !test.trusted {
				roots = x509.NewCertPool()
			}
			a := newAPI()
			host := serveTLS(t, a, cert)
			got, failure := probe(t, host, roots)
			if failure == nil || failure.Layer != airbyte.LayerTLS || !strings.Contains(failure.Error(), test.want) ||
				!strings.Contains(failure.Hint, test.hint) {
				t.Fatalf("got %+v, want tls, %q and a hint of %q", failure, test.want, test.hint)
			}
			if !got.CertificateExpires.Equal(cert.Leaf.NotAfter) || len(got.Addresses) == 0 {
				t.Errorf("got %+v, want what was seen of the certificate", got)
			}
			// The calls themselves say the same.
			call := run(t.Context(), t, newClient(t, host, func(cfg *airbyte.Config) { cfg.RootCAs = roots }), createIssue)
			if call == nil || call.Outcome != airbyte.OutcomeNotSent || !strings.Contains(call.Message, test.want) ||
				call.Hint != failure.Hint {
				t.Errorf("got %+v, want the same reason", call)
			}
			if got := len(a.all()); got != 0 {
				t.Errorf("got %d requests, want none", got)
			}
		})
	}
}

// talk is a server that answers every connection with the same bytes.
func talk(t *testing.T, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4<<10))
			_, _ = io.WriteString(conn, answer)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String()
}

func TestProbeOfBrokenWays(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(newAPI())
	t.Cleanup(plain.Close)
	tests := map[string]struct{ host, layer, want string }{
		"no such name":       {"https://nothing.invalid", airbyte.LayerDNS, "the name nothing.invalid cannot be resolved"},
		"nobody listens":     {"https://127.0.0.1:1", airbyte.LayerConnect, "no connection to 127.0.0.1:1: connection refused"},
		"TLS to plain HTTP":  {"https://" + strings.TrimPrefix(plain.URL, "http://"), airbyte.LayerTLS, "no TLS is spoken at this port"},
		"TLS to something":   {"https://" + talk(t, "220 smtp.example.com ready\r\n"), airbyte.LayerTLS, "no TLS is spoken at this port"},
		"plain to something": {"http://" + talk(t, "220 smtp.example.com ready\r\n"), airbyte.LayerHTTP, "did not answer in HTTP"},
		"no URL":             {"api.example.com", airbyte.LayerHTTP, "want a URL"},
		"plain, elsewhere":   {"http://api.example.com", airbyte.LayerHTTP, "use https"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, failure := probe(t, test.host, nil)
			if failure == nil || failure.Layer != test.layer || !strings.Contains(failure.Error(), test.want) {
				t.Errorf("got %+v, want %s and %q", failure, test.layer, test.want)
			}
		})
	}
}

// byProxy makes a client's own transport use a proxy.
func byProxy(proxy string) func(*airbyte.Config) {
	return func(cfg *airbyte.Config) {
		address, _ := url.Parse(proxy)
		cfg.Transport = &http.Transport{Proxy: http.ProxyURL(address)}
	}
}

func TestProbeByProxy(t *testing.T) {
	t.Parallel()
	refuses := func(status int) string {
		server := httptest.NewServer(say(status, `no`))
		t.Cleanup(server.Close)
		return server.URL
	}
	plain := "http://127.0.0.1:1"
	tests := map[string]struct{ proxy, host, layer, want, hint string }{
		"refuses":          {refuses(403), "https://api.example.com", airbyte.LayerProxy, "HTTP 403 forbidden", "NO_PROXY"},
		"wants a password": {refuses(407), "https://api.example.com", airbyte.LayerProxy, "HTTP 407", "user name and password"},
		"plain, password":  {refuses(407), plain, airbyte.LayerProxy, "HTTP 407", "user name and password"},
		"plain, answers":   {refuses(200), plain, "", "", ""},
		"nobody listens": {"http://127.0.0.1:1", "https://api.example.com", airbyte.LayerProxy,
			"cannot be reached: connection refused", "HTTPS_PROXY"},
		"nobody listens, sock": {"socks5://127.0.0.1:1", "https://api.example.com", airbyte.LayerProxy, "cannot be reached", "HTTPS_PROXY"},
		"no such proxy": {"http://nothing.invalid:3128", "https://api.example.com", airbyte.LayerProxy,
			"its name cannot be resolved", "HTTPS_PROXY"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			withPassword := strings.Replace(test.proxy, "://", "://user:canary-secret@", 1)
			got, failure := probe(t, test.host, nil, byProxy(withPassword))
			if got.Proxy != test.proxy {
				t.Errorf("got proxy %q, want %q", got.Proxy, test.proxy)
			}
			if (failure == nil) != (test.layer == "") {
				t.Fatalf("got %v, want a failure: %t", failure, test.layer != "")
			}
			if failure != nil &&
				(failure.Layer != test.layer || !strings.Contains(failure.Error(), test.want) ||
					!strings.Contains(failure.Hint, test.hint)) {
				t.Errorf("got %+v, want %s, %q and %q", failure, test.layer, test.want, test.hint)
			}
			noCanary(t, "the probe", fmt.Sprintf("%+v %+v", got, failure))
		})
	}
}

func TestProbeEndsInTime(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(hang))
	t.Cleanup(server.Close)
	_, failure := probe(t, server.URL, nil, func(cfg *airbyte.Config) { cfg.RequestTimeout = 50 * time.Millisecond })
	if failure == nil || failure.Layer != airbyte.LayerHTTP || !strings.Contains(failure.Error(), "in time") {
		t.Errorf("got %+v, want http and no answer in time", failure)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newClient(t, server.URL).Probe(ended, server.URL); err == nil {
		t.Error("got success for a caller who has left")
	}
}
