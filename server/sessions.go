package server

import (
	"container/list"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/internal/seal"
	"airbyte-mcp-server/tools"
)

// httpSessions are the sessions of an HTTP transport. The id of a session is a sealed
// text: it holds the facts with which any replica can continue the session, is bound to
// one caller, and expires.
type httpSessions struct {
	transport string
	limit     int
	share     int           // of the limit, for one tenant
	idle      time.Duration // 0: sessions end by themselves
	life      time.Duration // of an id
	seal      *seal.Seal
	shared    Revocations // nil for this process alone
	count     func(opened bool)

	mu      sync.Mutex
	byNonce map[string]*httpSession
	byID    map[string]*httpSession // the same, by the texts of their ids
	owners  map[string]int          // how many each has
	tenants map[string]*list.List   // the sessions of each, the longest unused first
	ended   *endedSessions          // of this process alone
}

// httpSession is the session of one client: a conn with an id.
type httpSession struct {
	*conn
	id    string
	owner string
	place *list.Element // among the sessions of its tenant
	facts sessionFacts
	begun time.Time
	used  time.Time

	subscription busSubscription
}

// sessionFacts are the facts about a session that are settled when it begins; its id
// holds them.
type sessionFacts struct {
	Nonce   string                 `json:"n"`
	Choices []choice               `json:"c,omitempty"`
	Version string                 `json:"v,omitempty"`
	Client  mcp.Implementation     `json:"i"`
	Caps    mcp.ClientCapabilities `json:"k"`
}

// Revocations are the sessions that were ended before their ids expire.
type Revocations interface {
	Revoke(ctx context.Context, id string, until time.Time) error
	IsRevoked(ctx context.Context, id string) bool
}

// maxFacts bounds the facts in a session id, which is a header of every request.
const maxFacts = 8 << 10

// Why a session cannot begin.
var (
	errTooMany       = errors.New("too many sessions")
	errTenantTooMany = errors.New("too many sessions of this caller; end some, or wait")
	errFactsTooLarge = errors.New("the choice of tools is too long for a session id; choose by shorter globs or toolsets")
)

// create begins a session under a new id. Where the limit is reached, idle sessions are
// ended first.
func (s *httpSessions) create(c *conn, f sessionFacts, most int) (*httpSession, error) {
	f.Nonce = rand.Text()
	text, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	if len(text) > maxFacts {
		return nil, errFactsTooLarge
	}
	own := c.caller.CallerKey()
	session := &httpSession{conn: c, id: s.seal.Close(string(text), s.binding(own), s.life), owner: own, facts: f, begun: time.Now()}
	return session, s.insert(session, most)
}

func (s *httpSessions) binding(owner string) string { return s.transport + "\x00" + owner }

func (s *httpSessions) insert(session *httpSession, most int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(session, most)
}

// add is insert for who holds the lock.
func (s *httpSessions) add(session *httpSession, most int) error {
	if s.fault(session, most) != nil {
		s.forgetIdle()
	}
	for err := s.fault(session, most); err != nil; err = s.fault(session, most) {
		if !s.makeRoom(session, most > 0 && s.owners[session.owner] >= most) {
			return err
		}
	}
	session.used = time.Now()
	s.byNonce[session.facts.Nonce], s.byID[session.id] = session, session
	s.owners[session.owner]++
	own := s.tenants[tenantOf(session.caller)]
	if own == nil {
		own = list.New()
		s.tenants[tenantOf(session.caller)] = own
	}
	session.place = own.PushBack(session)
	s.count(true)
	return nil
}

// fault says why a session cannot begin now, nil if it can. The caller holds the lock.
func (s *httpSessions) fault(session *httpSession, most int) error {
	own := 0
	if list := s.tenants[tenantOf(session.caller)]; list != nil {
		own = list.Len()
	}
	switch {
	case len(s.byNonce) >= s.limit:
		return errTooMany
	case own >= s.share || most > 0 && s.owners[session.owner] >= most:
		return errTenantTooMany
	default:
		return nil
	}
}

// makeRoom forgets the longest unused session of the same tenant, or of the same owner
// alone, in favour of a new one; never another tenant's. The client of the forgotten one
// does not notice: its id has all that it takes to continue. A session with a request in
// progress stays. The caller holds the lock.
func (s *httpSessions) makeRoom(session *httpSession, sameOwner bool) bool {
	own := s.tenants[tenantOf(session.caller)]
	if own == nil || s.idle <= 0 { // a stream in use
		return false
	}
	for e := own.Front(); e != nil; e = e.Next() {
		old, ok := e.Value.(*httpSession)
		if ok && (!sameOwner || old.owner == session.owner) && !old.isBusy() {
			s.forget(old)
			return true
		}
	}
	return false
}

// forgetIdle ends the sessions without a request for longer than idle. The caller holds
// the lock.
func (s *httpSessions) forgetIdle() {
	if s.idle <= 0 {
		return
	}
	for _, session := range s.byNonce {
		if time.Since(session.used) > s.idle {
			s.forget(session)
			s.markEnded(session)
		}
	}
}

// forget removes a session from memory. The caller holds the lock.
func (s *httpSessions) forget(session *httpSession) {
	if s.byNonce[session.facts.Nonce] != session {
		return
	}
	delete(s.byNonce, session.facts.Nonce)
	delete(s.byID, session.id)
	session.subscription.cancelOnce()
	session.server.keepers.forget(&session.peer.keeper)
	if s.owners[session.owner]--; s.owners[session.owner] <= 0 {
		delete(s.owners, session.owner)
	}
	own := s.tenants[tenantOf(session.caller)]
	if own.Remove(session.place); own.Len() == 0 {
		delete(s.tenants, tenantOf(session.caller))
	}
	s.count(false)
}

func newHTTPSessions(transport string, o HTTPOptions, share int, idle time.Duration, sealed *seal.Seal,
	count func(opened bool)) *httpSessions {
	return &httpSessions{
		transport: transport, limit: o.MaxSessions, share: share, idle: idle, life: o.SessionLife, seal: sealed,
		shared: o.Revocations, count: count,
		byNonce: map[string]*httpSession{}, byID: map[string]*httpSession{}, owners: map[string]int{}, tenants: map[string]*list.List{},
		ended: newEndedSessions(o.SessionLife),
	}
}

// markEnded makes an id invalid on this server. With replicas it does nothing: a session
// may be idle here and in use elsewhere, so only a revocation ends it for all. The caller
// holds the lock.
func (s *httpSessions) markEnded(session *httpSession) {
	if s.shared == nil {
		s.ended.mark(session.owner, session.facts.Nonce, session.begun)
	}
}

// lookUp finds a session of a caller, or restores one that another replica, or this
// program before a restart, has begun. It returns nil for an id that is invalid, expired,
// revoked or another caller's.
func (s *httpSessions) lookUp(ctx context.Context, id string, who tools.Session, restore func(sessionFacts) *conn) *httpSession {
	f, begun, err := s.openID(id, who)
	if err != nil || s.shared != nil && s.shared.IsRevoked(ctx, s.revocationKey(f)) {
		return nil
	}
	if found, over := s.findHere(who.CallerKey(), f.Nonce, begun); found != nil || over || restore == nil {
		return found
	}
	return s.continueOnce(&httpSession{conn: restore(f), id: id, owner: who.CallerKey(), facts: f, begun: begun})
}

// continueOnce begins a restored session, unless another request has done so meanwhile, or
// has ended it. It returns what is the session now, nil for none.
func (s *httpSessions) continueOnce(session *httpSession) *httpSession {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.byNonce[session.facts.Nonce]; found != nil {
		return found
	}
	if s.ended.has(session.owner, session.facts.Nonce, session.begun) || s.add(session, 0) != nil {
		return nil
	}
	return session
}

// findHere finds a session in memory. over reports that it has ended.
func (s *httpSessions) findHere(owner, nonce string, begun time.Time) (found *httpSession, over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found = s.byNonce[nonce]
	if found == nil {
		return nil, s.ended.has(owner, nonce, begun)
	}
	if s.idle > 0 && time.Since(found.used) > s.idle {
		s.forget(found)
		s.markEnded(found)
		return nil, s.shared == nil
	}
	found.used = time.Now()
	s.tenants[tenantOf(found.caller)].MoveToBack(found.place)
	return found, false
}

// openID reads an id, and says when its session began. That of a session in memory has been
// unsealed before.
func (s *httpSessions) openID(id string, who tools.Session) (f sessionFacts, begun time.Time, err error) {
	s.mu.Lock()
	known := s.byID[id]
	s.mu.Unlock()
	if known != nil && known.owner == who.CallerKey() && time.Since(known.begun) < s.life {
		return known.facts, known.begun, nil
	}
	text, expires, err := s.seal.Read(id, s.binding(who.CallerKey()))
	if err != nil {
		return f, begun, err
	}
	return f, expires.Add(-s.life), json.Unmarshal([]byte(text), &f)
}

// remove ends a session on all replicas.
func (s *httpSessions) remove(ctx context.Context, session *httpSession) {
	s.mu.Lock()
	s.forget(session)
	s.markEnded(session)
	s.mu.Unlock()
	if s.shared != nil {
		_ = s.shared.Revoke(ctx, s.revocationKey(session.facts), time.Now().Add(s.life)) // the id expires in any case
	}
}

// revocationKey is the name of a session among the revocations.
func (s *httpSessions) revocationKey(f sessionFacts) string { return s.transport + ":" + f.Nonce }
