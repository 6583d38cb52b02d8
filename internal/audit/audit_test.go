package audit_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"airbyte-mcp-server/internal/audit"
)

var key = []byte("a key of this test")

type record struct {
	Event string `json:"event"`
	Tool  string `json:"tool"`
	Call  string `json:"call,omitempty"`
}

func open(t testing.TB, path string) *audit.Log {
	t.Helper()
	l, err := audit.Open(path, audit.Options{Key: key, Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// write makes a write: its intent and its result.
func write(t testing.TB, l *audit.Log, call string) {
	t.Helper()
	if err := errors.Join(l.Intent(record{"intent", "a_b_create", call}), l.Result(record{"result", "a_b_create", call})); err != nil {
		t.Error(err)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func verify(t testing.TB, paths ...string) *audit.Report {
	t.Helper()
	r, err := audit.Verify(key, paths...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestFile appends whole lines to a private file, and goes on in a new one when the
// old was moved away.
func TestFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.log")
	l := open(t, path)
	var writers sync.WaitGroup
	for i := range 50 {
		writers.Go(func() {
			if err := l.Note(record{Event: "call", Tool: "a_b_list"}); err != nil {
				t.Error(err)
			}
			write(t, l, strconv.Itoa(i))
		})
	}
	writers.Wait()
	if got := read(t, path); strings.Count(got, `"a_b_list"`) != 50 || strings.Count(got, "\n") != 151 {
		t.Errorf("got %q", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, %v, want 0600", info.Mode(), err)
	}
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Reopen(), l.Note(record{Tool: "c"}), l.Close()); err != nil {
		t.Fatal(err)
	}
	var first struct {
		Number int `json:"n"`
		Tool   string
	}
	if err := json.Unmarshal([]byte(strings.Split(read(t, path), "\n")[0]), &first); err != nil || first.Number != 152 || first.Tool != "c" {
		t.Errorf("after reopening: got %+v, %v", first, err)
	}
	for _, paths := range [][]string{{path, path + ".1"}, {path + ".1", path}} {
		if r := verify(t, paths...); !r.Fine() || r.Lines != 153 || r.Starts != 1 || len(r.Notes) != 0 {
			t.Errorf("%v: got %+v", paths, r)
		}
	}
	if l.Note(record{Tool: "d"}) == nil || l.Intent(record{Tool: "d"}) == nil {
		t.Error("a closed file takes records")
	}
}

// TestStderr has plain lines, without a chain.
func TestStderr(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	l, err := audit.Open(audit.Stderr, audit.Options{Stderr: &out})
	if err != nil {
		t.Fatal(err)
	}
	write(t, l, "7")
	want := `{"event":"intent","tool":"a_b_create","call":"7"}` + "\n" + `{"event":"result","tool":"a_b_create","call":"7"}` + "\n"
	if err := errors.Join(l.Begin(), l.Reopen(), l.Close()); err != nil || out.String() != want {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

func TestUnwritable(t *testing.T) {
	t.Parallel()
	_, err := audit.Open(filepath.Join(t.TempDir(), "none", "audit.log"), audit.Options{})
	if err == nil || !strings.Contains(err.Error(), "opening the audit log") {
		t.Errorf("got %v", err)
	}
}

// TestLines shows every character as it is, and takes no line beyond 8 KiB.
func TestLines(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.log")
	l := open(t, path)
	text := "a\u202eb\x7f\u0085\U000e0041 ü\n"
	if err := l.Note(record{Tool: text}); err != nil {
		t.Fatal(err)
	}
	line := strings.Split(read(t, path), "\n")[1]
	if !strings.Contains(line, `"a\u202eb\u007f\u0085\udb40\udc41 ü\n"`) {
		t.Errorf("got %q", line)
	}
	var back record
	if err := json.Unmarshal([]byte(line), &back); err != nil || back.Tool != text {
		t.Errorf("got %q, %v", back.Tool, err)
	}
	if l.Note(record{Tool: strings.Repeat("x", 8<<10)}) == nil || l.Intent(record{Tool: strings.Repeat("\u202e", 2000)}) == nil {
		t.Error("a line is longer than 8 KiB")
	}
	if r := verify(t, path); !r.Fine() || r.Lines != 2 {
		t.Errorf("got %+v", r)
	}
}

// TestProcesses lets several starts write to one file at the same time.
func TestProcesses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.log")
	var processes sync.WaitGroup
	for range 5 {
		l := open(t, path)
		processes.Go(func() {
			for i := range 40 {
				write(t, l, strconv.Itoa(i))
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	processes.Wait()
	if r := verify(t, path); !r.Fine() || r.Starts != 5 || r.Lines != 5*82 || len(r.Notes) != 0 {
		t.Errorf("got %+v", r)
	}
}
