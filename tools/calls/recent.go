package calls

import (
	"strconv"
	"sync"
	"time"

	"github.com/jellydator/ttlcache/v3"

	"airbyte-mcp-server/tools"
)

const (
	// repeatWindow is how soon after a write the same one looks like a mistake.
	repeatWindow = 30 * time.Second
	// doubtWindow is the same after a write of which nobody knows whether it happened.
	doubtWindow = 10 * time.Minute
)

// recentWrites knows which writes were sent a short while ago.
type recentWrites struct {
	mu     sync.Mutex
	known  *ttlcache.Cache[string, recentWrite]
	lastID int
}

func newRecentWrites() *recentWrites {
	return &recentWrites{known: ttlcache.New(ttlcache.WithDisableTouchOnHit[string, recentWrite]())}
}

type recentWrite struct {
	at    time.Time
	state writeState
	id    int // no two have the same
}

// stamp names an earlier write, and what is known of it; "" if there is none.
func (w recentWrite) stamp() string {
	if w.state == writeIsNew {
		return ""
	}
	return strconv.Itoa(w.id)
}

// writeState is what is known of an earlier write.
type writeState int

const (
	writeIsNew writeState = iota // there is no such write
	writeSent                    // it is under way, or took effect
	writeInDoubt
)

// window is how long a write in this state is remembered.
func (s writeState) window() time.Duration {
	if s == writeInDoubt {
		return doubtWindow
	}
	return repeatWindow
}

// earlier is the equal write that was sent a short while ago, if there is one. If there is
// none, claim marks this one as sent at once, under an id of its own.
func (r *recentWrites) earlier(key string, claim bool) (earlier recentWrite, id int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known.DeleteExpired()
	if item := r.known.Get(key); item != nil {
		return item.Value(), 0
	}
	if !claim {
		return recentWrite{}, 0
	}
	return recentWrite{}, r.mark(key, writeSent)
}

// claim marks a write as sent after a person has agreed to it, unless an equal one has
// been sent, or has ended, since the question was put; then the id is 0.
func (r *recentWrites) claim(key string, earlier recentWrite) (id int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if item := r.known.Get(key); item != nil && item.Value() != earlier {
		return 0
	}
	return r.mark(key, writeSent)
}

// mark notes a write under a new id. The caller holds the lock.
func (r *recentWrites) mark(key string, state writeState) (id int) {
	r.lastID++
	r.remember(key, recentWrite{time.Now(), state, r.lastID})
	return r.lastID
}

// remember keeps a write for what is left of its window. The caller holds the lock.
func (r *recentWrites) remember(key string, w recentWrite) {
	left := time.Until(w.at.Add(w.state.window())) - 1 // an item lives on in the instant at which it expires
	if left <= 0 {
		r.known.Delete(key)
		return
	}
	r.known.Set(key, w, left)
}

// end notes how the write of an id ended. One that surely did not happen may be made
// again, but leaves what was known of the one before it.
func (r *recentWrites) end(key string, id int, earlier recentWrite, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	item := r.known.Get(key)
	switch {
	case err == nil:
	case tools.Outcome(err) == tools.OutcomeUnknown:
		r.mark(key, writeInDoubt)
	case item == nil || item.Value().id != id: // a later one has been made meanwhile
	case earlier.state != writeIsNew:
		r.remember(key, earlier)
	default:
		r.known.Delete(key)
	}
}
