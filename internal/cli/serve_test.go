package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"airbyte-mcp-server/internal/cli"
	"airbyte-mcp-server/internal/sandbox"
)

// serving is a server over HTTP that runs in this process.
type serving struct {
	*shell
	url  string
	stop context.CancelFunc
	code chan int

	mu   sync.Mutex
	log  bytes.Buffer
	more chan struct{}
}

// Write implements [io.Writer] for its log.
func (s *serving) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default:
	}
	return s.log.Write(b)
}

// serve starts the server and waits until it listens.
func (s *shell) serve(args ...string) *serving {
	s.Helper()
	ctx, stop := context.WithCancel(s.Context())
	v := &serving{shell: s, stop: stop, code: make(chan int, 1), more: make(chan struct{}, 1)}
	go func() {
		v.code <- cli.Main(ctx, cli.Process{
			Args: append(line("serve --http 127.0.0.1:0"), args...), Version: "1.2.3", Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: v,
			LookupEnv: func(name string) (string, bool) { v, ok := s.vars[name]; return v, ok }, HomeDir: s.dir, ConfigDir: s.dir,
		})
	}()
	s.Cleanup(func() { v.ends() })
	listening := regexp.MustCompile(`"url":"(https?://[^"]+)/mcp"`)
	for deadline := time.After(time.Minute); v.url == ""; {
		select {
		case <-v.more:
		case code := <-v.code:
			v.code <- code
			s.Fatalf("the server ended with %d: %s", code, v.said())
		case <-deadline:
			s.Fatalf("the server does not listen: %s", v.said())
		}
		if found := listening.FindStringSubmatch(v.said()); found != nil {
			v.url = found[1]
		}
	}
	return v
}

func (s *serving) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// ends stops the server and returns its exit code.
func (s *serving) ends() int {
	s.stop()
	code := <-s.code
	s.code <- code
	return code
}

// message is a request of MCP.
func message(method string) string {
	return `{"jsonrpc":"2.0","id":1,"method":"` + method + `",` +
		`"params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`
}

// asks sends an MCP request with a token, "" for none, and returns the status and the answer.
func (s *serving) asks(token, method string) (int, string) {
	s.Helper()
	body := message(method)
	r, err := http.NewRequestWithContext(s.Context(), http.MethodPost, s.url+"/mcp", strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		s.Fatal(err)
	}
	return response.StatusCode, string(answer)
}

func TestServeOverHTTP(t *testing.T) {
	t.Parallel()
	s := newShell(t).serve("--sandbox")
	if status, answer := s.asks("", "initialize"); status != http.StatusOK || !strings.Contains(answer, `"version":"1.2.3`) {
		t.Errorf("HTTP %d, %s", status, answer)
	}
	s.does(
		step{args: []string{"healthcheck", s.url + "/healthz"}, out: []string{`\Aok\n\z`}},
		step{args: []string{"healthcheck", s.url}, out: []string{`\Aok\n\z`}},
		step{args: []string{"healthcheck", "localhost"}}.failing(2, "want a URL"),
		step{args: []string{"healthcheck", s.url + "/nowhere"}}.failing(1, "/nowhere answered with HTTP 404"),
	)
	s.vars["AIRBYTE_MCP_HTTP"] = strings.TrimPrefix(s.url, "http://")
	s.does(step{args: line("healthcheck"), out: []string{`\Aok\n\z`}})
	if code := s.ends(); code != 0 {
		t.Errorf("exit code %d: %s", code, s.said())
	}
	s.does(step{args: line("healthcheck")}.failing(1, "asking "+s.url+"/healthz"))
}

// TestHealthcheckOfEveryAddress asks this machine when the server listens everywhere.
func TestHealthcheckOfEveryAddress(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.does(step{args: line("healthcheck")}.failing(2, "nothing is served over HTTP"))
	served := s.serve("--sandbox")
	port := served.url[strings.LastIndex(served.url, ":"):]
	for _, addr := range []string{"0.0.0.0" + port, port, "[::]" + port} {
		s.vars["AIRBYTE_MCP_HTTP"] = addr
		s.does(step{args: line("healthcheck"), out: []string{"^ok$"}})
	}
}

// TestKeysOfAServer lets callers in by their keys, each into its own workspace.
func TestKeysOfAServer(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	s.vars["AIRBYTE_MCP_KEYS_FILE"] = s.dir + "/keys.yaml"
	_, key, _ := s.run("", line("keys create default --id k1")...)
	server := s.serve("--log-level", "debug")
	if status, _ := server.asks("", "initialize"); status != http.StatusUnauthorized {
		t.Errorf("without a key: HTTP %d", status)
	}
	if status, answer := server.asks(strings.TrimSpace(key), "initialize"); status != http.StatusOK {
		t.Errorf("with a key: HTTP %d, %s", status, answer)
	}
	if strings.Contains(server.said(), strings.TrimSpace(key)) {
		t.Error("the key is in the log")
	}
}

// TestServeRefuses settings that cannot be meant, before it listens.
func TestServeRefuses(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	serve := func(more ...string) []string { return append(line("serve --sandbox --http 127.0.0.1:0"), more...) }
	empty := s.file("empty.pem", "nothing")
	keys := s.file("keys.yaml", "keys: [")
	s.does(
		step{args: line("serve --sandbox --http 0.0.0.0:0")}.failing(1, "AIRBYTE_MCP_BEARER_TOKEN"),
		step{args: serve("--state", "http://redis")}.failing(2, "--state: want a URL like redis://"),
		step{args: serve("--state", "redis://")}.failing(2, "--state: want a URL like redis://"),
		step{args: serve("--ca-file", empty)}.failing(2, `empty\.pem has no certificate in PEM form`),
		step{args: serve("--ca-file", empty+".nowhere")}.failing(2, `ca-file: .*nowhere`),
		step{args: serve("--tls-cert", empty, "--tls-key", empty)}.failing(2, "tls-cert and tls-key: "),
		step{args: serve("--keys-file", keys)}.failing(2, `keys\.yaml`),
		step{args: serve("--tools", "github_isues_*")}.failing(2, "github_isues"),
		step{args: line("serve --http 127.0.0.1:0")}.failing(3, "AIRBYTE_CLIENT_ID"),
		step{args: line("serve --sandbox --nonsense")}.failing(2, "nonsense"),
	)
	s.vars["AIRBYTE_MCP_KEYS"] = "keys: []"
	s.does(step{args: serve("--keys-file", keys)}.failing(2, "--keys-file and AIRBYTE_MCP_KEYS are both set"))
}

// TestServeOverStdio answers on standard output alone, and ends with its input.
func TestServeOverStdio(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	code, stdout, stderr := s.run(message("initialize")+"\n", line("serve --sandbox --log-level error")...)
	var answer struct {
		ID     int
		Result struct {
			ServerInfo struct{ Name, Version string }
		}
	}
	if err := json.Unmarshal([]byte(stdout),
		&answer); err != nil || code != 0 || answer.ID != 1 || answer.Result.ServerInfo.Version == "" || stderr != "" {
		t.Errorf("exit code %d, %v: %s%s", code, err, stdout, stderr)
	}
}

// TestSandboxPrintsItsEnvironment as a shell reads it.
func TestSandboxPrintsItsEnvironment(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, w := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- cli.Main(ctx, cli.Process{
			Args: line("sandbox --addr 127.0.0.1:0 --dataset small --log-level error"), Stdout: w, Stderr: io.Discard,
			LookupEnv: func(string) (string, bool) { return "", false },
		})
		w.Close()
	}()
	b := make([]byte, 8<<10)
	n, err := r.Read(b) // all lines at once: who waits for the file finds it whole
	whole := regexp.MustCompile(`^export AIRBYTE_API_HOST=http://127\.0\.0\.1:\d+\n` +
		`(export [A-Z_]+=\S+\n)*export AIRBYTE_CLOUD_WORKSPACE_ID=\S+\n$`)
	if text := string(b[:n]); err != nil || !whole.MatchString(text) {
		t.Errorf("it begins with %q, %v", text, err)
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	stop()
	if got := <-code; got != 0 {
		t.Errorf("exit code %d", got)
	}
}
