package terminal_test

import (
	"context"
	"errors"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"airbyte-mcp-server/internal/cli/terminal"
)

// screen is a terminal with what it has shown.
type screen struct {
	*testing.T
	keyboard, file *os.File
	terminal       *terminal.Terminal

	mu    sync.Mutex
	shown string
	more  chan struct{}
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	keyboard, file, err := pty.Open()
	if err != nil {
		t.Skipf("skipped: no pseudo-terminal: %v", err)
	}
	s := &screen{T: t, keyboard: keyboard, file: file, terminal: terminal.Open(file, file), more: make(chan struct{}, 1)}
	t.Cleanup(func() { file.Close(); keyboard.Close() })
	go s.watch()
	return s
}

func (s *screen) watch() {
	for b := make([]byte, 4096); ; {
		n, err := s.keyboard.Read(b)
		s.mu.Lock()
		s.shown += string(b[:n])
		s.mu.Unlock()
		select {
		case s.more <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// shows waits until the screen has shown a text, and returns all that it has shown.
func (s *screen) shows(text string) string {
	s.Helper()
	for deadline := time.After(time.Minute); ; {
		s.mu.Lock()
		shown := s.shown
		s.mu.Unlock()
		if strings.Contains(shown, text) {
			return shown
		}
		select {
		case <-s.more:
		case <-deadline:
			s.Fatalf("the screen never showed %q; it shows %q", text, shown)
		}
	}
}

func (s *screen) types(text string) {
	s.Helper()
	if _, err := s.keyboard.WriteString(text); err != nil {
		s.Fatal(err)
	}
}

func (s *screen) state() *term.State {
	s.Helper()
	state, err := term.GetState(int(s.file.Fd()))
	if err != nil {
		s.Fatal(err)
	}
	return state
}

// answers asks in the background and types once the question is there.
func (s *screen) answers(keys string, ask func() (string, error)) (string, error) {
	s.Helper()
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := ask()
		done <- result{text, err}
	}()
	s.shows("Secret? ")
	s.types(keys)
	select {
	case r := <-done:
		return r.text, r.err
	case <-time.After(time.Minute):
		s.Fatal("no answer was taken")
		return "", nil
	}
}

// TestHiddenAnswers are edited by the usual keys, never shown, and leave the terminal
// as it was.
func TestHiddenAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys, want string
		err        error
	}{
		"enter":                   {"canary-1\r", "canary-1", nil},
		"line feed":               {"canary-1\n", "canary-1", nil},
		"nothing":                 {"\r", "", nil},
		"white space around":      {"  canary 1\t \r", "canary 1", nil},
		"erase":                   {"canary-12\x7f\r", "canary-1", nil},
		"backspace":               {"canary-12\b\r", "canary-1", nil},
		"a character of 2 bytes":  {"canäry\r", "canäry", nil},
		"erase such a character":  {"canä\x7f\r", "can", nil},
		"erase the line":          {"forgotten\x15canary\r", "canary", nil},
		"arrow":                   {"cnary\x1b[D\x1b[D\x1b[D\x1b[Da\r", "canary", nil},
		"interrupt":               {"canary\x03", "", terminal.ErrInterrupted},
		"interrupt after escape":  {"canary\x1b\x03", "", terminal.ErrInterrupted},
		"end of an empty line":    {"\x04", "", terminal.ErrNoAnswer},
		"end key within the line": {"canary\x04-1\r", "canary-1", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t)
			before := s.state()
			got, err := s.answers(c.keys, func() (string, error) { return s.terminal.AskHidden(t.Context(), "Secret? ") })
			if got != c.want || !errors.Is(err, c.err) {
				t.Errorf("got %q, %v; want %q, %v", got, err, c.want, c.err)
			}
			if after := s.state(); !reflect.DeepEqual(before, after) {
				t.Errorf("the terminal is in state %v, was in %v", after, before)
			}
			if shown := s.shows("\n"); strings.ContainsAny(strings.TrimPrefix(shown, "Secret? "), "canry1") {
				t.Errorf("the answer was shown: %q", shown)
			}
		})
	}
}

// TestHiddenAnswersAreNotCut refuses what a line editor would change without a word.
func TestHiddenAnswersAreNotCut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ keys, says string }{
		"too long":  {strings.Repeat("x", 5000) + "\r", "more than 4095 characters"},
		"not UTF-8": {"can\xe4ry\r", "not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t)
			before := s.state()
			got, err := s.answers(c.keys, func() (string, error) { return s.terminal.AskHidden(t.Context(), "Secret? ") })
			if got != "" || err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %q, %v; want an error with %q", got, err, c.says)
			}
			if after := s.state(); !reflect.DeepEqual(before, after) {
				t.Error("the terminal is not as it was")
			}
		})
	}
	s := newScreen(t)
	long := strings.Repeat("x", 4095)
	if got, err := s.answers(long+"\r", func() (string, error) {
		return s.terminal.AskHidden(t.Context(),
			"Secret? ")
	}); got != long || err != nil {
		t.Errorf("got %d characters, %v; want all 4095", len(got), err)
	}
}

// TestAnswersTypedAhead belong to the questions in their order, hidden or not.
func TestAnswersTypedAhead(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	var answers []string
	_, err := s.answers("one\rtwo\rthree\r", func() (string, error) {
		for range 3 {
			answer, err := s.terminal.AskHidden(t.Context(), "Secret? ")
			if err != nil {
				return "", err
			}
			answers = append(answers, answer)
		}
		return "", nil
	})
	if want := []string{"one", "two", "three"}; err != nil || !reflect.DeepEqual(answers, want) {
		t.Errorf("got %q, %v; want %q", answers, err, want)
	}
}

// TestNobodyWaits ends a question together with its context, and leaves the terminal as
// it was.
func TestNobodyWaits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ask  func(*terminal.Terminal, context.Context, string) (string, error)
		end  error
		want error
	}{
		{(*terminal.Terminal).AskHidden, context.Canceled, terminal.ErrInterrupted},
		{(*terminal.Terminal).Ask, context.Canceled, terminal.ErrInterrupted},
		{(*terminal.Terminal).AskHidden, context.DeadlineExceeded, context.DeadlineExceeded},
	} {
		s := newScreen(t)
		before := s.state()
		ctx, cancel := context.WithCancel(t.Context())
		if errors.Is(c.end, context.DeadlineExceeded) {
			ctx, cancel = context.WithDeadline(t.Context(), time.Now())
		}
		go func() {
			<-s.more // the question
			cancel()
		}()
		if _, err := c.ask(s.terminal, ctx, "Secret? "); !errors.Is(err, c.want) {
			t.Errorf("got %v, want %v", err, c.want)
		}
		if after := s.state(); !reflect.DeepEqual(before, after) {
			t.Error("the terminal is not as it was")
		}
		cancel()
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]bool{
		"yes\n": true, "Y\n": true, " YES\n": true, "yes \n": true, "acme\n": true, "no\n": false, "\n": false, "yess\n": false, "ok\n": false,
	} {
		t.Run(strings.TrimSpace(answer), func(t *testing.T) {
			t.Parallel()
			s := newScreen(t)
			s.types(answer)
			if got, err := s.terminal.Confirm(t.Context(), "Shall it? ", "acme"); got != want || err != nil {
				t.Errorf("%q is taken for %v, %v; want %v", answer, got, err, want)
			}
		})
	}
	s := newScreen(t)
	s.types("\x04") // the terminal makes the end of the input of it
	if yes, err := s.terminal.Confirm(t.Context(), "Shall it? "); yes || !errors.Is(err, terminal.ErrNoAnswer) {
		t.Errorf("the end of the input is taken for %v, %v", yes, err)
	}
}

// TestQuestionsDoNotCommandTheTerminal since they may have words from elsewhere.
func TestQuestionsDoNotCommandTheTerminal(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	s.types("\n")
	if _, err := s.terminal.Ask(t.Context(), "a\x1b[2Jb\tc? "); err != nil {
		t.Fatal(err)
	}
	s.terminal.Printf("%s.", "done\r\x07")
	if shown := s.shows("done��."); !strings.Contains(shown, "a�[2Jb\tc? ") {
		t.Errorf("the screen shows %q", shown)
	}
}

// TestOpen takes nothing but a terminal for one.
func TestOpen(t *testing.T) {
	t.Parallel()
	if terminal.Open(strings.NewReader("yes\n"), nil) != nil {
		t.Error("a reader is taken for a terminal")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if terminal.Open(r, w) != nil {
		t.Error("a pipe is taken for a terminal")
	}
}
