package state

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// maxDelay is how old a message may be, by the clocks of two replicas.
const maxDelay = 2 * time.Minute

// envelope is a message between replicas.
type envelope struct {
	Sender string   `json:"s"`           // a start of a replica
	Number uint64   `json:"n"`           // of the sender's messages; none has the same
	Sent   int64    `json:"t"`           // Unix milliseconds
	To     []string `json:"r"`           // the starts for which it is
	Ask    bool     `json:"a,omitempty"` // whether it shall be acknowledged
	Body   []byte   `json:"b"`
}

// numberWindow is by how much messages of a sender may overtake each other: those that are
// sent again, too.
const numberWindow = 4096

// arrival is how the number of a message arrives.
type arrival int

const (
	tooOld arrival = iota // nobody knows any more whether it has arrived before
	isNew
	repeated
)

// takenNumbers are the numbers of the messages that have arrived, by sender. A sender is
// never forgotten: its messages could be repeated. There is one for each start of a replica.
type takenNumbers struct {
	mu      sync.Mutex
	senders map[string]*senderNumbers
}

// senderNumbers are the highest number of a sender and which of those before it have
// arrived.
type senderNumbers struct {
	highest uint64
	arrived [numberWindow]bool
}

// take notes that a number has arrived, and how.
func (t *takenNumbers) take(sender string, number uint64) arrival {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.senders[sender]
	if s == nil {
		s = &senderNumbers{}
		t.senders[sender] = s
	}
	if number+numberWindow <= s.highest {
		return tooOld
	}
	for n := max(s.highest+1, number-min(number, numberWindow-1)); n <= number; n++ {
		s.arrived[n%numberWindow] = false
	}
	s.highest = max(s.highest, number)
	if s.arrived[number%numberWindow] {
		return repeated
	}
	s.arrived[number%numberWindow] = true
	return isNew
}

// presence is how long a replica counts as running after it was last seen.
const presence = time.Minute

// register notes a start of a replica, and forgets those that are not there any more.
var register = redis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`)

// register tells the other replicas that this one is running.
func (r *Redis) register(ctx context.Context) error {
	return r.ask(ctx, func(ctx context.Context) error {
		return register.Run(ctx, r.client, []string{r.key("replicas")}, r.presence, presence.Milliseconds()).Err()
	})
}

// replicas are the starts of the replicas that run, and those that have run lately: Redis
// forgets when it is restarted, and a message that does not name its receiver is lost. What
// is planted cannot be opened; what is put back names a start that has ended.
func (r *Redis) replicas(ctx context.Context) ([]string, error) {
	name := r.key("replicas")
	var sealed []string
	err := r.ask(ctx, func(ctx context.Context) (err error) {
		sealed, err = r.client.ZRange(ctx, name, -maxReplicas, -1).Result()
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, s := range sealed {
		if start, err := r.cipher.Decrypt([]byte(s), name); err == nil {
			r.starts.Set(string(start), struct{}{}, startMemory)
		}
	}
	r.starts.DeleteExpired() // no process in the background does
	starts := r.starts.Keys()
	if len(starts) == 0 { // it has lost its content a moment ago
		return nil, ErrAway
	}
	return starts, nil
}

// startMemory is how long a start is remembered that Redis does not name any more.
const startMemory = time.Hour

// maxReplicas bounds the receivers of a message.
const maxReplicas = 200
