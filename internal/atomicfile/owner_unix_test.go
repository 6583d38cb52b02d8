//go:build unix

package atomicfile_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"airbyte-mcp-server/internal/atomicfile"
)

// TestReplaceKeepsTheOwner changes files of others, which only root can own.
func TestReplaceKeepsTheOwner(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can give files away")
	}
	for _, owner := range [][2]int{{1234, 5678}, {1234, os.Getgid()}, {os.Getuid(), 5678}} {
		name := filepath.Join(t.TempDir(), "keys.yaml")
		if err := os.WriteFile(name, []byte("old"), 0o640); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(name, owner[0], owner[1]); err != nil {
			t.Fatal(err)
		}
		old, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := atomicfile.Replace(name, []byte("new"), old); err != nil {
			t.Fatal(err)
		}
		checkOwner(t, name, owner)
		checkMode(t, name, 0o640)
	}
}

func checkOwner(t *testing.T, name string, want [2]int) {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(got.Uid) != want[0] || int(got.Gid) != want[1] {
		t.Errorf("the owner is %+v, want %v", got, want)
	}
}
