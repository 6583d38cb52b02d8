package e2e_test

import (
	"net"
	"net/http"
	"testing"
	"time"
)

func networkCases() []doctorCase {
	const hour = time.Hour
	return []doctorCase{
		{"no such name", func(_ *testing.T, in *installation) {
			in.host("https://nothing.invalid")
		}, 12, "network", "problem", []string{"nothing.invalid", "DNS", "environment AIRBYTE_API_HOST"}},
		{"nobody listens", func(t *testing.T, in *installation) {
			in.host("http://" + closedAddress(t))
		}, 12, "network", "problem", []string{"connection refused", "check the host and port"}},
		{"no TLS", func(_ *testing.T, in *installation) {
			in.host("https" + in.url[len("http"):])
		}, 12, "network", "problem", []string{"no TLS is spoken", "check the host and port"}},
		{"certificate expired", func(t *testing.T, in *installation) {
			putTLSBefore(t, in, certificate{end: -hour}, true)
		}, 12, "network", "problem", []string{"the certificate expired on", "check this machine's clock"}},
		{"certificate of an unknown authority", func(t *testing.T, in *installation) {
			putTLSBefore(t, in, certificate{end: hour}, false)
		}, 12, "network", "problem", []string{"does not trust", "set AIRBYTE_MCP_CA_FILE"}},
		{"certificate of an authority made known", func(t *testing.T, in *installation) {
			putTLSBefore(t, in, certificate{end: hour}, true)
		}, 0, "network", "ok", []string{"TLS 1.3", "trusted besides"}},
		{"certificate for another host", func(t *testing.T, in *installation) {
			putTLSBefore(t, in, certificate{end: hour, name: "other.example"}, true)
		}, 12, "network", "problem", []string{"for another host: other.example", "captive portal"}},
		{"proxy refuses", func(t *testing.T, in *installation) {
			in.host("https://api.example.invalid")
			in.set("HTTPS_PROXY", startProxy(t, http.StatusForbidden))
		}, 12, "network", "problem", []string{"the proxy http://127.0.0.1", "HTTP 403", "let api.example.invalid pass"}},
		{"proxy wants a password", func(t *testing.T, in *installation) {
			in.host("https://api.example.invalid")
			in.set("HTTPS_PROXY", startProxy(t, http.StatusProxyAuthRequired))
		}, 12, "network", "problem", []string{"HTTP 407", "user name and password into HTTPS_PROXY"}},
		{"proxy away", func(t *testing.T, in *installation) {
			in.host("https://api.example.invalid")
			in.set("HTTPS_PROXY", "http://user:proxy-password-8813@"+closedAddress(t))
		}, 12, "network", "problem", []string{"cannot be reached", "check HTTPS_PROXY"}},
		{"older host away", func(t *testing.T, in *installation) {
			in.set("AIRBYTE_CLOUD_HOST", "http://"+closedAddress(t))
		}, 0, "network", "warn", []string{"only the API's older dialect needs this host"}},
		{"clock an hour ahead", func(t *testing.T, in *installation) {
			in.host(startRelay(t, in.url, nil, shiftDate(-hour)))
		}, 12, "clock", "problem", []string{"ahead of the server's", "(NTP)"}},
		{"clock an hour behind", func(t *testing.T, in *installation) {
			in.host(startRelay(t, in.url, nil, shiftDate(hour)))
		}, 12, "clock", "problem", []string{"behind the server's", "(NTP)"}},
	}
}

// shiftDate moves the time that the answers tell.
func shiftDate(off time.Duration) func(*http.Response) error {
	return func(r *http.Response) error {
		r.Header.Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
		return nil
	}
}

// closedAddress is an address without a listener.
func closedAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
