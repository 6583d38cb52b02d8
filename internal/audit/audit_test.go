package audit_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"airbyte-mcp-server/internal/audit"
)

type record struct {
	Tool string `json:"tool"`
}

// TestFile appends whole lines to a private file, and goes on in a new one when the
// old was moved away.
func TestFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.log")
	l, err := audit.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for range 50 {
		writers.Go(func() {
			if err := l.Write(record{"a_b_list"}); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	if got, want := read(t, path), strings.Repeat(`{"tool":"a_b_list"}`+"\n", 50); got != want {
		t.Errorf("got %q", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, %v, want 0600", info.Mode(), err)
	}
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Reopen(), l.Write(record{"c"}), l.Close()); err != nil {
		t.Fatal(err)
	}
	if got, want := read(t, path), `{"tool":"c"}`+"\n"; got != want {
		t.Errorf("after reopening: got %q, want %q", got, want)
	}
	if err := l.Write(record{"d"}); err == nil || l.Failure() == nil {
		t.Error("a closed file takes records")
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestStderr(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	l, err := audit.Open(audit.Stderr, &out)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Write(record{"x"}), l.Reopen(), l.Close()); err != nil || out.String() != `{"tool":"x"}`+"\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

func TestUnwritable(t *testing.T) {
	t.Parallel()
	_, err := audit.Open(filepath.Join(t.TempDir(), "none", "audit.log"), nil)
	if err == nil || !strings.Contains(err.Error(), "opening the audit log") {
		t.Errorf("got %v", err)
	}
}
