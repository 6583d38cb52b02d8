package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestAuditRotation moves the audit log away while a server runs: after SIGHUP, records
// are in a new file.
func TestAuditRotation(t *testing.T) {
	t.Parallel()
	needSignals(t)
	folder := t.TempDir()
	file, keysFile := filepath.Join(folder, "audit.log"), filepath.Join(folder, "keys.yaml")
	key, err := program(t, "keys", "--keys-file", keysFile, "create", "default").Output()
	if err != nil {
		t.Fatal(err)
	}
	base, server, log := serveHTTP(t, "--keys-file", keysFile, "--audit-log", file, "--surface", "direct", "--connectors", "github")
	call := func() {
		t.Helper()
		status, _, body := callWith(t, base, strings.TrimSpace(string(key)), "github_issues_list")
		if status != 200 || !strings.Contains(body, "result") {
			t.Fatalf("HTTP %d %.300s", status, body)
		}
	}
	call()
	if err := os.Rename(file, file+".1"); err != nil {
		t.Fatal(err)
	}
	call() // which still goes to the old file
	if err := server.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for line := range log {
		if strings.Contains(line, "audit log opened again") {
			break
		}
	}
	call()
	for name, want := range map[string][2]int{file + ".1": {2, 3}, file: {1, 1}} { // the start line is in the first
		text, err := os.ReadFile(name)
		if err != nil || strings.Count(string(text), "github_issues_list") != want[0] || strings.Count(string(text), "\n") != want[1] {
			t.Errorf("%s has %q, %v; want %d records", name, text, err, want)
		}
	}
}
