package calls

import (
	"crypto/rand"
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

// recentWrites knows which writes were sent a short while ago, by any replica. While the
// shared state is away, and where it has forgotten, this replica's own memory counts.
type recentWrites struct {
	shared SharedWrites // nil for this process alone

	mu    sync.Mutex
	known *ttlcache.Cache[string, recentWrite]
}

func newRecentWrites(shared SharedWrites) *recentWrites {
	return &recentWrites{shared: shared, known: ttlcache.New(ttlcache.WithDisableTouchOnHit[string, recentWrite]())}
}

type recentWrite struct {
	at    time.Time
	state writeState
	id    string // no two have the same
}

// stamp names an earlier write, and what is known of it; "" if there is none.
func (w recentWrite) stamp() string {
	return w.id
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

// newWrite is a write that is made now.
func newWrite(state writeState) recentWrite { return recentWrite{time.Now(), state, rand.Text()} }

// earlier is the equal write that was sent a short while ago, if there is one. If there is
// none, claim marks this one as sent at once, under an id of its own.
func (r *recentWrites) earlier(key string, claim bool) (earlier recentWrite, id string) {
	here, own := r.earlierHere(key), newWrite(writeSent)
	before, swapped, ok := r.swapShared(key, own, func(w recentWrite) bool {
		return claim && here.state == writeIsNew && w.state == writeIsNew
	})
	switch {
	case ok && before.state != writeIsNew:
		return before, ""
	case here.state != writeIsNew:
		return here, ""
	case swapped, claim && !ok:
		return r.markHere(key, own)
	default:
		return recentWrite{}, ""
	}
}

// earlierHere is earlier by the memory of this replica.
func (r *recentWrites) earlierHere(key string) recentWrite {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known.DeleteExpired()
	if item := r.known.Get(key); item != nil {
		return item.Value()
	}
	return recentWrite{}
}

// markHere remembers a write, unless another call of this replica has been faster.
func (r *recentWrites) markHere(key string, own recentWrite) (earlier recentWrite, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if item := r.known.Get(key); item != nil {
		return item.Value(), ""
	}
	r.remember(key, own)
	return recentWrite{}, own.id
}

// claim marks a write as sent after a person has agreed to it, unless an equal one has
// been sent, or has ended, since the question was put; then the id is "".
func (r *recentWrites) claim(key string, earlier recentWrite) (id string) {
	own := newWrite(writeSent)
	same := func(w recentWrite) bool {
		return w.state == writeIsNew || w.id == earlier.id && w.state == earlier.state
	}
	_, swapped, ok := r.swapShared(key, own, same)
	if ok && !swapped {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if item := r.known.Get(key); item != nil && !ok && !same(item.Value()) {
		return ""
	}
	r.remember(key, own)
	return own.id
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
func (r *recentWrites) end(key, id string, earlier recentWrite, err error) {
	after := earlier
	isOwn := func(w recentWrite) bool { return w.id == id } // else a later one has been made meanwhile
	switch {
	case err == nil:
		return
	case tools.Outcome(err) == tools.OutcomeUnknown:
		after, isOwn = newWrite(writeInDoubt), func(recentWrite) bool { return true }
	}
	r.swapShared(key, after, isOwn)
	r.mu.Lock()
	defer r.mu.Unlock()
	item := r.known.Get(key)
	switch {
	case after.state == writeInDoubt && after.id != earlier.id:
		r.remember(key, after)
	case item == nil || !isOwn(item.Value()):
	case after.state != writeIsNew:
		r.remember(key, after)
	default:
		r.known.Delete(key)
	}
}
