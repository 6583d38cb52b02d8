package atomicfile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"airbyte-mcp-server/internal/atomicfile"
)

// TestWrite makes a file, and changes it, and leaves nothing else behind.
func TestWrite(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "a.json")
	for _, content := range []string{"first", "", "third and longer"} {
		if err := atomicfile.Write(name, []byte(content), 0o640); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(name)
		if err != nil || string(got) != content {
			t.Errorf("got %q, %v; want %q", got, err, content)
		}
		checkMode(t, name, 0o640)
	}
	checkAlone(t, name)
}

// TestWriteTakesNothingAway keeps readers of the old file at the old file.
func TestWriteTakesNothingAway(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("an open file cannot be replaced there")
	}
	name := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := atomicfile.Write(name, []byte("new!"), 0o600); err != nil {
		t.Fatal(err)
	}
	old := make([]byte, 8)
	if n, _ := reader.Read(old); string(old[:n]) != "old" {
		t.Errorf("a reader found %q", old[:n])
	}
}

// TestReplace keeps the mode of the old file, whatever it is.
func TestReplace(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "keys.yaml")
	for _, mode := range []fs.FileMode{0o600, 0o640, 0o644} {
		if err := os.WriteFile(name, []byte("old"), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
		old, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := atomicfile.Replace(name, []byte("new"), old); err != nil {
			t.Fatal(err)
		}
		checkMode(t, name, mode)
	}
	checkAlone(t, name)
}

// TestFailure leaves no part behind, and says what went wrong.
func TestFailure(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	taken := filepath.Join(folder, "taken")
	if err := os.MkdirAll(filepath.Join(taken, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(taken, []byte("x"), 0o600); err == nil {
		t.Error("a folder was replaced")
	}
	checkAlone(t, taken)
	if err := atomicfile.Write(filepath.Join(folder, "missing", "a"), nil, 0o600); err == nil {
		t.Error("a file was written into no folder")
	}
}

func checkMode(t *testing.T, name string, want fs.FileMode) {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); runtime.GOOS != "windows" && got != want {
		t.Errorf("mode %04o, want %04o", got, want)
	}
}

// checkAlone finds what was left in the folder of a file.
func checkAlone(t *testing.T, name string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(name))
	if err != nil || len(entries) != 1 || entries[0].Name() != filepath.Base(name) {
		t.Errorf("the folder has %v, %v", entries, err)
	}
}
