package downloads_test

import (
	"path/filepath"
	"testing"

	"airbyte-mcp-server/internal/downloads"
)

// The name of a tenant's file tells nothing about another tenant's of the same name.
func TestTenantsHaveFoldersOfTheirOwn(t *testing.T) {
	t.Parallel()
	f := downloads.New(t.TempDir(), 100)
	defer f.Close()
	folders := map[string]bool{}
	for _, tenant := range []string{"acme", "rival", "../acme"} {
		file, err := f.CreateFor(tenant)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := file.Keep("merger.pdf")
		if err != nil || kept.Name != "merger.pdf" {
			t.Errorf("%s: %+v, %v", tenant, kept, err)
		}
		folders[filepath.Dir(kept.Path)] = true
	}
	if len(folders) != 3 {
		t.Errorf("the files are in %d folders, want 3", len(folders))
	}
}
