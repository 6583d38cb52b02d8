package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestKeys makes, lists and revokes keys. A key is shown once and kept as a hash.
func TestKeys(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	path := filepath.Join(s.dir, "keys.yaml")
	s.does(step{args: line("keys list")}.failing(2, "name the file of keys by --keys-file or AIRBYTE_MCP_KEYS_FILE"))
	s.vars["AIRBYTE_MCP_KEYS_FILE"] = path
	code, key, stderr := s.run("",
		line("keys create acme --id k1 --principal ann --only-tools github_* --no-writes --rate 2.5 --in-flight 3 --valid 24h")...)
	key = strings.TrimSpace(key)
	if code != 0 || len(key) < 20 || !strings.Contains(stderr,
		"Key k1 for workspace acme is in "+path+" as a hash") || strings.Contains(stderr, key) {
		t.Fatalf("exit code %d, %q, %s", code, key, stderr)
	}
	kept, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(kept), key) || !strings.Contains(string(kept), "k1") {
		t.Errorf("the file has %s, %v", kept, err)
	}
	s.does(
		step{args: line("keys create other --id k1")}.failing(1, "k1"),
		step{args: line("keys create other --only-tools github_isues_*")}.failing(2, "github_isues"),
		step{args: line("keys create other --id k2"), out: []string{`\A\S{20,}\n\z`}},
		step{args: line("keys list"), out: []string{
			`^ID +PRINCIPAL +WORKSPACE +STATE +CREATED +EXPIRES +RIGHTS +LIMITS$`,
			`^k1 +ann +acme +good +\d{4}-\d\d-\d\d +` + time.Now().Add(24*time.Hour).UTC().Format(time.DateOnly) +
				` +reads only; tools github_\* +2\.5/s, 3 in flight$`,
			`^k2 +k2 +other +good +\S+ +never +all +the server.s$`,
		}},
		step{args: line("keys revoke k2"), out: []string{`\AKey k2 is revoked; a running server sees it within 10 seconds\.\n\z`}},
		step{args: line("keys list"), out: []string{`^k2 +k2 +other +revoked `, `^k1 .* good `}},
		step{args: line("keys revoke k3")}.failing(4, "k3"),
	)
	var rows []struct {
		ID, State string
		Expires   *time.Time
		Limits    map[string]any
		Policy    map[string]any
	}
	s.prints(&rows, "keys", "list", "--json")
	if len(rows) != 2 || rows[0].Expires == nil || rows[1].Expires != nil || rows[1].State != "revoked" ||
		rows[0].Policy["read_only"] != true || rows[0].Limits["calls_per_second"] != 2.5 {
		t.Errorf("got %+v", rows)
	}
}
