//go:build unix

package state_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"airbyte-mcp-server/internal/state"
)

// line is the way of one replica to the store, which can be made to carry only what is sent.
type line struct {
	net.Listener

	mu      sync.Mutex
	mute    bool
	rate    int    // bytes in a second that the store says; 0 for no limit
	publish func() // called once, before the next PUBLISH goes on; nil for nothing
	conns   []net.Conn
	wg      sync.WaitGroup
}

// openThrough returns a replica whose way to the store is a line.
func (s *store) openThrough() (*state.Redis, *line) {
	s.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	l := &line{Listener: listener}
	l.wg.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			l.wg.Go(func() { l.carry(near, s.address()) })
		}
	})
	s.t.Cleanup(func() {
		listener.Close()
		l.restore()
		l.wg.Wait()
	})
	r, err := state.Open(state.Options{URL: "redis://" + listener.Addr().String(), Secret: "common", Log: zerolog.Nop()})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(r.Close)
	s.eventually("the store is there", func() bool { return r.Put(s.t.Context(), "probe", nil, time.Second) == nil })
	return r, l
}

func (l *line) carry(near net.Conn, to string) {
	defer near.Close()
	far, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer far.Close()
	l.mu.Lock()
	l.conns = append(l.conns, near, far)
	l.mu.Unlock()
	l.wg.Go(func() {
		defer far.Close()
		l.watch(far, near)
	})
	b := make([]byte, 32<<10)
	for {
		n, err := far.Read(b)
		if err != nil {
			return
		}
		l.mu.Lock()
		mute := l.mute
		if l.rate > 0 { // all connections share it
			time.Sleep(time.Duration(n) * time.Second / time.Duration(l.rate))
		}
		l.mu.Unlock()
		if !mute {
			_, _ = near.Write(b[:n])
		}
	}
}

// watch carries what is sent to the store.
func (l *line) watch(far io.Writer, near io.Reader) {
	b := make([]byte, 32<<10)
	for {
		n, err := near.Read(b)
		if err != nil {
			return
		}
		if bytes.Contains(b[:n], []byte("publish")) {
			l.mu.Lock()
			publish := l.publish
			l.publish = nil
			l.mu.Unlock()
			if publish != nil {
				publish()
			}
		}
		_, _ = far.Write(b[:n])
	}
}

// beforePublish has a function called before the next message goes to the store.
func (l *line) beforePublish(do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.publish = do
}

// slowDown has the line carry so many bytes in a second to the replica.
func (l *line) slowDown(rate int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rate = rate
}

// silence swallows all that the store says.
func (l *line) silence() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mute = true
}

// restore ends all connections; later ones carry both ways.
func (l *line) restore() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mute = false
	for _, c := range l.conns {
		c.Close()
	}
	l.conns = nil
}

// deliveries sends messages from one replica to another.
type deliveries struct {
	*store

	from *state.Redis
	got  chan string
}

// newDeliveries waits until a message has been acknowledged: both replicas know each other.
func (s *store) newDeliveries(from, to *state.Redis) *deliveries {
	s.t.Helper()
	d := &deliveries{s, from, make(chan string, 100)}
	s.t.Cleanup(to.Subscribe("stream:x", func(m []byte) { d.got <- string(m) }))
	s.eventually("a message is acknowledged", func() bool {
		return from.Deliver(s.t.Context(), "stream:x", []byte("hello")) == nil && <-d.got != ""
	})
	return d
}

// begin sends a message; its end comes over the channel.
func (d *deliveries) begin(message string) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- d.from.Deliver(context.Background(), "stream:x", []byte(message)) }()
	return ended
}

// wantTaken wants a message to be taken once, by its turn.
func (d *deliveries) wantTaken(want string) {
	d.t.Helper()
	select {
	case got := <-d.got:
		if got != want {
			d.t.Errorf("got %q, want %q", got, want)
		}
	case <-time.After(20 * time.Second):
		d.t.Errorf("%q was never taken", want)
	}
}

// wantNothing wants no further message, whatever is on its way.
func (d *deliveries) wantNothing() {
	d.t.Helper()
	d.eventually("a later message is taken", func() bool { return d.from.Deliver(d.t.Context(), "stream:x", []byte("later")) == nil })
	for got := range d.got {
		if got == "later" {
			return
		}
		d.t.Errorf("%q was taken again", got)
	}
}

// TestDelivery: a message that was acknowledged was taken, and one of which it is said that
// nobody has it was not.
func TestDelivery(t *testing.T) {
	t.Parallel()
	s := startStore(t)
	d := s.newDeliveries(s.open(), s.open())
	for range 100 {
		if err := d.from.Deliver(t.Context(), "stream:x", []byte("x")); err != nil {
			t.Fatal(err)
		}
		d.wantTaken("x")
	}
	if err := d.from.Deliver(t.Context(), "stream:y", []byte("y")); !errors.Is(err, state.ErrNobody) {
		t.Errorf("to nobody: %v", err)
	}
	s.stop()
	s.eventually("it is noticed", func() bool { return !d.from.Reachable() })
	for range 3 {
		if err := <-d.begin("z"); !errors.Is(err, state.ErrAway) || errors.Is(err, state.ErrUnconfirmed) {
			t.Errorf("without the store: %v", err)
		}
	}
	s.start()
	d.wantNothing()
}

// TestDeliveryWhileTheStoreIsFrozen: the message stays on its way, under one number.
func TestDeliveryWhileTheStoreIsFrozen(t *testing.T) {
	t.Parallel()
	for name, long := range map[string]bool{"for a moment": false, "for too long": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startStore(t)
			from, l := s.openThrough()
			d := s.newDeliveries(from, s.open())
			frozen := make(chan struct{})
			l.beforePublish(func() {
				_ = s.cmd.Process.Signal(syscall.SIGSTOP)
				close(frozen)
			})
			ended := d.begin("write")
			<-frozen
			if long {
				if err := <-ended; !errors.Is(err, state.ErrUnconfirmed) {
					t.Errorf("got %v, want that nobody knows", err)
				}
			} else {
				s.eventually("it is noticed", func() bool { return !d.from.Reachable() })
			}
			_ = s.cmd.Process.Signal(syscall.SIGCONT)
			if !long {
				if err := <-ended; err != nil {
					t.Errorf("got %v, want the acknowledgement", err)
				}
			}
			d.wantTaken("write")
			d.wantNothing()
		})
	}
}

// TestLostAcknowledgement: the sender asks for it again, and the message is taken once.
func TestLostAcknowledgement(t *testing.T) {
	t.Parallel()
	s := startStore(t)
	from, l := s.openThrough()
	d := s.newDeliveries(from, s.open())
	l.beforePublish(l.silence)
	ended := d.begin("write")
	d.wantTaken("write")
	l.restore()
	if err := <-ended; err != nil {
		t.Errorf("got %v, want the acknowledgement", err)
	}
	d.wantNothing()
}

// TestMessageLostWithTheStore was published to a subscriber that never got it: it is sent
// again to the store's next start.
func TestMessageLostWithTheStore(t *testing.T) {
	t.Parallel()
	s := startStore(t)
	to, l := s.openThrough()
	d := s.newDeliveries(s.open(), to)
	tap := s.record("stream:x")
	l.silence()
	ended := d.begin("write")
	<-tap // the store has it, and has passed it on
	s.stop()
	l.restore()
	s.start()
	if err := <-ended; err != nil {
		t.Errorf("got %v, want the acknowledgement", err)
	}
	d.wantTaken("write")
	d.wantNothing()
}
