package server

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/internal/seal"
	"airbyte-mcp-server/tools"
)

// sessions are the clients of an HTTP transport. The id of a session is sealed: it holds
// what any replica must know to go on with it, belongs to one caller, and expires.
type sessions struct {
	transport string
	limit     int
	idle      time.Duration // 0: sessions end by themselves
	life      time.Duration // of an id
	seal      *seal.Seal
	shared    Revocations // nil for this process alone
	count     func(opened bool)

	mu      sync.Mutex
	byNonce map[string]*session
	tenants map[string]int       // how many each has
	ended   map[string]time.Time // nonces of ids that are good no more, until they expire
}

// session is a client and when it was last heard of.
type session struct {
	*conn
	id    string
	owner string
	facts facts
	used  time.Time

	listener listener
}

// facts are what is known of a session from its beginning.
type facts struct {
	Nonce   string                 `json:"n"`
	Choices []choice               `json:"c,omitempty"`
	Version string                 `json:"v,omitempty"`
	Client  mcp.Implementation     `json:"i"`
	Caps    mcp.ClientCapabilities `json:"k"`
}

// Revocations are the ids of sessions that were ended before they expired.
type Revocations interface {
	Revoke(ctx context.Context, id string, until time.Time) error
	IsRevoked(ctx context.Context, id string) bool
}

// Why a session cannot begin.
var (
	errTooMany       = errors.New("too many sessions")
	errTenantTooMany = errors.New("too many sessions of this caller; end some, or wait")
)

// owner is whom a session belongs to. Another's session does not exist for it.
func owner(s tools.Session) string { return s.Principal + "\x00" + s.Workspace }

// add keeps a client under a new id. Where there is no room, sessions that have been
// idle too long make some.
func (s *sessions) add(c *conn, f facts, most int) (*session, error) {
	f.Nonce = rand.Text()
	text, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	own := owner(c.caller)
	one := &session{conn: c, id: s.seal.Close(string(text), s.binding(own), s.life), owner: own, facts: f}
	return one, s.keep(one, most)
}

func (s *sessions) binding(owner string) string { return s.transport + "\x00" + owner }

func (s *sessions) keep(one *session, most int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.byNonce) >= s.limit || most > 0 && s.tenants[one.owner] >= most {
		s.forgetIdle()
	}
	switch {
	case len(s.byNonce) >= s.limit:
		return errTooMany
	case most > 0 && s.tenants[one.owner] >= most:
		return errTenantTooMany
	}
	one.used = time.Now()
	s.byNonce[one.facts.Nonce] = one
	s.tenants[one.owner]++
	s.count(true)
	return nil
}

// forgetIdle drops sessions that were not used for a while. The caller holds the lock.
func (s *sessions) forgetIdle() {
	if s.idle <= 0 {
		return
	}
	for _, one := range s.byNonce {
		if time.Since(one.used) > s.idle {
			s.drop(one)
			s.end(one.facts.Nonce)
		}
	}
}

// drop forgets a session. The caller holds the lock.
func (s *sessions) drop(one *session) {
	if s.byNonce[one.facts.Nonce] != one {
		return
	}
	delete(s.byNonce, one.facts.Nonce)
	one.listener.end()
	if s.tenants[one.owner]--; s.tenants[one.owner] <= 0 {
		delete(s.tenants, one.owner)
	}
	s.count(false)
}

func newSessions(transport string, o HTTPOptions, idle time.Duration, sealed *seal.Seal, count func(opened bool)) *sessions {
	return &sessions{
		transport: transport, limit: o.MaxSessions, idle: idle, life: o.SessionLife, seal: sealed, shared: o.Revocations, count: count,
		byNonce: map[string]*session{}, tenants: map[string]int{}, ended: map[string]time.Time{},
	}
}

// end remembers that an id is no longer good. Replicas cannot know how long the others
// have not heard of a session, so it ends for all of them only when it is revoked. The
// caller holds the lock.
func (s *sessions) end(nonce string) {
	if s.shared != nil {
		return
	}
	now := time.Now()
	if len(s.ended) >= s.limit {
		maps.DeleteFunc(s.ended, func(_ string, until time.Time) bool { return now.After(until) })
	}
	s.ended[nonce] = now.Add(s.life)
}

// get finds a session of a caller, or goes on with one that another replica has begun.
// Another caller's session does not exist for it.
func (s *sessions) get(ctx context.Context, id string, who tools.Session, restore func(facts) *conn) *session {
	f, err := s.read(id, who)
	if err != nil || s.shared != nil && s.shared.IsRevoked(ctx, s.mark(f)) {
		return nil
	}
	if found, over := s.find(f.Nonce); found != nil || over || restore == nil {
		return found
	}
	one := &session{conn: restore(f), id: id, owner: owner(who), facts: f}
	if s.keep(one, 0) != nil {
		return nil
	}
	return one
}

// find looks for a session here.
func (s *sessions) find(nonce string) (found *session, over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, over := s.ended[nonce]; over {
		return nil, true
	}
	found = s.byNonce[nonce]
	if found == nil {
		return nil, false
	}
	if s.idle > 0 && time.Since(found.used) > s.idle {
		s.drop(found)
		s.end(nonce)
		return nil, s.shared == nil
	}
	found.used = time.Now()
	return found, false
}

// read opens an id.
func (s *sessions) read(id string, who tools.Session) (f facts, err error) {
	text, _, err := s.seal.Read(id, s.binding(owner(who)))
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal([]byte(text), &f)
}

// remove ends a session everywhere.
func (s *sessions) remove(ctx context.Context, one *session) {
	s.mu.Lock()
	s.drop(one)
	s.end(one.facts.Nonce)
	s.mu.Unlock()
	if s.shared != nil {
		_ = s.shared.Revoke(ctx, s.mark(one.facts), time.Now().Add(s.life)) // it expires in any case
	}
}

// mark is what a session is revoked by.
func (s *sessions) mark(f facts) string { return s.transport + ":" + f.Nonce }
