package server

import (
	"slices"
	"time"

	"github.com/jellydator/ttlcache/v3"
)

// maxEndedMarks bounds the ended sessions of one caller that are remembered one by one.
const maxEndedMarks = 256

// endedSessions remember for the life of an id which sessions were ended, since an id by
// itself could be continued. Memory and time per mark are bounded. Each caller has marks
// of its own, so that no caller's marks push out another's.
type endedSessions struct {
	life   time.Duration // of an id
	owners *ttlcache.Cache[string, *ownerMarks]
}

// ownerMarks are the ended sessions of one caller.
type ownerMarks struct {
	marks []endedMark // the oldest first
	// before is the beginning of the latest session whose mark was dropped. Everything that
	// began until then counts as ended, unless it is in memory.
	before time.Time
}

type endedMark struct {
	nonce string
	begun time.Time
}

func newEndedSessions(life time.Duration) *endedSessions {
	return &endedSessions{life: life, owners: ttlcache.New(ttlcache.WithDisableTouchOnHit[string, *ownerMarks]())}
}

// mark notes the end of a session that began at a time.
func (e *endedSessions) mark(owner, nonce string, begun time.Time) {
	e.owners.DeleteExpired() // there is no process in the background that would
	m := &ownerMarks{}
	if known := e.owners.Get(owner); known != nil {
		m = known.Value()
	}
	if len(m.marks) >= maxEndedMarks {
		if oldest := m.marks[0].begun; oldest.After(m.before) {
			m.before = oldest
		}
		m.marks = slices.Delete(m.marks, 0, 1)
	}
	m.marks = append(m.marks, endedMark{nonce, begun})
	e.owners.Set(owner, m, e.life)
}

// has reports whether a session that is not in memory has ended.
func (e *endedSessions) has(owner, nonce string, begun time.Time) bool {
	known := e.owners.Get(owner)
	if known == nil {
		return false
	}
	m := known.Value()
	return !begun.After(m.before) || slices.ContainsFunc(m.marks, func(k endedMark) bool { return k.nonce == nonce })
}
