package importer_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/importer"
)

// TestCatalogSurvives writes every connector of the catalog as a file of Airbyte's
// form and reads it back: all facts have to come out the same way, and what only the catalog
// says has to be there still.
func TestCatalogSurvives(t *testing.T) {
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
			survives(t, conn)
		})
	}
}

func survives(t *testing.T, conn *schemas.Connector) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "connector.yaml")
	if err := os.WriteFile(file, asFile(t, conn), 0o600); err != nil {
		t.Fatal(err)
	}
	read, _, err := importer.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	read.KeepWords(conn) // which such a file does not say
	got, want := asJSON(t, read), asJSON(t, conn)
	dropRanges(want)
	dropRanges(got)
	differences := compare(nil, "", got, want)
	for _, d := range differences[:min(len(differences), 20)] {
		t.Error(d)
	}
}

// dropRanges takes out the header of parts, which every download of a file has and the
// catalog leaves out where it cannot work.
func dropRanges(conn object) {
	for _, e := range conn["entities"].([]any) {
		actions, _ := e.(object)["actions"].([]any)
		for _, a := range actions {
			params, _ := a.(object)["params"].([]any)
			a.(object)["params"] = slices.DeleteFunc(params, func(p any) bool { return p.(object)["name"] == "range_header" })
		}
	}
}

var toolReference = regexp.MustCompile(`\{([a-z0-9_]+\.[a-z_]+)\}`)

func asJSON(t *testing.T, conn *schemas.Connector) object {
	t.Helper()
	data, err := json.Marshal(conn)
	if err != nil {
		t.Fatal(err)
	}
	var value object
	if err := json.Unmarshal(toolReference.ReplaceAll(data, []byte("<$1>")), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// compare lists where two values differ.
func compare(differences []string, path string, got, want any) []string {
	switch want := want.(type) {
	case object:
		has, _ := got.(object)
		keys := maps.Clone(want)
		maps.Copy(keys, has)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			differences = compare(differences, path+"/"+key, has[key], want[key])
		}
		return differences
	case []any:
		has, _ := got.([]any)
		if len(has) != len(want) {
			return append(differences, fmt.Sprintf("%s: got %d, want %d: %v, %v", path, len(has), len(want), got, want))
		}
		for i := range want {
			differences = compare(differences, fmt.Sprintf("%s[%d]", path, i), has[i], want[i])
		}
		return differences
	}
	if fmt.Sprintf("%T%v", got, got) != fmt.Sprintf("%T%v", want, want) {
		return append(differences, fmt.Sprintf("%s: got %v, want %v", path, got, want))
	}
	return differences
}
