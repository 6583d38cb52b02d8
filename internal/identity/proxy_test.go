package identity_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/identity"
	"airbyte-mcp-server/internal/secret"
)

const proxySecret = "between-us-and-the-proxy"

func certified(certificate *x509.Certificate) *tls.ConnectionState {
	return &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{certificate}}, PeerCertificates: []*x509.Certificate{certificate}}
}

func TestProxy(t *testing.T) {
	t.Parallel()
	for name, test := range proxiedRequests() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy, err := identity.NewProxy(test.proxy)
			if err != nil {
				t.Fatal(err)
			}
			chain := &identity.Chain{Proxy: proxy, Static: &identity.StaticToken{Token: secret.New(staticToken), Workspace: "of-static"}}
			r := bearer("")
			r.TLS = test.tls
			r.Header.Del("Authorization")
			for line := range strings.SplitSeq(test.headers, "\n") {
				name, value, _ := strings.Cut(line, ": ")
				r.Header.Add(name, value)
			}
			checkProxied(t, chain, r, test.want)
		})
	}
}

// proxied is a request that comes through a proxy.
type proxied struct {
	proxy   identity.Proxy
	headers string // lines of name: value
	tls     *tls.ConnectionState
	want    string // principal and workspace, or a status
}

func proxiedRequests() map[string]proxied {
	gateway := &x509.Certificate{Subject: pkix.Name{CommonName: "gateway"}, DNSNames: []string{"gw.example.com"},
		URIs: []*url.URL{{Scheme: "spiffe", Host: "example.com", Path: "/gw"}}}
	unverified := &tls.ConnectionState{PeerCertificates: []*x509.Certificate{gateway}}
	bySecret := identity.Proxy{Secret: secret.New(proxySecret)}
	byCert := identity.Proxy{ClientCert: true}
	named := identity.Proxy{ClientCert: true, Subjects: []string{"spiffe://example.com/gw"}}
	both := identity.Proxy{Secret: secret.New(proxySecret), ClientCert: true, PrincipalHeader: "x-user", WorkspaceHeader: "x-tenant",
		SecretHeader: "x-proof"}
	listed := identity.Proxy{Secret: secret.New(proxySecret), Workspaces: map[string]string{"a": "Acme"}}
	return map[string]proxied{
		"secret": {bySecret, "X-Forwarded-User: ann@example.com\nX-Workspace: acme\nX-Proxy-Secret: " + proxySecret, nil,
			"proxy:ann@example.com acme"},
		"no secret":         {bySecret, "X-Forwarded-User: ann\nX-Workspace: acme", nil, "401"},
		"empty secret":      {bySecret, "X-Forwarded-User: ann\nX-Workspace: acme\nX-Proxy-Secret: ", nil, "401"},
		"wrong secret":      {bySecret, "X-Forwarded-User: ann\nX-Workspace: acme\nX-Proxy-Secret: " + proxySecret + "x", nil, "401"},
		"only a workspace":  {bySecret, "X-Workspace: acme\nX-Proxy-Secret: " + proxySecret, nil, "400"},
		"only a workspace!": {bySecret, "X-Workspace: acme", nil, "401"},
		"no workspace":      {bySecret, "X-Forwarded-User: ann\nX-Proxy-Secret: " + proxySecret, nil, "400"},
		"only a secret":     {bySecret, "X-Proxy-Secret: " + proxySecret, nil, "400"},
		"two users": {bySecret, "X-Forwarded-User: ann\nX-Forwarded-User: bob\nX-Workspace: acme\nX-Proxy-Secret: " + proxySecret,
			nil, "400"},
		"two workspaces": {bySecret, "X-Forwarded-User: ann\nX-Workspace: acme\nX-Workspace: b\nX-Proxy-Secret: " + proxySecret, nil, "400"},
		"two secrets": {bySecret, "X-Forwarded-User: ann\nX-Workspace: acme\nX-Proxy-Secret: x\nX-Proxy-Secret: " + proxySecret, nil,
			"400"},
		"hidden character": {bySecret, "X-Forwarded-User: ann\nX-Workspace: ac\u200bme\nX-Proxy-Secret: " + proxySecret, nil, "400"},
		"with a token": {bySecret, "Authorization: Bearer x\nX-Forwarded-User: ann\nX-Workspace: acme\nX-Proxy-Secret: " + proxySecret,
			nil, "400"},
		"cert for secret":   {bySecret, "X-Forwarded-User: ann\nX-Workspace: acme", certified(gateway), "401"},
		"certificate":       {byCert, "X-Forwarded-User: ann\nX-Workspace: acme", certified(gateway), "proxy:ann acme"},
		"plain connection":  {byCert, "X-Forwarded-User: ann\nX-Workspace: acme", nil, "401"},
		"unverified":        {byCert, "X-Forwarded-User: ann\nX-Workspace: acme", unverified, "401"},
		"named certificate": {named, "X-Forwarded-User: ann\nX-Workspace: acme", certified(gateway), "proxy:ann acme"},
		"other certificate": {named, "X-Forwarded-User: ann\nX-Workspace: acme",
			certified(&x509.Certificate{Subject: pkix.Name{CommonName: "x"}}), "401"},
		"nameless":           {named, "X-Forwarded-User: ann\nX-Workspace: acme", certified(&x509.Certificate{}), "401"},
		"both proofs":        {both, "X-User: ann\nX-Tenant: acme\nX-Proof: " + proxySecret, certified(gateway), "proxy:ann acme"},
		"one of both":        {both, "X-User: ann\nX-Tenant: acme\nX-Proof: " + proxySecret, nil, "401"},
		"the other of both":  {both, "X-User: ann\nX-Tenant: acme", certified(gateway), "401"},
		"on the list":        {listed, "X-Forwarded-User: ann\nX-Workspace: a\nX-Proxy-Secret: " + proxySecret, nil, "proxy:ann Acme"},
		"not on the list":    {listed, "X-Forwarded-User: ann\nX-Workspace: A\nX-Proxy-Secret: " + proxySecret, nil, "403"},
		"a token of its own": {byCert, "Authorization: Bearer " + staticToken, certified(gateway), "token of-static"},
	}
}

func checkProxied(t *testing.T, chain *identity.Chain, r *http.Request, want string) {
	t.Helper()
	got, err := chain.Authenticate(r)
	if err == nil {
		if who := got.Principal + " " + got.Workspace; who != want {
			t.Errorf("let in as %s, want %s", who, want)
		}
		if len(r.Header) != 0 {
			t.Errorf("left on the request: %v", r.Header)
		}
		return
	}
	refusal := refused(t, err)
	keepsSecret(t, refusal, proxySecret)
	if !strings.HasPrefix(refusal.Error(), want) {
		t.Errorf("got %v, want %s", refusal, want)
	}
}

func TestProxyConfiguration(t *testing.T) {
	t.Parallel()
	for want, proxy := range map[string]identity.Proxy{
		"anyone could be the proxy": {},
		"shorter than 16":           {Secret: secret.New("short")},
		"three different headers":   {ClientCert: true, PrincipalHeader: "x-workspace"},
		"none of them Authorization": {
			ClientCert: true, SecretHeader: "authorization",
		},
		"white space": {ClientCert: true, Workspaces: map[string]string{"a": "a "}},
	} {
		if _, err := identity.NewProxy(proxy); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}
