package toolsearch_test

import (
	"testing"

	"airbyte-mcp-server/internal/toolsearch"
)

// TestTables finds words that mean an entity or a connector which the catalog does
// not have, such as one that was renamed.
func TestTables(t *testing.T) {
	t.Parallel()
	for _, name := range toolsearch.Unknown(documents(t)) {
		t.Errorf("the tables of words name %s, which the catalog does not have", name)
	}
	for _, phrase := range toolsearch.TooLong() {
		t.Errorf("%q has too many words to be found", phrase)
	}
}
