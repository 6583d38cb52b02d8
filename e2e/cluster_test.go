package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// cluster is three replicas of the real program behind a real balancer, with a real
// store that they share and the emulator as the API.
type cluster struct {
	t        *testing.T
	emulator string // its URL
	env      []string
	store    *exec.Cmd
	storeAt  string
	replicas [3]*exec.Cmd
	address  [3]string // of the replicas
	front    string    // URL of the balancer
	keys     []string  // of the callers
	args     []string
	last     atomic.Int64 // JSON-RPC id
}

// startCluster starts a cluster with two callers behind HAProxy.
func startCluster(t *testing.T, settings ...string) *cluster {
	t.Helper()
	c := newCluster(t)
	keys := filepath.Join(t.TempDir(), "keys.yaml")
	for i := range 2 {
		out, err := program(t, "keys", "create", "default", "--id", fmt.Sprint("caller", i), "--keys-file", keys).Output()
		if err != nil {
			t.Fatal(err)
		}
		c.keys = append(c.keys, strings.TrimSpace(string(out)))
	}
	c.serve(keys, settings...)
	c.balance()
	return c
}

// newCluster starts the emulator for a cluster.
func newCluster(t *testing.T) *cluster {
	t.Helper()
	for _, needed := range []string{"redis-server", "haproxy"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skipf("skipped: %s is not installed", needed)
		}
	}
	c := &cluster{t: t, env: startEmulator(t, "--dataset", "small"), storeAt: freeAddress(t)}
	for _, v := range c.env {
		if url, ok := strings.CutPrefix(v, "AIRBYTE_API_HOST="); ok {
			c.emulator = url
		}
	}
	return c
}

// serve starts the store and the replicas for whoever has a key of a file.
func (c *cluster) serve(keys string, settings ...string) {
	t := c.t
	t.Helper()
	c.startStore()
	t.Cleanup(func() { kill(c.store) })
	c.args = append([]string{
		"--state", "redis://" + c.storeAt, "--keys-file", keys, "--token-scope", "application",
		"--drain-delay", "2s", "--max-result-bytes", "8kB", "--log-level", "warn", "--log-format", "json",
	}, settings...)
	for i := range c.replicas {
		c.address[i] = freeAddress(t)
		c.start(i)
		t.Cleanup(func() { kill(c.replicas[i]) })
	}
}

func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// kill ends a process that was started and still runs.
func kill(cmd *exec.Cmd) {
	if cmd != nil && cmd.Process != nil && cmd.ProcessState == nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

// waitFor waits for a condition.
func (c *cluster) waitFor(what string, ok func() bool) {
	c.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			c.t.Fatalf("never: %s", what)
		}
	}
}

func accepts(address string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err == nil {
		conn.Close()
	}
	return err == nil
}

func (c *cluster) startStore() {
	c.t.Helper()
	_, port, _ := net.SplitHostPort(c.storeAt) // of a listener
	c.store = exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", c.t.TempDir())
	if err := c.store.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.waitFor("the store accepts connections", func() bool { return accepts(c.storeAt) })
}

// start starts a replica and waits until it is ready.
func (c *cluster) start(i int) {
	c.t.Helper()
	cmd := program(c.t, append([]string{"serve", "--http", c.address[i]}, c.args...)...)
	cmd.Env = append(cmd.Env, c.env...)
	cmd.Stderr = &logFile{t: c.t, name: fmt.Sprint("replica ", i)}
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.replicas[i] = cmd
	c.waitFor("the replica is ready", func() bool { return status(http.MethodGet, "http://"+c.address[i]+"/readyz") == http.StatusOK })
}

// stop asks a replica to end, as an orchestrator does, and waits for it.
func (c *cluster) stop(i int) {
	c.t.Helper()
	if err := c.replicas[i].Process.Signal(syscall.SIGTERM); err != nil {
		c.t.Fatal(err)
	}
	if err := c.replicas[i].Wait(); err != nil {
		c.t.Errorf("replica %d ended with %v", i, err)
	}
}

// logFile shows what a program logs when the test fails.
type logFile struct {
	t    testing.TB
	name string
}

func (l *logFile) Write(b []byte) (int, error) {
	l.t.Logf("%s: %s", l.name, bytes.TrimSpace(b))
	return len(b), nil
}

// balance puts HAProxy before the replicas, with the checks and the rules about
// repetition of the configuration that is shipped.
func (c *cluster) balance() {
	c.t.Helper()
	front := freeAddress(c.t)
	var servers strings.Builder
	for i, at := range c.address {
		fmt.Fprintf(&servers, "    server r%d %s\n", i, at)
	}
	config := `global
    fd-hard-limit 10000
defaults
    mode http
    timeout connect 2s
    timeout queue 5s
    timeout client 60s
    timeout server 60s
    option http-no-delay
frontend mcp
    bind ` + front + `
    default_backend replicas
backend replicas
    balance roundrobin
    option httpchk
    http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host localhost
    http-check expect status 200
    retry-on conn-failure
    retries 3
    option redispatch 1
    default-server check inter 300ms fastinter 100ms fall 2 rise 1
` + servers.String()
	path := filepath.Join(c.t.TempDir(), "haproxy.cfg")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.CommandContext(c.t.Context(), "haproxy", "-db", "-f", path)
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { kill(cmd) })
	c.front = "http://" + front
	c.waitFor("the balancer has a replica", func() bool { return status(http.MethodGet, c.front+"/readyz") == http.StatusOK })
}

// answer is the answer to a request.
type answer struct {
	status  int
	session string
	body    string
	err     error
}

// failed reports whether a call got no result.
func (a answer) failed() bool {
	return a.err != nil || a.status != http.StatusOK || strings.Contains(a.body, `"isError":true`) || strings.Contains(a.body, `"error":{`)
}

// send sends a JSON-RPC request of a caller, in a session if there is one.
func (c *cluster) send(url string, caller int, session, method, params string) answer {
	if session == "" {
		return c.sendWith(url, caller, nil, method, params)
	}
	return c.sendWith(url, caller, map[string]string{"Mcp-Session-Id": session, "Mcp-Protocol-Version": "2025-11-25"}, method, params)
}

// sendWith sends a JSON-RPC request of a caller with headers.
func (c *cluster) sendWith(url string, caller int, header map[string]string, method, params string) answer {
	body := `{"jsonrpc":"2.0","id":` + strconv.FormatInt(c.last.Add(1), 10) + `,"method":"` + method + `","params":` + params + `}`
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return answer{err: err}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	req.Header.Set("Authorization", "Bearer "+c.keys[caller])
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header.Get("Mcp-Session-Id"), string(text), err}
}

// openSession initializes a session of a caller.
func (c *cluster) openSession(url string, caller int) string {
	c.t.Helper()
	a := c.send(url, caller, "", "initialize", `{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}`)
	if a.session == "" {
		c.t.Fatalf("no session: %+v", a)
	}
	return a.session
}

// readCall is the call of a reading tool.
func readCall(n int) string {
	return `{"name":"call_read_tool","arguments":{"name":"github_issues_list","arguments":` +
		`{"owner":"acme","repo":"widgets","per_page":` + strconv.Itoa(1+n%50) + `}}}`
}

// writeCall is the call of a writing tool; writes with other titles are other writes.
func writeCall(title string) string {
	return `{"name":"call_write_tool","arguments":{"name":"github_issues_create","arguments":` +
		`{"owner":"acme","repo":"widgets","title":"` + title + `"}}}`
}

// repeatedWrites lists the writes that reached the API more than once.
func (c *cluster) repeatedWrites() []string {
	c.t.Helper()
	var seen struct {
		Executes []struct {
			Action string
			Params string `json:"params_sha256"`
			Count  int
		}
	}
	var raw json.RawMessage
	getJSON(c.t, c.emulator+"/__sandbox/requests", &raw)
	if err := json.Unmarshal(raw, &seen); err != nil {
		c.t.Fatalf("%v: %.300s", err, raw)
	}
	writes := 0
	count := map[string]int{}
	var twice []string
	for _, x := range seen.Executes {
		if x.Action != "create" {
			continue
		}
		writes += x.Count
		if count[x.Params] += x.Count; x.Params != "*" && count[x.Params] > 1 {
			twice = append(twice, x.Params)
		}
	}
	if writes == 0 {
		c.t.Errorf("the emulator saw no writes: %.300s", raw)
	}
	return twice
}
