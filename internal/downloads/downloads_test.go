package downloads_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/downloads"
)

func create(t *testing.T, f *downloads.Folder, content string) *downloads.File {
	t.Helper()
	w, err := f.Create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	return w
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// TestKeep writes whole files, privately, beside each other.
func TestKeep(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	f := downloads.New(dir, 100)
	defer f.Close()
	for i, want := range []string{"report.pdf", "report (2).pdf", "report (3).pdf"} {
		kept, err := create(t, f, "hello").Keep("../../x/report.pdf")
		if err != nil || kept.Name != want || kept.Path != filepath.Join(dir, want) || kept.Bytes != 5 ||
			kept.SHA256 != "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" {
			t.Errorf("file %d: got %+v, %v", i, kept, err)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "report.pdf")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want mode 0600", info, err)
	}
	create(t, f, "gone").Discard()
	w := create(t, f, "first")
	if err := w.Reset(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 101)); !errors.Is(err, downloads.ErrTooLarge) {
		t.Errorf("over the limit: got %v, want ErrTooLarge", err)
	}
	if n, err := w.Write(make([]byte, 100)); err != nil || n != 100 {
		t.Errorf("up to the limit: wrote %d, %v", n, err)
	}
	if _, err := w.Write([]byte{0}); !errors.Is(err, downloads.ErrTooLarge) {
		t.Errorf("a byte over the limit: got %v, want ErrTooLarge", err)
	}
	w.Discard()
	if got := names(t, dir); len(got) != 3 {
		t.Errorf("the folder has %q, want three files", got)
	}
}

// TestNoEscape does not follow links out of the folder or write over what is there.
func TestNoEscape(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(outside, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link.txt")); err != nil {
		t.Skip("skipped: no symbolic links here")
	}
	f := downloads.New(dir, 100)
	defer f.Close()
	kept, err := create(t, f, "evil").Keep("link.txt")
	if err != nil || kept.Name != "link (2).txt" {
		t.Errorf("got %+v, %v", kept, err)
	}
	if b, _ := os.ReadFile(outside); string(b) != "precious" {
		t.Errorf("the file outside now has %q", b)
	}
}

// TestPrivateFolder is gone in the end.
func TestPrivateFolder(t *testing.T) {
	t.Parallel()
	f := downloads.New("", 100)
	kept, err := create(t, f, "x").Keep("x")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Dir(kept.Path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("got %v, %v, want mode 0700", info, err)
	}
	f.Close()
	if _, err := os.Stat(filepath.Dir(kept.Path)); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"report.pdf":                       "report.pdf",
		"../../.ssh/authorized_keys":       "authorized_keys",
		`..\..\windows\system32\cmd.exe`:   "cmd.exe",
		"/etc/passwd":                      "passwd",
		"..":                               "file_",
		"":                                 "file_",
		".bashrc":                          "bashrc",
		"-rf":                              "rf",
		"a\x00b\nc\x1b[31m.txt":            "a_b_c_[31m.txt",
		"CON":                              "file_CON",
		"com1.txt":                         "file_com1.txt",
		"$(rm -rf).sh":                     "_(rm -rf).sh",
		"名前 – ü.csv":                       "名前 – ü.csv",
		"evil\u202Egpj.exe":                "evil_gpj.exe",
		"bad\xff.txt":                      "bad_.txt",
		strings.Repeat("é", 300) + ".docx": strings.Repeat("é", 57) + ".docx",
	} {
		if got := downloads.Clean(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("../x")
	f.Add(strings.Repeat("0", 99) + " ." + strings.Repeat("0", 20))
	f.Fuzz(func(t *testing.T, text string) {
		got := downloads.Clean(text)
		if got == "" || len(got) > 130 || strings.ContainsAny(got, "/\\\x00\n") || strings.HasPrefix(got, ".") ||
			strings.HasPrefix(got, "-") || !filepath.IsLocal(got) {
			t.Errorf("%q: got %q", text, got)
		}
		if again := downloads.Clean(got); again != got {
			t.Errorf("%q: cleaning twice gives %q, then %q", text, got, again)
		}
	})
}
