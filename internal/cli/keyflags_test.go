package cli_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestKeysTakeNoFlagsOfTheServer refuses flags that look as if they narrowed a key: it would
// have all rights.
func TestKeysTakeNoFlagsOfTheServer(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	path := filepath.Join(s.dir, "keys.yaml")
	s.vars["AIRBYTE_MCP_KEYS_FILE"] = path
	for args, want := range map[string]string{
		"--connectors github": "use --only-connectors", "--tools github_*": "use --only-tools",
		"--exclude-tools *_delete": "use --except-tools", "--read-only": "use --no-writes",
		"--effects read": "--no-writes", "--surface direct": "surface of the key", "--write-rules *.*.*=deny": "--except-tools",
		"--tenant-rate 2": "use --rate", "--tenant-burst 2": "burst of the key", "--tenant-in-flight 2": "use --in-flight",
		"--tenant-sessions 2": "use --key-sessions", "--workspace acme": "the first argument",
	} {
		s.does(step{args: append(line("keys create acme"), line(args)...)}.failing(2, want))
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a key was made")
	}
	s.vars["AIRBYTE_MCP_READ_ONLY"] = "true"
	s.vars["AIRBYTE_MCP_CONNECTORS"] = "github"
	s.does(step{args: line("keys create acme"), out: []string{`\A\S{20,}\n\z`}})
}
