package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// shop is a catalog file of one tool.
const shop = `{"name": "shop", "title": "Shop", "definition_id": "", "summary": "A shop.", "config": {},
 "entities": [{"name": "orders", "summary": "Orders.", "actions": [` +
	`{"action": "list", "summary": "List the orders.", "result": {"kind": "list"}}]}]}`

func TestCatalogIsRead(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.file("airbyte-mcp-server/catalog/shop.json", shop)
	s.does(
		step{args: line("catalog list"), out: []string{
			`^NAME +TITLE +ENTITIES +ACTIONS +SEARCHES +FROM$`, `^github +GitHub +24 +49 +16 +built in$`,
			`^shop +Shop +1 +1 +0 .*catalog/shop\.json$`,
		}},
		step{args: line("tools shop"), out: []string{`^shop_orders_list +read +List the orders`}}, // the user's own folder
		step{args: line("catalog show github"), out: []string{`\AGitHub \(github\)\n`,
			`^issues +list, get, create, update, api_search, context_store_search +\S`}},
		step{args: line("catalog show githup")}.failing(4, "did you mean github"),
		step{args: line("catalog list --catalog " + filepath.Join(s.dir, "none")), out: []string{"^github ", "!^shop "}},
	)
	_, stdout, _ := s.run("", "catalog", "show", "github", "--json")
	conn, err := schemas.Embedded().Connector("github")
	if err != nil {
		t.Fatal(err)
	}
	if want, err := schemas.Format(conn); err != nil || stdout != string(want) {
		t.Errorf("the file is not what show --json prints: %v", err)
	}
}

// TestCatalogDiff prints a line for each tool that differs, in the order of their names.
func TestCatalogDiff(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	before := s.file("before/shop.json", shop)
	action := `{"action": "list", "summary": "List the orders.", "result": {"kind": "list"}}`
	for name, c := range map[string]struct{ replace, want string }{
		"none": {action, "no difference\n"},
		"words": {strings.Replace(action, "the orders", "all orders", 1), "~ shop_orders_list (words)\n" +
			"    orders.list: described in other words\n"},
		"schema": {strings.Replace(action, `"result"`, `"params": [{"name": "page", "type": "integer", "description": "P."}], "result"`, 1),
			"~ shop_orders_list (schema page)\n    orders.list: parameter `page` added (integer, optional)\n"},
		"added":   {action + `, {"action": "get", "summary": "Get an order.", "result": {"kind": "object"}}`, "+ shop_orders_get\n"},
		"another": {strings.Replace(action, `"list", "s`, `"get", "s`, 1), "+ shop_orders_get\n- shop_orders_list\n"},
	} {
		after := s.file(name+"/shop.json", strings.Replace(shop, action, c.replace, 1))
		if code, stdout, stderr := s.run("", "catalog", "diff", before, after); code != 0 || stdout != c.want {
			t.Errorf("%s: exit code %d, got %q, want %q; %s", name, code, stdout, c.want, stderr)
		}
	}
	s.does(
		step{args: line("catalog diff github github"), out: []string{`\Ano difference$`}},
		step{args: []string{"catalog", "diff", "github", filepath.Join(s.dir, "nowhere.json")}, code: 4, err: []string{"nowhere"}},
		step{args: line("catalog diff githup github")}.failing(4, "did you mean github"),
	)
}

// TestCatalogCheck reports every bad file of a folder, and the good ones too.
func TestCatalogCheck(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	folder := filepath.Dir(s.file("mine/shop.json", shop))
	s.does(step{args: []string{"catalog", "check", folder}, out: []string{`\Ashop: good\n\z`}, err: []string{`\A\z`}})
	s.file("mine/broken.json", `{"name":`)
	s.file("mine/other.json", `{"name": "worse"}`)
	s.does(
		step{args: []string{"catalog", "check", folder}, code: 1, out: []string{"^shop: good$", "!broken", "!other"},
			err: []string{"connector broken", "connector other"}},
		step{args: []string{"catalog", "check", filepath.Join(s.dir, "nowhere")}}.failing(1, `nowhere: .*no such file`),
	)
	empty := filepath.Join(s.dir, "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	s.does(step{args: []string{"catalog", "check", empty}}.failing(1, "empty has no catalog files"))
}

// barn is a connector.yaml with one download.
const barn = `openapi: 3.1.0
info:
  title: File Barn
  version: 2.0.1
  x-airbyte-connector-name: file-barn
  x-airbyte-connector-definition-id: 5B0D1E2F-1111-4222-8333-444455556666
paths:
  /files/{id}:
    get:
      summary: Downloads a file
      x-airbyte-entity: files
      x-airbyte-action: download
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      responses:
        "200": {content: {application/octet-stream: {schema: {type: string, format: binary}}}}
`

// TestCatalogImport takes all files or none.
func TestCatalogImport(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	checkout := filepath.Dir(filepath.Dir(s.file("checkout/barn/connector.yaml", barn)))
	bad := s.file("checkout/broken/connector.yaml", "openapi: 3.1.0\ninfo:\n  version: 1.0.0\npaths: {}\n")
	made := filepath.Join(s.dir, "airbyte-mcp-server", "catalog", "file-barn.json")
	s.does(step{args: []string{"catalog", "import", checkout}}.failing(1,
		`nothing was imported:\n.*broken/connector\.yaml:\d+: title is missing`))
	if _, err := os.Stat(made); err == nil {
		t.Error("a file was written though another was bad")
	}
	if err := os.Remove(bad); err != nil {
		t.Fatal(err)
	}
	again := s.file("again.yaml", barn)
	s.does(
		step{args: []string{"catalog", "import", checkout}, out: []string{`\Afile-barn: 1 tools, written to .*file-barn\.json\n\z`}},
		step{args: line("tools file_barn"), out: []string{"^file_barn_files_download +read "}},
		step{args: []string{"catalog", "import", checkout, again}}.failing(1,
			`connector file-barn is in .*yaml too; name the file that you want`),
		step{args: []string{"catalog", "import", filepath.Join(s.dir, "nowhere")}}.failing(1, "nowhere"),
	)
	if entries, err := os.ReadDir(filepath.Dir(made)); err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v; want one file", entries, err)
	}
}

// TestImportKeepsNames gives an imported connector the tool names that it has had.
func TestImportKeepsNames(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	named := strings.Replace(shop, `"name": "shop"`, `"name": "shop", "prefix": "my_shop"`, 1)
	s.file("airbyte-mcp-server/catalog/shop.json", strings.Replace(named, `"definition_id": ""`,
		`"definition_id": "5b0d1e2f-1111-4222-8333-444455556666"`, 1))
	s.does(
		step{args: []string{"catalog", "import", s.file("connector.yaml", barn)}, out: []string{"file-barn: 1 tools"}},
		step{args: line("tools my_shop_files"), out: []string{"^my_shop_files_download "}},
	)
}
