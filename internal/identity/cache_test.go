package identity

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

func TestCache(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCache[int](3)
		has := func(want ...int) {
			t.Helper()
			if got := c.entries.Len(); got > 3 {
				t.Errorf("%d entries", got)
			}
			for _, n := range want {
				if got, ok := c.lookup(digestOf(strconv.Itoa(n))); !ok || got != n {
					t.Errorf("%d: got %d, %t", n, got, ok)
				}
			}
		}
		put := func(n int, life time.Duration) { c.keep(digestOf(strconv.Itoa(n)), n, time.Now().Add(life)) }
		for _, life := range []time.Duration{-time.Second, 0} { // it has ended already
			put(9, life)
			if _, ok := c.lookup(digestOf("9")); ok {
				t.Errorf("kept for %v", life)
			}
		}
		put(1, time.Hour)
		put(2, time.Hour)
		put(3, time.Minute)
		has(2, 3, 1)
		put(4, time.Hour) // 2 was used least recently
		has(3, 1, 4)
		put(4, time.Hour)
		has(3, 1, 4)
		if _, ok := c.lookup(digestOf("2")); ok {
			t.Error("2 is still there")
		}
		time.Sleep(time.Minute)
		if _, ok := c.lookup(digestOf("3")); ok || c.entries.Len() != 2 {
			t.Error("3 is still there")
		}
	})
}
