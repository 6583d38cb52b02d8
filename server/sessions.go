package server

import (
	"crypto/rand"
	"sync"
	"time"
)

// sessions are the clients of an HTTP transport, by an id that cannot be guessed.
type sessions struct {
	limit int
	idle  time.Duration // 0: sessions end by themselves

	mu   sync.Mutex
	byID map[string]*session
}

// session is a client and when it was last heard of.
type session struct {
	*conn
	id   string
	used time.Time
}

func newSessions(limit int, idle time.Duration) *sessions {
	return &sessions{limit: limit, idle: idle, byID: map[string]*session{}}
}

// add keeps a client under a new id. Where there is no room, sessions that have
// been idle too long make some; if none has, add returns nil.
func (s *sessions) add(c *conn) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.byID) >= s.limit {
		s.forgetIdle()
	}
	if len(s.byID) >= s.limit {
		return nil
	}
	added := &session{conn: c, id: rand.Text(), used: time.Now()}
	s.byID[added.id] = added
	return added
}

// forgetIdle drops sessions that were not used for a while. The caller holds the lock.
func (s *sessions) forgetIdle() {
	if s.idle <= 0 {
		return
	}
	for id, one := range s.byID {
		if time.Since(one.used) > s.idle {
			delete(s.byID, id)
		}
	}
}

// get finds a session of a principal. Another principal's session does not exist
// for it.
func (s *sessions) get(id, principal string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.byID[id]
	if !ok || found.caller.Principal != principal {
		return nil
	}
	if s.idle > 0 && time.Since(found.used) > s.idle {
		delete(s.byID, id)
		return nil
	}
	found.used = time.Now()
	return found
}

func (s *sessions) remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, id)
}
