package importer_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/importer"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden reads files of invented vendors. What comes out is reviewed in the
// golden files.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := importer.Find("testdata/parcelwing.yaml", "testdata/plotline.yaml", "testdata/filebarn.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			conn, _, err := importer.Read(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(conn, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".json"
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := firstDifference(string(got)+"\n", string(want)); diff != "" {
				t.Errorf("%s differs from what was read (go test -update rewrites it):\n%s", golden, diff)
			}
			usable(t, conn)
		})
	}
}

func firstDifference(got, want string) string {
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		g, w := lineAt(gotLines, i), lineAt(wantLines, i)
		if g != w {
			return "got  " + g + "\nwant " + w
		}
	}
	return ""
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "the end"
}

// usable checks that tools can be made of a connector: every input has a schema, and
// every name is a legal one.
func usable(t *testing.T, conn *schemas.Connector) {
	t.Helper()
	for _, e := range conn.Entities {
		for _, a := range e.Actions {
			legalName(t, conn.ToolName(e.Name, a.Name))
			in, err := conn.ActionInput(e, a)
			if err != nil {
				t.Error(err)
			} else if _, err := in.Check([]byte(`{"no_such_argument":1}`)); err == nil {
				t.Errorf("%s.%s takes an argument that it does not have", e.Name, a.Name)
			}
		}
		if e.Searchable() {
			legalName(t, conn.ToolName(e.Name, schemas.ActionContextStoreSearch))
			if _, err := conn.SearchInput(e); err != nil {
				t.Error(err)
			}
		}
	}
}

var toolName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,49}$`)

func legalName(t *testing.T, name string) {
	t.Helper()
	if !toolName.MatchString(name) {
		t.Errorf("the tool name %q does not match %s", name, toolName)
	}
}
