package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

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
	return fmt.Sprintf(`# Connectors

Generated from the catalog by `+"`make golden`"+`. A tool is called `+"`<connector>_<entity>_<action>`"+`; "search" searches Airbyte's synced copy.

| Connector | Name | Entities | Actions | Searches |
|---|---|---|---|---|
%s| **%d connectors** | | **%d** | **%d** | **%d** |
%s`, index.String(), len(names), total.Entities, total.Actions, total.Searches, tables.String())
}

// connectorTable is a connector's table of entities and actions.
func connectorTable(out *strings.Builder, c *schemas.Connector) {
	columns := []string{"list", "get", "create", "update", "delete", "api_search", "download", "context_store_search"}
	fmt.Fprintf(out, "\n## %s\n\n%s Tools are called `%s`.\n\n| Entity | %s |\n|---%s|\n", c.Title, c.Summary,
		c.ToolName("…", "…"), strings.Replace(strings.Join(columns, " | "), "context_store_search", "search", 1), strings.Repeat("|---", len(columns)))
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
				fmt.Fprintf(out, "\n`%s` gives these fields unless asked for others: %s.\n",
					c.ToolName(e.Name, a.Name), strings.Join(a.DefaultFields, ", "))
			}
		}
	}
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
