// Package backoff says how long to wait before something that has failed is tried again.
package backoff

import "time"

// Doubling pauses for a while after the first failure, twice as long after each further
// one, and never longer than the longest pause.
type Doubling struct {
	First, Longest time.Duration
}

// Pause is the pause after a number of failures in a row; none after none.
func (d Doubling) Pause(failures int) time.Duration {
	if failures <= 0 {
		return 0
	}
	pause := min(d.First, d.Longest)
	for n := 1; n < failures && pause < d.Longest; n++ {
		pause = min(2*pause, d.Longest)
	}
	return pause
}
