// Package workbound holds what tests do against the size of what they do it with: work on
// input from outside must grow no faster than the input.
package workbound

import (
	"runtime"
	"testing"
	"time"
)

const (
	// floor is what may be allocated for the smallest input, in bytes.
	floor = 4 << 20
	// slowest and perByte are far above what a busy machine needs under the race detector,
	// and far below what work takes that grows with the square of its input.
	slowest = 20 * time.Second
	perByte = 20 * time.Microsecond
	// attempts are made before work counts as too much: what else the process does counts too.
	attempts = 3
)

// Check does some work on input of so many bytes. The work must allocate at most so many
// bytes for each of them, given back or not, besides what the smallest input may take.
func Check(t testing.TB, what string, size, times int, work func()) {
	t.Helper()
	limit := uint64(floor + times*size)
	var least uint64
	for range attempts {
		began := time.Now()
		allocated := Allocated(work)
		if took := time.Since(began); took > slowest+time.Duration(size)*perByte {
			t.Errorf("%s: %d bytes took %s", what, size, took)
			return
		}
		if allocated <= limit {
			return
		}
		if least == 0 || allocated < least {
			least = allocated
		}
	}
	t.Errorf("%s: %d bytes made the program allocate %d, %d times as much; want %d times at most", what, size, least,
		least/uint64(max(size, 1)), times)
}

// Allocated is how many bytes some work allocates, given back or not.
func Allocated(work func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
