package state

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// limit is what one key of a caller may take.
type limit struct {
	rate  float64
	burst int
}

// passed counts the calls that pass in a time, of callers that try without a pause.
func passed(t *testing.T, l *Local, during time.Duration, inTurn ...limit) (calls int) {
	t.Helper()
	for began, n := time.Now(), 0; time.Since(began) < during; n++ {
		one := inTurn[n%len(inTurn)]
		if ok, wait := l.Allow(t.Context(), "acme", one.rate, one.burst); ok {
			calls++
		} else if wait <= 0 {
			t.Fatal("refused without a time to wait")
		}
		time.Sleep(time.Millisecond)
	}
	return calls
}

// TestOneBucketForAllKeysOfACaller: keys with different limits, used in turn, let no more
// pass than the most generous of them alone.
func TestOneBucketForAllKeysOfACaller(t *testing.T) {
	t.Parallel()
	for _, keys := range [][]limit{
		{{1, 1}, {2, 1}}, {{1, 1}, {1, 2}}, {{5, 10}, {5, 5}, {1, 1}}, {{0.5, 3}, {100, 1}},
	} {
		synctest.Test(t, func(t *testing.T) {
			const during = 20 * time.Second
			most := 0
			for _, one := range keys {
				alone := passed(t, NewLocal(), during, one)
				if want := int(one.rate*during.Seconds()) + one.burst; alone < want-1 || alone > want {
					t.Errorf("%+v alone: %d calls, want %d", one, alone, want)
				}
				most = max(most, alone)
			}
			if got := passed(t, NewLocal(), during, keys...); got > most+1 {
				t.Errorf("%v in turn: %d calls, at most %d with one of them", keys, got, most)
			}
		})
	}
}

// TestOddLimits: neither tiny nor huge numbers turn a limit off, or let nobody in.
func TestOddLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, one := range []limit{{1e-300, 1}, {1e-9, 1 << 40}, {1e300, 1}, {1e-9, 1}} {
			if ok, _ := NewLocal().Allow(t.Context(), "acme", one.rate, one.burst); !ok {
				t.Errorf("%+v: the first call was refused", one)
			}
		}
		l := NewLocal()
		for want := range 2 {
			if ok, _ := l.Allow(t.Context(), "acme", 1e-300, 1); ok != (want == 0) {
				t.Errorf("call %d: %v", want, ok)
			}
		}
	})
}

// TestFullBucketsAreForgotten where there are many.
func TestFullBucketsAreForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLocal()
		for n := range maxLimited {
			l.Allow(t.Context(), strconv.Itoa(n), 1, 1)
		}
		l.Allow(t.Context(), "empty", 0.001, 1)
		time.Sleep(2 * time.Second)
		if ok, _ := l.Allow(t.Context(), "another", 1, 1); !ok || len(l.full) != 2 {
			t.Errorf("%v with %d buckets, want the empty one and the new one", ok, len(l.full))
		}
		if ok, _ := l.Allow(t.Context(), "empty", 0.001, 1); ok {
			t.Error("an empty bucket was forgotten")
		}
	})
}
