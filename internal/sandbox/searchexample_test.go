package sandbox

import (
	"encoding/json"
	"testing"

	"airbyte-mcp-server/schemas"
)

// TestSearchExamplesFindRecords makes the search that the words of each search tool show.
// An example that finds nothing teaches a model that there is nothing.
func TestSearchExamplesFindRecords(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	catalog := schemas.Embedded()
	names, err := catalog.Names()
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, name := range names {
		conn, err := catalog.Connector(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range conn.Entities {
			if !e.Searchable() {
				continue
			}
			in, err := conn.SearchInput(e)
			if err != nil {
				t.Fatal(err)
			}
			args, err := in.Check(json.RawMessage(in.RightCall(nil)))
			if err != nil {
				t.Fatal(err)
			}
			tried++
			params := P{}
			if err := json.Unmarshal(args.JSON(), &params); err != nil {
				t.Fatal(err)
			}
			a := c.execute(name, e.Name, "context_store_search", params)
			if a.status != 200 || len(a.list("result.data")) == 0 {
				t.Errorf("%s.%s: %s finds %.200s", name, e.Name, args.JSON(), a.body)
			}
		}
	}
	if tried < 428 {
		t.Errorf("%d searches were tried", tried)
	}
}
