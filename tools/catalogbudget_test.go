package tools_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// mostGrowth is by how much a connector's tools may outgrow the reviewed figure.
const mostGrowth = 0.05

// TestCatalogBudget holds the bytes of each connector's tools, which every model pays for,
// against reviewed figures. `make golden` writes them again.
func TestCatalogBudget(t *testing.T) {
	t.Parallel()
	path := filepath.Join("testdata", "budget.txt")
	set, err := directory(schemas.Embedded()).CatalogSet(tools.Session{Operator: true, Listing: tools.Listing{Surface: tools.Auto}})
	if err != nil {
		t.Fatal(err)
	}
	size, count := map[string]int{}, map[string]int{}
	for _, tool := range set.Tools {
		name := tool.Connector
		if name == "" {
			name = "(server)"
		}
		size[name] += len(tool.Entry()) + 1 // the comma or bracket behind it
		count[name]++
	}
	if *update {
		writeBudget(t, path, size, count)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run make golden", err)
	}
	for line := range strings.Lines(string(text)) {
		var name string
		var tools, bytes int
		if _, err := fmt.Sscan(line, &name, &tools, &bytes); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if got := size[name]; float64(got) > float64(bytes)*(1+mostGrowth) {
			t.Errorf("%s takes %d bytes, reviewed were %d: shorten it, or run make golden and review the figures", name, got, bytes)
		}
		delete(size, name)
	}
	for name := range size {
		t.Errorf("%s has no reviewed figure: run make golden", name)
	}
}

func writeBudget(t *testing.T, path string, size, count map[string]int) {
	t.Helper()
	var names []string
	for name := range size {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "%s %d %d\n", name, count[name], size[name])
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
