package cli_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"

	"airbyte-mcp-server/internal/cli"
	"airbyte-mcp-server/internal/sandbox"
)

// onScreen runs a command in a terminal and returns all that the terminal has shown.
func (s *shell) onScreen(args ...string) (screen string, code int) {
	s.Helper()
	keyboard, terminal, err := pty.Open()
	if err != nil {
		s.Skipf("skipped: no pseudo-terminal: %v", err)
	}
	if err := pty.Setsize(terminal, &pty.Winsize{Rows: 40, Cols: 90}); err != nil {
		s.Fatal(err)
	}
	shown := make(chan string)
	go func() {
		text, _ := io.ReadAll(keyboard) // ends with an error when the terminal is closed
		shown <- string(text)
	}()
	code = cli.Main(s.Context(), cli.Process{
		Args: args, Version: "1.2.3", Stdin: strings.NewReader(""), Stdout: terminal, Stderr: terminal, IsTerminal: true,
		LookupEnv: func(name string) (string, bool) { v, ok := s.vars[name]; return v, ok },
		HomeDir:   s.dir, ConfigDir: s.dir,
	})
	terminal.Close()
	screen = <-shown
	keyboard.Close()
	return strings.ReplaceAll(screen, "\r\n", "\n"), code
}

const twoIssues = `{"owner":"acme","repo":"widgets","per_page":2}`

// TestCallOnTerminal: people read indented JSON or a table, programs one line.
func TestCallOnTerminal(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	screen, code := s.onScreen("call", "github_issues_list", twoIssues)
	if code != 0 || !strings.Contains(screen, "{\n  \"result\": [\n    {\n") || !strings.Contains(screen, "\n  \"page\": {\n") {
		t.Errorf("exit code %d:\n%s", code, screen)
	}
	screen, code = s.onScreen("call", "github_issues_list", twoIssues, "--answer-format", "table")
	head, _, _ := strings.Cut(screen, "\n")
	if code != 0 || !strings.Contains(head, "number  id  ") || !strings.Contains(screen, "\npage: {") {
		t.Errorf("a table: exit code %d:\n%s", code, screen)
	}
	_, piped, _ := s.run("", "call", "github_issues_list", twoIssues, "--answer-format", "table")
	if strings.Count(piped, "\n") != 1 || !strings.HasPrefix(piped, `{"result":{"columns":[`) {
		t.Errorf("programs get\n%s", piped)
	}
}

// TestDeletionInWords: a vendor's empty answer to a deletion says little to people.
func TestDeletionInWords(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	var listed struct{ Result []struct{ ID string } }
	s.prints(&listed, "call", "google_drive_files_list", `{"pageSize":1}`)
	remove := []string{"call", "google_drive_files_delete", `{"fileId":"` + listed.Result[0].ID + `"}`, "--yes"}
	if screen, code := s.onScreen(append(remove, "--dry-run")...); code != 0 || strings.Contains(screen, "Deleted.") {
		t.Errorf("a preview: exit code %d:\n%s", code, screen)
	}
	if screen, code := s.onScreen(remove...); code != 0 || !strings.HasSuffix(screen, "}\nDeleted.\n") {
		t.Errorf("exit code %d:\n%s", code, screen)
	}
	if screen, _ := s.onScreen("call", "google_drive_files_list", `{"pageSize":1}`); strings.Contains(screen, "Deleted.") {
		t.Errorf("a read: %s", screen)
	}
}

// TestStatusOnTerminal: what is waited for is said to people, and to nobody else.
func TestStatusOnTerminal(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{Faults: []string{"route=execute,delay=700ms"}})
	pages := []string{"call", "github_issues_list", `{"owner":"acme","repo":"widgets","per_page":1,"max_pages":3}`}
	screen, code := s.onScreen(pages...)
	if code != 0 || !strings.Contains(screen, "\rAsking Airbyte") || !strings.Contains(screen, "2 pages read") {
		t.Errorf("exit code %d:\n%s", code, screen)
	}
	if last := screen[strings.LastIndex(screen, "\r"):]; !strings.HasPrefix(last, "\r{\n") {
		t.Errorf("the line is not gone before the answer: %q", last[:min(80, len(last))])
	}
	screen, _ = s.onScreen(append(pages, "--no-progress")...)
	if _, _, stderr := s.run("", pages...); stderr != "" || strings.Contains(screen, "Asking") {
		t.Errorf("quiet commands say %q and %q", stderr, screen)
	}
	s.vars["TERM"] = "dumb"
	if screen, _ = s.onScreen(pages...); strings.Contains(screen, "Asking") {
		t.Errorf("a dumb terminal shows %q", screen)
	}
}

// TestCallOutput: the answer goes to a file as a whole, which replaces none without being told.
func TestCallOutput(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	running := s.signIn(sandbox.Options{})
	file := filepath.Join(s.dir, "issues.json")
	save := []string{"call", "github_issues_list", twoIssues, "--output", file}
	if code, stdout, stderr := s.run("", save...); code != 0 || stdout != "" || !strings.Contains(stderr, file) {
		t.Fatalf("exit code %d: %s%s", code, stdout, stderr)
	}
	_, want, _ := s.run("", save[:3]...)
	got, err := os.ReadFile(file)
	if err != nil || len(got) != len(want) {
		t.Errorf("the file has %d bytes, %v; the output %d", len(got), err, len(want))
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	sent := len(running.Requests().Executes)
	for _, tt := range []struct{ path, says string }{
		{file, "--force replaces it; nothing was sent"},
		{s.dir, "no ordinary file"},
		{filepath.Join(s.dir, "no", "folder"), "nothing was sent"},
	} {
		create := []string{"call", "github_issues_create", newIssue, "-o", tt.path}
		if code, _, stderr := s.run("", create...); code == 0 || !strings.Contains(stderr, tt.says) {
			t.Errorf("%s: exit code %d: %s", tt.path, code, stderr)
		}
	}
	if n := len(running.Requests().Executes); n != sent {
		t.Errorf("sent %d requests whose answers could not be saved", n-sent)
	}
	if code, _, stderr := s.run("", append(save, "--force")...); code != 0 {
		t.Errorf("--force: exit code %d: %s", code, stderr)
	}
	if entries, _ := filepath.Glob(filepath.Join(s.dir, "*issues*")); len(entries) != 1 {
		t.Errorf("the folder has %q", entries)
	}
}

// TestCallOutputOfDownload: the file itself goes where its user wants it.
func TestCallOutputOfDownload(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	var listed struct{ Result []struct{ ID string } }
	s.prints(&listed, "call", "google_drive_files_list", `{"pageSize":1}`)
	file := filepath.Join(s.dir, "table.csv")
	code, stdout, stderr := s.run("", "call", "google_drive_files_download", `{"fileId":"`+listed.Result[0].ID+`"}`, "--output", file)
	content, err := os.ReadFile(file)
	if code != 0 || err != nil || len(content) == 0 || strings.HasPrefix(string(content), "{") {
		t.Errorf("exit code %d, %v: %q\n%s%s", code, err, content, stdout, stderr)
	}
	if entries, _ := filepath.Glob(filepath.Join(s.dir, "*.csv")); len(entries) != 1 {
		t.Errorf("the folder has %q", entries)
	}
}
