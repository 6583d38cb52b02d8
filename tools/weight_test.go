package tools_test

import (
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// TestWeights holds what tools/list has of all tools to its goals, in tokens: the mean, and
// the heaviest.
func TestWeights(t *testing.T) {
	t.Parallel()
	const mean, most = 201, 900
	set, err := directory(schemas.Embedded()).CatalogSet(tools.Session{Operator: true, Listing: tools.Listing{Surface: tools.Direct}})
	if err != nil {
		t.Fatal(err)
	}
	all := 0
	for _, tool := range set.Listed {
		bytes := len(tool.Entry())
		if all += bytes; bytes > most*tools.BytesPerToken {
			t.Errorf("%s takes %d bytes, want at most %d tokens", tool.Name, bytes, most)
		}
	}
	if count := len(set.Listed); count == 0 || all > mean*tools.BytesPerToken*count {
		t.Errorf("%d tools take %d bytes, want at most %d tokens each in the mean", count, all, mean)
	}
}
