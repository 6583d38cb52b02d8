package identity

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/secret"
)

// longestToken is the longest credential that is looked at, in bytes.
const longestToken = 16 << 10

// queryNames are names under which people put credentials into addresses.
var queryNames = []string{"access_token", "token", "api_key", "key"}

// StaticToken is the one token of a server with one caller.
type StaticToken struct {
	Token     secret.Text
	Workspace string
}

func (s *StaticToken) identity() (Identity, error) {
	if err := checkName(s.Workspace, longestWorkspace); err != nil {
		return Identity{}, forbidden("the token leads to no workspace: " + err.Error())
	}
	return Identity{Principal: "token", Workspace: s.Workspace}, nil
}

// Keys checks API keys. Errors are of type *Refusal.
type Keys interface {
	// Speaks reports whether a credential looks like an API key.
	Speaks(token string) bool
	Identify(ctx context.Context, token string) (Identity, error)
}

// Chain finds out by the look of a credential who can check it. Sources that are nil
// are not there; a Chain without any lets nobody in. It must not be changed once it is
// used, and is safe for concurrent use.
type Chain struct {
	Keys          Keys
	JWT           *JWT
	Introspection *Introspection
	Static        *StaticToken
	Proxy         *Proxy
	Scope         string // to ask for, for a caller that sends no credential; may be empty
}

var _ Authenticator = (*Chain)(nil)

// Authenticate takes the credential off the request and checks it. A credential in
// the address or a second one is refused with 400, none with 401.
func (c *Chain) Authenticate(r *http.Request) (Identity, error) {
	credentials := r.Header["Authorization"]
	r.Header.Del("Authorization")
	if err := checkQuery(r); err != nil {
		return Identity{}, err
	}
	if c.Proxy != nil && c.Proxy.Speaks(r) {
		if len(credentials) > 0 {
			return Identity{}, badRequest("send one credential: let the trusted proxy remove Authorization")
		}
		return c.Proxy.Authenticate(r)
	}
	token, err := c.token(credentials)
	if err != nil {
		return Identity{}, err
	}
	return c.identify(context.WithValue(r.Context(), senderKey{}, c.sender(r)), token)
}

// identify asks the source that a token looks to be of.
func (c *Chain) identify(ctx context.Context, token string) (Identity, error) {
	switch {
	case c.Static != nil && c.Static.Token.IsSet() && sameText(token, c.Static.Token.Reveal()):
		return c.Static.identity()
	case c.Keys != nil && c.Keys.Speaks(token):
		return c.Keys.Identify(ctx, token)
	case c.JWT != nil && looksSigned(token):
		return c.JWT.Identify(ctx, token)
	case c.Introspection != nil:
		return c.Introspection.Identify(ctx, token)
	}
	return Identity{}, BadToken("the credential is not one that this server knows: check that it is whole and meant for this server")
}

// token reads the only Authorization header (RFC 6750, section 2.1).
func (c *Chain) token(headers []string) (string, error) {
	if len(headers) > 1 {
		return "", badRequest("send one Authorization header")
	}
	scheme, token, _ := strings.Cut(strings.Join(headers, ""), " ")
	token = strings.Trim(token, " ")
	switch {
	case !strings.EqualFold(scheme, "Bearer") || token == "":
		return "", &Refusal{
			Status: http.StatusUnauthorized, Scope: c.Scope,
			Description: "send Authorization: Bearer with a token for this server",
		}
	case len(token) > longestToken:
		return "", BadToken("the token is too long to be one of this server")
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' || r == ',' }):
		return "", badRequest("send one token after Bearer, without spaces or commas")
	}
	return token, nil
}

// checkQuery keeps credentials out of addresses, which end up in logs.
func checkQuery(r *http.Request) error {
	for pair := range strings.FieldsFuncSeq(r.URL.RawQuery, func(r rune) bool { return r == '&' || r == ';' }) {
		name, _, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil {
			return badRequest("the query of the address is malformed")
		}
		if slices.Contains(queryNames, strings.ToLower(plain)) {
			return badRequest("credentials do not belong into an address: send Authorization: Bearer, and replace the one that was sent")
		}
	}
	return nil
}
