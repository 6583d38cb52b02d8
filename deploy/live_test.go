package deploy_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/internal/sandbox"
)

const liveToken = "a-long-token-for-tests-0123456789"

// serve runs the built program over HTTP against an emulator until the test ends, and
// returns its URL. Settings are added to what it needs anyway.
func serve(t testing.TB, running *sandbox.Running, settings ...string) string {
	t.Helper()
	addr := freePort(t)
	k := running.Credentials()
	cmd := exec.CommandContext(t.Context(), program(t), "serve")
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{
		"HOME=" + cmd.Dir, "AIRBYTE_MCP_HTTP=" + addr, "AIRBYTE_MCP_BEARER_TOKEN=" + liveToken, "AIRBYTE_API_HOST=" + running.URL,
		"AIRBYTE_CLIENT_ID=" + k.ClientID, "AIRBYTE_CLIENT_SECRET=" + k.ClientSecret,
		"AIRBYTE_ORGANIZATION_ID=" + k.OrganizationID, "AIRBYTE_WORKSPACE=" + k.Workspace,
	}, settings...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the server said:\n%s", &said)
		}
	})
	awaitListener(t, addr)
	return "http://" + addr
}

// request asks the program as its caller does; the path goes out as it is.
func request(t testing.TB, method, base, path, body string, header ...string) (*http.Response, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, method, base, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.URL = &url.URL{Scheme: req.URL.Scheme, Host: req.URL.Host, Opaque: "//" + req.URL.Host + path}
	req.Header = http.Header{
		"Authorization": {"Bearer " + liveToken}, "Content-Type": {"application/json"}, "Accept": {"application/json, text/event-stream"},
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return http.DefaultTransport.RoundTrip(req)
}

// fetch gets a path, and of its body as much as comes at first: a stream has no end.
func fetch(t testing.TB, base, path string) (status int, body string) {
	t.Helper()
	resp, err := request(t, http.MethodGet, base, path, "")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return resp.StatusCode, ""
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// post sends a JSON-RPC message and returns the status of its answer, and the session.
func post(t testing.TB, base, session, message string) (status int, id string) {
	t.Helper()
	resp, err := request(t, http.MethodPost, base, "/mcp", message, "Mcp-Session-Id", session)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get("Mcp-Session-Id")
}
