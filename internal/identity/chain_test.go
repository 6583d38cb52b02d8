package identity_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/identity"
	"airbyte-mcp-server/internal/identity/keys"
	"airbyte-mcp-server/internal/secret"
)

const staticToken = "a-static-token-of-some-length"

const keyOne = "amk_one_0123456789abcdef0123456789abcdef0123456789abcdef0123"

// oneKey lets in whoever has keyOne.
func oneKey(t testing.TB) *keys.Set {
	t.Helper()
	file := fmt.Sprintf("keys: [{id: one, hash: 'sha256:%x', workspace: of-key}]", sha256.Sum256([]byte(keyOne)))
	set, err := keys.Parse("AIRBYTE_KEYS", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// fullChain has every source.
func fullChain(t testing.TB) *identity.Chain {
	t.Helper()
	opaque := newIntrospector()
	opaque.say("opaque-token-1", active())
	proxy, err := identity.NewProxy(identity.Proxy{Secret: secret.New(proxySecret)})
	if err != nil {
		t.Fatal(err)
	}
	return &identity.Chain{
		Keys:          oneKey(t),
		JWT:           newIssuer("rsa", "ec", "ed").trusted(t),
		Introspection: opaque.asked(t, nil),
		Static:        &identity.StaticToken{Token: secret.New(staticToken), Workspace: "of-static"},
		Proxy:         proxy,
		Scope:         "airbyte:read",
	}
}

func TestChainFindsTheSource(t *testing.T) {
	t.Parallel()
	chain := fullChain(t)
	for token, want := range map[string]string{
		keyOne:                            "of-key",
		sign(t, "rsa", goodClaims(), nil): "acme",
		"opaque-token-1":                  "tenant-acme",
		staticToken:                       "of-static",
	} {
		for _, scheme := range []string{"Bearer ", "bearer ", "BEARER  "} {
			r := bearer(token)
			r.Header.Set("Authorization", scheme+token)
			got, err := chain.Authenticate(r)
			if err != nil || got.Workspace != want || got.Principal == "" {
				t.Errorf("%s%.20s: got %+v, %v, want the workspace %s", scheme, token, got, err, want)
			}
			if len(r.Header) != 0 {
				t.Errorf("left on the request: %v", r.Header)
			}
		}
	}
	if got, _ := chain.Authenticate(bearer(staticToken)); got.Principal != "token" || !got.Effects.Allows("delete") {
		t.Errorf("got %+v for the static token", got)
	}
}

func TestChainRefuses(t *testing.T) {
	t.Parallel()
	chain := fullChain(t)
	good := sign(t, "rsa", goodClaims(), nil)
	header := func(values ...string) func(*http.Request) {
		return func(r *http.Request) { r.Header["Authorization"] = values }
	}
	query := func(text string) func(*http.Request) {
		return func(r *http.Request) { r.URL.RawQuery = text }
	}
	for name, test := range map[string]refusedRequest{
		"nothing":          {header(), http.StatusUnauthorized, ""},
		"empty":            {header(""), http.StatusUnauthorized, ""},
		"no token":         {header("Bearer "), http.StatusUnauthorized, ""},
		"basic":            {header("Basic dXNlcjpwYXNzd29yZA=="), http.StatusUnauthorized, ""},
		"no scheme":        {header(good), http.StatusUnauthorized, ""},
		"two headers":      {header("Bearer "+good, "Bearer "+good), http.StatusBadRequest, "invalid_request"},
		"an empty second":  {header("Bearer "+good, ""), http.StatusBadRequest, "invalid_request"},
		"two in one":       {header("Bearer " + good + ", Bearer " + staticToken), http.StatusBadRequest, "invalid_request"},
		"two tokens":       {header("Bearer " + good + " " + staticToken), http.StatusBadRequest, "invalid_request"},
		"a tab":            {header("Bearer \t" + good), http.StatusBadRequest, "invalid_request"},
		"a null":           {header("Bearer " + good + "\x00"), http.StatusBadRequest, "invalid_request"},
		"an accent":        {header("Bearer tökentoken"), http.StatusBadRequest, "invalid_request"},
		"access_token":     {query("access_token=" + good), http.StatusBadRequest, "invalid_request"},
		"token":            {query("a=b&token=" + staticToken), http.StatusBadRequest, "invalid_request"},
		"API_KEY":          {query("API_KEY=" + keyOne), http.StatusBadRequest, "invalid_request"},
		"key, escaped":     {query("%6bey=" + keyOne), http.StatusBadRequest, "invalid_request"},
		"behind semicolon": {query("a=b;token=" + keyOne), http.StatusBadRequest, "invalid_request"},
		"no value":         {query("token"), http.StatusBadRequest, "invalid_request"},
		"malformed query":  {query("%zz=1"), http.StatusBadRequest, "invalid_request"},
		"prefix of static": {header("Bearer " + staticToken[:20]), http.StatusUnauthorized, "invalid_token"},
		"long":             {header("Bearer " + strings.Repeat("x", 16<<10+1)), http.StatusUnauthorized, "invalid_token"},
		"1 MB":             {header("Bearer " + strings.Repeat("x", 1<<20)), http.StatusUnauthorized, "invalid_token"},
		"unknown":          {header("Bearer some-opaque-token"), http.StatusUnauthorized, "invalid_token"},
		"airbyte key form": {header("Bearer amk_nobody_secretsecret"), http.StatusUnauthorized, "invalid_token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.check(t, chain, good)
		})
	}
}

// refusedRequest is a change to a good request that makes it refused.
type refusedRequest struct {
	change func(*http.Request)
	status int
	code   string
}

func (test refusedRequest) check(t *testing.T, chain *identity.Chain, good string) {
	t.Helper()
	r := bearer(good)
	test.change(r)
	sent := strings.Join(r.Header["Authorization"], " ") + " " + r.URL.RawQuery
	got, err := chain.Authenticate(r)
	if err == nil {
		t.Fatalf("it was let in as %+v", got)
	}
	refusal := refused(t, err)
	keepsSecret(t, refusal, strings.NewReplacer("Bearer ", "", "=", " ", "&", " ").Replace(sent))
	if refusal.Status != test.status || refusal.Code != test.code {
		t.Errorf("got %v, want %d %q", refusal, test.status, test.code)
	}
	challenge := refusal.WWWAuthenticate("https://m")
	if !strings.HasPrefix(challenge, `Bearer realm="`) || strings.Contains(challenge, "error=") != (test.code != "") {
		t.Errorf("got the challenge %s", challenge)
	}
	if test.code == "" && !strings.Contains(challenge, `scope="airbyte:read"`) {
		t.Errorf("the challenge names no scope: %s", challenge)
	}
	if r.Header.Get("Authorization") != "" {
		t.Error("the credential is still on the request")
	}
}

// TestHarmlessQuery is what clients really send.
func TestHarmlessQuery(t *testing.T) {
	t.Parallel()
	r := bearer(staticToken)
	r.URL.RawQuery = url.Values{"sessionId": {"x"}, "tokens": {"1"}, "monkey": {"key=token"}}.Encode()
	if _, err := fullChain(t).Authenticate(r); err != nil {
		t.Error(err)
	}
}

// TestEmptyChain lets nobody in.
func TestEmptyChain(t *testing.T) {
	t.Parallel()
	for _, token := range []string{keyOne, staticToken, sign(t, "rsa", goodClaims(), nil), "x"} {
		for _, chain := range []*identity.Chain{{}, {Static: &identity.StaticToken{}}} {
			_, err := chain.Authenticate(bearer(token))
			if refusal := refused(t, err); refusal.Status != http.StatusUnauthorized {
				t.Errorf("got %v, want 401", refusal)
			}
		}
	}
}

// TestUncheckedSources are configured in ways that must open nothing.
func TestUncheckedSources(t *testing.T) {
	t.Parallel()
	chain := &identity.Chain{
		Static: &identity.StaticToken{Token: secret.New(staticToken)},
		Proxy:  &identity.Proxy{PrincipalHeader: "X-Forwarded-User", WorkspaceHeader: "X-Workspace"},
	}
	_, err := chain.Authenticate(bearer(staticToken))
	if refusal := refused(t, err); refusal.Status != http.StatusForbidden {
		t.Errorf("no workspace: got %v, want 403", refusal)
	}
	r := bearer("")
	r.Header = http.Header{"X-Forwarded-User": {"ann"}, "X-Workspace": {"acme"}}
	_, err = chain.Authenticate(r)
	if refusal := refused(t, err); refusal.Status != http.StatusUnauthorized {
		t.Errorf("no proof: got %v, want 401", refusal)
	}
}

// FuzzChain sends anything as a credential. Nothing of it is let in, or shown.
func FuzzChain(f *testing.F) {
	for _, seed := range []string{keyOne[:20], "a.b.c", "eyJhbGciOiJub25lIn0.e30.",
		assemble(`{"alg":"RS256"}`, map[string]any{"iss": issuerURL}, "x"), "Bearer"} {
		f.Add("Bearer "+seed, "a=b")
	}
	chain := fullChain(f)
	f.Fuzz(func(t *testing.T, header, query string) {
		r := bearer("")
		r.Header["Authorization"], r.URL.RawQuery = []string{header}, query
		got, err := chain.Authenticate(r)
		if err == nil {
			if !strings.Contains(header, staticToken) && !strings.Contains(header, keyOne) && !strings.Contains(header, "opaque-token-1") {
				t.Fatalf("%q was let in as %+v", header, got)
			}
			return
		}
		if refusal := refused(t, err); refusal.Status < 400 || refusal.Description == "" {
			t.Errorf("got %v", refusal)
		}
	})
}
