//go:build unix

// Redis and the signals that stop it are there on Unix alone.

package state_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"airbyte-mcp-server/internal/state"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// store is a Redis server of the test's own.
type store struct {
	t    *testing.T
	port int
	cmd  *exec.Cmd
}

func startStore(t *testing.T) *store {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("skipped: redis-server is not installed")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &store{t: t, port: listener.Addr().(*net.TCPAddr).Port} //nolint:forcetypeassert // of a TCP listener
	listener.Close()
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *store) address() string { return "127.0.0.1:" + strconv.Itoa(s.port) }

func (s *store) url() string { return "redis://" + s.address() + "/0" }

func (s *store) start() {
	s.t.Helper()
	s.cmd = exec.Command("redis-server", "--port", strconv.Itoa(s.port), "--bind", "127.0.0.1", "--save", "", "--dir", s.t.TempDir())
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.eventually("redis-server accepts connections", func() bool {
		conn, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(s.port))
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
}

func (s *store) stop() {
	if s.cmd.Process == nil || s.cmd.ProcessState != nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGCONT)
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// eventually waits for a condition.
func (s *store) eventually(what string, ok func() bool) {
	s.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			s.t.Fatalf("never: %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (s *store) open() *state.Redis {
	s.t.Helper()
	r, err := state.Open(state.Options{URL: s.url(), Secret: "common", Log: zerolog.Nop()})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(r.Close)
	s.eventually("the store is there", func() bool {
		return r.Put(s.t.Context(), "probe", nil, time.Second) == nil
	})
	return r
}

// TestReplicas shares between two clients what replicas share.
func TestReplicas(t *testing.T) {
	t.Parallel()
	s := startStore(t)
	a, b := s.open(), s.open()
	ctx := t.Context()

	if err := a.Put(ctx, "tenant 1", []byte("secret"), time.Minute); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Get(ctx, "tenant 1"); string(got) != "secret" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := b.Get(ctx, "tenant 2"); got != nil || err != nil {
		t.Errorf("another's value: %q, %v", got, err)
	}
	stranger, err := state.Open(state.Options{URL: s.url(), Secret: "another"})
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	if got, _ := stranger.Get(ctx, "tenant 1"); got != nil {
		t.Error("who has another secret reads the value")
	}
	if err := a.Put(ctx, "k", make([]byte, 17<<20), time.Minute); !errors.Is(err, state.ErrTooLarge) {
		t.Errorf("17 MiB: %v", err)
	}

	if b.IsRevoked(ctx, "s1") {
		t.Error("revoked before it was")
	}
	if err := a.Revoke(ctx, "s1", time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	s.eventually("the other replica sees it", func() bool { return b.IsRevoked(ctx, "s1") && a.IsRevoked(ctx, "s1") })
}

// TestSharedLimits: however many replicas take, a tenant gets its rate and its places.
func TestSharedLimits(t *testing.T) {
	t.Parallel()
	s := startStore(t)
	replicas := []*state.Redis{s.open(), s.open(), s.open()}
	const rate, burst = 50, 10
	var taken atomic.Int64
	began := time.Now()
	var wg sync.WaitGroup
	for _, r := range replicas {
		wg.Go(func() {
			for time.Since(began) < time.Second {
				ok, wait := r.Allow(t.Context(), "tenant", rate, burst)
				if ok {
					taken.Add(1)
				} else if wait <= 0 || wait > time.Second {
					t.Errorf("wait %v", wait)
				}
			}
		})
	}
	wg.Wait()
	most := burst + rate*time.Since(began).Seconds() + 1
	if got := float64(taken.Load()); got > most || got < 0.9*(burst+rate) {
		t.Errorf("%v calls, want about %v", got, most)
	}
	release, ok := replicas[0].Acquire(t.Context(), "tenant", 1)
	if !ok {
		t.Fatal("no place")
	}
	if _, ok := replicas[1].Acquire(t.Context(), "tenant", 1); ok {
		t.Error("two places of one")
	}
	if _, ok := replicas[1].Acquire(t.Context(), "other", 1); !ok {
		t.Error("another tenant has no place")
	}
	release()
	if _, ok := replicas[1].Acquire(t.Context(), "tenant", 1); !ok {
		t.Error("a place that was given back is not there")
	}
}

// TestPlacesOfTheDead are given back when their lease has ended.
func TestPlacesOfTheDead(t *testing.T) {
	t.Parallel()
	s := startStore(t)
	live := s.open()
	dead, err := state.Open(state.Options{URL: s.url(), Secret: "common", Lease: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer dead.Close()
	if _, ok := dead.Acquire(t.Context(), "tenant", 1); !ok {
		t.Fatal("no place")
	}
	s.eventually("the place is free again", func() bool {
		_, ok := live.Acquire(t.Context(), "tenant", 1)
		return ok
	})
}

// TestPost carries messages to whoever has the channel, and to nobody else.
func TestPost(t *testing.T) {
	t.Parallel()
	s := startStore(t)
	a, b := s.open(), s.open()
	const channels = 2000
	got := make(chan string, channels)
	for i := range channels {
		name := fmt.Sprint("c", i)
		defer b.Subscribe(name, func(m []byte) { got <- name + "=" + string(m) })()
	}
	s.eventually("a message arrives", func() bool {
		delivered, err := a.Publish(t.Context(), fmt.Sprint("c", channels-1), []byte("hello"))
		return delivered && err == nil
	})
	if m := <-got; m != fmt.Sprintf("c%d=hello", channels-1) {
		t.Errorf("got %q", m)
	}
	if delivered, err := a.Publish(t.Context(), "nobody", []byte("x")); delivered || err != nil {
		t.Errorf("to nobody: %v, %v", delivered, err)
	}
	for i := range 100 {
		if _, err := a.Publish(t.Context(), "c7", []byte(strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100 {
		if m := <-got; m != fmt.Sprintf("c7=%d", i) {
			t.Fatalf("message %d is %q", i, m)
		}
	}
}

// TestAway stops, freezes and restarts the store: what must not be guessed fails, the
// rest goes on, quickly, and all is well again when it is back.
func TestAway(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]struct{ away, back func(*store) }{
		"stopped": {(*store).stop, (*store).start},
		"frozen": {
			func(s *store) { _ = s.cmd.Process.Signal(syscall.SIGSTOP) },
			func(s *store) { _ = s.cmd.Process.Signal(syscall.SIGCONT) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startStore(t)
			r := s.open()
			other := s.open()
			_, _ = r.Claim(r.Self(), "used", time.Minute)
			leave.away(s)
			s.eventually("it is noticed", func() bool {
				_, err := other.Claim(r.Self(), "y", time.Minute)
				return errors.Is(err, state.ErrAway) && errors.Is(r.Put(t.Context(), "k", nil, time.Second), state.ErrAway)
			})
			if first, err := r.Claim(r.Self(), "z", time.Minute); !first || err != nil {
				t.Errorf("the issuer knows by itself, and says %v, %v", first, err)
			}
			began := time.Now()
			for range 100 {
				if ok, _ := r.Allow(t.Context(), "tenant", 1000, 1000); !ok {
					t.Error("the limit of this replica alone refuses")
				}
				if _, err := r.Get(t.Context(), "k"); !errors.Is(err, state.ErrAway) {
					t.Errorf("reading: %v", err)
				}
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("200 operations took %v", took)
			}
			if r.Reachable() {
				t.Error("it says that the store is there")
			}
			leave.back(s)
			s.eventually("it is back", func() bool {
				first, err := other.Claim(r.Self(), rand.Text(), time.Minute)
				return first && err == nil && r.Reachable()
			})
			if again, err := other.Claim(r.Self(), "used", time.Minute); again || err != nil {
				t.Errorf("what was used before counts as new: %v, %v", again, err)
			}
		})
	}
}

// TestPasswordStays out of errors and logs.
func TestPasswordStays(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	_, err := state.Open(state.Options{URL: "redis://user:HUSH@[::1:x/0", Log: zerolog.New(&log)})
	if err == nil || bytes.Contains([]byte(err.Error()), []byte("HUSH")) {
		t.Errorf("got %v", err)
	}
	r, err := state.Open(state.Options{URL: "redis://user:HUSH@127.0.0.1:1/0", Log: zerolog.New(zerolog.SyncWriter(&log))})
	if err != nil {
		t.Fatal(err)
	}
	err = r.Put(t.Context(), "x", nil, time.Second)
	r.Close()
	if err == nil || bytes.Contains([]byte(err.Error()+log.String()), []byte("HUSH")) {
		t.Errorf("got %v; %s", err, log.String())
	}
}

func BenchmarkAllow(b *testing.B) {
	url := os.Getenv("AIRBYTE_MCP_TEST_REDIS")
	if url == "" {
		b.Skip("skipped: AIRBYTE_MCP_TEST_REDIS names no Redis")
	}
	r, err := state.Open(state.Options{URL: url})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	for b.Loop() {
		r.Allow(context.Background(), "bench", 1e6, 1e6)
	}
}
