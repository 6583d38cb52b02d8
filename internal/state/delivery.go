package state

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"airbyte-mcp-server/internal/backoff"
)

// Why a message was not delivered, besides ErrAway, after which nobody has it.
var (
	// ErrNobody says that nobody subscribes to the channel: nobody has the message.
	ErrNobody = errors.New("nobody subscribes to the channel")
	// ErrUnconfirmed says that a subscriber may have taken the message, and may not.
	ErrUnconfirmed = errors.New("the message was not acknowledged, and may have been taken")
)

// deliveryTime is how long a message is sent again until it is acknowledged: enough for a
// restart of Redis.
const deliveryTime = 10 * time.Second

// repeats are how long an acknowledgement is waited for before a message is sent again.
var repeats = backoff.Doubling{First: 100 * time.Millisecond, Longest: time.Second}

// maxOwed bounds the acknowledgements that wait to be sent. One that is dropped is asked for
// again.
const maxOwed = 1024

// ack says that a message was taken.
type ack struct {
	Sender string
	Number uint64
}

// acks are the messages that wait for their acknowledgements, by number, and the
// acknowledgements that are to be sent.
type acks struct {
	owed chan ack

	mu      sync.Mutex
	waiting map[uint64]chan struct{} // closed when it was acknowledged
}

func newAcks() *acks {
	return &acks{owed: make(chan ack, maxOwed), waiting: map[uint64]chan struct{}{}}
}

func (a *acks) owe(one ack) {
	select {
	case a.owed <- one:
	default:
	}
}

// await returns what is closed when a message was acknowledged.
func (a *acks) await(number uint64) (done <-chan struct{}, forget func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	acknowledged := make(chan struct{})
	a.waiting[number] = acknowledged
	return acknowledged, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.waiting, number)
	}
}

func (a *acks) arrived(number uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if waiting := a.waiting[number]; waiting != nil {
		close(waiting)
		delete(a.waiting, number)
	}
}

// serveAcks takes the acknowledgements of other replicas, and sends those that are owed.
func (r *Redis) serveAcks(ctx context.Context) {
	defer r.Subscribe("taken:"+r.self, func(message []byte) {
		var one ack
		if json.Unmarshal(message, &one) == nil && one.Sender == r.self {
			r.acks.arrived(one.Number)
		}
	})()
	for {
		select {
		case <-ctx.Done():
			return
		case one := <-r.acks.owed:
			r.acknowledge(ctx, one)
		}
	}
}

// acknowledge says that a message was taken, over the Redis by which it came. What is lost
// is asked for again.
func (r *Redis) acknowledge(ctx context.Context, one ack) {
	channel := "taken:" + one.Sender
	body, err := json.Marshal(one)
	if err != nil {
		return
	}
	if sealed, err := r.sealMessage(channel, envelope{Number: r.number.Add(1), To: []string{one.Sender}, Body: body}); err == nil {
		_, _ = r.publish(ctx, r.askNow, channel, sealed)
	}
}

// Deliver sends a message to a channel's one subscriber, wherever it is, and again under the
// same number, until it is acknowledged: it is taken once, though Redis loses it or its
// acknowledgement. The error says what is known: ErrAway and ErrNobody that it was not taken,
// ErrUnconfirmed nothing.
func (r *Redis) Deliver(ctx context.Context, channel string, message []byte) error {
	to, err := r.replicas(ctx)
	if err != nil {
		return err
	}
	number := r.number.Add(1)
	sealed, err := r.sealMessage(channel, envelope{Number: number, To: to, Ask: true, Body: message})
	if err != nil {
		return err
	}
	acknowledged, forget := r.acks.await(number)
	defer forget()
	ctx, cancel := context.WithTimeout(ctx, deliveryTime)
	defer cancel()
	mayHaveLeft := false
	ask := r.ask
	for try := 1; ; try++ {
		heard, err := r.publish(ctx, ask, channel, sealed)
		switch {
		case err == nil && !heard && !mayHaveLeft && !r.isSettling():
			return ErrNobody
		case err != nil && !mayHaveLeft && neverLeft(err):
			return err
		}
		ask = r.askNow // nobody else waits for it
		mayHaveLeft = mayHaveLeft || heard || err != nil && !neverLeft(err)
		select {
		case <-acknowledged:
			return nil
		case <-ctx.Done():
			if !mayHaveLeft {
				return ErrNobody
			}
			return ErrUnconfirmed
		case <-time.After(repeats.Pause(try)):
		}
	}
}

// neverLeft reports whether a failed operation surely did not reach Redis.
func neverLeft(err error) bool {
	dial, isNet := errors.AsType[*net.OpError](err)
	return errors.Is(err, errUnasked) || errors.Is(err, redis.ErrPoolTimeout) || isNet && dial.Op == "dial"
}
