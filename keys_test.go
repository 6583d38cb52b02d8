package main

import (
	"bufio"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestKeys makes, uses and revokes a key while a server runs.
func TestKeys(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys.yaml")
	keys := func(args ...string) string {
		t.Helper()
		out, err := program(t, append([]string{"keys", "--keys-file", file}, args...)...).Output()
		if err != nil {
			t.Fatalf("keys %q: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	reader, fast := keys("create", "default", "--id", "reader", "--no-writes"), keys("create", "default", "--id", "fast", "--rate", "1")
	cmd := program(t, "serve", "--sandbox", "--http", "127.0.0.1:0", "--log-format", "json", "--keys-file", file, "--surface", "direct", "--connectors", "github")
	log, err := cmd.StderrPipe()
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
	base := ""
	again := make(chan struct{}, 10)
	lines := bufio.NewScanner(log)
	for base == "" && lines.Scan() {
		var line struct{ Message, URL string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Message == "listening" {
			base = strings.TrimSuffix(line.URL, "/mcp")
		}
	}
	go func() {
		for lines.Scan() {
			if strings.Contains(lines.Text(), "keys read again") {
				again <- struct{}{}
			}
		}
		_, _ = io.Copy(io.Discard, log)
	}()
	for _, tt := range []struct {
		key, tool string
		status    int
		want      string
	}{
		{reader, "github_issues_list", 200, `\"result\"`},
		{reader, "github_issues_create", 200, "read-only"},
		{reader + "x", "github_issues_list", 401, "invalid_token"},
		{fast, "github_issues_list", 200, `\"result\"`},
		{fast, "github_issues_list", 429, "at most 1 in a second"},
	} {
		if status, challenge, body := callWith(t, base, tt.key, tt.tool); status != tt.status || !strings.Contains(challenge+body, tt.want) {
			t.Errorf("%s: got HTTP %d %s %.300s, want %d %s", tt.tool, status, challenge, body, tt.status, tt.want)
		}
	}
	keys("revoke", "reader")
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	select {
	case <-again:
	case <-time.After(20 * time.Second):
		t.Fatal("the keys were not read again")
	}
	if status, _, body := callWith(t, base, reader, "github_issues_list"); status != 401 || !strings.Contains(body, "revoked") {
		t.Errorf("a revoked key: HTTP %d %s", status, body)
	}
	if got := keys("list"); !strings.Contains(got, "revoked") || strings.Contains(got, reader) {
		t.Errorf("the list is %s", got)
	}
}
