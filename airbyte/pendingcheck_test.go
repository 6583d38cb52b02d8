package airbyte_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// TestPendingCheck: a check that goes on is asked for again, within bounds.
func TestPendingCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pending     int // answers before the last one
		last, state string
		passed      bool
		sent        int
	}{
		{0, "succeeded", "succeeded", true, 1},
		{2, "succeeded", "succeeded", true, 3},
		{1, "failed", "failed", false, 2},
		{1, "inconclusive", "not conclusive (inconclusive)", false, 2},
		{100, "succeeded", "not conclusive (running)", false, 4},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := newAPI()
			sent := 0
			a.others["POST "+checkPath] = func(w http.ResponseWriter, _ *http.Request) {
				status := "running"
				if sent++; sent > c.pending {
					status = c.last
				}
				fmt.Fprintf(w, `{"id":"x","status":%q}`, status)
			}
			began := time.Now()
			got, err := a.serveInMemory(t).CheckNew(t.Context(), github("main"))
			if err != nil || got.State() != c.state || got.Passed() != c.passed || sent != c.sent {
				t.Errorf("%d times pending, then %s: got %+v, %v after %d requests, want %s after %d", c.pending, c.last, got, err, sent,
					c.state, c.sent)
			}
			if took := time.Since(began); took > 4*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}
