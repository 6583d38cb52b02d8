package tools

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"airbyte-mcp-server/airbyte"
)

// instance is a connector of a workspace, as its callers may name it.
type instance struct {
	airbyte.Connector
	slug  string // the catalog's name of its type, "" if the catalog lacks it
	alias string // a short name, where the workspace has several of the type
}

// is reports whether ref means this instance: by id, alias, instance name or type.
func (i instance) is(ref string) bool {
	return i.Is(ref) || ref != "" && (strings.EqualFold(ref, i.alias) || strings.EqualFold(ref, i.slug))
}

// names reports whether ref means this very instance, not its type.
func (i instance) names(ref string) bool {
	return ref != "" && (i.ID == ref || strings.EqualFold(ref, i.Name) || strings.EqualFold(ref, i.alias))
}

// instances are the connectors of a session's workspace. With those that the
// policy does not admit, an alias would depend on who asks.
func (b *Box) instances(ctx context.Context, s Session) ([]instance, error) {
	connectors, err := b.client.Connectors(ctx, s.Workspace)
	if err != nil {
		return nil, err
	}
	list := make([]instance, len(connectors))
	count := map[string]int{}
	for i, c := range connectors {
		slug, err := b.catalog.Match(c.DefinitionID, c.Type, c.TypeName)
		if err != nil {
			return nil, err
		}
		list[i] = instance{Connector: c, slug: slug}
		count[slug]++
	}
	taken := map[string]bool{}
	for i := range list {
		if slug := list[i].slug; slug != "" && count[slug] > 1 {
			list[i].alias = freeAlias(list[i], taken)
		}
	}
	return list, nil
}

// freeAlias makes a short name of the type and the instance's own name, "GitHub -
// acme" being github-acme.
func freeAlias(i instance, taken map[string]bool) string {
	own := strings.ToLower(i.Name)
	for _, typeName := range []string{i.TypeName, i.slug} {
		own = strings.TrimPrefix(own, strings.ToLower(typeName))
	}
	words := strings.FieldsFunc(own, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	base := strings.Join(append([]string{i.slug}, words...), "-")
	base = base[:min(len(base), maxAlias)]
	alias := base
	for n := 2; taken[alias] || alias == i.slug; n++ {
		alias = fmt.Sprintf("%s-%d", base, n-1)
	}
	taken[alias] = true
	return alias
}

const maxAlias = 48

// locate finds the one instance that a tool of a session works on; ref may say
// which of several.
func (b *Box) locate(ctx context.Context, s Session, t *Tool, ref string) (instance, error) {
	return b.one(ctx, s, cmp.Or(ref, t.Connector), func(i instance) bool {
		return i.slug == t.Connector && (ref == "" || i.names(ref))
	})
}

// instance finds the connector that a reference means: an id, an alias, an instance
// name or a type.
func (b *Box) instance(ctx context.Context, s Session, ref string) (instance, error) {
	return b.one(ctx, s, ref, func(i instance) bool { return i.is(ref) })
}

// one finds the instance that is meant, among those that the session's policy
// admits. It never picks one of several.
func (b *Box) one(ctx context.Context, s Session, ref string, means func(instance) bool) (instance, error) {
	list, err := b.instances(ctx, s)
	if err != nil {
		return instance{}, err
	}
	var all, hits []airbyte.Connector
	var found instance
	refused := false
	for _, i := range list {
		all = append(all, i.Connector)
		switch {
		case !means(i):
		case s.Policy.admits(i):
			found, hits = i, append(hits, i.Connector)
		default:
			refused = true
		}
	}
	switch {
	case len(hits) == 1:
		return found, nil
	case len(hits) > 1:
		return instance{}, &airbyte.LocateError{Workspace: s.Workspace, Ref: ref, Candidates: hits, Ambiguous: true}
	case refused:
		return instance{}, &RefusedError{ref, "the server is limited to other connectors"}
	default:
		return instance{}, &airbyte.LocateError{Workspace: s.Workspace, Ref: ref, Candidates: all}
	}
}
