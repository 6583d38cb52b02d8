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
