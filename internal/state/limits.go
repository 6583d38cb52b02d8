package state

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// allow is the generic cell rate algorithm by Redis' own clock: the key holds when the
// bucket would be full again, in microseconds. It answers how long to wait, 0 for not.
var allow = redis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local step = tonumber(ARGV[1])
local room = tonumber(ARGV[2]) * step
local full = tonumber(redis.call('GET', KEYS[1]) or now)
if full < now then full = now end
local wait = full + step - now - room
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.0f', full + step), 'PX', math.ceil((full + step - now) / 1000) + 1000)
return 0`)

// acquire takes a place: the key is a sorted set of places by when they are given up.
var acquire = redis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`)

// Allow takes one from a bucket that fills at a rate per second up to a burst, and says
// how long to wait where it is empty. While Redis is away, this replica has a bucket of
// its own.
func (r *Redis) Allow(ctx context.Context, key string, rate float64, burst int) (ok bool, retryAfter time.Duration) {
	var wait int64
	err := r.ask(ctx, func(ctx context.Context) (err error) {
		wait, err = allow.Run(ctx, r.client, []string{r.key("rate", key)}, int64(1e6/rate), burst).Int64()
		return err
	})
	if err != nil {
		return r.local.Allow(ctx, key, rate, burst)
	}
	return wait == 0, time.Duration(wait) * time.Microsecond
}

// Acquire takes one of a number of places, until it is released or its lease has ended:
// a replica that dies gives its places back. While Redis is away, this replica has
// places of its own.
func (r *Redis) Acquire(ctx context.Context, key string, limit int) (release func(), ok bool) {
	name, place := r.key("places", key), rand.Text()
	var taken int64
	err := r.ask(ctx, func(ctx context.Context) (err error) {
		taken, err = acquire.Run(ctx, r.client, []string{name}, limit, place, r.opts.Lease.Milliseconds()).Int64()
		return err
	})
	if err != nil {
		return r.local.Acquire(ctx, key, limit)
	}
	if taken == 0 {
		return nil, false
	}
	return sync.OnceFunc(func() {
		// An error does not matter: the lease ends in any case.
		_ = r.ask(context.WithoutCancel(ctx), func(ctx context.Context) error { return r.client.ZRem(ctx, name, place).Err() })
	}), true
}
