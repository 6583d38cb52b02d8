package toolsearch

import (
	"maps"
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
