package tools

import (
	"fmt"
	"strings"

	"airbyte-mcp-server/airbyte"
)

// Instance is a connector of a workspace, as its callers may name it.
type Instance struct {
	airbyte.Connector

	Slug  string // the catalog's name of its type, "" if the catalog lacks it
	Alias string // a short name, where the workspace has several of the type
}

// is reports whether ref means this instance: by id, alias, instance name or type.
func (i *Instance) is(ref string) bool {
	return i.Is(ref) || ref != "" && (strings.EqualFold(ref, i.Alias) || strings.EqualFold(ref, i.Slug))
}

// names reports whether ref means this very instance, not its type.
func (i *Instance) names(ref string) bool {
	return ref != "" && (i.ID == ref || strings.EqualFold(ref, i.Name) || strings.EqualFold(ref, i.Alias))
}

// freeAlias makes a short name of the type and the instance's own name, "GitHub -
// acme" being github-acme.
func freeAlias(i Instance, taken map[string]bool) string {
	own := strings.ToLower(i.Name)
	for _, typeName := range []string{i.TypeName, i.Slug} {
		own = strings.TrimPrefix(own, strings.ToLower(typeName))
	}
	words := strings.FieldsFunc(own, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	base := strings.Join(append([]string{i.Slug}, words...), "-")
	base = base[:min(len(base), maxAlias)]
	alias := base
	for n := 2; taken[alias] || alias == i.Slug; n++ {
		alias = fmt.Sprintf("%s-%d", base, n-1)
	}
	taken[alias] = true
	return alias
}

const maxAlias = 48
