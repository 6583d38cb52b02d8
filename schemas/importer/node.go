package importer

import (
	"bytes"
	"encoding/json"
	"errors"

	"airbyte-mcp-server/internal/yamlfile"
)

// kind is what a value of a file is.
type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	object
)

// node is a value of a file, with its place. Values that are referred to by alias
// are shared, not copied.
type node struct {
	kind  kind
	line  int
	text  string // of a scalar; as JSON, for numbers and booleans
	items []*node
	pairs []pair
	named map[string]*node // the pairs by name, where there are many
}

// indexedFrom is the number of keys from which looking through them all is slow.
const indexedFrom = 16

// pair is a key of an object and its value.
type pair struct {
	name  string
	line  int
	value *node
}

// get returns the value under a name; nil if there is none, or null.
func (n *node) get(path ...string) *node {
	for _, name := range path {
		n = n.member(name)
	}
	return n
}

func (n *node) member(name string) *node {
	if n == nil {
		return nil
	}
	if n.named != nil {
		return n.named[name]
	}
	for _, p := range n.pairs {
		if p.name == name && p.value.kind != null {
			return p.value
		}
	}
	return nil
}

// index prepares an object of many keys for member.
func (n *node) index() {
	n.named = make(map[string]*node, len(n.pairs))
	for _, p := range n.pairs {
		if p.value.kind != null {
			n.named[p.name] = p.value
		}
	}
}

// is reports whether the node exists and is of the kind.
func (n *node) is(k kind) bool { return n != nil && n.kind == k }

// scalar is the text of a plain value; "" for lists, objects and what is absent.
func (n *node) scalar() string {
	if n == nil || n.kind == list || n.kind == object {
		return ""
	}
	return n.text
}

// MarshalJSON keeps the order of keys and the digits of numbers.
func (n *node) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	n.write(&b)
	return b.Bytes(), nil
}

func (n *node) write(b *bytes.Buffer) {
	switch n.kind {
	case null:
		b.WriteString("null")
	case text:
		b.Write(quote(n.text))
	case list:
		b.WriteByte('[')
		for i, item := range n.items {
			separate(b, i)
			item.write(b)
		}
		b.WriteByte(']')
	case object:
		b.WriteByte('{')
		for i, p := range n.pairs {
			separate(b, i)
			b.Write(quote(p.name))
			b.WriteByte(':')
			p.value.write(b)
		}
		b.WriteByte('}')
	default:
		b.WriteString(n.text)
	}
}

func separate(b *bytes.Buffer, i int) {
	if i > 0 {
		b.WriteByte(',')
	}
}

func quote(s string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return []byte(`""`) // not reached: a string can be encoded
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// size counts the values in a node, up to a limit: shared ones count each time.
func (n *node) size(limit int) int {
	total := 1
	for _, item := range n.items {
		if total < limit {
			total += item.size(limit - total)
		}
	}
	for _, p := range n.pairs {
		if total < limit {
			total += p.value.size(limit - total)
		}
	}
	return total
}

// parse turns the text of a file into its root object; nil if that has a fault.
func (r *reader) parse(data []byte) *node {
	parsed, err := yamlfile.Parse(data)
	if err != nil {
		at, _ := errors.AsType[*yamlfile.Error](err)
		r.add(max(at.Line, 1), "%v", at.Err)
		return nil
	}
	if parsed == nil || parsed.Kind == yamlfile.Null {
		r.add(1, "the file is empty")
		return nil
	}
	c := converter{reader: r, known: map[*yamlfile.Node]*node{}}
	root := c.convert(parsed)
	switch {
	case root.kind != object && len(r.list) == 0:
		r.add(root.line, "want an OpenAPI document: an object with openapi, info and paths")
	case len(r.list) == 0:
		return root
	}
	return nil
}
