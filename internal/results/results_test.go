package results_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/results"
)

func put(t *testing.T, s *results.Store, owner string, data []byte) string {
	t.Helper()
	id, err := s.Put(owner, data)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// A result is its owner's, for an hour, and nobody else learns that it exists.
func TestOwnersAndLifetime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := results.New(results.Options{})
		defer s.Close()
		id := put(t, s, "a", []byte(`[1]`))
		if got, err := s.Get("a", id); err != nil || string(got) != `[1]` {
			t.Errorf("got %s, %v", got, err)
		}
		if _, err := s.Get("b", id); !errors.Is(err, results.ErrGone) {
			t.Errorf("another owner: got %v, want ErrGone", err)
		}
		time.Sleep(results.DefaultLifetime)
		if _, err := s.Get("a", id); !errors.Is(err, results.ErrGone) {
			t.Errorf("after its lifetime: got %v, want ErrGone", err)
		}
	})
}

// What exceeds the memory goes to private files, which are gone with the store.
func TestSpill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := results.New(results.Options{Memory: 1000, Disk: 5000, Dir: dir})
	var ids []string
	for i := range 12 {
		ids = append(ids, put(t, s, "a", bytes.Repeat([]byte{byte('a' + i)}, 600)))
	}
	kept := 0
	for i, id := range ids {
		got, err := s.Get("a", id)
		if err != nil {
			if !errors.Is(err, results.ErrGone) || i > 3 {
				t.Errorf("result %d: %v", i, err)
			}
			continue
		}
		kept++
		if want := strings.Repeat(string(rune('a'+i)), 600); string(got) != want {
			t.Errorf("result %d was changed", i)
		}
	}
	if kept != 9 { // 8 of 600 bytes in files, 1 in memory
		t.Errorf("%d results are kept, want 9", kept)
	}
	if _, err := s.Put("a", make([]byte, 5001)); err == nil {
		t.Error("a result larger than the disk was kept")
	}
	s.Close()
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("files are left: %v", left)
	}
	if _, err := s.Put("a", nil); err == nil {
		t.Error("a closed store takes results")
	}
}

// One owner cannot push out another's results by their number.
func TestPerOwner(t *testing.T) {
	t.Parallel()
	s := results.New(results.Options{PerOwner: 3})
	defer s.Close()
	other := put(t, s, "b", []byte(`"b"`))
	var ids []string
	for i := range 5 {
		ids = append(ids, put(t, s, "a", fmt.Append(nil, i)))
	}
	for i, id := range ids {
		if _, err := s.Get("a", id); (err == nil) != (i >= 2) {
			t.Errorf("result %d: got %v", i, err)
		}
	}
	if _, err := s.Get("b", other); err != nil {
		t.Errorf("the other owner's result: %v", err)
	}
}

// Of large results the newest is in memory, and all where there can be no file.
func TestOneLargeResultIsInMemory(t *testing.T) {
	t.Parallel()
	large, small := bytes.Repeat([]byte("x"), 200<<10), []byte(`"small"`)
	for name, test := range map[string]struct {
		dir  string
		want int64 // of large ones
	}{
		"a folder":  {t.TempDir(), 1},
		"no folder": {filepath.Join(t.TempDir(), "missing"), 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := results.New(results.Options{Dir: test.dir})
			defer s.Close()
			all := [][]byte{large, small, large, large}
			var ids []string
			for _, data := range all {
				ids = append(ids, put(t, s, "a", data))
			}
			if held, _ := s.InMemory(); held != test.want*int64(len(large))+int64(len(small)) {
				t.Errorf("%d bytes are in memory, want %d large results", held, test.want)
			}
			for i, want := range all {
				if got, err := s.Get("a", ids[i]); err != nil || !bytes.Equal(got, want) {
					t.Errorf("got %.20q, %v", got, err)
				}
			}
		})
	}
}
