package netname_test

import (
	"net/url"
	"testing"

	"airbyte-mcp-server/internal/netname"
)

// TestIsLoopback has the hosts about which tests of this kind tend to differ.
func TestIsLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LocalHost": true, "127.0.0.1": true, "127.9.8.7": true, "127.255.255.255": true,
		"::1": true, "[::1]": true, "0:0:0:0:0:0:0:1": true, "::ffff:127.0.0.1": true, "[::FFFF:7f00:1]": true,

		"": false, "localhost.": false, "evil.localhost": false, "localhost.example.com": false, "[localhost]": false,
		"128.0.0.1": false, "126.255.255.255": false, "0.0.0.0": false, "127.1": false, "127.0.0.01": false, "0x7f000001": false,
		"2130706433":  false,
		"[127.0.0.1]": false, "127.0.0.1:80": false, "::": false, "::2": false, "[::1": false, "::1]": false, "[[::1]]": false, "[]": false,
		"::1%lo": false, "[::1%25lo]": false, "fe80::1": false, "::127.0.0.1": false, "::ffff:10.0.0.1": false,
		"\tlocalhost": false, "localhost\n": false, "ⅼocalhost": false, "127.0.0.1.nip.io": false,
	} {
		if got := netname.IsLoopback(host); got != want {
			t.Errorf("%q: got %v, want %v", host, got, want)
		}
	}
}

func TestIsConfidential(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://api.example.com": true, "HTTPS://api.example.com": true, "http://localhost:8080/x": true, "http://LOCALHOST": true,
		"http://[::1]:1": true, "http://127.0.0.1": true, "https://[fe80::1%25eth0]": true,

		"http://api.example.com": false, "http://a.localhost": false, "http://localhost@example.com": false, "ftp://localhost": false,
		"localhost": false, "//localhost": false, "http://[::1%25lo]": false, "http:": false, "ws://127.0.0.1": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := netname.IsConfidential(u); got != want {
			t.Errorf("%q: got %v, want %v", address, got, want)
		}
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for hostport, want := range map[string][2]string{
		"example.com:8443": {"example.com", "8443"}, "example.com": {"example.com", ""}, "[::1]:80": {"::1", "80"}, "[::1]": {"::1", ""},
		"::1": {"::1", ""}, "": {"", ""}, "example.com:": {"example.com", ""}, "[::1": {"[::1", ""}, "a:b:c": {"a:b:c", ""},
	} {
		if host, port := netname.Split(hostport); host != want[0] || port != want[1] {
			t.Errorf("%q: got %q and %q, want %q", hostport, host, port, want)
		}
	}
}
