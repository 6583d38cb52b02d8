package state

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/redis/go-redis/v9"
)

// swapTries bounds the tries of a Swap whose value is changed by others meanwhile.
const swapTries = 5

// maxSwapped is what is read of a value that may be swapped. What is larger was planted.
const maxSwapped = 64 << 10

// swap puts a value in the place of another one, if that is still there; "" stands for none.
var swap = redis.NewScript(`
local now = redis.call('GETRANGE', KEYS[1], 0, ARGV[4])
if now ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`)

// Swap puts a value in the place of the current one for a while, as one step for all
// replicas, if the current one is acceptable; nil stands for no value. It returns the value
// that was there. What cannot be opened is not there.
func (r *Redis) Swap(
	ctx context.Context, key string, accept func(current []byte) bool, value []byte, life time.Duration,
) (current []byte, swapped bool, err error) {
	name := r.key("swap", r.hidden(key))
	sealed := ""
	if value != nil {
		sealed = string(r.cipher.Encrypt(value, name))
	}
	for range swapTries {
		var before string
		if err := r.ask(ctx, func(ctx context.Context) (err error) {
			before, err = r.client.GetRange(ctx, name, 0, maxSwapped-1).Result()
			return err
		}); err != nil {
			return nil, false, err
		}
		current = nil
		if opened, err := r.cipher.Decrypt([]byte(before), name); err == nil {
			current = opened
		}
		if !accept(current) {
			return current, false, nil
		}
		var done int64
		if err := r.ask(ctx, func(ctx context.Context) (err error) {
			done, err = swap.Run(ctx, r.client, []string{name}, before, sealed, max(1, life.Milliseconds()), maxSwapped-1).Int64()
			return err
		}); err != nil || done == 1 {
			return current, err == nil, err
		}
	}
	return current, false, ErrAway
}

// hidden is the name of something in the place of one from which it could be guessed.
func (r *Redis) hidden(key string) string {
	mac := hmac.New(sha256.New, []byte("airbyte-mcp-server names\x00"+r.opts.Secret))
	mac.Write([]byte(key))
	return hex.EncodeToString(mac.Sum(nil))
}
