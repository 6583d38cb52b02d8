package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the program as users run it: built without the race detector, which
// would make fifty starts take minutes.
var binary = sync.OnceValues(func() (string, error) {
	path, err := filepath.Abs("bin/test/airbyte-mcp-server") // ignored by git, removed by make clean
	if err != nil {
		return "", err
	}
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the program: %w\n%s", err, out)
	}
	return path, nil
})

// program runs the real program, with an environment that holds nothing of the
// machine's configuration.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

const handshake = `{"jsonrpc":"2.0","id":"hello","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
{"jsonrpc":"2.0","method":"notifications/initialized"}
`

func listCall(id int) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"github_issues_list","arguments":{"owner":"acme","repo":"widgets","per_page":%d}}}`+"\n", id, 1+id)
}

// message is what the tests look at in an answer.
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

// waitForCalls returns when the emulator has received that many execute requests.
func waitForCalls(t *testing.T, emulator []string, want int) {
	t.Helper()
	url := strings.TrimPrefix(emulator[0], "AIRBYTE_API_HOST=") + "/__sandbox/requests"
	deadline := time.Now().Add(10 * time.Second)
	for {
		var seen struct{ Routes map[string]int }
		getJSON(t, url, &seen)
		if seen.Routes["POST /api/v1/integrations/connectors/{id}/execute"] >= want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the emulator has seen %v, want %d execute requests", seen.Routes, want)
		}
		time.Sleep(5 * time.Millisecond) // between two looks at another process
	}
}

func getJSON(t *testing.T, url string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// emulatorLines is how many variables `sandbox` prints.
const emulatorLines = 14

// startEmulator runs `sandbox` and returns the environment that it prints.
func startEmulator(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := program(t, append([]string{"sandbox", "--addr", "127.0.0.1:0", "--log-level", "error"}, args...)...)
	_, out := pipes(t, cmd)
	lines := bufio.NewScanner(out)
	var env []string
	for len(env) < emulatorLines && lines.Scan() {
		env = append(env, strings.TrimPrefix(lines.Text(), "export "))
	}
	if len(env) < emulatorLines {
		t.Fatalf("the sandbox printed %q", env)
	}
	return env
}

// TestEmulatorEnvironment signs in as PyAirbyte does with what the emulator prints.
func TestEmulatorEnvironment(t *testing.T) {
	t.Parallel()
	env := map[string]string{}
	for _, line := range startEmulator(t) {
		name, value, _ := strings.Cut(line, "=")
		env[name] = value
	}
	body := fmt.Sprintf(`{"client_id":%q,"client_secret":%q}`, env["AIRBYTE_CLOUD_CLIENT_ID"], env["AIRBYTE_CLOUD_CLIENT_SECRET"])
	var token struct {
		Value string `json:"access_token"`
	}
	exchangeJSON(t, http.MethodPost, env["AIRBYTE_CLOUD_API_URL"]+"/applications/token", "", body, &token)
	var workspace struct{ Name string }
	exchangeJSON(t, http.MethodGet, env["AIRBYTE_AGENTS_API_URL"]+"/workspaces/"+env["AIRBYTE_CLOUD_WORKSPACE_ID"], token.Value, "", &workspace)
	if workspace.Name != env["AIRBYTE_WORKSPACE"] {
		t.Errorf("the workspace is %q, want %q", workspace.Name, env["AIRBYTE_WORKSPACE"])
	}
}

// exchangeJSON sends a request with a token and reads the answer.
func exchangeJSON(t *testing.T, method, url, token, body string, answer any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: got %d, %v", method, url, response.StatusCode, err)
	}
}

// TestEmulatorDialect asks the emulator which dialect it was told to serve.
func TestEmulatorDialect(t *testing.T) {
	t.Parallel()
	emulator := startEmulator(t, "--dialect", "seed")
	var config struct {
		Switches []struct{ Name, Value string }
	}
	getJSON(t, strings.TrimPrefix(emulator[0], "AIRBYTE_API_HOST=")+"/__sandbox/config", &config)
	for _, s := range config.Switches {
		if s.Name == "dialect" && s.Value == "seed" {
			return
		}
	}
	t.Errorf("the switches are %v, want the dialect seed", config.Switches)
}

// pipes starts a program and stops it when the test ends.
func pipes(t *testing.T, cmd *exec.Cmd) (io.Writer, io.Reader) {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		_ = cmd.Wait()
	})
	return in, out
}

func TestInspector(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("AIRBYTE_MCP_SHARED_DIR")
	if shared == "" {
		t.Skip("skipped: AIRBYTE_MCP_SHARED_DIR does not name the folder with the judges")
	}
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	base := startHTTP(t)
	direct := []string{
		"--call", "github_issues_list", `{"owner":"acme","repo":"widgets","per_page":2}`,
		"--call", "list_connectors", `{}`,
		"--call-error", "github_issues_list", `{"bad":1}`,
	}
	search := []string{
		"--call", "find_tools", `{"query":"open issues of a repository"}`,
		"--call", "describe_tool", `{"name":"github_issues_list"}`,
		"--call", "call_read_tool", `{"name":"github_issues_list","arguments":{"owner":"acme","repo":"widgets","per_page":2}}`,
		"--call-error", "call_write_tool", `{"name":"github_issues_list","arguments":{"owner":"acme","repo":"widgets"}}`,
		"--call-error", "call_read_tool", `{"name":"github_issues_create","arguments":{"owner":"acme","repo":"widgets","title":"x"}}`,
	}
	for name, target := range map[string]struct{ calls, args []string }{
		"stdio":      {search, []string{"--", path, "serve", "--sandbox", "--log-level", "error"}},
		"one":        {direct, []string{"--", path, "serve", "--sandbox", "--connectors", "github", "--log-level", "error"}},
		"streamable": {search, []string{base + "/mcp"}},
		"narrowed":   {direct, []string{base + "/mcp/connectors/github"}},
		"sse":        {search, []string{base + "/sse"}},
	} {
		for _, era := range []string{"legacy", "modern"} {
			if name == "sse" && era == "modern" {
				continue // the transport is older than the era
			}
			t.Run(name+"/"+era, func(t *testing.T) {
				args := slices.Concat([]string{"--era", era, "--strict", "--head", "40"}, target.calls, target.args)
				inspect(t, filepath.Join(shared, "judges", "inspector.sh"), args)
			})
		}
	}
}

func inspect(t *testing.T, script string, args []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, script, args...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if !bytes.Contains(out, []byte(" passed, 0 failed")) {
		t.Errorf("got %s, want none to fail", out)
	}
}

// startHTTP serves the emulator over HTTP and returns the base URL.
func startHTTP(t *testing.T) string {
	t.Helper()
	base, _, _ := serveHTTP(t)
	return base
}

// serveHTTP serves the emulator over HTTP. Further lines of its log come over the channel,
// as long as somebody takes them.
func serveHTTP(t *testing.T, args ...string) (base string, server *os.Process, log <-chan string) {
	t.Helper()
	cmd := program(t, append([]string{"serve", "--sandbox", "--http", "127.0.0.1:0", "--log-format", "json"}, args...)...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(stderr)
	for base == "" && lines.Scan() {
		var line struct{ Message, URL string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Message == "listening" {
			base = strings.TrimSuffix(line.URL, "/mcp")
		}
	}
	if base == "" {
		t.Fatal("the server did not say where it listens")
	}
	further := make(chan string, 1000)
	go func() {
		defer close(further)
		for lines.Scan() {
			select {
			case further <- lines.Text():
			default: // so that the server never waits for us
			}
		}
	}()
	return base, cmd.Process, further
}

func TestConformanceOfTheProgram(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("AIRBYTE_MCP_SHARED_DIR")
	if shared == "" {
		t.Skip("skipped: AIRBYTE_MCP_SHARED_DIR does not name the folder with the judges")
	}
	url := startHTTP(t) + "/mcp"
	for _, version := range []string{"2025-11-25", "2026-07-28"} {
		t.Run(version, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			out, err := exec.CommandContext(ctx, filepath.Join(shared, "judges", "conformance.sh"), url, version).CombinedOutput()
			if err != nil || bytes.Contains(out, []byte("FAIL")) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
