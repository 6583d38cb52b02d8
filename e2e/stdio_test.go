package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// handshake initializes a session.
const handshake = `{"jsonrpc":"2.0","id":"hello","method":"initialize","params":{"protocolVersion":"2025-11-25",` +
	`"capabilities":{},"clientInfo":{"name":"test","version":"1"}}}` + "\n" +
	`{"jsonrpc":"2.0","method":"notifications/initialized"}` + "\n"

func listCall(id int) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"github_issues_list","arguments":`+
		`{"owner":"acme","repo":"widgets","per_page":%d}}}`+"\n", id, 1+id)
}

// message is the part of a JSON-RPC response that the tests look at.
type message struct {
	ID     json.RawMessage
	Result struct {
		IsError bool
		Content []struct{ Text string }
	}
	Error *struct{ Message string }
}

func readMessages(t *testing.T, out []byte) map[string]message {
	t.Helper()
	got := map[string]message{}
	for line := range bytes.Lines(out) {
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatalf("standard output has a line that is no message: %q", line)
		}
		if _, twice := got[string(m.ID)]; twice {
			t.Errorf("request %s was answered twice", m.ID)
		}
		got[string(m.ID)] = m
	}
	return got
}

func TestPipedCallsAreAllAnsweredBeforeExit(t *testing.T) {
	t.Parallel()
	const runs, calls = 50, 40
	var input strings.Builder
	input.WriteString(handshake)
	for i := range calls {
		input.WriteString(listCall(i))
	}
	for run := range runs {
		// The other packages' tests share the machine: what is slow is no hang here.
		cmd := program(t, "serve", "--sandbox", "--log-level", "error", "--eof-grace", "30s")
		cmd.Stdin = strings.NewReader(input.String())
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("run %d: %v\n%s", run, err, stderr.String())
		}
		got := readMessages(t, out)
		for i := range calls {
			m, ok := got[strconv.Itoa(i)]
			if !ok || m.Error != nil || m.Result.IsError {
				t.Fatalf("run %d: call %d: got %+v, want a result", run, i, m)
			}
		}
	}
}

func TestTerminationAnswersCallsInProgress(t *testing.T) {
	t.Parallel()
	needSignals(t)
	emulator := startEmulator(t, "--fault", "route=execute,delay=500ms")
	cmd := program(t, "serve", "--log-level", "error")
	cmd.Env = append(cmd.Env, emulator...)
	in, out := pipes(t, cmd)
	const calls = 20
	fmt.Fprint(in, handshake)
	for i := range calls {
		fmt.Fprint(in, listCall(i))
	}
	lines := bufio.NewReader(out)
	if _, err := lines.ReadBytes('\n'); err != nil { // the handshake: the calls are on their way
		t.Fatal(err)
	}
	waitForCalls(t, emulator, calls)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("exit after SIGTERM: got %v, want 0", err)
	}
	got := readMessages(t, rest)
	for i := range calls {
		if m, ok := got[strconv.Itoa(i)]; !ok || m.Result.IsError {
			t.Errorf("call %d: got %+v, want a result", i, m)
		}
	}
}

// TestHangupOverStdio: the signal ends nothing. The audit log goes on in a new file, where
// there is one and it was moved away.
func TestHangupOverStdio(t *testing.T) {
	t.Parallel()
	needSignals(t)
	for name, audited := range map[string]bool{"with an audit log": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "audit.log")
			args := []string{"serve", "--sandbox", "--log-level", "error"}
			if audited {
				args = append(args, "--audit-log", file)
			}
			cmd := program(t, args...)
			in, out := pipes(t, cmd)
			lines := bufio.NewReader(out)
			ask := func(text string) {
				t.Helper()
				fmt.Fprint(in, text)
				if answer, err := lines.ReadString('\n'); err != nil || strings.Contains(answer, `"error"`) {
					t.Fatalf("got %s, %v", answer, err)
				}
			}
			ask(handshake)
			ask(listCall(1))
			if audited {
				if err := os.Rename(file, file+".1"); err != nil {
					t.Fatal(err)
				}
			}
			for n := 2; ; n++ {
				if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
					t.Fatal(err)
				}
				ask(listCall(n))
				text, _ := os.ReadFile(file)
				if !audited && n == 20 || strings.Contains(string(text), "github_issues_list") {
					break
				}
				if n == 1000 {
					t.Fatal("the log does not go on in a new file")
				}
			}
		})
	}
}
