package audit_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sharedLog is a log of a long process, into whose file a short one has written between its
// lines, and the id of the short one's chain.
func sharedLog(t *testing.T, path string, ends bool) (shortOne string) {
	t.Helper()
	long := open(t, path)
	write(t, long, "first")
	before := read(t, path)
	short := open(t, path)
	write(t, short, "short")
	if ends {
		if err := short.Close(); err != nil {
			t.Fatal(err)
		}
	}
	own := strings.TrimPrefix(read(t, path), before)
	write(t, long, "second")
	write(t, long, "third")
	if !ends {
		write(t, short, "late")
	}
	if err := long.Close(); err != nil {
		t.Fatal(err)
	}
	shortOne, _, _ = strings.Cut(own, `","n":`)
	return shortOne
}

func TestChainTakenOutBetweenLinesOfAnother(t *testing.T) {
	t.Parallel()
	all := strings.HasPrefix
	for name, c := range map[string]struct {
		ends bool
		gone func(line, of string) bool
		want string
	}{
		"nothing":                       {true, func(string, string) bool { return false }, ""},
		"nothing of one that runs on":   {false, func(string, string) bool { return false }, "note unended 12"},
		"all of a command":              {true, all, "gap 4"},
		"all of a process that runs on": {false, all, "gap 4, gap 8"},
		"the end of a command": {true, func(line, of string) bool {
			return all(line, of) && !strings.Contains(line, "start")
		}, "gap 5, note unended 4"},
		"the last result of one that runs on": {false, func(line, of string) bool {
			return all(line, of) && strings.Contains(line, `"n":5,"prev`)
		}, "gap 12, open 11, note unended 11"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "audit.log")
			of := sharedLog(t, path, c.ends)
			lines := slices.DeleteFunc(slices.Collect(strings.Lines(read(t, path))), func(line string) bool { return c.gone(line, of) })
			if err := os.WriteFile(path, []byte(strings.Join(lines, "")), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := findings(verify(t, path)); got != c.want {
				t.Errorf("found %q, want %q in\n%s", got, c.want, strings.Join(lines, ""))
			}
		})
	}
}

func TestChainTakenOutAfterRotation(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.log")
	long := open(t, path)
	write(t, long, "first")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	short := open(t, path) // in the new file before the long one notices
	write(t, short, "short")
	if err := long.Reopen(); err != nil {
		t.Fatal(err)
	}
	write(t, long, "second")
	lines := slices.Collect(strings.Lines(read(t, path)))
	if err := os.WriteFile(path, []byte(strings.Join(lines[3:], "")), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, want := findings(verify(t, path+".1", path)), "gap 1, note unended 2"; got != want {
		t.Errorf("found %q, want %q", got, want)
	}
}
