package toolsearch

import (
	"maps"
	"slices"
	"strings"
)

// naming is a connector that words may name.
type naming struct {
	slug   string
	weight float64
}

// connectorNames maps titles, slugs and nicknames to connectors, and tells which of
// them are ordinary words as well.
func (b *builder) connectorNames() (map[string][]naming, map[string]string) {
	names, everyday := map[string][]naming{}, map[string]string{}
	done := map[string]bool{}
	for i := range b.docs {
		d := &b.docs[i]
		if d.Connector == "" || done[d.Connector] {
			continue
		}
		done[d.Connector] = true
		b.titles[d.Connector] = d.ConnectorTitle
		addName(names, d.Connector, d.ConnectorTitle, 1)
		addName(names, d.Connector, strings.ReplaceAll(d.Connector, "-", " "), 1)
	}
	for _, c := range b.connectors {
		for name, weight := range c.Called.all() {
			addName(names, c.Slug, name, weight)
		}
		maps.Copy(everyday, c.Everyday)
	}
	b.deriveNames(names)
	return names, everyday
}

func addName(names map[string][]naming, connector, name string, weight float64) {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, n := range names[name] {
		if n.slug == connector {
			return
		}
	}
	names[name] = append(names[name], naming{connector, weight})
}

// Connectors are the slugs of the connectors that a name in lower case is likely to mean: a
// title, a slug or a nickname, or the first words of one, with any marks between them.
func (x *Index) Connectors(name string) []string {
	plain := strings.Join(strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("-_ ", r) }), " ")
	var slugs []string
	for known, namings := range x.names {
		if known != name && known != plain && (plain == "" || !strings.HasPrefix(known, plain+" ")) {
			continue
		}
		for _, n := range namings {
			if n.weight >= likely {
				slugs = append(slugs, n.slug)
			}
		}
	}
	slices.Sort(slugs)
	return slices.Compact(slugs)
}
