package results_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"

	"airbyte-mcp-server/internal/results"
)

// TestManyAtOnce puts and gets from many sides while results go to files and make room:
// nobody gets another's bytes, and no file is left.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := results.New(results.Options{Memory: 5000, Disk: 20_000, PerOwner: 8, Dir: dir})
	var sides sync.WaitGroup
	for side := range 16 {
		sides.Go(func() {
			owner, stranger := fmt.Sprintf("owner-%d", side%8), fmt.Sprintf("owner-%d", (side+1)%8)
			for i := range 200 {
				data := bytes.Repeat(fmt.Appendf(nil, "%d/%d ", side, i), 50+i)
				id, err := s.Put(owner, data)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := s.Get(owner, id); err == nil && !bytes.Equal(got, data) || err != nil && !errors.Is(err, results.ErrGone) {
					t.Errorf("got %.30q, %v, want %.30q", got, err, data)
				}
				if _, err := s.Get(stranger, id); !errors.Is(err, results.ErrGone) {
					t.Errorf("a stranger got %v", err)
				}
			}
		})
	}
	sides.Wait()
	s.Close()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := s.Put("owner", []byte("x")); err == nil {
		t.Error("a closed store keeps a result")
	}
}
