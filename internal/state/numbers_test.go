package state

import "testing"

// TestNumbersAreTakenOnce: in whatever order messages arrive, and however far apart.
func TestNumbersAreTakenOnce(t *testing.T) {
	t.Parallel()
	numbers := &takenNumbers{senders: map[string]*senderNumbers{}}
	for i, step := range []struct {
		sender string
		number uint64
		want   bool
	}{
		{"a", 1, true}, {"a", 1, false}, {"b", 1, true}, {"a", 3, true}, {"a", 2, true}, {"a", 2, false}, {"a", 3, false},
		{"a", numberWindow + 3, true}, {"a", 3, false}, {"a", 2, false}, {"a", 5, true}, {"a", 5, false},
		{"a", 10 * numberWindow, true}, {"a", numberWindow + 3, false}, {"a", 9*numberWindow + 1, true}, {"a", 9 * numberWindow, false},
		{"a", 10*numberWindow + 1, true}, {"a", 10 * numberWindow, false}, {"b", 1, false}, {"b", 2, true},
	} {
		if got := numbers.take(step.sender, step.number); got != step.want {
			t.Errorf("step %d, number %d of %s: %v, want %v", i, step.number, step.sender, got, step.want)
		}
	}
}
