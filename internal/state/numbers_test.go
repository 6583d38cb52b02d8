package state

import "testing"

// TestNumbersAreTakenOnce: in whatever order messages arrive, and however far apart.
func TestNumbersAreTakenOnce(t *testing.T) {
	t.Parallel()
	numbers := &takenNumbers{senders: map[string]*senderNumbers{}}
	for i, step := range []struct {
		sender string
		number uint64
		want   arrival
	}{
		{"a", 1, isNew}, {"a", 1, repeated}, {"b", 1, isNew}, {"a", 3, isNew}, {"a", 2, isNew}, {"a", 2, repeated}, {"a", 3, repeated},
		{"a", numberWindow + 3, isNew}, {"a", 3, tooOld}, {"a", 2, tooOld}, {"a", 5, isNew}, {"a", 5, repeated},
		{"a", 10 * numberWindow, isNew}, {"a", numberWindow + 3, tooOld}, {"a", 9*numberWindow + 1, isNew}, {"a", 9 * numberWindow, tooOld},
		{"a", 10*numberWindow + 1, isNew}, {"a", 10 * numberWindow, repeated}, {"b", 1, repeated}, {"b", 2, isNew},
	} {
		if got := numbers.take(step.sender, step.number); got != step.want {
			t.Errorf("step %d, number %d of %s: %v, want %v", i, step.number, step.sender, got, step.want)
		}
	}
}
