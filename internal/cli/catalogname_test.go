package cli

import (
	"os"
	"path/filepath"
	"testing"

	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/schemas"
)

// TestCatalogNames: a type's name from outside leads to no file but one of its own in the
// folder.
func TestCatalogNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := &app{Process: Process{ConfigDir: dir}, settings: &config.Settings{}}
	for _, name := range []string{"../../../x", "..", ".hidden", "a/b", "", "A", "x\x00", "-x"} {
		if path, err := a.saveConnector(&schemas.Connector{Name: name}); err == nil {
			t.Errorf("%q is written to %s", name, path)
		}
	}
	if _, err := a.saveConnector(&schemas.Connector{Name: "acme-2"}); err != nil {
		t.Errorf("a plain name: %v", err)
	}
	written, _ := filepath.Glob(filepath.Join(dir, "airbyte-mcp-server", "catalog", "*"))
	hidden, _ := filepath.Glob(filepath.Join(dir, "airbyte-mcp-server", "catalog", ".*"))
	outside, _ := os.ReadDir(dir)
	if len(written)+len(hidden) != 1 || len(outside) > 1 {
		t.Errorf("written: %q, %q, %v", written, hidden, outside)
	}
}

// TestStaleOverrides are files that hide a newer version, by numbers.
func TestStaleOverrides(t *testing.T) {
	t.Parallel()
	head, err := schemas.Embedded().Head("slack")
	if err != nil || head.Version == "" {
		t.Fatalf("slack has the version %q, %v", head.Version, err)
	}
	for version, want := range map[string]int{"0.0.1": 1, "": 1, head.Version: 0, head.Version + ".1": 0, "1000.0.0": 0} {
		dir := t.TempDir()
		a := &app{Process: Process{ConfigDir: dir}, settings: &config.Settings{}}
		for _, name := range []string{"slack", "acme"} {
			if _, err := a.saveConnector(&schemas.Connector{Name: name, Version: version}); err != nil {
				t.Fatal(err)
			}
		}
		if got := a.staleOverrides(); len(got) != want {
			t.Errorf("version %q: %q", version, got)
		}
	}
}

func TestNewerVersions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		version, than string
		want          bool
	}{
		{"1.10.0", "1.9.9", true}, {"1.9.9", "1.10.0", false}, {"1.0", "1.0.0", false}, {"1.0.1", "1.0", true},
		{"v2", "1.9", true}, {"2.0.0-rc1", "2.0.0", false}, {"0.1", "", true}, {"", "", false},
	} {
		if got := isNewer(tt.version, tt.than); got != tt.want {
			t.Errorf("%q is newer than %q: %t", tt.version, tt.than, got)
		}
	}
}
