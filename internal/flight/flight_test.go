package flight_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/flight"
)

// held is a request that ends with its context, or when it is let go.
type held struct {
	group flight.Group[int]
	runs  atomic.Int32
	let   chan int
}

func (h *held) run(ctx context.Context) (int, error) {
	h.runs.Add(1)
	select {
	case v := <-h.let:
		return v, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// ended is how a caller's Do has ended.
type ended struct {
	value int
	first bool
	err   error
}

// ask calls Do in the background, and returns when it waits.
func (h *held) ask(ctx context.Context, key string) chan ended {
	out := make(chan ended, 1)
	go func() {
		value, first, err := h.group.Do(ctx, key, h.run)
		out <- ended{value, first, err}
	}()
	synctest.Wait()
	return out
}

func TestCallersShareOneRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &held{let: make(chan int)}
		first, second, other := h.ask(t.Context(), "a"), h.ask(t.Context(), "a"), h.ask(t.Context(), "b")
		if h.runs.Load() != 2 {
			t.Fatalf("%d requests, want 2", h.runs.Load())
		}
		h.let <- 7
		h.let <- 7
		if a, b, c := <-first, <-second, <-other; a != (ended{7, true, nil}) || b != (ended{7, false, nil}) || c != (ended{7, true, nil}) {
			t.Errorf("got %+v, %+v, %+v", a, b, c)
		}
		again := h.ask(t.Context(), "a")
		h.let <- 8
		if got := <-again; got.value != 8 || !got.first {
			t.Errorf("after the first had ended: got %+v, want a request of its own", got)
		}
	})
}

// TestTheLastToLeaveEndsTheRequest, and nobody joins it any more.
func TestTheLastToLeaveEndsTheRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := &held{let: make(chan int)}
		one, leaveOne := context.WithCancel(t.Context())
		two, leaveTwo := context.WithTimeout(t.Context(), time.Second)
		defer leaveTwo()
		first, second := h.ask(one, "a"), h.ask(two, "a")
		leaveOne()
		if got := <-first; !errors.Is(got.err, flight.ErrLeft) || !errors.Is(got.err, context.Canceled) || !got.first {
			t.Errorf("who left: got %+v, want ErrLeft", got)
		}
		if got := <-second; !errors.Is(got.err, context.DeadlineExceeded) || errors.Is(got.err, flight.ErrLeft) {
			t.Errorf("the last: got %+v, want the request's own end", got)
		}
	})
}

// TestTheLatestDeadlineCounts, and none at all is later than any.
func TestTheLatestDeadlineCounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var group flight.Group[time.Duration]
		began, release := time.Now(), make(chan struct{})
		left := func(ctx context.Context) (time.Duration, error) {
			<-release
			deadline, ok := ctx.Deadline()
			if !ok {
				return 0, nil
			}
			return deadline.Sub(began), nil
		}
		ask := func(key string, limits ...time.Duration) chan time.Duration {
			out := make(chan time.Duration, len(limits))
			for _, limit := range limits {
				ctx, cancel := context.WithTimeout(t.Context(), limit)
				if limit == 0 {
					ctx = t.Context()
				}
				t.Cleanup(cancel)
				go func() {
					got, _, _ := group.Do(ctx, key, left)
					out <- got
				}()
				synctest.Wait()
			}
			return out
		}
		rising, falling := ask("rising", time.Hour, 2*time.Hour), ask("falling", 2*time.Hour, time.Hour)
		endless, late := ask("endless", 0, time.Hour), ask("late", time.Hour, 0)
		close(release)
		for _, tt := range []struct {
			name string
			got  chan time.Duration
			want time.Duration
		}{{"rising", rising, 2 * time.Hour}, {"falling", falling, 2 * time.Hour}, {"none at first", endless, 0}, {"none at last", late, 0}} {
			if got := <-tt.got; got != tt.want {
				t.Errorf("%s: the deadline is %s away, want %s", tt.name, got, tt.want)
			}
		}
	})
}

// TestAPanicIsAnErrorToAll who wait.
func TestAPanicIsAnErrorToAll(t *testing.T) {
	t.Parallel()
	var group flight.Group[int]
	release := make(chan struct{})
	var callers sync.WaitGroup
	for range 3 {
		callers.Go(func() {
			_, _, err := group.Do(context.Background(), "a", func(context.Context) (int, error) {
				<-release
				panic("boom")
			})
			if err == nil || !strings.Contains(err.Error(), "panic: boom") {
				t.Errorf("got %v, want the panic", err)
			}
		})
	}
	close(release)
	callers.Wait()
}

// TestContextsDerivedFromARequest end with it, and no goroutine waits for that. It is not run
// beside others, whose goroutines it would count.
//
//nolint:paralleltest // see above
func TestContextsDerivedFromARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var group flight.Group[error]
		ctx, leave := context.WithCancel(t.Context())
		waiters := make(chan int, 1)
		out := make(chan error, 1)
		go func() {
			derived, _, _ := group.Do(ctx, "a", func(ctx context.Context) (error, error) {
				before := runtime.NumGoroutine()
				derived, cancel := context.WithTimeout(ctx, time.Hour)
				defer cancel()
				released, release := context.WithCancel(ctx)
				release()
				<-released.Done()
				waiters <- runtime.NumGoroutine() - before
				<-derived.Done()
				return derived.Err(), nil
			})
			out <- derived
		}()
		if n := <-waiters; n > 0 {
			t.Errorf("%d goroutines wait for the end of the request", n)
		}
		leave()
		if err := <-out; !errors.Is(err, context.Canceled) {
			t.Errorf("the derived context ended with %v", err)
		}
	})
}
