package tools_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools"
)

// workspaces are those of the sessions below.
func workspaces() *tools.Directory {
	many := []airbyte.Connector{desk}
	for i := range 60 {
		shop := shopOne
		shop.ID, shop.Name = "m-"+strings.Repeat("x", i), "Shop - "+strings.Repeat("very-", 3)+string(rune('a'+i%26))
		many = append(many, shop)
	}
	return tools.NewDirectory(catalog(), lister{
		"main": {shopOne, desk, foreign}, "twins": {shopOne, shopTwo}, "empty": nil, "many": many,
	}, nil)
}

// searching is a session of a workspace whose tools are not listed.
func searching(workspace string) tools.Session {
	return tools.Session{Workspace: workspace, Listing: tools.Listing{Surface: tools.Search}}
}

func TestInstructions(t *testing.T) {
	t.Parallel()
	const (
		searched = "The tools are not listed one by one (search is what the server is set to): find_tools finds them, describe_tool gives the " +
			"inputSchema of one, call_read_tool calls those that read"
		written = ", call_write_tool those that change something"
	)
	reads := searching("main")
	reads.Policy.Effects = []tools.Effect{tools.Read}
	direct := tools.Session{Workspace: "main", Listing: tools.Listing{Surface: tools.Direct}}
	only := searching("twins")
	only.Policy.Connectors = []string{"shop-two"}
	for name, test := range map[string]struct {
		session tools.Session
		want    []string
	}{
		"all":    {searching("main"), []string{"Connected: help-desk, shop.", searched + written + "."}},
		"reads":  {reads, []string{"Connected: help-desk, shop.", searched + "."}},
		"direct": {direct, []string{"Connected: help-desk, shop.", "The tools are listed one by one (direct is what the server is set to)."}},
		"plain":  {tools.Session{Workspace: "main"}, []string{"Connected: help-desk, shop.", "The tools are listed one by one."}},
		"twins": {searching("twins"), []string{"Connected: shop (several, name one by `connector`: shop-one, shop-two).",
			searched + written + "."}},
		"one of twins": {only, []string{"Connected: shop.", searched + written + "."}},
		"many":         {searching("many"), []string{"Connected: help-desk, and 1 more, see list_connectors.", searched + written + "."}},
		"empty": {searching("empty"), []string{
			"Nothing is connected yet that has tools here; list_connector_types shows what can be connected.", searched + "."}},
		"gone": {searching("gone"), []string{"The connectors could not be listed (not_found): list_connectors says why.", searched + "."}},
	} {
		lines := strings.Split(workspaces().Instructions(t.Context(), test.session), "\n")
		first := "Tools of the user's Airbyte connectors; each call of one is a billed Airbyte operation."
		if len(lines) < 4 || !slices.Equal(lines[:3], append([]string{first}, test.want...)) || !strings.HasPrefix(lines[3], "Paging: ") {
			t.Errorf("%s: got %q", name, lines)
		}
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	w, err := workspaces().Snapshot(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		wanted tools.Wanted
		want   string
	}{
		{tools.Wanted{Query: "zzzz qqq"}, ""},
		{tools.Wanted{Connector: "Desk - help"}, "desk_tickets_list"},
		{tools.Wanted{Connector: "HELP-DESK"}, "desk_tickets_list"},
		{tools.Wanted{Connector: "shop", Limit: 2}, "shop_invoices_list shop_orders_list"},
		{tools.Wanted{Connector: "shop", Effect: "delete"}, "shop_files_delete shop_orders_delete"},
	} {
		answer, err := w.Search(searching("main"), test.wanted)
		if err != nil {
			t.Errorf("%+v: %v", test.wanted, err)
			continue
		}
		var names []string
		for _, tool := range answer.Tools {
			names = append(names, tool.Name)
		}
		hinted := strings.HasPrefix(answer.Hint, "Nothing fits. ")
		if got := strings.Join(names, " "); got != test.want || hinted != (test.want == "") || hinted != (answer.Hint != "") {
			t.Errorf("%+v: got %q and the hint %q, want %q", test.wanted, got, answer.Hint, test.want)
		}
	}
	for limit, want := range map[int]int{0: 10, 11: 11, 50: 12, 1: 1} {
		if answer, err := w.Search(searching("main"), tools.Wanted{Connector: "shop", Limit: limit}); err != nil || len(answer.Tools) != want {
			t.Errorf("limit %d: %d tools (%v), want %d", limit, len(answer.Tools), err, want)
		}
	}
	_, err = w.Search(searching("main"), tools.Wanted{Connector: "shp"})
	if want := "invalid arguments: `connector` no such connector here; did you mean shop?"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	w, err := workspaces().Snapshot(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	pinned := searching("main")
	pinned.Listing.Pins = []string{"shop_orders_get"}
	for name, want := range map[string]string{
		"find_tools": "find_tools", "shop_orders_list": "call_read_tool", "shop_orders_delete": "call_write_tool",
		"shop_orders_get": "shop_orders_get",
	} {
		d, err := w.Describe(pinned, name)
		if err != nil || d.Name != name || d.CallWith != want || !json.Valid(d.InputSchema) {
			t.Errorf("%s: got %+v (%v), want that it is called with %s", name, d, err, want)
		}
	}
	d, err := w.Describe(tools.Session{Workspace: "main"}, "shop_orders_list")
	if err != nil || d.CallWith != d.Name || d.Title != "List orders (Shop)" {
		t.Errorf("a listed tool is %+v (%v)", d, err)
	}
	_, err = w.Describe(pinned, "shop_order_list")
	want := "invalid arguments: `name` is no tool here; did you mean shop_orders_list or shop_orders_get?"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestFindThroughOthers(t *testing.T) {
	t.Parallel()
	d := workspaces()
	const right = "; a right call: "
	for _, test := range []struct{ tool, arguments, want, failure string }{
		{"call_read_tool", `{"name":"shop_orders_list"}`, "shop_orders_list {}", ""},
		{"call_write_tool", `{"name":"shop_orders_delete","arguments":{"id":1}}`, `shop_orders_delete {"id":1}`, ""},
		{"find_tools", `{"query":"x"}`, `find_tools {"query":"x"}`, ""},
		{"call_read_tool", `{}`, "", "invalid arguments: `name` is required; a right call: {\"name\":\"desk_tickets_list\",\"arguments\":{}}"},
		{"call_read_tool", `{"name":"find_tools"}`, "", "find_tools is refused: call it by its own name" + right +
			`find_tools {"query":"list the newest records"}`},
		{"call_read_tool", `{"name":"shop_orders_delete"}`, "",
			"shop_orders_delete is refused: its effect is delete: call it with call_write_tool" + right +
				`call_write_tool {"name":"shop_orders_delete","arguments":{"id":1,"dry_run":true}}`},
		{"call_write_tool", `{"name":"shop_orders_get"}`, "",
			"shop_orders_get is refused: its effect is read: call it with call_read_tool" + right +
				`call_read_tool {"name":"shop_orders_get","arguments":{"id":1}}`},
		{"call_read_tool", `{"name":"zz"}`, "", "invalid arguments: `name` is no tool here" + right +
			`{"name":"desk_tickets_list","arguments":{}}`},
		{"shop_orders_list", `{}`, "",
			`unknown tool "shop_orders_list"; it is not listed here: call it by call_read_tool` + right +
				`call_read_tool {"name":"shop_orders_list","arguments":{}}`},
		{"shop_orders_lst", `{}`, "", `unknown tool "shop_orders_lst"; did you mean shop_orders_list or shop_orders_get or shop_orders_delete?`},
	} {
		f, err := d.Find(t.Context(), searching("main"), test.tool, json.RawMessage(test.arguments))
		failure, got := "", ""
		if err != nil {
			failure = err.Error()
		} else {
			got = f.Tool.Name + " " + string(f.Arguments)
		}
		if got != test.want || failure != test.failure {
			t.Errorf("%s %s: got %q and %q, want %q and %q", test.tool, test.arguments, got, failure, test.want, test.failure)
		}
	}
	for workspace, want := range map[string]string{
		"empty": `unknown tool "desk_tickets_list"; workspace "empty" has no help-desk connector that this server may use`,
		"gone":  "listing: Workspace not found (HTTP 404)",
	} {
		if _, err := d.Find(t.Context(), tools.Session{Workspace: workspace}, "desk_tickets_list", nil); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", workspace, err, want)
		}
	}
}
