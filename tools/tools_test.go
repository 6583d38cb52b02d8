package tools_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/manage"
)

// directory has all tools that could be offered, those of the server itself among them.
func directory(c *schemas.Catalog) *tools.Directory {
	return manage.New(c, nil, manage.Options{}).Directory()
}

// catalog has a shop with something of everything, and a help desk.
func catalog() *schemas.Catalog { return schemas.Open(os.DirFS(filepath.Join("testdata", "catalog"))) }

// shopTools are the tools of the shop.
func shopTools(t *testing.T, p tools.Policy) *tools.Set {
	t.Helper()
	p.Connectors = []string{"shop"}
	set, err := directory(catalog()).CatalogSet(tools.Session{Policy: p})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// namesOf are the names of the connectors' tools in a set, which has tools that
// manage the server beside them.
func namesOf(set *tools.Set) []string {
	var names []string
	for _, tool := range set.Tools {
		if tool.Connector != "" {
			names = append(names, tool.Name)
		}
	}
	return names
}

// TestTools shows what becomes of a connector: names, titles, effects, the hints that
// hosts act upon, and the tool that verifies a write.
func TestTools(t *testing.T) {
	t.Parallel()
	const no, yes = false, true
	tests := []struct {
		name, title             string
		effect                  tools.Effect
		destructive, idempotent bool
		verify                  string
	}{
		{"shop_events_create", "Create an event (Shop)", tools.Create, no, no, ""},
		{"shop_files_api_search", "Search files (Shop)", tools.Read, no, yes, ""},
		{"shop_files_delete", "Delete a file (Shop)", tools.Delete, yes, yes, "shop_files_api_search"},
		{"shop_files_download", "Download a file (Shop)", tools.Read, no, yes, ""},
		{"shop_invoices_list", "List invoices (Shop)", tools.Read, no, yes, ""},
		{"shop_orders_create", "Create an order (Shop)", tools.Create, no, no, "shop_orders_list"},
		{"shop_orders_delete", "Delete an order (Shop)", tools.Delete, yes, yes, "shop_orders_list"},
		{"shop_orders_get", "Get an order (Shop)", tools.Read, no, yes, ""},
		{"shop_orders_list", "List orders (Shop)", tools.Read, no, yes, ""},
		{"shop_orders_search", "Search synced orders (Shop)", tools.Read, no, yes, ""},
		{"shop_orders_ship_it", "Ship it orders (Shop)", tools.Write, yes, no, "shop_orders_list"},
		{"shop_orders_update", "Update an order (Shop)", tools.Update, yes, yes, "shop_orders_list"},
	}
	set := shopTools(t, tools.Policy{})
	names := namesOf(set)
	if len(names) != len(tests) {
		t.Fatalf("got the tools %q, want %d", names, len(tests))
	}
	for i, tt := range tests {
		got := set.Get(names[i])
		if got.Name != tt.name || got.Title != tt.title || got.Effect != tt.effect || got.VerifyWith != tt.verify {
			t.Errorf("tool %d is %s, %q, %s, verified with %q, want %s, %q, %s, %q",
				i, got.Name, got.Title, got.Effect, got.VerifyWith, tt.name, tt.title, tt.effect, tt.verify)
		}
		if got.Destructive() != tt.destructive || got.Idempotent() != tt.idempotent {
			t.Errorf("%s: destructive %t, idempotent %t, want %t, %t",
				tt.name, got.Destructive(), got.Idempotent(), tt.destructive, tt.idempotent)
		}
	}
}

// TestManagement shows the tools that are there without any connector.
func TestManagement(t *testing.T) {
	t.Parallel()
	b := directory(catalog())
	set := b.Management(tools.Session{})
	if got := set.Get("list_connectors"); got == nil || got.Effect != tools.Read || got.Destructive() {
		t.Errorf("list_connectors is %+v, want a tool that reads", got)
	}
	if set.Get("list_workspaces") != nil || b.Management(tools.Session{Operator: true}).Get("list_workspaces") == nil {
		t.Error("list_workspaces must be offered to operators, and to nobody else")
	}
	if got := set.Get("execute_action"); got == nil || got.Effect != tools.Write || !got.Destructive() || got.Idempotent() {
		t.Errorf("execute_action is %+v, want a tool that may do anything", got)
	}
	if got := b.Management(tools.Session{Policy: tools.Policy{ReadOnly: true}}).Get("execute_action"); got != nil {
		t.Error("execute_action is offered to a session that must only read")
	}
}

// TestReadOnlySet leaves everything out that is not known to read.
func TestReadOnlySet(t *testing.T) {
	t.Parallel()
	set := shopTools(t, tools.Policy{ReadOnly: true})
	for _, tool := range set.Tools {
		if tool.Effect != tools.Read {
			t.Errorf("%s is offered, which is a %s", tool.Name, tool.Effect)
		}
	}
	got := namesOf(set)
	want := []string{"shop_files_api_search", "shop_files_download", "shop_invoices_list", "shop_orders_get", "shop_orders_list",
		"shop_orders_search"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestOptions shows which tools offer arguments of ours, and under which names.
func TestOptions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		tool string
		want []string
	}{
		{"shop_orders_list", []string{"page_cursor", "size", "select_fields"}},
		{"shop_orders_get", []string{"id"}},
		{"shop_orders_search", []string{"filter", "any_of", "sort", "limit", "cursor", "fields"}},
		{"shop_files_api_search", []string{"query", "select_fields", "airbyte_select_fields"}},
		{"shop_files_download", []string{"id"}},
		{"shop_orders_create", []string{"title"}},
		{"shop_orders_ship_it", []string{"id"}},
	}
	set := shopTools(t, tools.Policy{})
	for _, tt := range tests {
		if got := argumentsOf(t, set.Get(tt.tool)); !slices.Equal(got, tt.want) {
			t.Errorf("%s takes %q, want %q", tt.tool, got, tt.want)
		}
	}
}

// argumentsOf are the names of a tool's arguments, in the order of its schema.
func argumentsOf(t *testing.T, tool *tools.Tool) []string {
	t.Helper()
	var schema struct{ Properties json.RawMessage }
	if err := json.Unmarshal(tool.Input.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	var properties map[string]json.RawMessage
	if err := json.Unmarshal(schema.Properties, &properties); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, match := range regexp.MustCompile(`"([a-z_]+)":\{`).FindAllStringSubmatch(string(schema.Properties), -1) {
		if _, ok := properties[match[1]]; ok && !slices.Contains(names, match[1]) {
			names = append(names, match[1])
		}
	}
	return names
}

// TestCatalogTools holds the tools of the whole catalog to the rules that hosts and
// people rely on.
func TestCatalogTools(t *testing.T) {
	t.Parallel()
	set, err := directory(schemas.Embedded()).CatalogSet(tools.Session{})
	if err != nil {
		t.Fatal(err)
	}
	legal := regexp.MustCompile(`^[a-z][a-z0-9_]{0,49}$`)
	readers := []string{"list", "get", "api_search", "context_store_search", "download"}
	for i, tool := range set.Tools {
		switch isRead := slices.Contains(readers, tool.Action); {
		case i > 0 && set.Tools[i-1].Name >= tool.Name:
			t.Errorf("%s comes after %s", tool.Name, set.Tools[i-1].Name)
		case !legal.MatchString(tool.Name):
			t.Errorf("the name %q does not match %s", tool.Name, legal)
		case tool.Connector == "":
		case isRead != (tool.Effect == tools.Read):
			t.Errorf("%s has the effect %s", tool.Name, tool.Effect)
		case tool.VerifyWith != "" && (isRead || set.Get(tool.VerifyWith) == nil || set.Get(tool.VerifyWith).Effect != tools.Read):
			t.Errorf("%s is verified with %s", tool.Name, tool.VerifyWith)
		}
	}
}
