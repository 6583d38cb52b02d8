package tools_test

import (
	"maps"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// TestUnfound asks for every entity of the built-in connectors by its own name. The
// name of one is a word that says nothing in a question.
func TestUnfound(t *testing.T) {
	t.Parallel()
	catalog := schemas.Embedded()
	names, err := catalog.Names()
	if err != nil {
		t.Fatal(err)
	}
	got, err := tools.Unfound(catalog, names)
	want := map[string][]string{"google-drive": {"about"}}
	if err != nil || !maps.EqualFunc(got, want, func(a, b []string) bool { return len(a) == 1 && a[0] == b[0] }) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}
