package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// illness is one set-up, broken or not, and what doctor must say of it.
type illness struct {
	name  string
	setup func(*testing.T, *ward)
	code  int
	layer string
	// status of the layer; words are of its text, advice and details.
	status string
	words  []string
}

// ward is where a set-up is made: an emulator, and the environment and arguments
// that doctor is started with.
type ward struct {
	url  string
	env  []string
	args []string
}

func (w *ward) set(name, value string) { w.env = append(w.env, name+"="+value) }

// newWard starts an emulator that all is well with.
func newWard(t *testing.T, options ...string) *ward {
	t.Helper()
	env := startEmulator(t, append([]string{"--dataset", "small"}, options...)...)
	return &ward{url: strings.TrimPrefix(env[0], "AIRBYTE_API_HOST="), env: env, args: []string{"doctor", "--json", "--connectors", "github"}}
}

// control asks something of the emulator itself.
func (w *ward) control(t *testing.T, method, path, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.url+"/__sandbox/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: got %d", method, path, response.StatusCode)
	}
}

func (w *ward) fault(t *testing.T, rules ...string) {
	t.Helper()
	body, err := json.Marshal(map[string][]string{"rules": rules})
	if err != nil {
		t.Fatal(err)
	}
	w.control(t, http.MethodPost, "faults", string(body))
}

func (w *ward) turn(t *testing.T, name, value string) {
	t.Helper()
	w.control(t, http.MethodPut, "config", `{"switches":{"`+name+`":"`+value+`"}}`)
}

// token signs in.
func (w *ward) token(t *testing.T) string {
	t.Helper()
	var grant struct {
		Token string `json:"access_token"`
	}
	body := `{"client_id":"` + w.variable("AIRBYTE_CLIENT_ID") + `","client_secret":"` + w.variable("AIRBYTE_CLIENT_SECRET") + `"}`
	exchangeJSON(t, http.MethodPost, w.url+"/v1/applications/token", "", body, &grant)
	return grant.Token
}

func (w *ward) variable(name string) string {
	for _, line := range w.env {
		if value, ok := strings.CutPrefix(line, name+"="); ok {
			return value
		}
	}
	return ""
}

// diagnosis is doctor's report.
type diagnosis struct {
	Layers []struct {
		Name, Status, Text, Advice string
		Details                    []string
	}
	Verdict  string
	ExitCode int `json:"exit_code"`
}

// secrets are those of all set-ups; none may be printed anywhere.
var secrets = []string{
	"sandbox-client-secret-not-a-secret", "wrong-secret-4711", "proxy-password-8813", "invalid-vendor-token-2203", "unfound-token-9921", "eyJ",
}

// examine runs doctor and returns what it printed and its exit code.
func (w *ward) examine(t *testing.T) (stdout string, code int) {
	t.Helper()
	cmd := program(t, w.args...)
	cmd.Env = append(cmd.Env, w.env...)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	err := cmd.Run()
	if failure, ok := errors.AsType[*exec.ExitError](err); ok {
		code = failure.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	for _, secret := range secrets {
		if strings.Contains(out.String()+log.String(), secret) {
			t.Errorf("the secret %q was printed:\n%s%s", secret, out.String(), log.String())
		}
	}
	if t.Failed() || code == 2 {
		t.Logf("%s%s", out.String(), log.String())
	}
	return out.String(), code
}

func TestDoctorNamesTheIllness(t *testing.T) {
	t.Parallel()
	for _, c := range slices.Concat(illConfigurations(), illNetworks(), illAccounts(), illDialects(), illConnectors(), illExecutions()) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWard(t)
			c.setup(t, w)
			out, code := w.examine(t)
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

// compare holds one layer against what was expected of it, and the layers before it
// against the exit code.
func (c *illness) compare(t *testing.T, got *diagnosis) {
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
	w := newWard(t)
	w.args = []string{"doctor", "--workspace", "everything", "--verbose"}
	out, _ := w.examine(t)
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
		w := newWard(t)
		w.args = append(w.args, c.args...)
		w.examine(t)
		var seen struct{ Routes map[string]int }
		getJSON(t, w.url+"/__sandbox/requests", &seen)
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

// write makes a file.
func write(t *testing.T, name, content string, mode os.FileMode) string {
	t.Helper()
	path := t.TempDir() + "/" + name
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}
