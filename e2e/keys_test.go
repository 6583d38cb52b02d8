package e2e_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestKeys makes, uses and revokes a key while a server runs.
func TestKeys(t *testing.T) {
	t.Parallel()
	needSignals(t)
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
	base, server, log := serveHTTP(t, "--keys-file", file, "--surface", "direct", "--connectors", "github")
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
	if err := server.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for line := range log {
		if strings.Contains(line, "keys read again") {
			break
		}
	}
	if status, _, body := callWith(t, base, reader, "github_issues_list"); status != 401 || !strings.Contains(body, "revoked") {
		t.Errorf("a revoked key: HTTP %d %s", status, body)
	}
	if got := keys("list"); !strings.Contains(got, "revoked") || strings.Contains(got, reader) {
		t.Errorf("the list is %s", got)
	}
}
