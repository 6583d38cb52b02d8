package cli_test

import (
	"bytes"
	"context"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"airbyte-mcp-server/internal/cli"
)

// person sits at a terminal in which the program runs.
type person struct {
	t        *testing.T
	keyboard *os.File
	terminal *os.File
	before   *term.State // of the terminal
	stdout   bytes.Buffer
	code     chan int

	mu     sync.Mutex
	seen   string // all that the screen has shown
	read   int    // how much of it the person has read
	change chan struct{}
}

// sit starts the program in a terminal.
func sit(ctx context.Context, t *testing.T, args ...string) *person {
	t.Helper()
	keyboard, terminal, err := pty.Open()
	if err != nil {
		t.Skipf("skipped: no pseudo-terminal: %v", err)
	}
	before, err := term.GetState(int(terminal.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	p := &person{t: t, keyboard: keyboard, terminal: terminal, before: before, code: make(chan int, 1), change: make(chan struct{}, 1)}
	t.Cleanup(func() { terminal.Close(); keyboard.Close() })
	go p.watch()
	dir := t.TempDir()
	go func() {
		p.code <- cli.Main(ctx, cli.Process{
			Args: args, Stdin: terminal, Stdout: &p.stdout, Stderr: terminal, IsTerminal: true,
			LookupEnv: func(string) (string, bool) { return "", false }, HomeDir: dir, ConfigDir: dir,
		})
	}()
	return p
}

func (p *person) watch() {
	for b := make([]byte, 4096); ; {
		n, err := p.keyboard.Read(b)
		p.mu.Lock()
		p.seen += string(b[:n])
		p.mu.Unlock()
		select {
		case p.change <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// sees waits until the screen shows something new.
func (p *person) sees(text string) {
	p.t.Helper()
	for deadline := time.After(time.Minute); ; {
		p.mu.Lock()
		at := strings.Index(p.seen[p.read:], text)
		if at >= 0 {
			p.read += at + len(text)
		}
		unread := p.seen[p.read:]
		p.mu.Unlock()
		if at >= 0 {
			return
		}
		select {
		case <-p.change:
		case <-deadline:
			p.t.Fatalf("the screen never showed %q; it shows %q", text, unread)
		}
	}
}

func (p *person) types(text string) {
	p.t.Helper()
	if _, err := p.keyboard.WriteString(text); err != nil {
		p.t.Fatal(err)
	}
}

// leaves waits for the end of the program and returns its exit code and what the
// screen has shown.
func (p *person) leaves() (code int, screen string) {
	p.t.Helper()
	select {
	case code = <-p.code:
	case <-time.After(time.Minute):
		p.t.Fatal("the program does not end")
	}
	p.types("\n") // what was shown before the echo of this has been read after it
	p.sees("\n")
	p.mu.Lock()
	defer p.mu.Unlock()
	return code, p.seen
}

func TestCredentialsTypedInATerminal(t *testing.T) {
	t.Parallel()
	p := sit(t.Context(), t, "connect", "github", "--sandbox", "--name", "mine")
	p.sees("1  Personal access token") // what people have comes first
	p.sees("Which way to authenticate? [1-2] ")
	p.types("seven\n")
	p.sees("Which way to authenticate? [1-2] ")
	p.types("1\n")
	p.sees("Where to make it: https://github.com/settings/tokens")
	p.sees("Personal access token (not shown): ")
	p.types("\n")
	p.sees("Personal access token is required")
	p.sees("Personal access token (not shown): ")
	p.types("forgotten\x15ghp_canary_typede\x7f\r")
	p.sees("Repositories (e.g. acme/widgets, acme/tools): ")
	p.types("widgets\n")
	p.sees("`repositories")
	p.sees("Repositories (e.g. acme/widgets, acme/tools): ") // only what was wrong is asked again
	p.types("acme/widgets\n")
	p.sees("Creating the connector")
	code, screen := p.leaves()
	if want := `Connected "mine"`; code != 0 || !strings.Contains(p.stdout.String(), want) {
		t.Errorf("exit code %d, it prints %q, want %q; the screen shows %q", code, p.stdout.String(), want, screen)
	}
	if strings.Contains(screen+p.stdout.String(), "canary") {
		t.Errorf("the secret was shown: %q", screen)
	}
	if !strings.Contains(screen, "acme/widgets\r\n") {
		t.Errorf("what is no secret was not echoed: %q", screen)
	}
}

// TestServersSayThatTheyWait to a person who has started one in a terminal.
func TestServersSayThatTheyWait(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ command, says string }{
		{"serve --sandbox --log-level error", "Waiting for the messages of an MCP host on standard input"},
		{"sandbox --addr 127.0.0.1:0 --dataset small --log-level error", "The sandbox listens at http://127.0.0.1:"},
	} {
		ctx, interrupt := context.WithCancel(t.Context())
		p := sit(ctx, t, strings.Fields(tt.command)...)
		p.sees(tt.says)
		p.sees("Ctrl-C ends it")
		interrupt()
		if code, screen := p.leaves(); code != 0 {
			t.Errorf("%s: exit code %d; the screen shows %q", tt.command, code, screen)
		}
	}
}

// TestInterruptKeyWhileHidden ends the program with the key that the terminal does not
// act upon meanwhile.
func TestInterruptKeyWhileHidden(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"half\x03", "\x04"} {
		p := sit(t.Context(), t, "connect", "stripe", "--sandbox")
		p.sees("(not shown): ")
		p.types(key)
		if code, screen := p.leaves(); code != 1 || strings.Contains(screen, "half") {
			t.Errorf("after %q: exit code %d, want 1; the screen shows %q", key, code, screen)
		}
	}
}

// TestTerminalIsLeftAsItWas interrupts the program while it hides what is typed.
func TestTerminalIsLeftAsItWas(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	p := sit(ctx, t, "connect", "github", "--sandbox", "--method", "githubPAT", "--set", "repositories=acme/widgets")
	p.sees("(not shown): ")
	during, err := term.GetState(int(p.terminal.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if reflect.DeepEqual(p.before, during) {
		t.Error("what is typed is not hidden")
	}
	interrupt()
	if code, _ := p.leaves(); code == 0 {
		t.Error("the program calls it a success")
	}
	after, err := term.GetState(int(p.terminal.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(p.before, after) {
		t.Errorf("the terminal is in state %v, was in %v", after, p.before)
	}
}
