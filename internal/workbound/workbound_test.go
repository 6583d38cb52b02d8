package workbound_test

import (
	"fmt"
	"testing"

	"airbyte-mcp-server/internal/workbound"
)

// recorder is a test that notes its failure.
type recorder struct {
	testing.TB
	said string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, words ...any) { r.said = fmt.Sprintf(format, words...) }

// TestCheck tells work that keeps to its bound from work that does not.
func TestCheck(t *testing.T) { //nolint:paralleltest // it measures the memory of the process
	const size = 1 << 20
	var kept [][]byte
	for times, wrong := range map[int]bool{2: false, 30: true} {
		r := &recorder{TB: t}
		workbound.Check(r, "copies", size, 10, func() {
			kept = nil
			for range times {
				kept = append(kept, make([]byte, size))
			}
		})
		if (r.said != "") != wrong {
			t.Errorf("%d copies of %d were held to 10 times: %q", len(kept), size, r.said)
		}
	}
}
