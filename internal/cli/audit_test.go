package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox"
)

// TestAuditVerify verifies the log of a few commands, as it is and after a change.
func TestAuditVerify(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.signIn(sandbox.Options{})
	path, key := filepath.Join(s.dir, "audit.log"), filepath.Join(s.dir, "audit.key")
	if err := os.WriteFile(key, []byte("a key of sixteen or more\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.does(
		step{args: []string{"workspaces", "create", "acme", "--audit-log", path}, out: []string{"acme"}},
		step{args: []string{"call", "list_connectors", "--audit-log", path}, out: []string{"GitHub"}},
		step{args: []string{"audit", "verify", path}, out: []string{`^1 file, 7 lines, 2 process starts: 0 problems, 0 open intents$`, "!note"}},
		step{args: []string{"audit", "verify", path, "--audit-key-file", key}, code: 1, out: []string{`audit\.log:1: foreign: .*fits the key`}},
	)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s.matches(nil, "the audit log", string(text), []string{
		`"event":"intent",.*"workspace":"acme","tool":"create_workspace".*\n.*"event":"result",.*"tool":"create_workspace".*"outcome":"ok"`,
	})
	lines := strings.SplitAfter(string(text), "\n")
	if err := os.WriteFile(path, []byte(strings.Join(append(lines[:2], lines[3:]...), "")), 0o600); err != nil {
		t.Fatal(err)
	}
	s.does(
		step{args: []string{"audit", "verify", path}, code: 1, out: []string{
			`audit\.log:3: gap: lines 3 to 3`,
			`audit\.log:2: open: 20\S+ create_workspace \(create workspaces\) on connector \(none yet\) in workspace "acme"`,
		}},
		step{args: []string{"audit", "verify", "--json", path}, code: 1, out: []string{`"kind": ?"gap"`, `"tool": ?"create_workspace"`}},
		step{args: []string{"audit", "verify", path + ".none"}}.failing(2, "reading an audit log"),
		step{args: []string{"audit", "verify"}}.failing(2, "file"),
	)
}

// TestAuditVerifyKey: there must be one.
func TestAuditVerifyKey(t *testing.T) {
	t.Parallel()
	newShell(t).does(step{args: []string{"audit", "verify", "x"}}.failing(2, "there is no key: name its file by --audit-key-file"))
}
