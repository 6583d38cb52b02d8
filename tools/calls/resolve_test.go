package calls_test

import (
	"fmt"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// workspaceOfAll is an API whose workspace has a connector of every type of the catalog.
func workspaceOfAll(t testing.TB, catalog *schemas.Catalog) *api {
	t.Helper()
	heads, err := catalog.Heads()
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for i, h := range heads {
		rows = append(rows, row(fmt.Sprintf("c-%d", i), h.Title+" - acme", h.Name, h.Title, h.DefinitionID))
	}
	return &api{connectors: map[string]string{"main": strings.Join(rows, ",")}}
}

// BenchmarkResolve finds a tool and its connector in a workspace of 51 connectors.
func BenchmarkResolve(b *testing.B) {
	catalog := schemas.Embedded()
	directory := workspaceOfAll(b, catalog).boxOf(b, catalog).Directory()
	for b.Loop() {
		found, err := directory.Find(b.Context(), inMain, "github_issues_list", nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := found.Snapshot.LocateFor(inMain, found.Tool, ""); err != nil {
			b.Fatal(err)
		}
	}
}

// TestBinding is equal for another spelling, and for nothing else.
func TestBinding(t *testing.T) {
	t.Parallel()
	ann := tools.Session{Principal: "ann", Workspace: "main"}
	base := calls.Binding(ann, "tool", []byte(`{"a":1,"b":"x"}`))
	if got := calls.Binding(ann, "tool", []byte("{ \"b\":\"\\u0078\",\n\"a\":1}")); got != base {
		t.Errorf("another spelling has the binding %q, want %q", got, base)
	}
	for name, other := range map[string]string{
		"another caller":        calls.Binding(tools.Session{Principal: "bob", Workspace: "main"}, "tool", []byte(`{"a":1,"b":"x"}`)),
		"another workspace":     calls.Binding(tools.Session{Principal: "ann", Workspace: "other"}, "tool", []byte(`{"a":1,"b":"x"}`)),
		"another tool":          calls.Binding(ann, "tool2", []byte(`{"a":1,"b":"x"}`)),
		"another connector":     calls.Binding(ann, "tool", []byte(`{"a":1,"b":"x"}`), "c-2"),
		"a digit more":          calls.Binding(ann, "tool", []byte(`{"a":1.0,"b":"x"}`)),
		"a name given twice":    calls.Binding(ann, "tool", []byte(`{"a":2,"a":1,"b":"x"}`)),
		"text after the object": calls.Binding(ann, "tool", []byte(`{"a":1,"b":"x"}{}`)),
	} {
		if other == base {
			t.Errorf("%s has the same binding", name)
		}
	}
	half := func(text string) string { return calls.Binding(ann, "tool", []byte(text)) }
	if half(`"\ud800"`) == half(`"\udfff"`) || half("\"\xff\"") == half("\"\xfe\"") {
		t.Error("texts that are no characters have one binding")
	}
}
