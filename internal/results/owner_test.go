package results_test

import (
	"testing"

	"airbyte-mcp-server/internal/results"
)

// An owner with more results than its share loses its own oldest, and nobody else's.
func TestOwnersKeepTheirRoom(t *testing.T) {
	t.Parallel()
	s := results.New(results.Options{Memory: 1, Disk: 40, OwnerDisk: 20, Dir: t.TempDir()})
	defer s.Close()
	put := func(owner string) string {
		t.Helper()
		id, err := s.Put(owner, []byte("0123456789"))
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	quiet, first := put("quiet"), put("greedy")
	for range 5 {
		put("greedy")
	}
	if _, err := s.Get("quiet", quiet); err != nil {
		t.Errorf("another owner's: %v", err)
	}
	if _, err := s.Get("greedy", first); err == nil {
		t.Error("the greedy owner has more than its share")
	}
	put("third")
	if _, err := s.Put("fourth", []byte("0123456789")); err == nil {
		t.Error("a result was kept in others' room")
	}
}
