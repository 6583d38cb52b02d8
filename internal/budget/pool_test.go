package budget_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/budget"
)

func TestHolderIsHeldToItsShareAndOthersAreNot(t *testing.T) {
	t.Parallel()
	p := budget.New(100, 40)
	if _, err := p.TryTake("a", 40); err != nil {
		t.Fatalf("the whole share: %v", err)
	}
	if _, err := p.TryTake("a", 1); !errors.Is(err, budget.ErrBusy) {
		t.Errorf("one more than the share: %v, want busy", err)
	}
	if _, err := p.TryTake("b", 40); err != nil {
		t.Errorf("another caller's share: %v", err)
	}
	if _, err := p.TryTake("c", 41); !errors.Is(err, budget.ErrTooLarge) {
		t.Errorf("more than any share: %v, want too large", err)
	}
	if got, want := p.Use(), (budget.Use{Size: 100, Held: 80, Holders: 2, Refused: 2}); got != want {
		t.Errorf("use: %+v, want %+v", got, want)
	}
}

func TestWaitersOfACallerAreServedInOrderAndCallersInTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := budget.New(1, 1)
		first, _ := p.TryTake("x", 1)
		var mu sync.Mutex
		var order []string
		for _, name := range []string{"a1", "a2", "a3", "b1", "b2"} {
			go func() {
				g, err := p.Take(t.Context(), name[:1], 1)
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				mu.Lock()
				order = append(order, name)
				mu.Unlock()
				g.Release()
			}()
			synctest.Wait()
		}
		first.Release()
		synctest.Wait()
		if got := order; len(got) != 5 || got[0] != "a1" || got[1] != "b1" || got[2] != "a2" || got[3] != "b2" || got[4] != "a3" {
			t.Errorf("served %v, want each caller in turn", got)
		}
	})
}

func TestCallerAtItsShareDelaysNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := budget.New(100, 50)
		g, _ := p.TryTake("greedy", 50)
		ctx, cancel := context.WithCancel(t.Context())
		for range 10 {
			go func() { _, _ = p.Take(ctx, "greedy", 50) }()
		}
		synctest.Wait()
		if _, err := p.TryTake("other", 50); err != nil {
			t.Errorf("another caller: %v", err)
		}
		cancel()
		synctest.Wait()
		g.Release()
		if got := p.Use(); got.Held != 50 || got.Waiting != 0 || got.Holders != 1 {
			t.Errorf("after the greedy caller has left: %+v", got)
		}
	})
}

func TestLargeRequestIsNotStarvedBySmallOnes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := budget.New(10, 10)
		small, _ := p.TryTake("small", 5)
		served := make(chan error, 1)
		go func() {
			_, err := p.Take(t.Context(), "large", 10)
			served <- err
		}()
		synctest.Wait()
		if _, err := p.TryTake("small", 1); !errors.Is(err, budget.ErrBusy) {
			t.Errorf("a small request overtook one that waits: %v", err)
		}
		small.Release()
		if err := <-served; err != nil {
			t.Errorf("the large request: %v", err)
		}
	})
}

func TestWaitEndsWithItsContextAndHoldsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := budget.New(10, 10)
		g, _ := p.TryTake("a", 10)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := p.Take(ctx, "b", 5)
		if !errors.Is(err, budget.ErrBusy) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want busy because of the deadline", err)
		}
		g.Release()
		if got := p.Use(); got.Held != 0 || got.Holders != 0 || got.Waiting != 0 {
			t.Errorf("left behind: %+v", got)
		}
	})
}

func TestWaitersOfOneCallerAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := budget.New(1, 1)
		_, _ = p.TryTake("a", 1)
		ctx, cancel := context.WithCancel(t.Context())
		for range 256 {
			go func() { _, _ = p.Take(ctx, "a", 1) }()
		}
		synctest.Wait()
		if _, err := p.Take(t.Context(), "a", 1); !errors.Is(err, budget.ErrBusy) {
			t.Errorf("got %v, want busy at once", err)
		}
		cancel()
	})
}

// Two requests that have begun and both want more would wait for each other for ever, if
// they kept what they have.
func TestSwapHoldsNothingWhileItWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := budget.New(10, 10)
		var done sync.WaitGroup
		for i := range 2 {
			g, err := p.Take(t.Context(), strconv.Itoa(i), 5)
			if err != nil {
				t.Fatal(err)
			}
			done.Go(func() {
				if err := g.Swap(t.Context(), 10); err != nil {
					t.Errorf("the larger amount: %v", err)
				}
				g.Shrink(3)
				g.Release()
				g.Release()
			})
		}
		done.Wait()
		if got := p.Use().Held; got != 0 {
			t.Errorf("%d are held after all was let go", got)
		}
	})
}

func TestAccountGivesBackWhatItAdopted(t *testing.T) {
	t.Parallel()
	p := budget.New(10, 10)
	a := &budget.Account{}
	g, _ := p.TryTake("a", 4)
	budget.AccountOf(budget.WithAccount(t.Context(), a)).Adopt(g)
	if got := p.Use().Held; got != 4 {
		t.Errorf("%d are held while the account is open, want 4", got)
	}
	a.Close()
	if got := p.Use().Held; got != 0 {
		t.Errorf("%d are held after the account was closed", got)
	}
	for _, closed := range []*budget.Account{a, budget.AccountOf(t.Context())} {
		g, _ := p.TryTake("a", 4)
		closed.Adopt(g)
		if got := p.Use().Held; got != 0 {
			t.Errorf("%d are held of what nobody is responsible for", got)
		}
	}
}

func TestNilPoolHasNoBound(t *testing.T) {
	t.Parallel()
	var p *budget.Pool
	g, err := p.Take(t.Context(), "a", 1<<60)
	if err != nil || g.Swap(t.Context(), 1<<61) != nil {
		t.Errorf("got %v", err)
	}
	g.Release()
}

func BenchmarkTake(b *testing.B) {
	p := budget.New(1<<30, 1<<29)
	for b.Loop() {
		g, _ := p.Take(b.Context(), "a", 4096)
		g.Release()
	}
}
