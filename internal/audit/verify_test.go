package audit_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/audit"
)

// sample is a log of ten lines: start, four writes, stop.
func sample(t *testing.T) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.log")
	l := open(t, path)
	for i := range 4 {
		write(t, l, strconv.Itoa(i))
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return slices.Collect(strings.Lines(read(t, path)))
}

// findings are a report's in short.
func findings(r *audit.Report) string {
	var all []string
	for _, f := range r.Problems {
		all = append(all, fmt.Sprintf("%s %d", f.Kind, f.Line))
	}
	for _, o := range r.Open {
		all = append(all, fmt.Sprintf("open %d", o.Line))
	}
	for _, f := range r.Notes {
		all = append(all, fmt.Sprintf("note %s %d", f.Kind, f.Line))
	}
	return strings.Join(all, ", ")
}

// change replaces a part of the line with an index.
func change(i int, from, to string) func([]string) []string {
	return func(lines []string) []string {
		lines[i] = strings.Replace(lines[i], from, to, 1)
		return lines
	}
}

// tampering is every way of changing a log, and what is found then.
var tampering = map[string]struct {
	do   func(lines []string) []string
	want string
}{
	"nothing":             {func(lines []string) []string { return lines }, ""},
	"a byte":              {change(3, "create", "delete"), "changed 4"},
	"a byte of the start": {change(0, "1.2.3", "1.2.4"), "changed 1"},
	"a number":            {change(3, `"n":4,`, `"n":8,`), "changed 4, gap 5"},
	"a code":              {change(2, `"mac":"`, `"mac":"0`), "changed 3, open 2"},
	"the JSON":            {change(4, "{", "["), "changed 5, gap 6, open 4"},
	"a line removed":      {func(lines []string) []string { return slices.Delete(lines, 2, 3) }, "gap 3, open 2"},
	"two lines removed":   {func(lines []string) []string { return slices.Delete(lines, 1, 3) }, "gap 2"},
	"the head cut off":    {func(lines []string) []string { return lines[3:] }, "gap 1"},
	"the tail cut off":    {func(lines []string) []string { return lines[:7] }, "note unended 7"},
	"in the middle of a line": {func(lines []string) []string {
		lines[6] = lines[6][:len(lines[6])/2]
		return lines[:7]
	}, "open 6, note torn 7, note unended 6"},
	"lines swapped": {func(lines []string) []string {
		lines[3], lines[4] = lines[4], lines[3]
		return lines
	}, "moved 5"},
	"a line duplicated": {func(lines []string) []string { return slices.Insert(lines, 4, lines[3]) }, "repeated 5"},
	"a line moved away": {func(lines []string) []string { return slices.Concat(lines[:3], lines[5:], lines[3:5]) }, "moved 9"},
	"a line inserted": {func(lines []string) []string {
		return slices.Insert(lines, 4, strings.Replace(lines[3], "a_b_create", "a_b_delete", 1))
	}, "changed 5"},
	"a line without a chain": {func(lines []string) []string { return slices.Insert(lines, 4, `{"tool":"a_b_delete"}`+"\n") }, "foreign 5"},
	"a line of text":         {func(lines []string) []string { return slices.Insert(lines, 4, "hello\n") }, "changed 5"},
	"a line beyond measure": {func(lines []string) []string { return slices.Insert(lines, 4, strings.Repeat("x", 100_000)+"\n") },
		"foreign 5"},
	"a line written again after a full disk": {func(lines []string) []string { return slices.Insert(lines, 3, lines[3][:20]+"\n") },
		"note torn 4"},
	"a line of another process after a torn one": {func(lines []string) []string {
		lines[3] = lines[3][:30] + lines[3]
		return lines
	}, "note torn 4"},
}

func TestTampering(t *testing.T) {
	t.Parallel()
	for name, tt := range tampering {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "tampered.log")
			if err := os.WriteFile(path, []byte(strings.Join(tt.do(sample(t)), "")), 0o600); err != nil {
				t.Fatal(err)
			}
			r := verify(t, path)
			if got := findings(r); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if r.Fine() != (tt.want == "" || strings.HasPrefix(tt.want, "note")) {
				t.Errorf("Fine is %v", r.Fine())
			}
			var out bytes.Buffer
			if err := r.Print(&out); err != nil || len(r.Problems) > 0 && !strings.Contains(out.String(), path+":") {
				t.Errorf("printed %q, %v", out.String(), err)
			}
		})
	}
}

// TestForeignKey is one finding, however many lines there are.
func TestForeignKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.log")
	write(t, open(t, path), "1")
	r, err := audit.Verify([]byte("another"), path)
	if err != nil || findings(r) != "foreign 1" || r.Lines != 0 {
		t.Errorf("got %+v, %v", r, err)
	}
}

// TestCutTail: the start after a cut names it, since the start line says which line stood
// before.
func TestCutTail(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.log")
	l := open(t, path)
	for i := range 4 {
		write(t, l, strconv.Itoa(i))
	} // killed: there is no stop line
	second := open(t, path)
	if err := errors.Join(second.Begin(), second.Close()); err != nil {
		t.Fatal(err)
	}
	if got := findings(verify(t, path)); got != "note unended 9" {
		t.Errorf("before the cut: got %s", got)
	}
	lines := slices.Collect(strings.Lines(read(t, path)))
	if err := os.WriteFile(path, []byte(strings.Join(slices.Delete(lines, 7, 9), "")), 0o600); err != nil {
		t.Fatal(err)
	}
	r := verify(t, path)
	if got := findings(r); got != "gap 8, note unended 7" || !strings.Contains(r.Problems[0].Text, "2 lines are missing") {
		t.Errorf("got %s in %+v", got, r)
	}
}

// TestTornEnd: a process that was killed while it wrote leaves the beginning of a line; the
// next one does not write behind it.
func TestTornEnd(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.log")
	lines := sample(t)
	if err := os.WriteFile(path, []byte(strings.Join(lines[:4], "")+lines[4][:50]), 0o600); err != nil {
		t.Fatal(err)
	}
	l := open(t, path)
	write(t, l, "x")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if got := findings(verify(t, path)); got != "open 4, note torn 5, note unended 4" {
		t.Errorf("got %s", got)
	}
}

// TestOpenIntents are named with what is known of them, in whatever order the files come.
func TestOpenIntents(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "audit.log")
	l := open(t, path)
	type full struct {
		record

		Time        string `json:"time"`
		Workspace   string `json:"workspace"`
		ConnectorID string `json:"connector_id"`
		Entity      string `json:"entity"`
		Action      string `json:"action"`
	}
	for _, call := range []string{"1", "2"} {
		if err := l.Intent(full{record{"intent", "a_b_create", call}, "2026-11-30T10:00:00Z", "acme", "c-9", "b", "create"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Reopen(), l.Result(record{"result", "a_b_create", "2"})); err != nil {
		t.Fatal(err)
	}
	for _, paths := range [][]string{{path, path + ".1"}, {path + ".1", path}} {
		r := verify(t, paths...)
		if len(r.Open) != 1 || len(r.Problems) != 0 {
			t.Fatalf("%v: got %+v", paths, r)
		}
		var out bytes.Buffer
		want := path + `.1:2: open: 2026-11-30T10:00:00Z a_b_create (create b) on connector "c-9" in workspace "acme" ` +
			"has no result: it may have happened"
		if err := r.Print(&out); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("got %s, %v, want %s in it", out.String(), err, want)
		}
	}
	if r := verify(t, path+".1"); len(r.Open) != 2 {
		t.Errorf("the older file alone: got %+v", r)
	}
	if got := findings(verify(t, path)); got != "gap 1, note unended 1" {
		t.Errorf("the newer file alone: got %s", got)
	}
}

func TestNoFile(t *testing.T) {
	t.Parallel()
	if _, err := audit.Verify(key, filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
