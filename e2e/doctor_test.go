package e2e_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"
)

// doctorCase is an installation, broken or not, and what doctor must say of it.
type doctorCase struct {
	name  string
	setup func(*testing.T, *installation)
	code  int
	layer string
	// status of the layer; words are of its text, advice and details.
	status string
	words  []string
}

// diagnosis is the report of doctor.
type diagnosis struct {
	Layers []struct {
		Name, Status, Text, Advice string
		Details                    []string
	}
	Verdict  string
	ExitCode int `json:"exit_code"`
}

func TestDoctorNamesTheIllness(t *testing.T) {
	t.Parallel()
	for _, c := range slices.Concat(configurationCases(), networkCases(), accountCases(), organizationCases(), dialectCases(),
		connectorCases(), contextStoreCases(), executionCases()) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := newInstallation(t)
			c.setup(t, in)
			out, code := in.runDoctor(t)
			var got diagnosis
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if code != c.code || got.ExitCode != c.code {
				t.Errorf("exit code: got %d, reported %d, want %d", code, got.ExitCode, c.code)
			}
			c.compare(t, &got)
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}

// compare holds the layer of the case against what was expected of it, and the layers before it
// against the exit code.
func (c *doctorCase) compare(t *testing.T, got *diagnosis) {
	t.Helper()
	for _, l := range got.Layers {
		if l.Name != c.layer {
			if l.Status == "problem" && c.code == 0 {
				t.Errorf("%s is a problem: %s", l.Name, l.Text)
			}
			continue
		}
		if l.Status != c.status {
			t.Errorf("%s: got the status %s, want %s", l.Name, l.Status, c.status)
		}
		said := strings.Join(append([]string{l.Text, l.Advice}, l.Details...), "\n")
		for _, word := range c.words {
			if !strings.Contains(said, word) {
				t.Errorf("%s: got\n%s\nwithout %q", l.Name, said, word)
			}
		}
		if (l.Status == "problem" || l.Status == "warn") && l.Advice == "" {
			t.Errorf("%s: no advice", l.Name)
		}
		return
	}
	t.Errorf("there is no layer %s", c.layer)
}

func TestDoctorFitsAScreen(t *testing.T) {
	t.Parallel()
	in := newInstallation(t)
	in.args = []string{"doctor", "--workspace", "everything", "--verbose"}
	out, _ := in.runDoctor(t)
	for line := range strings.Lines(out) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 {
			t.Errorf("a line has %d columns: %s", n, line)
		}
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if verdict := lines[len(lines)-1]; !strings.HasSuffix(verdict, ".") {
		t.Errorf("the last line is no verdict: %q", verdict)
	}
	for _, want := range []string{"ok       binary", "skipped  check execute", "ok       MCP self-test"} {
		if !strings.Contains(out, want) {
			t.Errorf("got\n%s\nwithout %q", out, want)
		}
	}
}

// TestDoctorIsFree counts what reaches the API: without --execute nothing is billed,
// with it one request for each connector, and nothing is created in either case.
func TestDoctorIsFree(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want int
	}{
		{nil, 0},
		{[]string{"--execute"}, 1},
		{[]string{"--workspace", "nobody"}, 0},
		{[]string{"--workspace", "nobody", "--token-scope", "workspace"}, 0},
	} {
		in := newInstallation(t)
		in.args = append(in.args, c.args...)
		in.runDoctor(t)
		var seen struct{ Routes map[string]int }
		getJSON(t, in.url+"/__sandbox/requests", &seen)
		for route, n := range seen.Routes {
			switch {
			case strings.HasSuffix(route, "/execute"):
				if n != c.want {
					t.Errorf("%v: got %d execute requests, want %d", c.args, n, c.want)
				}
			case !strings.HasPrefix(route, "GET ") && !strings.HasSuffix(route, "/check") && !strings.HasSuffix(route, "/applications/token"):
				t.Errorf("%v: %s was sent", c.args, route)
			}
		}
		if n := seen.Routes["POST /api/v1/integrations/connectors/{id}/execute"]; n != c.want {
			t.Errorf("%v: got %d execute requests, want %d", c.args, n, c.want)
		}
	}
}

// TestDoctorTellsHowLongItWaits: no layer is waited for longer than it says, and what was not
// looked at is not said to work.
func TestDoctorTellsHowLongItWaits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault, layer string
		code         int
	}{
		{"route=check,hang", "connectors", 17},
		{"route=token,hang", "token", 13},
	} {
		t.Run(c.layer, func(t *testing.T) {
			t.Parallel()
			in := newInstallation(t, "--fault", c.fault)
			cmd := program(t, "doctor")
			cmd.Env = append(cmd.Env, append(in.env, "TERM=xterm")...)
			screen, shown := openScreen(t)
			var stdout bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, screen
			began := time.Now()
			_ = cmd.Run()
			if took := time.Since(began); took > time.Minute {
				t.Errorf("it took %s", took)
			}
			if code := cmd.ProcessState.ExitCode(); code != c.code {
				t.Errorf("got exit code %d, want %d", code, c.code)
			}
			_ = screen.Close()
			if said, want := <-shown, "Looking at "+c.layer+", 10s at most"; !strings.Contains(said, want) {
				t.Errorf("it says %q while it waits, want %q", said, want)
			}
			if out := stdout.String(); strings.Contains(out, "It works") || !strings.Contains(out, "Not well") {
				t.Errorf("got\n%s\nwant a verdict of not well", out)
			}
		})
	}
}

// openScreen is a terminal, and all that it has shown once it is closed.
func openScreen(t *testing.T) (*os.File, <-chan string) {
	t.Helper()
	keyboard, screen, err := pty.Open()
	if err != nil {
		t.Skipf("skipped: no pseudo-terminal: %v", err)
	}
	shown := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(keyboard) // ends with an error when the terminal is closed
		shown <- string(text)
		_ = keyboard.Close()
	}()
	return screen, shown
}

// TestDoctorCountsTools: few are listed where there are many, and that is no fault.
func TestDoctorCountsTools(t *testing.T) {
	t.Parallel()
	in := newInstallation(t)
	in.args = []string{"doctor"}
	out, _ := in.runDoctor(t)
	said := strings.Join(strings.Fields(out), " ")
	const want = " tools usable, 6 listed (search surface, because 284 tools are more than the 110 of --max-tools)"
	if !strings.Contains(said, "284"+want) {
		t.Errorf("got\n%s\nwant 284%s", out, want)
	}
}
