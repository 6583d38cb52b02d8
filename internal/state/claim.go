package state

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"sync"
	"time"

	"github.com/jellydator/ttlcache/v3"
)

// claimTime bounds a question to another replica.
const claimTime = time.Second

// claims answer whether something that can be used once was used before. The replica that
// has issued it remembers that, and nobody else: whatever becomes of Redis, nothing is used
// twice.
type claims struct {
	mu    sync.Mutex
	used  *ttlcache.Cache[string, struct{}]
	asked map[string]chan bool // by the id of the question
}

func newClaims() *claims {
	return &claims{used: ttlcache.New(ttlcache.WithDisableTouchOnHit[string, struct{}]()), asked: map[string]chan bool{}}
}

// claimQuestion asks an issuer, and claimAnswer is what it says.
type (
	claimQuestion struct {
		ID, Key, From string
		Life          time.Duration
	}
	claimAnswer struct {
		ID    string
		First bool
	}
)

// Self names this start of this replica.
func (r *Redis) Self() string { return r.self }

// Claim reports whether a key that a replica has issued is used for the first time within
// its life. After the end of the replica it counts as used. When nobody can tell, the error
// says so.
func (r *Redis) Claim(issuer, key string, life time.Duration) (first bool, err error) {
	if issuer == r.self {
		return r.claims.use(key, life), nil
	}
	id, answer := rand.Text(), make(chan bool, 1)
	r.claims.await(id, answer)
	defer r.claims.await(id, nil)
	question, err := json.Marshal(claimQuestion{id, key, r.self, life})
	if err != nil {
		return false, err
	}
	delivered, err := r.send(context.Background(), "claim:"+issuer, []string{issuer}, question)
	if err != nil || !delivered {
		return false, err
	}
	select {
	case first = <-answer:
		return first, nil
	case <-time.After(claimTime):
		return false, ErrAway
	}
}

// use marks a key, unless it is marked.
func (c *claims) use(key string, life time.Duration) (first bool) {
	c.used.DeleteExpired() // no process in the background does
	_, known := c.used.GetOrSet(key, struct{}{}, ttlcache.WithTTL[string, struct{}](max(life, 1)))
	return !known
}

// await has the answer to a question sent to a channel; nil ends that.
func (c *claims) await(id string, answer chan bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if answer == nil {
		delete(c.asked, id)
		return
	}
	c.asked[id] = answer
}

// serveClaims answers the questions of other replicas, and takes their answers.
func (r *Redis) serveClaims(ctx context.Context) {
	r.Subscribe("claim:"+r.self, func(message []byte) {
		var q claimQuestion
		if json.Unmarshal(message, &q) != nil {
			return
		}
		answer, err := json.Marshal(claimAnswer{q.ID, r.claims.use(q.Key, q.Life)})
		if err != nil {
			return
		}
		r.wg.Go(func() { _, _ = r.send(ctx, "claimed:"+q.From, []string{q.From}, answer) }) // else it is asked again
	})
	r.Subscribe("claimed:"+r.self, func(message []byte) {
		var a claimAnswer
		if json.Unmarshal(message, &a) != nil {
			return
		}
		r.claims.mu.Lock()
		defer r.claims.mu.Unlock()
		if asked := r.claims.asked[a.ID]; asked != nil {
			asked <- a.First
			delete(r.claims.asked, a.ID)
		}
	})
}
