// Package netname tells which hosts are this machine, and which addresses a secret may
// be sent to.
package netname

import (
	"net"
	"net/url"
	"strings"
)

// IsLoopback reports whether a host, without a port, is this machine: "localhost" in any
// case, 127.0.0.0/8, ::1, or one of these IPv4 addresses in its IPv6 form, with or
// without brackets. Names below localhost, "localhost." and addresses with a zone are
// not: resolvers may ask the network about them.
func IsLoopback(host string) bool {
	inner, opened := strings.CutPrefix(host, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	if opened || closed {
		return opened && closed && strings.Contains(inner, ":") && isLoopbackIP(inner)
	}
	return strings.EqualFold(host, "localhost") || isLoopbackIP(host)
}

func isLoopbackIP(host string) bool {
	ip := net.ParseIP(host) // which knows no zones
	return ip != nil && ip.IsLoopback()
}

// IsConfidential reports whether nobody else can read what is sent to an address: it is
// https, or http to this machine.
func IsConfidential(u *url.URL) bool {
	return u.Scheme == "https" || u.Scheme == "http" && IsLoopback(u.Hostname())
}

// Split takes a Host header apart. The port is empty if there is none; the host of an
// IPv6 address is without its brackets.
func Split(hostport string) (host, port string) {
	if host, port, err := net.SplitHostPort(hostport); err == nil {
		return host, port
	}
	if inner, ok := strings.CutPrefix(hostport, "["); ok && strings.HasSuffix(inner, "]") {
		return strings.TrimSuffix(inner, "]"), ""
	}
	return hostport, ""
}
