package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCatalogRemove takes a file away and nothing else.
func TestCatalogRemove(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	_, file, _ := s.run("", "catalog", "show", "slack", "--json")
	mine := s.file("airbyte-mcp-server/catalog/slack.json", strings.Replace(file, `"version": "`, `"version": "0.`, 1))
	s.file("airbyte-mcp-server/catalog/shop.json", shop)
	outside := s.file("airbyte-mcp-server/victim.json", "{}")
	s.does(
		step{args: line("catalog list"), out: []string{`^slack .*/slack\.json \(version 0\.\S+, hides the built-in version [\d.]+\)$`,
			`^shop .*/shop\.json$`, `^github .* built in$`}},
		step{args: line("catalog remove slak")}.failing(4, `"slak" has no file in .*did you mean slack`),
		step{args: line("catalog remove githup")}.failing(4, `did you mean github`),
		step{args: line("catalog remove github")}.failing(4, `github has no file in .*built in`),
		step{args: line("catalog remove ../victim")}.failing(2, `no name of a connector`),
		step{args: line("catalog remove slack.json")}.failing(2, `no name of a connector`),
		step{args: line("catalog remove slack"), out: []string{`\Aremoved .*slack\.json; the built-in version [\d.]+ is used again\n\z`}},
		step{args: line("catalog remove shop"), out: []string{`\Aremoved .*shop\.json; no version of it is built in`}},
		step{args: line("catalog list"), out: []string{`^slack .* built in$`, "!^shop "}},
		step{args: line("catalog remove slack")}.failing(4, `slack has no file in`),
	)
	if _, err := os.Stat(mine); err == nil {
		t.Error("the file is still there")
	}
	if _, err := os.Stat(outside); err != nil {
		t.Errorf("a file outside of the folder: %v", err)
	}
}

// TestListOfADamagedFile shows the other connectors.
func TestListOfADamagedFile(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.file("airbyte-mcp-server/catalog/shop.json", `{"name":`)
	s.does(step{args: line("catalog list"), code: 1, err: []string{"reading connector shop"},
		out: []string{`^shop .*shop\.json \(damaged\)$`, `^github .* built in$`, `^zendesk-talk `}})
}

// TestFilesWithAMark reads what some editors write: a byte order mark, and lines that end with
// two characters.
func TestFilesWithAMark(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	marked := "\ufeff" + strings.ReplaceAll(shop, "\n", "\r\n")
	folder := filepath.Dir(s.file("airbyte-mcp-server/catalog/shop.json", marked))
	s.does(
		step{args: []string{"catalog", "check", folder}, out: []string{"^shop: good$"}},
		step{args: line("tools shop"), out: []string{"^shop_orders_list "}},
	)
}
