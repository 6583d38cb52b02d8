package state

import (
	"context"
	"sync"

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
// the subscription is cancelled. Messages while Redis is away are lost.
func (r *Redis) Subscribe(channel string, take func([]byte)) (cancel func()) {
	return r.post.subscribe(channel, func(sealed []byte) {
		if message, err := r.cipher.Decrypt(sealed, channel); err == nil { // else it is of no replica
			take(message)
		}
	})
}

// Publish sends a message to a channel's subscriber, wherever it is. It reports whether
// there was one.
func (r *Redis) Publish(ctx context.Context, channel string, message []byte) (delivered bool, err error) {
	var count int64
	err = r.ask(ctx, func(ctx context.Context) (err error) {
		count, err = r.client.Publish(ctx, r.post.prefix+channel, r.cipher.Encrypt(message, channel)).Result()
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
