package identity_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"airbyte-mcp-server/internal/identity"
)

const (
	resource  = "https://mcp.example.com/mcp"
	issuerURL = "https://auth.example.com"
)

// testKeys are expensive to make, above all under the race detector.
var testKeys = sync.OnceValue(func() map[string]crypto.Signer {
	keys := map[string]crypto.Signer{}
	for _, name := range []string{"rsa", "other"} {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys[name] = key
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	keys["ec"], keys["ed"] = curve, edwards
	return keys
})

// issuer is an authorization server in this process. It is an http.RoundTripper, so
// that time can be that of a synctest bubble.
type issuer struct {
	url string

	mu      sync.Mutex
	public  []any // of the key set
	down    bool
	asked   map[string]int // requests by path
	handler http.Handler   // in place of the usual answers; may be nil
}

func newIssuer(names ...string) *issuer {
	i := &issuer{url: issuerURL, asked: map[string]int{}}
	i.publish(names...)
	return i
}

// publish makes the key set of the keys of these names.
func (i *issuer) publish(names ...string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.public = nil
	for _, name := range names {
		i.public = append(i.public, jose.JSONWebKey{Key: testKeys()[name].Public(), KeyID: name, Use: "sig"})
	}
}

func (i *issuer) set(down bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.down = down
}

func (i *issuer) count(path string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked[path]
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked[r.URL.Path]++
	var answer any
	switch {
	case i.down:
		http.Error(w, "out of order", http.StatusBadGateway)
		return
	case i.handler != nil:
		i.handler.ServeHTTP(w, r)
		return
	case r.URL.Path == "/.well-known/openid-configuration":
		answer = map[string]any{"issuer": i.url, "jwks_uri": i.url + "/keys"}
	case r.URL.Path == "/keys":
		answer = map[string]any{"keys": i.public}
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

func (i *issuer) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	i.ServeHTTP(recorder, r)
	response := recorder.Result()
	response.Request = r
	return response, nil
}

// config trusts the issuer for the workspaces of the claim org.
func (i *issuer) config() identity.Issuer {
	return identity.Issuer{
		URL: i.url, Audience: identity.Audience{Resource: resource}, Transport: i,
		Mapping: identity.Mapping{Workspace: "{claims.org}"},
	}
}

func (i *issuer) trusted(t testing.TB) *identity.JWT {
	t.Helper()
	trusted, err := identity.NewJWT(i.config())
	if err != nil {
		t.Fatal(err)
	}
	return trusted
}

// goodClaims are those of a token that is let in, with changes; nil removes a claim.
func goodClaims(changes ...map[string]any) map[string]any {
	now := time.Now()
	c := map[string]any{
		"iss": issuerURL, "aud": resource, "sub": "user-1", "org": "acme", "scope": "openid airbyte:read",
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
	for _, change := range changes {
		for name, value := range change {
			if c[name] = value; value == nil {
				delete(c, name)
			}
		}
	}
	return c
}

var algorithms = map[string]jose.SignatureAlgorithm{"rsa": jose.RS256, "other": jose.RS256, "ec": jose.ES256, "ed": jose.EdDSA}

// sign makes a token, signed with the key of a name; headers may be nil.
func sign(t testing.TB, name string, claims, headers map[string]any) string {
	t.Helper()
	return signAs(t, algorithms[name], testKeys()[name], name, claims, headers)
}

func signAs(t testing.TB, algorithm jose.SignatureAlgorithm, key any, id string, claims any, headers map[string]any) string {
	t.Helper()
	options := (&jose.SignerOptions{}).WithType("at+jwt")
	if id != "" {
		options.WithHeader("kid", id)
	}
	for header, value := range headers {
		options.WithHeader(jose.HeaderKey(header), value)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// assemble makes a token of parts that no signer would sign.
func assemble(header string, claims map[string]any, signature string) string {
	payload, _ := json.Marshal(claims)
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(header)) + "." + encode(payload) + "." + encode([]byte(signature))
}

func bearer(token string) *http.Request {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/mcp", http.NoBody)
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}

// refused is the refusal in an error, which has to be one.
func refused(t testing.TB, err error) *identity.Refusal {
	t.Helper()
	refusal, ok := errors.AsType[*identity.Refusal](err)
	if !ok {
		t.Fatalf("got the error %v, want a *Refusal", err)
	}
	return refusal
}

// keepsSecret fails if a refusal shows a part of the credential anywhere.
func keepsSecret(t testing.TB, refusal *identity.Refusal, credential string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	refusal.WriteTo(recorder, "https://mcp.example.com/.well-known/oauth-protected-resource/mcp")
	shown := refusal.Error() + recorder.Body.String() + recorder.Header().Get("WWW-Authenticate")
	if refusal.Cause != nil {
		shown += refusal.Cause.Error()
	}
	for part := range strings.FieldsFuncSeq(credential, func(r rune) bool { return r == '.' || r == ' ' }) {
		if len(part) >= 8 && strings.Contains(shown, part) {
			t.Errorf("the refusal shows a part of the credential: %.300s", shown)
		}
	}
}
