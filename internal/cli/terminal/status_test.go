package terminal_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/cli/terminal"
)

// TestStatusLine: the line says what is waited for, gives way to what is written, and is gone
// at the end.
func TestStatusLine(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	status := terminal.OpenStatus(s.file)
	if status == nil {
		t.Fatal("a pseudo-terminal is no terminal")
	}
	status.Show("waiting for %s", "the vendor\x1b[2J")
	s.shows("waiting for the vendor")
	if strings.Contains(s.shows("waiting"), "\x1b") {
		t.Error("a text from elsewhere commands the terminal")
	}
	fmt.Fprintln(status, "a line that stays")
	before := s.shows("a line that stays")
	if !strings.Contains(before, "\r"+strings.Repeat(" ", len("waiting for the vendor"))) {
		t.Errorf("the line was not taken away before another was written: %q", before)
	}
	status.Show("reading page 2")
	s.shows("reading page 2")
	status.Stop()
	fmt.Fprint(s.file, "the end")
	after := s.shows("the end")
	if !strings.HasSuffix(after, "\rthe end") {
		t.Errorf("the line is there after the end: %q", after)
	}
}

// TestStatusLineWhileAsked: a question is not written over.
func TestStatusLineWhileAsked(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	status := terminal.OpenStatus(s.file)
	status.Show("busy")
	s.shows("busy")
	fmt.Fprint(status, "Really? ")
	before := s.shows("Really? ")
	fmt.Fprint(s.file, "[typed]")
	if after := s.shows("[typed]"); strings.TrimPrefix(after, before) != "[typed]" && !strings.HasSuffix(before, "[typed]") {
		t.Errorf("the question was written over: %q", after)
	}
	status.Stop()
}

// TestNoStatusLine: nothing is shown where nobody looks.
func TestNoStatusLine(t *testing.T) {
	t.Parallel()
	file, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, status := range []*terminal.Status{terminal.OpenStatus(&bytes.Buffer{}), terminal.OpenStatus(file)} {
		if status != nil {
			t.Error("a status line is shown in what is no terminal")
		}
		status.Show("nothing") // a nil one does nothing
		status.Stop()
	}
}
