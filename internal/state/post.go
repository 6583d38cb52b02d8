package state

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// post carries messages between replicas over one connection for all of its channels.
type post struct {
	client *redis.Client
	prefix string

	mu       sync.Mutex
	conn     *redis.PubSub // made with the first subscription
	handlers map[string]func([]byte)
	wg       sync.WaitGroup
}

func newPost(client *redis.Client, prefix string) *post {
	return &post{client: client, prefix: prefix, handlers: map[string]func([]byte){}}
}

// Subscribe has messages of a channel passed to a function, one after the other, until
// the subscription is cancelled. Messages while Redis is away are lost. Each message is
// passed on once, and to the starts of replicas for which it was sent alone: Redis could
// repeat or keep back what went through it. A message that wants it is acknowledged, also
// when it is repeated: the acknowledgement may be what was lost.
func (r *Redis) Subscribe(channel string, take func([]byte)) (cancel func()) {
	return r.post.subscribe(channel, func(sealed []byte) {
		plain, err := r.cipher.Decrypt(sealed, channel)
		var m envelope
		if err != nil || json.Unmarshal(plain, &m) != nil { // it is of no replica
			return
		}
		late := time.Since(time.UnixMilli(m.Sent)).Abs() > maxDelay
		if late || !slices.Contains(m.To, r.self) {
			return
		}
		how := r.numbers.take(m.Sender, m.Number)
		if m.Ask && how != tooOld {
			r.acks.owe(ack{m.Sender, m.Number})
		}
		if how == isNew {
			take(m.Body)
		}
	})
}

// Publish sends a message to a channel's subscribers, wherever they are. It reports whether
// there were any; whether they got it is not known.
func (r *Redis) Publish(ctx context.Context, channel string, message []byte) (delivered bool, err error) {
	to, err := r.replicas(ctx)
	if err != nil {
		return false, err
	}
	return r.send(ctx, channel, to, message)
}

// send is Publish for known receivers.
func (r *Redis) send(ctx context.Context, channel string, to []string, message []byte) (delivered bool, err error) {
	sealed, err := r.sealMessage(channel, envelope{Number: r.number.Add(1), To: to, Body: message})
	if err != nil {
		return false, err
	}
	return r.publish(ctx, r.ask, channel, sealed)
}

// sealMessage makes of a message what is published.
func (r *Redis) sealMessage(channel string, m envelope) ([]byte, error) {
	m.Sender, m.Sent = r.self, time.Now().UnixMilli()
	plain, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	return r.cipher.Encrypt(plain, channel), nil
}

// publish sends a sealed message by ask or askNow, and reports whether the channel has a
// subscriber.
func (r *Redis) publish(
	ctx context.Context, ask func(context.Context, func(context.Context) error) error, channel string, sealed []byte,
) (delivered bool, err error) {
	var count int64
	err = ask(ctx, func(ctx context.Context) (err error) {
		count, err = r.client.Publish(ctx, r.post.prefix+channel, sealed).Result()
		return err
	})
	return count > 0, err
}

func (p *post) subscribe(channel string, take func([]byte)) func() {
	ctx := context.Background()
	name := p.prefix + channel
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handlers[name] = take
	if p.conn == nil {
		p.conn = p.client.Subscribe(ctx, name)
		messages := p.conn.Channel(redis.WithChannelSize(1000))
		p.wg.Go(func() { p.deliver(messages) })
	} else {
		_ = p.conn.Subscribe(ctx, name) // it is subscribed again when the connection is back
	}
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.handlers, name)
		_ = p.conn.Unsubscribe(ctx, name) // messages without a handler are dropped
	})
}

func (p *post) deliver(messages <-chan *redis.Message) {
	for m := range messages {
		p.mu.Lock()
		take := p.handlers[m.Channel]
		p.mu.Unlock()
		if take != nil {
			take([]byte(m.Payload))
		}
	}
}

func (p *post) close() {
	p.mu.Lock()
	conn := p.conn
	p.mu.Unlock()
	if conn != nil {
		_ = conn.Close() // ends deliver
		p.wg.Wait()
	}
}
