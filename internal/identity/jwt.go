package identity

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	maxCachedTokens = 10_000
	longestCached   = 5 * time.Minute
)

// asymmetric are the algorithms that an issuer may be configured for.
var asymmetric = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// usualAlgorithms are those of an issuer that is configured for none.
var usualAlgorithms = []string{"RS256", "ES256", "PS256", "EdDSA"}

// keyHeaders name a key in the token itself, or ask for what is not done here.
var keyHeaders = []jose.HeaderKey{"jku", "x5u", "crit"}

// idTokenClaims are in tokens that tell a client who has signed in. They let nobody in.
var idTokenClaims = []string{"nonce", "at_hash", "c_hash"}

// Issuer is an authorization server whose access tokens are JWTs.
type Issuer struct {
	URL        string   // as in the tokens' iss, to the letter
	Audience   Audience // of the tokens
	Algorithms []string // nil for RS256, ES256, PS256 and EdDSA; never a symmetric one
	Mapping    Mapping
	Transport  http.RoundTripper // nil for one of its own
}

// JWT checks access tokens of several issuers (RFC 7519, RFC 9068). It asks an issuer
// for its keys when its first token comes, and is safe for concurrent use.
type JWT struct {
	issuers map[string]*issuer
	checked *cache[Identity]
}

// issuer is an Issuer that is ready.
type issuer struct {
	audience   Audience
	algorithms []jose.SignatureAlgorithm
	keys       *keyring
	mapper     *mapper
}

// NewJWT checks the configuration; it sends nothing. Errors name the issuer and the fault.
func NewJWT(issuers ...Issuer) (*JWT, error) {
	j := &JWT{map[string]*issuer{}, newCache[Identity](maxCachedTokens)}
	for _, one := range issuers {
		ready, err := newIssuer(one)
		if err == nil && j.issuers[one.URL] != nil {
			err = errors.New("is configured twice: remove one")
		}
		if err != nil {
			return nil, fmt.Errorf("issuer %q: %w", one.URL, err)
		}
		j.issuers[one.URL] = ready
	}
	return j, nil
}

// Unreachable reads the keys of all issuers ahead of their first tokens, and returns why
// those of some could not be read.
func (j *JWT) Unreachable(ctx context.Context) map[string]error {
	failed := map[string]error{}
	for url, one := range j.issuers {
		if _, err := one.keys.find(ctx, "", false); err != nil {
			failed[url] = cmp.Or(errors.Unwrap(err), err)
		}
	}
	return failed
}

func newIssuer(i Issuer) (*issuer, error) {
	if _, err := parseEndpoint(i.URL); err != nil {
		return nil, err
	}
	if err := i.Audience.check(); err != nil {
		return nil, err
	}
	if len(i.Algorithms) == 0 {
		i.Algorithms = usualAlgorithms
	}
	ready := &issuer{audience: i.Audience, keys: &keyring{issuer: i.URL, client: newClient(i.Transport)}}
	for _, name := range i.Algorithms {
		algorithm := jose.SignatureAlgorithm(name)
		if !slices.Contains(asymmetric, algorithm) {
			return nil, fmt.Errorf("the algorithm %q cannot be used; these can: %s", name, strings.Trim(fmt.Sprint(asymmetric), "[]"))
		}
		ready.algorithms = append(ready.algorithms, algorithm)
	}
	var err error
	ready.mapper, err = newMapper(i.Mapping, "jwt", i.URL)
	return ready, err
}

// Identify checks a token and maps its claims. Good ones are remembered by their
// digest for up to 5 minutes, and not beyond their end. Errors are of type *Refusal.
func (j *JWT) Identify(ctx context.Context, token string) (Identity, error) {
	key := digestOf(token)
	if found, ok := j.checked.lookup(key); ok {
		return found, nil
	}
	signed, unverified, err := parseToken(token)
	if err != nil {
		return Identity{}, err
	}
	from, ok := j.issuers[unverified.text("iss")] // checked below, when the signature was
	if !ok {
		return Identity{}, BadToken("the token is of an issuer that this server does not trust")
	}
	found, err := from.identify(ctx, signed)
	if err != nil {
		return Identity{}, err
	}
	until := time.Now().Add(longestCached)
	if found.Expires.Before(until) {
		until = found.Expires
	}
	j.checked.keep(key, found, until)
	return found, nil
}

func (i *issuer) identify(ctx context.Context, signed *jwt.JSONWebToken) (Identity, error) {
	checked, err := i.verify(ctx, signed)
	if err != nil {
		return Identity{}, err
	}
	for _, name := range idTokenClaims {
		if _, there := checked[name]; there {
			return Identity{}, BadToken("this is an ID token: send the access token")
		}
	}
	if checked.text("iss") != i.keys.issuer {
		return Identity{}, BadToken("the token is of an issuer that this server does not trust")
	}
	choices, err := i.audience.admit(checked)
	if err != nil {
		return Identity{}, err
	}
	expires, err := checked.checkTimes(time.Now())
	if err != nil {
		return Identity{}, err
	}
	if expires.IsZero() {
		return Identity{}, BadToken("the token does not say when it ends: ask for one with exp")
	}
	found, err := i.mapper.identity(checked, expires)
	found.Choices = choices
	return found, err
}

// verify returns the claims of a token that the issuer has signed.
func (i *issuer) verify(ctx context.Context, signed *jwt.JSONWebToken) (claims, error) {
	header := signed.Headers[0] // the compact form has one
	if err := checkHeader(header); err != nil {
		return nil, err
	}
	if !slices.Contains(i.algorithms, jose.SignatureAlgorithm(header.Algorithm)) {
		return nil, errAlgorithm()
	}
	for _, anew := range []bool{false, true} { // a key may have been replaced under its id
		keys, err := i.keys.find(ctx, header.KeyID, anew)
		if errors.Is(err, errUnknownKey) {
			return nil, BadToken("the token is signed with a key that its issuer does not have")
		}
		if err != nil {
			return nil, err
		}
		if checked := verifyWith(keys, signed); checked != nil {
			return checked, nil
		}
	}
	return nil, BadToken("the signature of the token is wrong")
}

// verifyWith tries the keys that are made for the algorithm of a signature; it returns
// nil if none fits.
func verifyWith(keys []jose.JSONWebKey, signed *jwt.JSONWebToken) claims {
	for _, key := range keys {
		if key.Algorithm != "" && key.Algorithm != signed.Headers[0].Algorithm {
			continue
		}
		var checked claims
		if err := signed.Claims(key.Key, &checked); err == nil {
			return checked
		}
	}
	return nil
}

// checkHeader refuses what no access token of ours needs.
func checkHeader(header jose.Header) error {
	for _, name := range keyHeaders {
		if _, there := header.ExtraHeaders[name]; there {
			return BadToken("the token has a header that is not accepted here (" + string(name) + ")")
		}
	}
	if header.JSONWebKey != nil {
		return BadToken("the token has a header that is not accepted here (jwk)")
	}
	kind, there := header.ExtraHeaders[jose.HeaderType]
	text, _ := kind.(string)
	text = strings.TrimPrefix(strings.ToLower(text), "application/")
	if there && text != "jwt" && text != "at+jwt" {
		return BadToken("this is no access token by its typ: send the access token")
	}
	return nil
}

// parseToken reads a token and its claims, and checks no signature.
func parseToken(token string) (signed *jwt.JSONWebToken, unverified claims, err error) {
	signed, err = jwt.ParseSigned(token, asymmetric)
	if err == nil {
		err = signed.UnsafeClaimsWithoutVerification(&unverified)
	}
	if _, other := errors.AsType[*jose.ErrUnexpectedSignatureAlgorithm](err); other {
		return nil, nil, errAlgorithm()
	}
	if err != nil {
		return nil, nil, BadToken("the token is malformed: it was cut or changed")
	}
	return signed, unverified, nil
}

func errAlgorithm() error { return BadToken("the token is signed in a way that is not accepted here") }

// looksSigned reports whether a credential has the form of a JWT, even of a bad one: what
// was meant for an issuer here is not shown to an introspection endpoint.
func looksSigned(token string) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	header, err := base64.RawURLEncoding.DecodeString(parts[0])
	return err == nil && json.Valid(header) && header[0] == '{'
}
