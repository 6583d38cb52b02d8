package sandbox

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/records"
)

// claims is what a token says.
type claims struct {
	Kind         tokenKind `json:"kind"`
	Organization string    `json:"org"`
	Chosen       bool      `json:"chosen,omitempty"` // the caller named the organization
	Workspace    string    `json:"ws,omitempty"`
	Expires      int64     `json:"exp"` // nanoseconds
	Generation   uint64    `json:"gen"`
	ID           string    `json:"jti"`
}

type tokenKind string

const (
	tokenApplication tokenKind = "application"
	tokenScoped      tokenKind = "scoped"
	tokenWidget      tokenKind = "widget"
)

// mint issues and checks tokens. They are signed, so none has to be remembered but
// those that were revoked before their time.
type mint struct {
	key   []byte
	clock records.Clock

	mu         sync.Mutex
	generation uint64
	revoked    map[string]int64 // token id to expiry
}

func newMint(c records.Clock) *mint {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return &mint{key: key, clock: c, revoked: map[string]int64{}}
}

// jwtHeader says that a JWT is signed with HMAC SHA-256.
const jwtHeader = `{"alg":"HS256","typ":"JWT"}`

// issue makes a token that lives that long.
func (m *mint) issue(c claims, life time.Duration) string {
	m.mu.Lock()
	c.Generation = m.generation
	m.mu.Unlock()
	c.Expires, c.ID = m.clock().Add(life).UnixNano(), rand.Text()
	payload, err := json.Marshal(c)
	if err != nil {
		return "" // strings and numbers only
	}
	signed := base64.RawURLEncoding.EncodeToString([]byte(jwtHeader)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	return signed + "." + m.sign(signed)
}

func (m *mint) sign(text string) string {
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// check reads a token; ok is false if it is not ours, has expired or was revoked.
func (m *mint) check(token string) (claims, bool) {
	dot := strings.LastIndexByte(token, '.')
	if dot < 0 || subtle.ConstantTimeCompare([]byte(m.sign(token[:dot])), []byte(token[dot+1:])) != 1 {
		return claims{}, false
	}
	_, payload, _ := strings.Cut(token[:dot], ".")
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	var c claims
	if err != nil || json.Unmarshal(raw, &c) != nil {
		return claims{}, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	_, revoked := m.revoked[c.ID]
	return c, !revoked && c.Generation == m.generation && m.clock().UnixNano() < c.Expires
}

// revokeAll ends the life of all tokens issued so far.
func (m *mint) revokeAll() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.generation++
	clear(m.revoked)
}

// revoke ends the life of one token.
func (m *mint) revoke(c claims) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.revoked) >= maxRevoked {
		now := m.clock().UnixNano()
		maps.DeleteFunc(m.revoked, func(_ string, expires int64) bool { return expires < now })
	}
	if len(m.revoked) >= maxRevoked {
		m.generation++
		clear(m.revoked)
	}
	m.revoked[c.ID] = c.Expires
}

// maxRevoked bounds the tokens that are remembered as revoked. Beyond it, all those
// issued so far end with them: a client signs in again, as it has to at any time.
const maxRevoked = 10_000

// issueToken answers the route for application tokens.
func (s *Server) issueToken(x *roundTrip) error {
	body, err := x.decodeBody()
	if err != nil {
		return err
	}
	id, err := requiredString(body, "client_id")
	if err != nil {
		return err
	}
	secret, err := requiredString(body, "client_secret")
	if err != nil {
		return err
	}
	if id != clientID || subtle.ConstantTimeCompare([]byte(secret), []byte(clientSecret)) != 1 {
		return problem.New(http.StatusUnauthorized, "invalid client credentials")
	}
	chosen := x.r.Header.Get(organizationHeader)
	if chosen != "" {
		if err := x.checkOrganization(); err != nil {
			return err
		}
	}
	s.ledger.token(tokenApplication)
	life := s.options.TokenLife
	out := map[string]any{
		"access_token": s.mint.issue(claims{Kind: tokenApplication, Organization: organizationID, Chosen: chosen != ""}, life),
		"token_type":   "bearer",
		"expires_in":   max(1, int(life/time.Second)),
	}
	if x.route.dialect == problem.Current {
		out["organization_id"] = organizationID
	}
	return x.reply(http.StatusOK, out)
}
