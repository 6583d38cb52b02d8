package deploy_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/internal/sandbox"
	"airbyte-mcp-server/schemas"
)

// slowCall is a call whose answer takes 12 s. Its arguments differ from test to test: equal
// reads at the same time share one answer.
func slowCall(t *testing.T, meta string) string {
	t.Helper()
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"github_issues_list",`+
		`"arguments":{"owner":"acme","repo":"widgets","per_page":%d}%s}}`, len(t.Name()), meta)
}

// TestSilence puts a balancer that gives up after 8 s of silence before the program, which
// says something every 5 s: neither slow answers nor quiet streams are cut.
func TestSilence(t *testing.T) {
	t.Parallel()
	running, err := sandbox.Start("127.0.0.1:0", sandbox.Options{Catalog: schemas.Embedded(), Seed: 1, Dataset: "small",
		Faults: []string{"route=execute,entity=issues,delay=12s"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Close() })
	program := serve(t, running, "AIRBYTE_MCP_KEEP_ALIVE=5s", "AIRBYTE_MCP_ALLOWED_HOSTS=127.0.0.1")
	for name, begin := range map[string]func(*testing.T) balancer{
		"HAProxy": func(t *testing.T) balancer {
			t.Helper()
			return startHAProxy(t, program, "timeout client 5m", "timeout client 8s", "timeout server 5m", "timeout server 8s")
		},
		"nginx": func(t *testing.T) balancer {
			t.Helper()
			return startNginx(t, program, "proxy_read_timeout 5m", "proxy_read_timeout 8s")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := begin(t)
			b.awaitStatus(t, http.StatusOK)
			for kind, check := range map[string]func(*testing.T, balancer){
				"call in a session": testSlowCall, "call without one": testSlowStatelessCall, "stream": testQuietStream,
			} {
				t.Run(kind, func(t *testing.T) {
					t.Parallel()
					check(t, b)
				})
			}
		})
	}
}

// ask sends a message of a host and returns what came back.
func (b balancer) ask(t *testing.T, message string, header ...string) (resp *http.Response, body string) {
	t.Helper()
	resp, err := b.request(t.Context(), http.MethodPost, "/mcp", message, header...)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Errorf("the answer was cut: %v", err)
	}
	return resp, string(text)
}

func (b balancer) request(ctx context.Context, method, path, body string, header ...string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, b.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = http.Header{
		"Authorization": {"Bearer " + liveToken}, "Content-Type": {"application/json"}, "Accept": {"application/json, text/event-stream"},
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return b.transport.RoundTrip(req)
}

func testSlowCall(t *testing.T, b balancer) {
	t.Helper()
	first, _ := b.ask(t, initialize)
	resp, body := b.ask(t, slowCall(t, ""), "Mcp-Session-Id", first.Header.Get("Mcp-Session-Id"))
	checkSlowAnswer(t, resp, body)
}

func testSlowStatelessCall(t *testing.T, b balancer) {
	t.Helper()
	const meta = `,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",` +
		`"io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}`
	resp, body := b.ask(t, slowCall(t, meta),
		"Mcp-Protocol-Version", "2026-07-28", "Mcp-Method", "tools/call", "Mcp-Name", "github_issues_list")
	checkSlowAnswer(t, resp, body)
}

func checkSlowAnswer(t *testing.T, resp *http.Response, body string) {
	t.Helper()
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(body, ": keep-alive") || !strings.Contains(body, `"result"`) {
		t.Errorf("HTTP %d %.300s, want comments and then the answer", resp.StatusCode, body)
	}
}

// testQuietStream waits for longer than the balancer does, on a stream without messages.
func testQuietStream(t *testing.T, b balancer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	resp, err := b.request(ctx, http.MethodGet, "/sse", "")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	comments := 0
	for lines := bufio.NewScanner(resp.Body); comments < 3 && lines.Scan(); {
		if lines.Text() == ": keep-alive" {
			comments++
		}
	}
	if comments < 3 {
		t.Errorf("the stream was cut after %d comments", comments)
	}
}
