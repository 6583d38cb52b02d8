package schemas_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"airbyte-mcp-server/schemas"
)

// TestCatalogFilesAreFormatted keeps diffs small: a file is what Format writes.
func TestCatalogFilesAreFormatted(t *testing.T) {
	t.Parallel()
	catalog := schemas.Embedded()
	names, err := catalog.Names()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := catalog.Connector(name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := schemas.Format(conn)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(filepath.Join("catalog", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Error("the file has keys that the format does not know, or is laid out otherwise")
			}
		})
	}
}

func TestAFolderLiesOverTheCatalog(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, title string) {
		t.Helper()
		conn := &schemas.Connector{Name: name, Title: title, DefinitionID: "id-" + name}
		data, err := schemas.Format(conn)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name+".json"), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("github", "GitHub of our own")
	write("acme", "Acme")
	built, err := schemas.Embedded().Names()
	if err != nil {
		t.Fatal(err)
	}
	catalog := schemas.WithFolder(folder)
	names, err := catalog.Names()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(names), len(built)+1; got != want {
		t.Errorf("%d connectors, want %d: one was added, one replaced", got, want)
	}
	for name, want := range map[string]string{"github": "GitHub of our own", "acme": "Acme", "slack": "Slack"} {
		conn, err := catalog.Connector(name)
		if err != nil || conn.Title != want {
			t.Errorf("%s: got %+v, %v, want the title %q", name, conn, err, want)
		}
	}
	if got, err := catalog.Match("id-acme", "", ""); got != "acme" {
		t.Errorf("matched %q, %v, want acme", got, err)
	}
}

func TestAMissingFolderAddsNothing(t *testing.T) {
	t.Parallel()
	want, err := schemas.Embedded().Names()
	if err != nil {
		t.Fatal(err)
	}
	got, err := schemas.WithFolder(filepath.Join(t.TempDir(), "none")).Names()
	if err != nil || len(got) != len(want) {
		t.Errorf("got %d connectors, %v, want %d", len(got), err, len(want))
	}
}

func TestAnUnreadableFileIsNamed(t *testing.T) {
	t.Parallel()
	_, err := schemas.Open(fstest.MapFS{"acme.json": {Data: []byte(`{"name": "acme", `)}}).Connector("acme")
	if err == nil || !strings.Contains(err.Error(), "connector acme") {
		t.Errorf("got %v, want an error that names the connector", err)
	}
}
