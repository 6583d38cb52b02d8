//go:build unix

package state_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"airbyte-mcp-server/internal/seal"
	"airbyte-mcp-server/internal/state"
)

// raw is a client of the store itself, as whoever has taken it over would use it.
func (s *store) raw() *redis.Client {
	s.t.Helper()
	options, err := redis.ParseURL(s.url())
	if err != nil {
		s.t.Fatal(err)
	}
	client := redis.NewClient(options)
	s.t.Cleanup(func() { _ = client.Close() })
	return client
}

// record keeps the messages of a channel as they pass through the store.
func (s *store) record(channel string) <-chan *redis.Message {
	s.t.Helper()
	tap := s.raw().Subscribe(s.t.Context(), "airbyte-mcp:m:"+channel)
	if _, err := tap.Receive(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = tap.Close() })
	return tap.Channel()
}

// until sends a message until it has arrived, and returns how it passed through the store.
func (s *store) until(from *state.Redis, channel string, got <-chan string, tap <-chan *redis.Message) (sealed string) {
	s.t.Helper()
	s.eventually("a message arrives", func() bool {
		if _, err := from.Publish(s.t.Context(), channel, []byte("delete it")); err != nil {
			return false
		}
		sealed = (<-tap).Payload
		select {
		case <-got:
			return true
		case <-time.After(100 * time.Millisecond):
			return false
		}
	})
	return sealed
}

// TestReplayedMessage: a message is taken once, and by the start of a replica that it was
// for; however often and whenever the store repeats it, and under whatever channel.
func TestReplayedMessage(t *testing.T) {
	t.Parallel()
	s := startStore(t)
	a, b, raw := s.open(), s.open(), s.raw()
	tap := s.record("stream:x")
	got := make(chan string, 100)
	take := func(m []byte) { got <- string(m) }
	cancel := b.Subscribe("stream:x", take)
	defer b.Subscribe("stream:y", take)()
	sealed := s.until(a, "stream:x", got, tap)
	for range 3 {
		raw.Publish(t.Context(), "airbyte-mcp:m:stream:x", sealed)
	}
	raw.Publish(t.Context(), "airbyte-mcp:m:stream:y", sealed)
	raw.Publish(t.Context(), "airbyte-mcp:m:stream:x", sealed[:len(sealed)-1]+"!")
	for range 5000 { // more than may overtake each other
		if _, err := a.Publish(t.Context(), "nobody", nil); err != nil {
			t.Fatal(err)
		}
	}
	s.until(a, "stream:x", got, tap)
	raw.Publish(t.Context(), "airbyte-mcp:m:stream:x", sealed)

	cancel()
	a.Close() // the sender ends, and another start of the receiver has the channel
	later := s.open()
	defer later.Subscribe("stream:x", take)()
	s.until(b, "stream:x", got, tap)
	raw.Publish(t.Context(), "airbyte-mcp:m:stream:x", sealed)
	s.until(b, "stream:x", got, tap) // whatever was sent before has arrived by now
	select {
	case m := <-got:
		t.Errorf("%q was taken again", m)
	default:
	}
}

// TestReceiversThatTheStoreForgot: after the store has lost the list of replicas, a message
// still is for those that have not come back to the list.
func TestReceiversThatTheStoreForgot(t *testing.T) {
	t.Parallel()
	s := startStore(t)
	a, b, raw := s.open(), s.open(), s.raw()
	tap := s.record("stream:x")
	got := make(chan string, 100)
	defer b.Subscribe("stream:x", func(m []byte) { got <- string(m) })()
	s.until(a, "stream:x", got, tap)
	for range 10 {
		raw.Del(t.Context(), "airbyte-mcp:replicas") // b enters itself again up to a second later
		if delivered, err := a.Publish(t.Context(), "stream:x", []byte("still here")); err != nil || !delivered {
			t.Fatalf("got %v, %v", delivered, err)
		}
		select {
		case <-got:
		case <-time.After(5 * time.Second):
			t.Fatal("the message was delivered, and not taken")
		}
	}
}

// TestConfirmationAfterTheStoreForgot: what was used at one replica is used at all of them,
// though the store loses, keeps or repeats what it likes; after the end of its issuer it is
// void.
func TestConfirmationAfterTheStoreForgot(t *testing.T) {
	t.Parallel()
	s := startStore(t)
	var replicas []*state.Redis
	var seals []*seal.Seal
	for range 3 {
		r := s.open()
		replicas, seals = append(replicas, r), append(seals, seal.Shared("common", "confirmations", r))
	}
	ready := func(i int) {
		s.eventually(fmt.Sprint("replica 0 answers replica ", i), func() bool {
			first, err := replicas[i].Claim(replicas[0].Self(), rand.Text(), time.Minute)
			return first && err == nil
		})
	}
	ready(1)
	ready(2)
	for _, order := range [][]int{{0, 1, 2}, {1, 2, 0}, {2, 0, 1}} {
		sealed := seals[0].Close("yes", "ann", time.Minute)
		if got, err := seals[order[0]].Open(sealed, "ann"); got != "yes" || err != nil {
			t.Errorf("the first use, at replica %d: %q, %v", order[0], got, err)
		}
		s.raw().FlushAll(t.Context())
		for _, i := range append(order[1:], order[0]) {
			if _, err := seals[i].Open(sealed, "ann"); err == nil {
				t.Errorf("used again at replica %d", i)
			}
		}
	}
	unused := seals[0].Close("yes", "ann", time.Minute)
	replicas[0].Close()
	if _, err := seals[1].Open(unused, "ann"); err == nil {
		t.Error("it is good after the end of the replica that remembers its use")
	}
}

// TestPlantedValues: what the store makes up, changes or moves is not there.
func TestPlantedValues(t *testing.T) {
	t.Parallel()
	s := startStore(t)
	r, raw := s.open(), s.raw()
	if err := r.Put(t.Context(), "mine", []byte("value"), time.Minute); err != nil {
		t.Fatal(err)
	}
	names, err := raw.Keys(t.Context(), "airbyte-mcp:value:*mine").Result()
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	sealed := raw.Get(t.Context(), names[0]).Val()
	for name, plant := range map[string]string{"made up": "value", "cut": sealed[:len(sealed)-1], "changed": "x" + sealed[1:], "empty": ""} {
		raw.Set(t.Context(), names[0], plant, time.Minute)
		if got, _ := r.Get(t.Context(), "mine"); got != nil {
			t.Errorf("%s: got %q", name, got)
		}
	}
	if err := r.Put(t.Context(), "other", []byte("x"), time.Minute); err != nil {
		t.Fatal(err)
	}
	others := raw.Keys(t.Context(), "airbyte-mcp:value:*other").Val()
	raw.Set(t.Context(), others[0], sealed, time.Minute)
	if got, _ := r.Get(t.Context(), "other"); got != nil {
		t.Errorf("moved from another key: got %q", got)
	}
	raw.ZAdd(t.Context(), "airbyte-mcp:replicas", redis.Z{Score: 1e15, Member: "planted"})
	if _, err := r.Publish(t.Context(), "nobody", []byte("x")); err != nil {
		t.Errorf("with a planted replica: %v", err)
	}
}

// TestSwap: of several replicas that put a value in the place of the same one, one does.
func TestSwap(t *testing.T) {
	t.Parallel()
	s := startStore(t)
	replicas := []*state.Redis{s.open(), s.open(), s.open()}
	is := func(want string) func([]byte) bool {
		return func(current []byte) bool { return string(current) == want }
	}
	for _, step := range []struct{ before, after string }{{"", "1"}, {"1", "2"}, {"2", ""}, {"", "3"}} {
		var swaps atomic.Int32
		var wg sync.WaitGroup
		for _, r := range replicas {
			wg.Go(func() {
				var value []byte
				if step.after != "" {
					value = []byte(step.after)
				}
				_, swapped, err := r.Swap(t.Context(), "k", is(step.before), value, time.Minute)
				if err != nil {
					t.Error(err)
				}
				if swapped {
					swaps.Add(1)
				}
			})
		}
		wg.Wait()
		if got := swaps.Load(); got != 1 && step.after != "" {
			t.Errorf("%q in the place of %q: %d swaps, want 1", step.after, step.before, got)
		}
	}
	names := s.raw().Keys(t.Context(), "airbyte-mcp:swap:*").Val()
	if len(names) != 1 || strings.Contains(names[0], ":k") {
		t.Errorf("the store sees the names %q", names)
	}
	s.raw().Set(t.Context(), names[0], "planted", time.Minute)
	if current, swapped, err := replicas[0].Swap(t.Context(), "k", is(""), []byte("4"), time.Minute); !swapped || err != nil {
		t.Errorf("over a planted value: %q, %v, %v", current, swapped, err)
	}
}
