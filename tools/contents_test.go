package tools_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/tools"
)

// descriptionOf is what tools/list says of a tool.
func descriptionOf(t *testing.T, set *tools.Set, name string) string {
	t.Helper()
	i := slices.IndexFunc(set.Listed, func(tool *tools.Tool) bool { return tool.Name == name })
	if i < 0 {
		t.Fatalf("%s is not listed", name)
	}
	var entry struct{ Name, Description string }
	if err := json.Unmarshal(set.Entries(tools.Form{})[i], &entry); err != nil || entry.Name != name {
		t.Fatalf("%v: %s", err, set.Entries(tools.Form{})[i])
	}
	return entry.Description
}

// TestContents: what is connected is in the description of find_tools, as far as 400 tokens
// go.
func TestContents(t *testing.T) {
	t.Parallel()
	const entities = "Connected, with entities: "
	readOnly := searching("main")
	readOnly.Policy.Tools = []string{"*issues*"}
	for _, test := range []struct {
		name    string
		session tools.Session
		slugs   []string
		want    string
		also    bool
	}{
		{"two", searching("main"), []string{"airtable", "granola"}, entities + "airtable: bases, records, tables; granola: notes. ", true},
		{"a choice", readOnly, []string{"gitlab", "granola", "sentry"}, entities + "gitlab: issues; sentry: issues. ", true},
		{"many", searching("main"), []string{"asana", "github", "shopify", "zendesk-support"},
			"Connected: asana, github, shopify, zendesk-support. ", true},
		{"all", searching("main"), nil, "Connected: airtable, amazon-ads, ", true},
	} {
		set, err := builtIn(t, test.slugs...).Select(test.session)
		if err != nil {
			t.Fatal(err)
		}
		plain := set.Get(tools.FindTools).Description
		got, ok := strings.CutPrefix(descriptionOf(t, set, tools.FindTools), plain+" ")
		if !ok || !strings.HasPrefix(got, test.want) || strings.HasSuffix(got, tools.AlsoTaken) != test.also {
			t.Errorf("%s: find_tools adds %q, want %q", test.name, got, test.want)
		}
		if len(got) > 400*tools.BytesPerToken {
			t.Errorf("%s: %d bytes name what is connected", test.name, len(got))
		}
	}
}

// TestContentsChange: the description follows the workspace, and describe_tool tells the
// same.
func TestContentsChange(t *testing.T) {
	t.Parallel()
	d := workspaces()
	for workspace, want := range map[string]string{
		"main":  "Connected, with entities: help-desk: tickets; shop: events, files, invoices, orders.",
		"twins": "Connected, with entities: shop: events, files, invoices, orders.",
		"empty": "No connector has tools here yet; list_connectors shows what is connected.",
	} {
		w, err := d.Snapshot(t.Context(), workspace)
		if err != nil {
			t.Fatal(err)
		}
		set, err := w.Select(searching(workspace))
		if err != nil {
			t.Fatal(err)
		}
		listed := descriptionOf(t, set, tools.FindTools)
		if !strings.Contains(listed, want) {
			t.Errorf("%s: find_tools says %q, want %q", workspace, listed, want)
		}
		described, err := w.Describe(searching(workspace), tools.FindTools)
		if err != nil || described.Description != listed {
			t.Errorf("%s: describe_tool says %+v (%v), want %q", workspace, described, err, listed)
		}
	}
}
