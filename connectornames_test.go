package main_test

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// examples are the only mentions of connectors in code: in help texts and
// errors, as an example of any; and a day of the week.
var examples = []string{
	"e.g. github.", "e.g. `github`.", "such as github,", "github_*_list", "e.g. 'overdue invoices in stripe'", "e.g. stripe.",
	"e.g. 'stripe.*.*=confirm'", "[zendesk_support_*]", "on Monday",
}

// TestNoConnectorInCode keeps what is known of single connectors in their catalog
// files: no text of the program names one.
func TestNoConnectorInCode(t *testing.T) {
	named := connectorNames(t)
	var shown []string
	for _, s := range project(t) {
		if s.isTest {
			continue
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			if _, isImport := node.(*ast.ImportSpec); isImport {
				return false
			}
			literal, ok := node.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatalf("%s: %v", at(literal), err)
			}
			for _, example := range examples {
				if strings.Contains(text, example) {
					shown = append(shown, example)
					text = strings.ReplaceAll(text, example, "")
				}
			}
			if name := named.FindString(strings.ToLower(text)); name != "" {
				t.Errorf("%s: the code names %s; what it knows of it belongs into the connector's catalog file", at(literal), name)
			}
			return true
		})
	}
	for _, example := range examples {
		if !strings.Contains(strings.Join(shown, "\n"), example) {
			t.Errorf("%q is allowed, and nowhere in the code", example)
		}
	}
}

// connectorNames matches the slugs, titles and prefixes of the catalog, as words.
func connectorNames(t *testing.T) *regexp.Regexp {
	t.Helper()
	heads, err := schemas.Embedded().Heads()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, h := range heads {
		for _, name := range []string{h.Name, h.Title, h.Prefix} {
			names = append(names, regexp.QuoteMeta(strings.ToLower(name)))
		}
	}
	// An underscore parts the words of a tool's name.
	return regexp.MustCompile(`(?:^|[^a-z0-9])(?:` + strings.Join(names, "|") + `)(?:[^a-z0-9]|$)`)
}
