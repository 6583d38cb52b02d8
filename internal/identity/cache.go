package identity

import (
	"crypto/sha256"
	"time"

	"github.com/jellydator/ttlcache/v3"
)

// digest stands for a credential wherever one is remembered.
type digest [sha256.Size]byte

func digestOf(text string) digest { return sha256.Sum256([]byte(text)) }

// cache remembers values for a while, and drops the one that was used least
// recently when there are too many. It is safe for concurrent use.
type cache[V any] struct {
	entries *ttlcache.Cache[digest, V]
}

func newCache[V any](limit uint64) *cache[V] {
	return &cache[V]{ttlcache.New(ttlcache.WithCapacity[digest, V](limit), ttlcache.WithDisableTouchOnHit[digest, V]())}
}

func (c *cache[V]) lookup(key digest) (value V, ok bool) {
	entry := c.entries.Get(key)
	if entry == nil {
		return value, false
	}
	return entry.Value(), true
}

// keep remembers a value until a time, at which it is not there any more.
func (c *cache[V]) keep(key digest, value V, until time.Time) {
	c.entries.DeleteExpired()                    // there is no process in the background that would
	if life := time.Until(until) - 1; life > 0 { // an entry is there at the end of its life
		c.entries.Set(key, value, life)
	}
}
