package state

import (
	"context"
	"sync"
	"time"
)

// announced is how long an announcement outlives a process that was killed.
const announced = 10 * time.Second

// announcements are what this process tells the others about itself, by name.
type announcements struct {
	mu     sync.Mutex
	values map[string]func() []byte
}

// Announce keeps a value there for all replicas until Close, and again whenever Redis is
// back. The function is asked each time; nil means that there is nothing to tell yet.
func (r *Redis) Announce(name string, value func() []byte) {
	r.announcements.mu.Lock()
	r.announcements.values[name] = value
	r.announcements.mu.Unlock()
	r.announce(context.Background(), name, value)
}

// Announced returns what a replica that runs has announced, nil if there is none.
func (r *Redis) Announced(ctx context.Context, name string) ([]byte, error) {
	return r.Get(ctx, "announced:"+name)
}

func (r *Redis) announce(ctx context.Context, name string, value func() []byte) {
	if v := value(); v != nil {
		_ = r.Put(ctx, "announced:"+name, v, announced) // else a second later
	}
}

// announceAll renews all announcements.
func (r *Redis) announceAll(ctx context.Context) {
	r.announcements.mu.Lock()
	defer r.announcements.mu.Unlock()
	for name, value := range r.announcements.values {
		r.announce(ctx, name, value)
	}
}

// withdraw tells the others that this process ends.
func (r *Redis) withdraw() {
	r.announcements.mu.Lock()
	defer r.announcements.mu.Unlock()
	for name := range r.announcements.values {
		_ = r.ask(context.Background(), func(ctx context.Context) error { // else it expires
			return r.client.Del(ctx, r.key("value", "announced:"+name)).Err()
		})
	}
}
