package schemas

import (
	"cmp"
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
)

// ToolName is the name under which an action is offered: connector, entity and
// action joined by "_", with the Context Store search shortened to "search". It
// matches ^[a-z][a-z0-9_]{0,49}$ for every action of the catalog and never
// changes for a given action.
func (c *Connector) ToolName(entity, action string) string {
	if action == ActionContextStoreSearch {
		action = "search"
	}
	return toolPrefix(c.Name, c.Prefix) + "_" + entity + "_" + action
}

// ToolPrefix is what the names of the connector's tools begin with, up to the "_" before
// the entity.
func (c *Connector) ToolPrefix() string { return toolPrefix(c.Name, c.Prefix) }

// toolPrefix is what the names of a connector's tools begin with: what its file
// says, else its name.
func toolPrefix(name, prefix string) string {
	return cmp.Or(prefix, strings.ReplaceAll(name, "-", "_"))
}

var toolReference = lazyregexp.New(`\{([a-z0-9_]+)\.([a-z_]+)\}`)

// Expand replaces references such as {issues.list} in a description by tool names.
func (c *Connector) Expand(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	return toolReference.ReplaceAllStringFunc(text, func(ref string) string {
		parts := toolReference.FindStringSubmatch(ref)
		return c.ToolName(parts[1], parts[2])
	})
}

var illegalInArgument = lazyregexp.New(`[^A-Za-z0-9_-]+`)

func isIllegalInArgument(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
}

// ArgumentName is the name under which a parameter is offered. MCP hosts refuse
// brackets and dots, so "page[cursor]" becomes "page_cursor".
func ArgumentName(param string) string {
	if !strings.ContainsFunc(param, isIllegalInArgument) {
		return strings.Trim(param, "_")
	}
	return strings.Trim(illegalInArgument.ReplaceAllString(param, "_"), "_")
}
