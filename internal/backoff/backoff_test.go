package backoff_test

import (
	"math"
	"testing"
	"time"

	"airbyte-mcp-server/internal/backoff"
)

func TestDoubling(t *testing.T) {
	t.Parallel()
	d := backoff.Doubling{First: time.Second, Longest: 15 * time.Second}
	for failures, want := range map[int]time.Duration{
		-1: 0, 0: 0, 1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 4: 8 * time.Second, 5: 15 * time.Second, 6: 15 * time.Second,
		math.MaxInt: 15 * time.Second,
	} {
		if got := d.Pause(failures); got != want {
			t.Errorf("after %d failures: got %v, want %v", failures, got, want)
		}
	}
	if got := (backoff.Doubling{First: time.Minute, Longest: time.Second}).Pause(1); got != time.Second {
		t.Errorf("got %v, want the longest pause", got)
	}
}
