// Package state holds what the replicas of a server share: limits of tenants, marks of
// what may be used once, large results, ended sessions, and messages for a client whose
// connection another replica has. Local is for one process, Redis for several.
//
// While Redis cannot be asked: limits are kept by each replica for itself, what may be
// used once is refused by all but its issuer, results of other replicas are not there, sessions that were
// ended elsewhere live until they expire, and messages are not delivered. It heals by
// itself.
package state

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jellydator/ttlcache/v3"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"airbyte-mcp-server/internal/backoff"
	"airbyte-mcp-server/internal/seal"
)

// Errors of operations that must not guess.
var (
	ErrAway     = errors.New("the shared state cannot be reached")
	ErrTooLarge = errors.New("too large to be shared")

	errUnasked = fmt.Errorf("%w: it was away a moment ago", ErrAway)
)

const (
	opTime       = 250 * time.Millisecond // of one operation
	revokedCache = 2 * time.Second        // that a session which goes on is not looked up again
	endedCache   = 24 * time.Hour         // of one that was ended, which does not change
)

// pauses are how long nothing is asked of a Redis that is away.
var pauses = backoff.Doubling{First: 200 * time.Millisecond, Longest: 5 * time.Second}

// Options is what Open needs to know.
type Options struct {
	URL    string        // redis:// or rediss://, with user, password and database where there are any
	Prefix string        // of every key; default "airbyte-mcp:"
	Secret string        // the source of the encryption key; the same for all replicas
	Lease  time.Duration // of a place for a call; longer than any call. Default 2 minutes
	Log    zerolog.Logger
}

// Redis is shared by all replicas with the same URL and prefix. It also serves Valkey.
// It is safe for concurrent use.
type Redis struct {
	opts   Options
	client *redis.Client
	cipher *seal.Cipher
	local  *Local

	mu       sync.Mutex
	down     time.Time // until when nothing is asked
	failures int       // in a row
	failed   time.Time // the last time

	revoked *ttlcache.Cache[string, bool] // what is known of sessions

	pieces   chan struct{} // places of pieces of large values on their way
	post     *post
	self     string                            // this start of this replica
	presence []byte                            // self, sealed for the other replicas
	starts   *ttlcache.Cache[string, struct{}] // of replicas, as Redis has named them
	number   atomic.Uint64
	numbers  *takenNumbers
	claims   *claims
	acks     *acks
	stop     context.CancelFunc

	announcements announcements
	wg            sync.WaitGroup
}

// Open returns a Redis. It does not wait for a connection.
func Open(o Options) (*Redis, error) {
	parsed, err := redis.ParseURL(o.URL)
	if err != nil {
		return nil, errors.New("state: want a URL like redis://localhost:6379/0") // the cause may quote a password
	}
	if o.Prefix == "" {
		o.Prefix = "airbyte-mcp:"
	}
	if o.Lease <= 0 {
		o.Lease = 2 * time.Minute
	}
	parsed.DialTimeout, parsed.ReadTimeout, parsed.WriteTimeout = opTime, opTime, opTime
	parsed.MaxRetries, parsed.ContextTimeoutEnabled, parsed.DisableIdentity = -1, true, true
	redis.SetLogger(quiet{})
	cipher := seal.NewCipher(o.Secret, "airbyte-mcp-server shared values")
	r := &Redis{opts: o, client: redis.NewClient(parsed), cipher: cipher, local: NewLocal()}
	r.revoked = ttlcache.New(ttlcache.WithCapacity[string, bool](maxLimited), ttlcache.WithDisableTouchOnHit[string, bool]())
	r.starts = ttlcache.New(ttlcache.WithCapacity[string, struct{}](maxReplicas), ttlcache.WithDisableTouchOnHit[string, struct{}]())
	r.post = newPost(r.client, o.Prefix+"m:")
	r.self, r.numbers, r.claims = rand.Text(), &takenNumbers{senders: map[string]*senderNumbers{}}, newClaims()
	r.acks, r.pieces = newAcks(), make(chan struct{}, maxPieces)
	r.announcements.values = map[string]func() []byte{}
	r.presence = cipher.Encrypt([]byte(r.self), r.key("replicas"))
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	r.wg.Go(func() {
		r.serveClaims(ctx)
		r.watch(ctx)
	})
	r.wg.Go(func() { r.serveAcks(ctx) })
	return r, nil
}

// watchEvery is how often Redis is asked whether it is there.
const watchEvery = time.Second

// watch finds out that Redis is back, and has this replica in the list of those that run.
func (r *Redis) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		if r.register(ctx) == nil { // else a second later
			_, _ = r.replicas(ctx) // they are remembered
		}
		r.announceAll(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// quiet keeps go-redis from writing lines of its own: what is wrong is in our log.
type quiet struct{}

// Printf implements go-redis' logger.
func (quiet) Printf(context.Context, string, ...any) {}

// Close ends all connections.
func (r *Redis) Close() {
	r.stop()
	r.wg.Wait()
	r.withdraw()
	r.post.close()
	_ = r.client.Close() // nothing is lost
}

// Reachable reports whether the last operation could be made.
func (r *Redis) Reachable() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failures == 0
}

// isSettling reports whether Redis was away a moment ago, so that other replicas may not have
// subscribed again.
func (r *Redis) isSettling() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Since(r.failed) < deliveryTime
}

// key joins the parts of a key so that no two lists of parts have one: every part is
// preceded by its length.
func (r *Redis) key(kind string, parts ...string) string {
	var key strings.Builder
	key.WriteString(r.opts.Prefix + kind)
	for _, p := range parts {
		key.WriteString(":" + strconv.Itoa(len(p)) + ":" + p)
	}
	return key.String()
}

// ask does an operation, unless Redis was away a moment ago. A request waits for a
// silent Redis once, the others meanwhile not at all.
func (r *Redis) ask(ctx context.Context, do func(context.Context) error) error {
	r.mu.Lock()
	away := time.Now().Before(r.down)
	r.mu.Unlock()
	if away {
		return errUnasked
	}
	return r.askNow(ctx, do)
}

// askNow is ask, whether or not Redis was away.
func (r *Redis) askNow(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, opTime)
	defer cancel()
	err := do(ctx)
	if errors.Is(err, redis.Nil) {
		err = nil
	}
	r.note(ctx, err)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	return nil
}

// note remembers whether Redis could be asked. That a caller left says nothing about it.
func (r *Redis) note(ctx context.Context, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
		if r.failures > 0 {
			r.opts.Log.Info().Msg("the shared state is back")
		}
		r.failures, r.down = 0, time.Time{}
	case errors.Is(context.Cause(ctx), context.Canceled):
	default:
		if r.failures == 0 {
			r.opts.Log.Error().Err(err).Msg("the shared state cannot be reached; limits are kept by each replica, confirmations are refused")
		}
		r.failures++
		r.failed = time.Now()
		r.down = time.Now().Add(pauses.Pause(r.failures))
	}
}

// Revoke ends a session for all replicas.
func (r *Redis) Revoke(ctx context.Context, id string, until time.Time) error {
	if life := time.Until(until); life > 0 {
		r.revoked.Set(id, true, life)
	}
	return r.ask(ctx, func(ctx context.Context) error {
		return r.client.Set(ctx, r.key("revoked", id), 1, time.Until(until)).Err()
	})
}

// IsRevoked reports whether a session was ended, by what was known at most two seconds
// ago. While nobody can tell, it was not: the session still expires.
func (r *Redis) IsRevoked(ctx context.Context, id string) bool {
	if known := r.revoked.Get(id); known != nil {
		return known.Value()
	}
	var count int64
	err := r.ask(ctx, func(ctx context.Context) (err error) {
		count, err = r.client.Exists(ctx, r.key("revoked", id)).Result()
		return err
	})
	switch {
	case err != nil:
		return false
	case count > 0:
		r.revoked.Set(id, true, endedCache)
		return true
	}
	// Not Set: it may have been ended here in the meantime.
	known, _ := r.revoked.GetOrSet(id, false, ttlcache.WithTTL[string, bool](revokedCache))
	return known.Value()
}
