package e2e_test

import (
	"bytes"
	"errors"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// interruption is a command that hangs at a request, and how a signal must end it.
type interruption struct {
	name   string
	fault  string
	route  string // of the request at which it hangs
	count  int    // how many of them have arrived by then
	args   []string
	signal syscall.Signal
	code   int
	out    string // on standard output, "" for nothing there
	says   []string
}

func interruptions() []interruption {
	const execute, check = "POST /api/v1/integrations/connectors/{id}/execute", "POST /api/v1/integrations/connectors/{id}/check"
	list := []string{"call", "github_issues_list", `{"owner":"acme","repo":"widgets","per_page":1}`}
	return []interruption{
		{"a read", "route=execute,hang", execute, 1, list, syscall.SIGINT, 130, "", []string{"airbyte-mcp-server: interrupted\n"}},
		{"a read, told to end", "route=execute,hang", execute, 1, list, syscall.SIGTERM, 143, "", []string{"airbyte-mcp-server: interrupted\n"}},
		{"a write", "route=execute,hang", execute, 1,
			[]string{"call", "github_issues_create", `{"owner":"acme","repo":"widgets","title":"x"}`}, syscall.SIGINT, 7, "",
			[]string{"It may have happened"}},
		{"the second page", "route=execute,nth=2,hang", execute, 2,
			[]string{"call", "github_issues_list", `{"owner":"acme","repo":"widgets","per_page":1,"max_pages":5}`}, syscall.SIGINT, 130,
			`only 1 page could be read`, []string{"interrupted: what was printed may be a part"}},
		{"doctor at the connectors", "route=check,hang", check, 1, []string{"doctor"}, syscall.SIGINT, 130,
			"\nInterrupted", nil},
		{"doctor, told to end", "route=check,hang", check, 1, []string{"doctor", "--json"}, syscall.SIGTERM, 143,
			`"exit_code": 143`, nil},
		{"a check", "route=check,hang", check, 1, []string{"connectors", "check", "github"}, syscall.SIGINT, 130, "", []string{"interrupted"}},
	}
}

// TestSignals: whoever presses Ctrl-C is told so by the exit code, and is told no diagnosis
// that follows from it.
func TestSignals(t *testing.T) {
	t.Parallel()
	needSignals(t)
	for _, c := range interruptions() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := newInstallation(t, "--fault", c.fault)
			cmd := program(t, c.args...)
			cmd.Env = append(cmd.Env, in.env...)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			in.waitFor(t, c.route, c.count)
			if err := cmd.Process.Signal(c.signal); err != nil {
				t.Fatal(err)
			}
			err := cmd.Wait()
			ended, _ := errors.AsType[*exec.ExitError](err)
			if ended == nil || ended.ExitCode() != c.code {
				t.Errorf("got %v, want exit code %d", err, c.code)
			}
			if !strings.Contains(stdout.String(), c.out) || c.out == "" && stdout.Len() > 0 {
				t.Errorf("it printed %q, want %q", stdout.String(), c.out)
			}
			said := stderr.String() + stdout.String()
			for _, words := range c.says {
				if !strings.Contains(said, words) {
					t.Errorf("it says %q, want %q in it", said, words)
				}
			}
			for _, words := range []string{"context canceled", "gave up", "Not well", "problem"} {
				if strings.Contains(said, words) {
					t.Errorf("%q has %q in it", said, words)
				}
			}
		})
	}
}

// waitFor returns when the emulator has received that many requests of a route.
func (in *installation) waitFor(t *testing.T, route string, count int) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		var seen struct{ Routes map[string]int }
		getJSON(t, in.url+"/__sandbox/requests", &seen)
		if seen.Routes[route] >= count {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the emulator has seen %v, want %d of %s", seen.Routes, count, route)
		}
		time.Sleep(5 * time.Millisecond) // between two looks at another process
	}
}

// TestClosedOutput: a reader that has seen enough, such as head, is no failure.
func TestClosedOutput(t *testing.T) {
	t.Parallel()
	needSignals(t)
	for _, args := range [][]string{{"tools"}, {"tools", "--json"}, {"tools", "show", "github_issues_list"}, {"config", "show"}} {
		cmd := program(t, args...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = out.Close()
		}
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil || stderr.Len() > 0 {
			t.Errorf("%q: got %v and %q, want neither", args, err, stderr.String())
		}
	}
}
