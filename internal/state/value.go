package state

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Large values go over the network in pieces, few at a time: an operation that takes long
// would count as a failure of Redis, and leave everybody without what is shared.
const (
	maxValue  = 16 << 20
	pieceSize = 256 << 10
	maxPieces = 4
	valueTime = 5 * time.Second // of all pieces of one value

	maxSealed = maxValue + 1<<10 // what is larger was planted
)

// extend appends a piece to a value, if the value is as long as it should be.
var extend = redis.NewScript(`
if redis.call('STRLEN', KEYS[1]) ~= tonumber(ARGV[1]) then return 0 end
redis.call('APPEND', KEYS[1], ARGV[2])
return 1`)

// Put shares a value for a while. Until all of it is there, nobody can open it.
func (r *Redis) Put(ctx context.Context, key string, value []byte, life time.Duration) error {
	if len(value) > maxValue {
		return ErrTooLarge
	}
	name := r.key("value", key)
	sealed := r.cipher.Encrypt(value, name)
	ctx, cancel := context.WithTimeout(ctx, valueTime)
	defer cancel()
	first := sealed[:min(len(sealed), pieceSize)]
	if err := r.ask(ctx, func(ctx context.Context) error { return r.client.Set(ctx, name, first, life).Err() }); err != nil {
		return err
	}
	for at := len(first); at < len(sealed); at += pieceSize {
		piece := sealed[at:min(len(sealed), at+pieceSize)]
		var done int64
		if err := r.askForPiece(ctx, func(ctx context.Context) (err error) {
			done, err = extend.Run(ctx, r.client, []string{name}, at, piece).Int64()
			return err
		}); err != nil {
			return err
		}
		if done == 0 {
			return fmt.Errorf("%w: it has lost the beginning of the value", ErrAway)
		}
	}
	return nil
}

// Get returns a shared value. One that is not there, or that cannot be opened, is nil.
func (r *Redis) Get(ctx context.Context, key string) ([]byte, error) {
	name := r.key("value", key)
	ctx, cancel := context.WithTimeout(ctx, valueTime)
	defer cancel()
	var sealed []byte
	ask := r.ask // the first piece, which most values are, waits for no others
	for full := true; full; ask = r.askForPiece {
		at := len(sealed)
		if err := ask(ctx, func(ctx context.Context) error {
			piece, err := r.client.GetRange(ctx, name, int64(at), int64(at+pieceSize-1)).Bytes()
			sealed, full = append(sealed[:at], piece...), len(piece) == pieceSize
			return err
		}); err != nil {
			return nil, err
		}
		if len(sealed) > maxSealed {
			return nil, nil
		}
	}
	value, err := r.cipher.Decrypt(sealed, name)
	if err != nil {
		return nil, nil // not there, somebody else's, or from before the secret was changed
	}
	return value, nil
}

// askForPiece does an operation on a piece of a large value when there is a place for it.
func (r *Redis) askForPiece(ctx context.Context, do func(context.Context) error) error {
	select {
	case r.pieces <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrAway, ctx.Err())
	}
	defer func() { <-r.pieces }()
	if end, ok := ctx.Deadline(); ok && time.Until(end) < opTime {
		return fmt.Errorf("%w: a large value takes too long", ErrAway) // which says nothing about Redis
	}
	return r.ask(ctx, do)
}
