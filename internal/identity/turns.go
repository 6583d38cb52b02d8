package identity

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
)

// Bounds of those who wait for a turn.
const (
	maxWaiting         = 4096
	maxWaitingOfSender = 256
)

var errCrowded = errors.New("too many tokens wait to be checked")

// turns bounds how much happens at the same time. Senders that wait are served in turn, so
// that however much comes from one of them delays another by one turn only.
type turns struct {
	mu      sync.Mutex
	free    int
	waiting int
	line    []*sender // with somebody who waits; the first is next
}

// sender is where requests come from, with those of its requests that wait for a turn.
type sender struct {
	name  string
	queue []chan struct{} // closed when the turn has come
}

// take waits for a turn of a sender. Who gets one has to give it back.
func (t *turns) take(ctx context.Context, name string) error {
	ready, err := t.join(name)
	if err != nil {
		return err
	}
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
	}
	if !t.leave(name, ready) {
		t.give() // the turn came at the same time
	}
	return ctx.Err()
}

// join lets a request of a sender wait at the end of its queue.
func (t *turns) join(name string) (<-chan struct{}, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	ready := make(chan struct{})
	if t.free > 0 {
		t.free--
		close(ready)
		return ready, nil
	}
	i := t.find(name)
	if t.waiting >= maxWaiting || i >= 0 && len(t.line[i].queue) >= maxWaitingOfSender {
		return nil, errCrowded
	}
	if i < 0 {
		t.line = append(t.line, &sender{name: name})
		i = len(t.line) - 1
	}
	t.line[i].queue = append(t.line[i].queue, ready)
	t.waiting++
	return ready, nil
}

// leave takes a request out of its queue; false means that its turn has come.
func (t *turns) leave(name string, ready <-chan struct{}) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := t.find(name)
	if i < 0 {
		return false
	}
	from := t.line[i]
	at := slices.IndexFunc(from.queue, func(c chan struct{}) bool { return c == ready })
	if at < 0 {
		return false
	}
	from.queue = slices.Delete(from.queue, at, at+1)
	t.waiting--
	if len(from.queue) == 0 {
		t.line = slices.Delete(t.line, i, i+1)
	}
	return true
}

// give hands a turn to the next sender, which goes to the end of the line.
func (t *turns) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.line) == 0 {
		t.free++
		return
	}
	next := t.line[0]
	t.line = slices.Delete(t.line, 0, 1)
	close(next.queue[0])
	next.queue = slices.Delete(next.queue, 0, 1)
	t.waiting--
	if len(next.queue) > 0 {
		t.line = append(t.line, next)
	}
}

func (t *turns) find(name string) int {
	return slices.IndexFunc(t.line, func(s *sender) bool { return s.name == name })
}

// senderKey is the key of the sender of a request in its context.
type senderKey struct{}

func senderIn(ctx context.Context) string {
	name, _ := ctx.Value(senderKey{}).(string)
	return name
}

// sender names where a request comes from: the address of the peer, or the one that a
// trusted proxy has seen.
func (c *Chain) sender(r *http.Request) string {
	address := r.RemoteAddr
	if c.Proxy != nil && c.Proxy.proves(r, r.Header.Get(c.Proxy.SecretHeader)) {
		forwarded := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
		address = cmp.Or(strings.TrimSpace(forwarded[strings.LastIndexByte(forwarded, ',')+1:]), address)
	}
	return networkOf(address)
}

// networkOf is the address without its port; of IPv6 the network, in which one host may
// have any number of addresses.
func networkOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, 64).Masked().String()
}
