package downloads

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestKeepWithoutLinks: some file systems have no hard links. Files are kept there too,
// and never over another one, or over what a link of that name points to.
func TestKeepWithoutLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(outside, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "a.txt")); err != nil {
		t.Fatal(err)
	}
	f := New(dir, 100)
	defer f.Close()
	for _, want := range []string{"a (2).txt", "a (3).txt"} {
		w, err := f.Create()
		if err != nil {
			t.Fatal(err)
		}
		w.link = func(string, string) error { return errors.ErrUnsupported }
		if _, err := w.Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
		kept, err := w.Keep("a.txt")
		if err != nil || kept.Name != want {
			t.Errorf("got %+v, %v, want %s", kept, err, want)
			continue
		}
		if content, err := os.ReadFile(kept.Path); err != nil || string(content) != "hello" {
			t.Errorf("%s has %q, %v", want, content, err)
		}
	}
	if content, err := os.ReadFile(outside); err != nil || string(content) != "precious" {
		t.Errorf("the file outside has %q, %v", content, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 3 {
		t.Errorf("got %v, %v, want three entries", entries, err)
	}
}

// TestPathsAreAbsolute: who is told of a path may be in another folder.
func TestPathsAreAbsolute(t *testing.T) {
	t.Chdir(t.TempDir())
	f := New("here", 100)
	defer f.Close()
	w, err := f.Create()
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := w.Keep("a.txt"); err != nil || !filepath.IsAbs(kept.Path) {
		t.Errorf("got %+v, %v, want an absolute path", kept, err)
	}
}
