package schemas_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"airbyte-mcp-server/schemas"
)

// TestFaultsOfFilesInWords: a person who writes a catalog file knows JSON, not the types of
// this program.
func TestFaultsOfFilesInWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"name":"a","entities":{}}`:                             "entities: want a list, not an object",
		`{"name":"a","entities":[{"actions":[{"params":"x"}]}]}`: "params: want a list, not a text",
		`[]`: "want an object, not a list",
	} {
		catalog := schemas.Open(fstest.MapFS{"a.json": {Data: []byte(text)}})
		_, readErr := catalog.Connector("a")
		for _, err := range []error{readErr, catalog.CheckFile("a")} {
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "schemas.") {
				t.Errorf("%s: got %v, want %s", text, err, want)
			}
		}
	}
}
