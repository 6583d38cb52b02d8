package importer

import (
	"strings"

	"airbyte-mcp-server/internal/yamlfile"
)

const (
	maxDepth = 100  // of what nests, beyond what a file itself may
	maxWidth = 4000 // of lists and objects, for the loops over them
)

// converter makes nodes of a file's values: merge keys are merged, tags are gone.
type converter struct {
	*reader

	known map[*yamlfile.Node]*node // values that aliases may name are converted once
}

func (c *converter) convert(n *yamlfile.Node) *node {
	if made := c.known[n]; made != nil {
		return made
	}
	made := &node{line: n.Line, kind: kinds[n.Kind], text: n.Text}
	switch n.Kind {
	case yamlfile.Bool:
		made.text = strings.ToLower(n.Text)
	case yamlfile.Number:
		made.text = n.Number
	case yamlfile.List:
		made.items = make([]*node, 0, len(n.Items))
		for _, item := range n.Items {
			made.items = append(made.items, c.convert(item))
		}
		made = c.bounded(made)
	case yamlfile.Map:
		made = c.object(made, n.Pairs)
	}
	if n.Marked {
		c.known[n] = made
	}
	return made
}

var kinds = [...]kind{
	yamlfile.Null: null, yamlfile.Bool: boolean, yamlfile.Number: number,
	yamlfile.Text: text, yamlfile.List: list, yamlfile.Map: object,
}

func (c *converter) object(made *node, values []yamlfile.Pair) *node {
	made.pairs = make([]pair, 0, len(values))
	var merged []*node
	for _, v := range values {
		value := c.convert(v.Value)
		if v.Merge {
			merged = append(merged, value)
			continue
		}
		made.pairs = append(made.pairs, pair{v.Name, v.Line, value})
	}
	if len(merged) > 0 {
		c.merge(made, merged)
	}
	if len(made.pairs) > indexedFrom {
		made.index()
	}
	return c.bounded(made)
}

// bounded refuses what is wider than the loops over it are meant for.
func (c *converter) bounded(n *node) *node {
	if max(len(n.items), len(n.pairs)) > maxWidth {
		c.add(n.line, "more than %d values in one list or object", maxWidth)
		return &node{line: n.line}
	}
	return n
}

// merge adds the keys of other objects, or of lists of objects, that an object lacks.
func (c *converter) merge(into *node, sources []*node) {
	known := map[string]bool{}
	for _, own := range into.pairs {
		known[own.name] = true
	}
	for _, source := range sources {
		each := []*node{source}
		if source.kind == list {
			each = source.items
		}
		for _, s := range each {
			if s.kind != object {
				c.add(s.line, "<< merges an object, or a list of them")
			}
			for _, p := range s.pairs {
				if c.spend(1) && !known[p.name] {
					known[p.name] = true
					into.pairs = append(into.pairs, p)
				}
			}
		}
	}
}
