package importer

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// converter makes nodes of the parser's tree: aliases lead to what they name,
// merge keys are merged, tags are gone.
type converter struct {
	*reader

	anchors map[string]*node
}

func (c *converter) convert(n ast.Node) *node {
	switch n := n.(type) {
	case *ast.MappingNode:
		return c.object(line(n), n.Values)
	case *ast.MappingValueNode:
		return c.object(line(n.Key), []*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		items := make([]*node, 0, len(n.Values))
		for _, value := range n.Values {
			items = append(items, c.convert(value))
		}
		return c.bounded(&node{kind: list, line: line(n), items: items})
	case *ast.AnchorNode:
		value := c.convert(n.Value)
		c.anchors[n.Name.GetToken().Value] = value
		return value
	case *ast.AliasNode:
		return c.alias(n)
	case *ast.TagNode:
		return c.tagged(n)
	}
	return scalarNode(n)
}

// line is where a node of the parser begins.
func line(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 1
	}
	return n.GetToken().Position.Line
}

// alias: the parser knows only names that were given before, so no value can hold
// itself.
func (c *converter) alias(n *ast.AliasNode) *node {
	name := n.Value.GetToken().Value
	value, known := c.anchors[name]
	if !known {
		c.add(line(n), "nothing before it is marked &%s", name)
		return &node{line: line(n)}
	}
	return value
}

// tagged heeds the one tag that changes how a plain value reads.
func (c *converter) tagged(n *ast.TagNode) *node {
	if n.Value == nil {
		return &node{line: line(n)}
	}
	value := c.convert(n.Value)
	if n.Start.Value == "!!str" && value.kind < text {
		value = &node{kind: text, line: value.line, text: n.Value.GetToken().Value}
	}
	return value
}

func scalarNode(n ast.Node) *node {
	made := &node{kind: text, line: line(n)}
	switch n := n.(type) {
	case nil, *ast.NullNode:
		made.kind = null
	case *ast.BoolNode:
		made.kind, made.text = boolean, strconv.FormatBool(n.Value)
	case *ast.IntegerNode:
		made.kind, made.text = number, fmt.Sprint(n.Value)
	case *ast.FloatNode:
		made.kind, made.text = number, digits(n)
	case *ast.StringNode:
		made.text = n.Value
	case *ast.LiteralNode:
		made.text = n.Value.Value
	default: // .inf and .nan are no JSON numbers
		if tk := n.GetToken(); tk != nil {
			made.text = tk.Value
		}
	}
	return made
}

// digits keeps a number as it was written where JSON writes it so too.
func digits(n *ast.FloatNode) string {
	if written := n.Token.Value; json.Valid([]byte(written)) {
		return written
	}
	if math.IsInf(n.Value, 0) || math.IsNaN(n.Value) {
		return "0"
	}
	return strconv.FormatFloat(n.Value, 'g', -1, 64)
}

func (c *converter) object(at int, values []*ast.MappingValueNode) *node {
	made := &node{kind: object, line: at, pairs: make([]pair, 0, len(values))}
	var merged []*node
	for _, v := range values {
		value := c.convert(v.Value)
		if v.Key.IsMergeKey() {
			merged = append(merged, value)
			continue
		}
		made.pairs = append(made.pairs, pair{keyName(v.Key), line(v.Key), value})
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

func keyName(key ast.MapKeyNode) string {
	if n := scalarNode(key); n.text != "" {
		return n.text
	}
	return strings.TrimSpace(key.String())
}
