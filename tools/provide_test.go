package tools_test

import (
	"context"
	"slices"
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/hosts"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// workspaceOf has one connector of each type.
type workspaceOf []string

func (l workspaceOf) Connectors(context.Context, string) ([]airbyte.Connector, error) {
	list := make([]airbyte.Connector, len(l))
	for i, slug := range l {
		list[i] = airbyte.Connector{ID: "c-" + slug, Name: slug, Type: slug}
	}
	return list, nil
}

// Beside a direct list are the tools that find and call others, while more connectors may
// come and the host may not list again.
func TestSearchBesideTheList(t *testing.T) {
	t.Parallel()
	auto := tools.Listing{Surface: tools.Auto}
	host := func(title string) tools.Listing { return tools.Listing{Surface: tools.Auto, Host: hosts.Newest(title)} }
	for name, tt := range map[string]struct {
		types   []string
		policy  tools.Policy
		listing tools.Listing
		want    bool
	}{
		"nothing connected":              {nil, tools.Policy{}, auto, true},
		"nothing, and it lists again":    {nil, tools.Policy{}, host("Cursor"), true},
		"one":                            {[]string{"slack"}, tools.Policy{}, auto, true},
		"one, and it lists again":        {[]string{"slack"}, tools.Policy{}, host("Cursor"), false},
		"one, and it keeps its list":     {[]string{"slack"}, tools.Policy{}, host("Codex"), true},
		"two":                            {[]string{"slack", "notion"}, tools.Policy{}, auto, true},
		"three":                          {[]string{"slack", "notion", "typeform"}, tools.Policy{}, auto, false},
		"the one that is named":          {[]string{"slack"}, tools.Policy{Connectors: []string{"slack"}}, auto, false},
		"one, with tools that are named": {[]string{"slack"}, tools.Policy{Tools: []string{"slack_*"}}, auto, false},
		"one, within others": {[]string{"slack"}, tools.Policy{ReadOnly: true, Within: &tools.Policy{Connectors: []string{"slack"}}},
			auto, false},
		"one that leaves no room": {[]string{"slack"}, tools.Policy{}, tools.Listing{Surface: tools.Auto, MaxTools: 28}, false},
		"a direct list by choice": {nil, tools.Policy{}, tools.Listing{Surface: tools.Direct}, false},
	} {
		d := tools.NewDirectory(schemas.Embedded(), workspaceOf(tt.types), nil)
		set, err := d.Select(t.Context(), tools.Session{Workspace: "w", Policy: tt.policy, Listing: tt.listing})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var names []string
		for _, tool := range set.Listed {
			names = append(names, tool.Name)
		}
		if got := slices.Contains(names, "find_tools"); got != tt.want || got != slices.Contains(names, "call_read_tool") {
			t.Errorf("%s: listed %t, want %t; %d tools, %s", name, got, tt.want, len(names), set.Reason)
		}
		if !slices.IsSorted(names) || set.Surface == tools.Search {
			t.Errorf("%s: the surface is %s, %q", name, set.Surface, names)
		}
	}
}
