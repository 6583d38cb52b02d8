package cli

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// inSandbox runs a script with the variables of a sandbox.
func inSandbox(ctx context.Context, out io.Writer, script ...string) int {
	return Main(ctx, Process{
		Args: append([]string{"sandbox", "--dataset", "small", "--"}, script...), Stdin: strings.NewReader("typed"), Stdout: out, Stderr: out,
	})
}

func needShell(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("skipped: this system has no sh")
	}
}

// TestSandboxAroundCommand: the command has the variables, the streams and the last word.
func TestSandboxAroundCommand(t *testing.T) {
	t.Parallel()
	needShell(t)
	for _, tt := range []struct {
		command []string
		code    int
		says    string
	}{
		{[]string{"sh", "-c", "echo at $AIRBYTE_API_HOST as $AIRBYTE_CLIENT_ID"}, 0, "at http://127.0.0.1:"},
		{[]string{"sh", "-c", "cat; exit 7"}, 7, "typed"},
		{[]string{"sh", "-c", "kill -TERM $$"}, 143, ""},
		{[]string{"no-such-command"}, 127, "no-such-command: no such command"},
	} {
		var out bytes.Buffer
		if code := inSandbox(t.Context(), &out, tt.command...); code != tt.code || !strings.Contains(out.String(), tt.says) {
			t.Errorf("%q: exit code %d, want %d; it says %q, want %q", tt.command, code, tt.code, out.String(), tt.says)
		}
		if strings.Contains(out.String(), "export ") {
			t.Errorf("%q: lines for a shell are among the output of the command: %s", tt.command, &out)
		}
	}
}

// TestSandboxPassesSignalsOn: the command hears of the signal, and its exit code counts.
func TestSandboxPassesSignalsOn(t *testing.T) {
	t.Parallel()
	needShell(t)
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		ctx, cancel := context.WithCancelCause(t.Context())
		in, out := io.Pipe()
		go func() {
			line, _ := bufio.NewReader(in).ReadString('\n')
			if line == "ready\n" {
				cancel(&SignalError{signal})
			}
			_, _ = io.Copy(io.Discard, in)
		}()
		const script = `trap "exit 41" TERM; trap "exit 42" INT; echo ready; while :; do sleep 0.05; done`
		want := map[syscall.Signal]int{syscall.SIGTERM: 41, syscall.SIGINT: 42}[signal]
		if code := inSandbox(ctx, out, "sh", "-c", script); code != want {
			t.Errorf("%v: exit code %d, want %d", signal, code, want)
		}
		cancel(nil)
		_ = out.Close()
	}
}
