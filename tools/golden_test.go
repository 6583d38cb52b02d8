package tools_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const goldenFolder = "testdata/golden"

// TestGolden compares each connector's tools with a reviewed copy. Every byte of a
// tool is paid for on every request, so a changed word is a changed line, with its
// size. `go test ./tools -run Golden -update` rewrites the copies.
func TestGolden(t *testing.T) {
	t.Parallel()
	catalog := schemas.Embedded()
	names, err := catalog.Names()
	if err != nil {
		t.Fatal(err)
	}
	box := directory(catalog)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, err := box.CatalogSet(tools.Session{Policy: tools.Policy{Connectors: []string{name}}})
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, name, goldenOf(t, set))
		})
	}
	noStrangers(t, names)
}

func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join(goldenFolder, name+".txt")
	if *update {
		if err := os.MkdirAll(goldenFolder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run make golden and review the file", err)
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		if g, w := line(gotLines, i), line(wantLines, i); g != w {
			t.Fatalf("%s:%d: got\n%s\nwant\n%s\nrun make golden and review the diff", path, i+1, g, w)
		}
	}
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "the end"
}

// goldenOf writes a connector's tools as text: what a model and its host are told.
func goldenOf(t *testing.T, set *tools.Set) string {
	t.Helper()
	var out strings.Builder
	count, total := 0, 0
	for _, tool := range set.Tools {
		if tool.Connector == "" {
			continue // not of this connector
		}
		size := len(tool.Entry())
		count, total = count+1, total+size
		if size > heavy {
			t.Errorf("%s takes more than %d bytes: shorten its words", tool.Name, heavy)
		}
		fmt.Fprintf(&out, "%s\n  title: %s\n  effect: %s\n  bytes: %d\n  description: %s\n  schema: %s\n\n",
			tool.Name, tool.Title, effect(tool), size, tool.Description, tool.Input.Schema())
	}
	fmt.Fprintf(&out, "%d tools, %d bytes\n", count, total)
	return out.String()
}

// heavy is the size in bytes, 1200 tokens, beyond which no tool goes.
const heavy = 4800

// effect words a tool's effect and the hints that follow from it.
func effect(tool *tools.Tool) string {
	words := []string{string(tool.Effect)}
	if tool.Effect == tools.Read {
		words = append(words, "read-only")
	}
	if tool.Destructive() {
		words = append(words, "destructive")
	}
	if tool.Idempotent() {
		words = append(words, "idempotent")
	}
	if tool.VerifyWith != "" {
		words = append(words, "verify with "+tool.VerifyWith)
	}
	return strings.Join(words, ", ")
}

// noStrangers refuses copies of connectors that there are no more.
func noStrangers(t *testing.T, names []string) {
	t.Helper()
	known := map[string]bool{}
	for _, name := range names {
		known[name+".txt"] = true
	}
	entries, err := os.ReadDir(goldenFolder)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !known[e.Name()] {
			t.Errorf("%s/%s belongs to no connector; remove it", goldenFolder, e.Name())
		}
	}
}
