package identity

import (
	"container/list"
	"crypto/sha256"
	"sync"
	"time"
)

// digest stands for a credential wherever one is remembered.
type digest [sha256.Size]byte

func digestOf(text string) digest { return sha256.Sum256([]byte(text)) }

// cache remembers values for a while, and drops the one that was used least
// recently when there are too many. It is safe for concurrent use.
type cache[V any] struct {
	limit int

	mu      sync.Mutex
	entries map[digest]*list.Element
	order   *list.List // of cached[V]; the front was used last
}

type cached[V any] struct {
	key   digest
	value V
	until time.Time
}

func newCache[V any](limit int) *cache[V] {
	return &cache[V]{limit: limit, entries: map[digest]*list.Element{}, order: list.New()}
}

func (c *cache[V]) get(key digest) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var none V
	element, ok := c.entries[key]
	if !ok {
		return none, false
	}
	entry, _ := element.Value.(cached[V])
	if !time.Now().Before(entry.until) {
		c.drop(element)
		return none, false
	}
	c.order.MoveToFront(element)
	return entry.value, true
}

func (c *cache[V]) put(key digest, value V, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.entries[key]; ok {
		c.drop(old)
	}
	c.entries[key] = c.order.PushFront(cached[V]{key, value, until})
	if len(c.entries) > c.limit {
		c.drop(c.order.Back())
	}
}

func (c *cache[V]) drop(element *list.Element) {
	entry, _ := c.order.Remove(element).(cached[V])
	delete(c.entries, entry.key)
}
