package tools_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// TestRandomWorkspaces draws workspaces of two and of three connectors: nearly all of them
// fit the default budget one by one or with folded searches, so that no tool has to be found
// first.
func TestRandomWorkspaces(t *testing.T) {
	t.Parallel()
	const drawn = 400
	names, err := schemas.Embedded().Names()
	if err != nil {
		t.Fatal(err)
	}
	box := directory(schemas.Embedded())
	for _, tt := range []struct {
		connectors int
		fit        float64
	}{{2, 0.99}, {3, 0.90}} {
		random := rand.New(rand.NewPCG(16, uint64(tt.connectors)))
		found := map[tools.Surface]int{}
		for range drawn {
			chosen := slices.Clone(names)
			random.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
			s := tools.Session{
				Policy:  tools.Policy{Connectors: chosen[:tt.connectors]},
				Listing: tools.Listing{Surface: tools.Auto},
			}
			set, err := box.CatalogSet(s)
			if err != nil {
				t.Fatal(err)
			}
			found[set.Surface]++
		}
		if fit := 1 - float64(found[tools.Search])/drawn; fit < tt.fit {
			t.Errorf("of workspaces with %d connectors %.1f%% fit, want %.0f%%: %v", tt.connectors, 100*fit, 100*tt.fit, found)
		} else {
			t.Logf("%d connectors: %v", tt.connectors, found)
		}
	}
}
