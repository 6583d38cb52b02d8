package records

import (
	"fmt"
	"testing"
)

// TestEmptyCollectionsAreForgotten asks for the comments of issues that have none,
// in more repositories than are kept.
func TestEmptyCollectionsAreForgotten(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	v := c.vendor("GitHub - default")
	v.mu.Lock()
	defer v.mu.Unlock()
	v.scale.perRecord = 1 // a list has fewer records than this
	m := v.model("comments")
	for n := range maxHeld + 100 {
		sc := v.fill(m, nil).with(m.scope[0].canonical, fmt.Sprint("x", n))
		if got := len(v.collection(m, sc).records); n == 0 && got != 0 {
			t.Fatalf("the list has %d records, want an empty one", got)
		}
	}
	if got := len(v.collections); got > maxHeld {
		t.Errorf("%d collections are kept, want %d at most", got, maxHeld)
	}
}
