package identity_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"airbyte-mcp-server/internal/identity"
)

func TestGoodTokens(t *testing.T) {
	t.Parallel()
	from := newIssuer("rsa", "ec", "ed")
	trusted := from.trusted(t)
	tests := map[string]struct {
		token   string
		effects identity.Effects
	}{
		"RS256":    {sign(t, "rsa", goodClaims(), nil), identity.Effects{"read"}},
		"ES256":    {sign(t, "ec", goodClaims(), nil), identity.Effects{"read"}},
		"EdDSA":    {sign(t, "ed", goodClaims(), nil), identity.Effects{"read"}},
		"PS256":    {signAs(t, jose.PS256, testKeys()["rsa"], "rsa", goodClaims(), nil), identity.Effects{"read"}},
		"no kid":   {signAs(t, jose.RS256, testKeys()["rsa"], "", goodClaims(), nil), identity.Effects{"read"}},
		"typ JWT":  {sign(t, "ec", goodClaims(), map[string]any{"typ": "JWT"}), identity.Effects{"read"}},
		"long typ": {sign(t, "ec", goodClaims(), map[string]any{"typ": "application/at+JWT"}), identity.Effects{"read"}},
		"two aud": {sign(t, "ec", goodClaims(map[string]any{"aud": []string{"https://other.example.com", resource}}), nil),
			identity.Effects{"read"}},
		"clock skew": {sign(t, "ec", goodClaims(map[string]any{"nbf": time.Now().Add(50 * time.Second).Unix(),
			"iat": time.Now().Add(50 * time.Second).Unix()}), nil), identity.Effects{"read"}},
		"scp": {
			sign(t, "ec", goodClaims(map[string]any{"scope": nil, "scp": []string{"airbyte:delete", "airbyte:write"}}), nil),
			identity.Effects{"create", "update", "write", "delete"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := (&identity.Chain{JWT: trusted}).Authenticate(bearer(test.token))
			if err != nil {
				t.Fatal(err)
			}
			if got.Workspace != "acme" || !strings.HasPrefix(got.Principal, "jwt:") || !strings.HasSuffix(got.Principal, ":user-1") {
				t.Errorf("got %+v", got)
			}
			if !reflect.DeepEqual(got.Effects, test.effects) {
				t.Errorf("got the effects %v, want %v", got.Effects, test.effects)
			}
			if left := time.Until(got.Expires); left < 59*time.Minute || left > time.Hour {
				t.Errorf("it expires in %v, want an hour", left)
			}
		})
	}
}

// badTokens are tokens that must not be let in, by what is wrong with them.
func badTokens(t *testing.T) map[string]string {
	t.Helper()
	with := func(changes map[string]any) string { return sign(t, "rsa", goodClaims(changes), nil) }
	public, err := x509.MarshalPKIXPublicKey(testKeys()["rsa"].Public())
	if err != nil {
		t.Fatal(err)
	}
	asSecret := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	now := time.Now()
	return map[string]string{
		"no aud":            with(map[string]any{"aud": nil}),
		"other aud":         with(map[string]any{"aud": "https://other.example.com/mcp"}),
		"aud as a prefix":   with(map[string]any{"aud": resource + "/"}),
		"aud in upper case": with(map[string]any{"aud": strings.ToUpper(resource)}),
		"aud is an object":  with(map[string]any{"aud": map[string]any{resource: true}}),
		"aud of a client":   with(map[string]any{"aud": "client-7"}),
		"ID token, nonce":   with(map[string]any{"nonce": "n-0S6"}),
		"ID token, at_hash": with(map[string]any{"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"}),
		"alg none":          assemble(`{"alg":"none","typ":"JWT"}`, goodClaims(), ""),
		"alg None, signed":  assemble(`{"alg":"None","kid":"rsa"}`, goodClaims(), "signature"),
		"two algs":          assemble(`{"alg":"none","alg":"RS256","kid":"rsa"}`, goodClaims(), "signature"),
		"HS256 with PEM":    signAs(t, jose.HS256, asSecret, "rsa", goodClaims(), nil),
		"HS256 with DER":    signAs(t, jose.HS256, public, "", goodClaims(), nil),
		"RS512, not pinned": signAs(t, jose.RS512, testKeys()["rsa"], "rsa", goodClaims(), nil),
		"expired":           with(map[string]any{"exp": now.Add(-time.Second).Unix()}),
		"no exp":            with(map[string]any{"exp": nil}),
		"exp is text":       with(map[string]any{"exp": "4102444800"}),
		"exp beyond time":   with(map[string]any{"exp": json.Number("1e300")}),
		"future nbf":        with(map[string]any{"nbf": now.Add(2 * time.Minute).Unix()}),
		"future iat":        with(map[string]any{"iat": now.Add(2 * time.Minute).Unix()}),
		"other iss":         with(map[string]any{"iss": "https://evil.example.com"}),
		"iss with a slash":  with(map[string]any{"iss": issuerURL + "/"}),
		"iss is a list":     with(map[string]any{"iss": []string{issuerURL}}),
	}
}

// alteredTokens are good tokens that somebody changed, and what is no token.
func alteredTokens(t *testing.T) map[string]string {
	t.Helper()
	with := func(changes map[string]any) string { return sign(t, "rsa", goodClaims(changes), nil) }
	headed := func(headers map[string]any) string { return sign(t, "rsa", goodClaims(), headers) }
	good := with(nil)
	foreign := jose.JSONWebKey{Key: testKeys()["other"].Public(), KeyID: "other"}
	now := time.Now()
	return map[string]string{
		"unsigned":          good[:strings.LastIndex(good, ".")+1],
		"without signature": good[:strings.LastIndex(good, ".")],
		"signature of another": good[:strings.LastIndex(good, ".")] +
			with(map[string]any{"org": "b"})[strings.LastIndex(with(map[string]any{"org": "b"}), "."):],
		"claims changed":        swapClaims(good, goodClaims(map[string]any{"org": "victim"})),
		"key of another":        signAs(t, jose.RS256, testKeys()["other"], "rsa", goodClaims(), nil),
		"kid of another":        sign(t, "other", goodClaims(), nil),
		"kid of another alg":    sign(t, "rsa", goodClaims(), map[string]any{"kid": "ec"}),
		"jku":                   headed(map[string]any{"jku": "https://evil.example.com/keys"}),
		"x5u":                   headed(map[string]any{"x5u": "https://evil.example.com/cert"}),
		"jwk":                   signAs(t, jose.RS256, testKeys()["other"], "other", goodClaims(), map[string]any{"jwk": foreign}),
		"jwk, the issuer's own": headed(map[string]any{"jwk": jose.JSONWebKey{Key: testKeys()["rsa"].Public(), KeyID: "rsa"}}),
		"crit":                  headed(map[string]any{"crit": []string{"b64"}, "b64": true}),
		"typ of an ID token":    headed(map[string]any{"typ": "id+jwt"}),
		"typ of a logout":       headed(map[string]any{"typ": "logout+jwt"}),
		"truncated":             good[:len(good)-40],
		"truncated claims":      good[:len(good)/4],
		"two claims":            signAs(t, jose.RS256, testKeys()["rsa"], "rsa", []any{1}, nil),
		"1 MB":                  strings.Repeat("eyJhbGciOiJSUzI1NiJ9.", 50_000),
		"raw Airbyte token": signAs(t, jose.HS256, []byte(strings.Repeat("k", 32)), "",
			map[string]any{"iss": "airbyte", "aud": "airbyte-server", "sub": "app", "exp": now.Add(time.Hour).Unix()}, nil),
		"empty parts": "..",
		"five parts":  "a.b.c.d.e",
		"not base64":  "eyJhbGciOiJSUzI1NiJ9.%%%%%%%%.%%%%%%%%",
	}
}

// swapClaims puts other claims under a signature.
func swapClaims(token string, claims map[string]any) string {
	parts, other := strings.Split(token, "."), strings.Split(assemble("{}", claims, ""), ".")
	return parts[0] + "." + other[1] + "." + parts[2]
}

func TestBadTokens(t *testing.T) {
	t.Parallel()
	trusted := newIssuer("rsa", "ec", "ed").trusted(t)
	chain := &identity.Chain{JWT: trusted}
	const metadata = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"
	tokens := badTokens(t)
	maps.Copy(tokens, alteredTokens(t))
	for name, token := range tokens {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 2 { // a refusal must not be remembered as something else
				r := bearer(token)
				got, err := chain.Authenticate(r)
				if err == nil {
					t.Fatalf("it was let in as %+v", got)
				}
				refusal := refused(t, err)
				keepsSecret(t, refusal, token)
				if refusal.Status != http.StatusUnauthorized || refusal.Code != identity.InvalidToken {
					t.Errorf("got %v, want 401 invalid_token", refusal)
				}
				challenge := refusal.WWWAuthenticate(metadata)
				if !strings.Contains(challenge, `error="invalid_token"`) || !strings.Contains(challenge, `resource_metadata="`+metadata+`"`) {
					t.Errorf("got the challenge %s", challenge)
				}
				if r.Header.Get("Authorization") != "" {
					t.Error("the credential is still on the request")
				}
			}
		})
	}
}

// TestForbiddenTokens is about good tokens of callers who have no place here.
func TestForbiddenTokens(t *testing.T) {
	t.Parallel()
	config := newIssuer("ec").config()
	config.Mapping = identity.Mapping{
		Workspace: "{claims.org}", Workspaces: map[string]string{"acme": "Acme Inc", "x": "x"},
	}
	trusted, err := identity.NewJWT(config)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		change map[string]any
		want   string // in the description; "" for a caller who is let in
		scope  string
	}{
		"good":        {map[string]any{}, "", ""},
		"no scope":    {map[string]any{"scope": "openid profile"}, "lacks a scope", "airbyte:read"},
		"other list":  {map[string]any{"org": "unknown"}, "not on the list", ""},
		"other case":  {map[string]any{"org": "ACME"}, "not on the list", ""},
		"white space": {map[string]any{"org": "acme "}, "white space", ""},
		"no claim":    {map[string]any{"org": nil}, "does not have it", ""},
		"no sub":      {map[string]any{"sub": nil}, "names no caller", ""},
		"empty sub":   {map[string]any{"sub": ""}, "names no caller", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := trusted.Identify(t.Context(), sign(t, "ec", goodClaims(test.change), nil))
			if test.want == "" {
				if err != nil || got.Workspace != "Acme Inc" {
					t.Errorf("got %+v, %v", got, err)
				}
				return
			}
			refusal := refused(t, err)
			if refusal.Status != http.StatusForbidden || refusal.Scope != test.scope || !strings.Contains(refusal.Description, test.want) {
				t.Errorf("got %v (scope %q), want 403 with %q", refusal, refusal.Scope, test.want)
			}
			if scoped := strings.Contains(refusal.WWWAuthenticate(""), `error="insufficient_scope"`); scoped != (test.scope != "") {
				t.Errorf("got the challenge %s", refusal.WWWAuthenticate(""))
			}
		})
	}
}

// TestIssuersApart holds two issuers whose callers have the same names.
func TestIssuersApart(t *testing.T) {
	t.Parallel()
	one, two := newIssuer("rsa"), newIssuer("ec")
	two.url = "https://login.example.org/tenant/"
	trusted, err := identity.NewJWT(one.config(), two.config())
	if err != nil {
		t.Fatal(err)
	}
	// The document is found beside the trailing slash, the issuer's name keeps it.
	two.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/tenant/.well-known/openid-configuration":
			_ = json.NewEncoder(w).Encode(map[string]any{"issuer": two.url, "jwks_uri": two.url + "keys"})
		case "/tenant/keys":
			_ = json.NewEncoder(w).Encode(map[string]any{"keys": two.public})
		}
	})
	first, err := trusted.Identify(t.Context(), sign(t, "rsa", goodClaims(), nil))
	if err != nil {
		t.Fatal(err)
	}
	second, err := trusted.Identify(t.Context(), sign(t, "ec", goodClaims(map[string]any{"iss": two.url}), nil))
	if err != nil {
		t.Fatal(err)
	}
	if first.Principal == second.Principal {
		t.Errorf("callers of two issuers are both %q", first.Principal)
	}
	_, err = trusted.Identify(t.Context(), sign(t, "ec", goodClaims(), nil)) // the key of one for the name of the other
	if refusal := refused(t, err); refusal.Status != http.StatusUnauthorized {
		t.Errorf("got %v, want 401", refusal)
	}
}

// TestIssuerOverTLS is the whole way, over a real connection.
func TestIssuerOverTLS(t *testing.T) {
	t.Parallel()
	from := newIssuer("rsa", "ec", "ed")
	server := httptest.NewTLSServer(from)
	defer server.Close()
	from.url = server.URL
	config := from.config()
	config.Transport = server.Client().Transport
	trusted, err := identity.NewJWT(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"rsa", "ec", "ed"} {
		token := sign(t, name, goodClaims(map[string]any{"iss": server.URL}), nil)
		if got, err := trusted.Identify(context.Background(), token); err != nil || got.Workspace != "acme" {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	if got := from.count("/keys"); got != 1 {
		t.Errorf("the keys were read %d times, want once", got)
	}
}

// TestIssuerOnThisMachine uses the transport of a server's own.
func TestIssuerOnThisMachine(t *testing.T) {
	t.Parallel()
	from := newIssuer("rsa")
	server := httptest.NewServer(from)
	defer server.Close()
	from.url = server.URL
	config := from.config()
	config.Transport = nil
	trusted, err := identity.NewJWT(config)
	if err != nil {
		t.Fatal(err)
	}
	letIn(t, trusted, sign(t, "rsa", goodClaims(map[string]any{"iss": server.URL}), nil))
}

// TestKeyForOneAlgorithm is about a key that its issuer uses in one way only.
func TestKeyForOneAlgorithm(t *testing.T) {
	t.Parallel()
	from := newIssuer()
	from.public = []any{jose.JSONWebKey{Key: testKeys()["rsa"].Public(), KeyID: "rsa", Algorithm: "RS256"}}
	trusted := from.trusted(t)
	letIn(t, trusted, sign(t, "rsa", goodClaims(), nil))
	refuse(t, trusted, signAs(t, jose.PS256, testKeys()["rsa"], "rsa", goodClaims(), nil), http.StatusUnauthorized)
}

func TestIssuerConfiguration(t *testing.T) {
	t.Parallel()
	good := newIssuer("rsa").config()
	tests := map[string]struct {
		change func(*identity.Issuer)
		want   string
	}{
		"http":           {func(i *identity.Issuer) { i.URL = "http://auth.example.com" }, "not https"},
		"no host":        {func(i *identity.Issuer) { i.URL = "auth.example.com" }, "want an address"},
		"password":       {func(i *identity.Issuer) { i.URL = "https://a:b@auth.example.com" }, "passwords"},
		"no audience":    {func(i *identity.Issuer) { i.Audience = identity.Audience{} }, "audience is missing"},
		"HS256":          {func(i *identity.Issuer) { i.Algorithms = []string{"RS256", "HS256"} }, "HS256"},
		"none":           {func(i *identity.Issuer) { i.Algorithms = []string{"none"} }, "cannot be used"},
		"no workspace":   {func(i *identity.Issuer) { i.Mapping.Workspace = "" }, "workspace: the template"},
		"one principal":  {func(i *identity.Issuer) { i.Mapping.Principal = "everyone" }, "all callers would be one"},
		"bad list":       {func(i *identity.Issuer) { i.Mapping.Workspaces = map[string]string{"a": " a"} }, "white space"},
		"bad expression": {func(i *identity.Issuer) { i.Mapping.Workspace = "{claim.org}" }, "{claims.org_id}"},
	}
	for name, test := range tests {
		config := good
		test.change(&config)
		if _, err := identity.NewJWT(config); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q in it", name, err, test.want)
		}
	}
	if _, err := identity.NewJWT(good, good); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("the same issuer twice: got %v", err)
	}
}
