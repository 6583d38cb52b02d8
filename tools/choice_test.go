package tools_test

import (
	"slices"
	"testing"

	"airbyte-mcp-server/tools"
)

func TestComplete(t *testing.T) {
	t.Parallel()
	d := workspaces()
	for _, test := range []struct {
		kind  tools.Completable
		text  string
		known tools.Known
		want  []string
	}{
		{tools.CompleteConnector, "", tools.Known{}, []string{"help-desk", "shop"}},
		{tools.CompleteConnector, "P", tools.Known{}, []string{"help-desk", "shop"}},
		{tools.CompleteConnector, "l", tools.Known{}, []string{"help-desk"}},
		{tools.CompleteType, "S", tools.Known{}, []string{"shop", "help-desk"}},
		{tools.CompleteType, "h", tools.Known{}, []string{"help-desk", "shop"}},
		{tools.CompleteEntity, "", tools.Known{Connector: "help-desk"}, []string{"tickets"}},
		{tools.CompleteEntity, "", tools.Known{Connector: "shop", Action: "list"}, []string{"invoices", "orders"}},
		{tools.CompleteAction, "l", tools.Known{Connector: "shop"}, []string{"list", "delete", "download"}},
		{tools.CompleteAction, "", tools.Known{Connector: "shop", Entity: "files"}, []string{"api_search", "delete", "download"}},
		{tools.CompleteTool, "ship", tools.Known{}, []string{"shop_orders_ship_it"}},
		{tools.CompleteTool, "", tools.Known{Entity: "tickets"}, []string{"desk_tickets_list"}},
		{"nothing", "", tools.Known{}, nil},
	} {
		got, err := d.Complete(t.Context(), tools.Session{Workspace: "main"}, test.kind, test.text, test.known)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s %q, %+v: got %q (%v), want %q", test.kind, test.text, test.known, got, err, test.want)
		}
	}
	limited := tools.Session{Workspace: "main", Policy: tools.Policy{Connectors: []string{"help-desk"}}}
	got, err := d.Complete(t.Context(), limited, tools.CompleteType, "", tools.Known{})
	if err != nil || !slices.Equal(got, []string{"help-desk"}) {
		t.Errorf("the types of a limited session are %q (%v)", got, err)
	}
	if _, err := d.Complete(t.Context(), tools.Session{Workspace: "gone"}, tools.CompleteTool, "", tools.Known{}); err == nil {
		t.Error("the tools of no workspace are known")
	}
}

func TestCheckChoice(t *testing.T) {
	t.Parallel()
	d := directory(catalog())
	for glob, want := range map[string]string{
		"shop_*": "", "find_tools": "", "*_list": "", "shop_?rders_list": "", `shop_[a-o]rders_list`: "", "list_connector*": "",
		"shp_*": `unknown tool "shp_*"; it fits no tool`, "[": `unknown tool "["; it fits no tool`,
		"shop_order_list": `unknown tool "shop_order_list"; it fits no tool; did you mean shop_orders_list or shop_orders_get?`,
	} {
		for _, s := range []tools.Session{
			{Policy: tools.Policy{Tools: []string{glob}}}, {Policy: tools.Policy{Exclude: []string{glob}}},
			{Listing: tools.Listing{Pins: []string{glob}}}, {Policy: tools.Policy{Within: &tools.Policy{Tools: []string{glob}}}},
		} {
			got := ""
			if err := d.CheckChoice(s); err != nil {
				got = err.Error()
			}
			if got != want {
				t.Errorf("%+v: got %q, want %q", s, got, want)
			}
		}
	}
}

func TestNarrow(t *testing.T) {
	t.Parallel()
	d := workspaces()
	const notOffered, limited = "the server does not offer such tools, and a choice can only narrow",
		"the server is limited to other connectors, and a choice can only narrow"
	broad := tools.Policy{Effects: []tools.Effect{tools.Read}, Connectors: []string{"shop"}, Exclude: []string{"shop_orders_get"}}
	for _, test := range []struct {
		workspace string
		choice    tools.Policy
		want      string
	}{
		{"main", tools.Policy{Effects: []tools.Effect{tools.Read}}, ""},
		{"main", tools.Policy{Effects: []tools.Effect{tools.Delete}},
			"the effect delete is refused: the server does not offer it, and a choice can only narrow"},
		{"main", tools.Policy{Tools: []string{"shop_*"}}, ""},
		{"main", tools.Policy{Tools: []string{"shop_orders_get"}}, "shop_orders_get is refused: " + notOffered},
		{"main", tools.Policy{Tools: []string{"*_delete"}}, "*_delete is refused: " + notOffered},
		{"main", tools.Policy{Tools: []string{"nope"}}, `unknown tool "nope"; it fits no tool`},
		{"main", tools.Policy{Connectors: []string{"SHOP", "c-1"}}, ""},
		{"main", tools.Policy{Connectors: []string{"help-desk"}}, `"help-desk" is refused: ` + limited},
		{"main", tools.Policy{Connectors: []string{"nobody"}},
			`no connector of workspace "main" matches "nobody"; it has: "Shop - one" (id c-1, type shop)`},
		{"gone", tools.Policy{Connectors: []string{"shop", "nobody"}}, ""},
		{"gone", tools.Policy{Connectors: []string{"help-desk"}}, `"help-desk" is refused: ` + limited},
	} {
		s, err := d.Narrow(t.Context(), tools.Session{Workspace: test.workspace, Policy: broad}, test.choice)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != test.want || err == nil && s.Policy.Allows(tools.Write) {
			t.Errorf("%s %+v: got %q, want %q", test.workspace, test.choice, got, test.want)
		}
	}
}

func TestParsing(t *testing.T) {
	t.Parallel()
	effects, err := tools.ParseEffects([]string{"WRITE", "read", "write"})
	if err != nil || !slices.Equal(effects, []tools.Effect{tools.Read, tools.Write}) {
		t.Errorf("got %v (%v)", effects, err)
	}
	for _, name := range []string{"create", ""} {
		if _, err := tools.ParseEffects([]string{name}); err == nil {
			t.Errorf("the effect %q is accepted", name)
		}
	}
	for name, want := range map[string]tools.Surface{"AUTO": tools.Auto, "direct": tools.Direct, "Search": tools.Search, "": "", "all": ""} {
		got, err := tools.ParseSurface(name)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is the surface %q (%v)", name, got, err)
		}
	}
	for _, test := range []struct {
		have, want tools.Surface
		ok         bool
	}{
		{tools.Auto, tools.Direct, true}, {tools.Direct, tools.Search, true}, {tools.Search, tools.Direct, false},
		{tools.Direct, tools.Auto, false}, {tools.Direct, tools.Direct, true},
	} {
		got, err := tools.Listing{Surface: test.have}.Narrow(test.want)
		if (err == nil) != test.ok || test.ok && got.Surface != test.want || !test.ok && got.Surface != test.have {
			t.Errorf("from %s to %s: %s (%v)", test.have, test.want, got.Surface, err)
		}
	}
}
