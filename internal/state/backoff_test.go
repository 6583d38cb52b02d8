package state

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestPausesDouble: the longer the store is away, the more rarely it is asked.
func TestPausesDouble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &Redis{}
		asked := 0
		ask := func(answer error) error {
			return r.ask(t.Context(), func(context.Context) error { asked++; return answer })
		}
		for range 2 { // the second time after an answer
			asked = 0
			for _, pause := range []int{200, 400, 800, 1600, 3200, 5000, 5000} {
				before := asked
				if err := ask(errors.New("refused")); !errors.Is(err, ErrAway) || asked != before+1 {
					t.Fatalf("asked %d times, want %d; %v", asked, before+1, err)
				}
				time.Sleep(time.Duration(pause)*time.Millisecond - time.Nanosecond)
				if err := ask(nil); !errors.Is(err, ErrAway) || asked != before+1 {
					t.Fatalf("asked again within %d ms: %v", pause, err)
				}
				time.Sleep(time.Nanosecond)
			}
			if err := ask(nil); err != nil || !r.Reachable() {
				t.Fatalf("it is back: %v", err)
			}
		}
	})
}
