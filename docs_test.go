package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"airbyte-mcp-server/schemas"
)

var update = flag.Bool("update", false, "rewrite the generated documents")

// TestConnectorsDocument keeps docs/connectors.md true: it is generated from the
// catalog, by make golden.
func TestConnectorsDocument(t *testing.T) {
	t.Parallel()
	const path = "docs/connectors.md"
	want := connectorsDocument(t)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s differs from the catalog; run make golden and review the diff", path)
	}
}

func connectorsDocument(t *testing.T) string {
	t.Helper()
	catalog := schemas.Embedded()
	names, err := catalog.Names()
	if err != nil {
		t.Fatal(err)
	}
	var index, tables strings.Builder
	var total schemas.Counts
	for _, name := range names {
		c, err := catalog.Connector(name)
		if err != nil {
			t.Fatal(err)
		}
		n := c.Count()
		total.Entities, total.Actions, total.Searches = total.Entities+n.Entities, total.Actions+n.Actions, total.Searches+n.Searches
		fmt.Fprintf(&index, "| [%s](#%s) | `%s` | %d | %d | %d |\n", c.Title, anchor(c.Title), c.Name, n.Entities, n.Actions, n.Searches)
		connectorTable(&tables, c)
	}
	const about = "Generated from the catalog by `make golden`. A tool is called `<connector>_<entity>_<action>`; " +
		`"search" searches Airbyte's synced copy.`
	return fmt.Sprintf(`# Connectors

%s

| Connector | Name | Entities | Actions | Searches |
|---|---|---|---|---|
%s| **%d connectors** | | **%d** | **%d** | **%d** |
%s`, wrap(about), index.String(), len(names), total.Entities, total.Actions, total.Searches, tables.String())
}

// connectorTable is a connector's table of entities and actions.
func connectorTable(out *strings.Builder, c *schemas.Connector) {
	columns := []string{"list", "get", "create", "update", "delete", "api_search", "download", "context_store_search"}
	head := strings.Replace(strings.Join(columns, " | "), "context_store_search", "search", 1)
	summary := wrap(fmt.Sprintf("%s Tools are called `%s`.", c.Summary, c.ToolName("…", "…")))
	fmt.Fprintf(out, "\n## %s\n\n%s\n\n| Entity | %s |\n|---%s|\n", c.Title, summary, head, strings.Repeat("|---", len(columns)))
	for _, e := range c.Entities {
		offered := " " + strings.Join(e.ActionNames(), " ") + " "
		if strings.TrimSpace(offered) == "" {
			continue
		}
		fmt.Fprintf(out, "| `%s` |", e.Name)
		for _, action := range columns {
			mark := "   "
			if strings.Contains(offered, " "+action+" ") {
				mark = " ✓ "
			}
			out.WriteString(mark + "|")
		}
		out.WriteByte('\n')
	}
	for _, e := range c.Entities {
		for _, a := range e.Actions {
			if len(a.DefaultFields) > 0 {
				fields := strings.Join(a.DefaultFields, ", ")
				fmt.Fprintln(out, "\n"+wrap(fmt.Sprintf("`%s` gives these fields unless asked for others: %s.", c.ToolName(e.Name, a.Name), fields)))
			}
		}
	}
}

// wrap breaks a paragraph into the lines of a document.
func wrap(text string) string {
	var out strings.Builder
	column := 0
	for i, word := range strings.Fields(text) {
		width := utf8.RuneCountInString(word)
		switch {
		case i > 0 && column+1+width > 120:
			out.WriteByte('\n')
			column = 0
		case i > 0:
			out.WriteByte(' ')
			column++
		}
		out.WriteString(word)
		column += width
	}
	return out.String()
}

// anchor is how the common Markdown renderers name a heading.
func anchor(title string) string {
	keep := func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		default:
			return -1
		}
	}
	return strings.Map(keep, strings.ToLower(title))
}
