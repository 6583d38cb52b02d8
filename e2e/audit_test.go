package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
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
	reopenAudit(t, server, log)
	call()
	for name, want := range map[string][2]int{file + ".1": {2, 3}, file: {1, 1}} { // the start line is in the first
		text, err := os.ReadFile(name)
		if err != nil || strings.Count(string(text), "github_issues_list") != want[0] || strings.Count(string(text), "\n") != want[1] {
			t.Errorf("%s has %q, %v; want %d records", name, text, err, want)
		}
	}
}

// reopenAudit tells a server to open its log again, and waits until it has.
func reopenAudit(t *testing.T, server *os.Process, log <-chan string) {
	t.Helper()
	if err := server.Signal(syscall.SIGHUP); err != nil {
		t.Error(err)
	}
	for line := range log {
		if strings.Contains(line, "audit log opened again") {
			return
		}
	}
	t.Error("the server does not say that it has opened the log again")
}

// TestAuditOfSeveralServers has two servers write to one log, which is moved away while they
// do: both files together are whole, each server's lines by themselves.
func TestAuditOfSeveralServers(t *testing.T) {
	t.Parallel()
	needSignals(t)
	folder := t.TempDir()
	file, key := filepath.Join(folder, "audit.log"), filepath.Join(folder, "audit.key")
	if err := os.WriteFile(key, []byte(strings.Repeat("k", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	const servers, writes = 2, 40 // of each server, before and after
	var writers sync.WaitGroup
	moved, halfway := make(chan struct{}), make(chan struct{}, servers)
	for range servers {
		base, server, log := serveHTTP(t, "--audit-log", file, "--audit-key-file", key, "--surface", "direct", "--connectors", "github")
		writers.Go(func() {
			for i := range 2 * writes {
				if i == writes {
					halfway <- struct{}{}
				}
				callWith(t, base, "", "github_issues_create")
			}
			<-moved
			reopenAudit(t, server, log)
			callWith(t, base, "", "github_issues_create")
			if err := server.Signal(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
			for range log { // until it has ended
			}
		})
	}
	for range servers {
		<-halfway
	}
	if err := os.Rename(file, file+".1"); err != nil {
		t.Fatal(err)
	}
	close(moved)
	writers.Wait()
	report, code := verifyAudit(t, nil, "--audit-key-file", key, file, file+".1")
	if code != 0 || report.Starts != servers || len(report.Problems)+len(report.Open)+len(report.Notes) != 0 {
		t.Errorf("got code %d and %+v", code, report)
	}
	if newer := readAudit(t, file); len(newer) < 3*servers { // intent, result and stop
		t.Errorf("the newer file has %d lines", len(newer))
	}
	if report, code := verifyAudit(t, nil, "--audit-key-file", key, file); code != 1 || len(report.Problems) != servers {
		t.Errorf("the newer file alone: got code %d and %+v", code, report)
	}
}
