package importer

import (
	"encoding/json"
	"strconv"

	"airbyte-mcp-server/internal/lazyregexp"
)

// The readers of values report a value of the wrong kind and go on as if it were
// absent. Null counts as absent everywhere.

// object returns the object under a name.
func (r *reader) object(n *node, name string) *node {
	return r.want(n, name, object, "an object")
}

// items returns the elements of the list under a name.
func (r *reader) items(n *node, name string) []*node {
	if found := r.want(n, name, list, "a list"); found != nil {
		return found.items
	}
	return nil
}

func (r *reader) want(n *node, name string, k kind, what string) *node {
	found := n.get(name)
	if found != nil && found.kind != k {
		r.add(found.line, "%s: want %s", name, what)
		return nil
	}
	return found
}

// text returns the plain value under a name, whatever its type.
func (r *reader) text(n *node, name string) string {
	found := n.get(name)
	if found.is(list) || found.is(object) {
		r.add(found.line, "%s: want a plain value", name)
		return ""
	}
	return found.scalar()
}

// required is text that has to be there.
func (r *reader) required(n *node, name string) string {
	value, found := r.text(n, name), n.get(name)
	if value == "" && n != nil && !found.is(list) && !found.is(object) {
		r.add(n.line, "%s is missing", name)
	}
	return value
}

func (r *reader) flag(n *node, name string) bool {
	found := n.get(name)
	if found != nil && found.kind != boolean {
		r.add(found.line, "%s: want true or false", name)
	}
	return found.is(boolean) && found.text == "true"
}

// names returns a list of plain values.
func (r *reader) names(n *node, name string) []string {
	var names []string
	for _, item := range r.items(n, name) {
		names = append(names, item.scalar())
	}
	return names
}

// raw is a value as JSON; nil for what is absent.
func (r *reader) raw(n *node) json.RawMessage {
	if n == nil || n.kind == null || !r.spend(n.size(r.budget+1)) {
		return nil
	}
	made, _ := n.MarshalJSON() // never fails
	return made
}

// choices returns the elements of an enum, which are plain values.
func (r *reader) choices(n *node, name string) []*node {
	all := r.items(n, name)
	for _, each := range all {
		if each.kind == list || each.kind == object {
			r.add(each.line, "%s: want plain values", name)
			return nil
		}
	}
	return all
}

// values are nodes as Go has them.
func values(nodes []*node) []any {
	var all []any
	for _, n := range nodes {
		all = append(all, n.value())
	}
	return all
}

func (n *node) value() any {
	switch n.kind {
	case null:
		return nil
	case boolean:
		return n.text == "true"
	case number:
		return json.Number(n.text)
	default:
		return n.text
	}
}

// number is the value of a numeric keyword of a schema, as it was written. The
// parser takes some forms, such as 1e3, for text.
func (n *node) number() json.Number {
	if n.is(number) || n.is(text) && numeral.MatchString(n.text) {
		return json.Number(n.text)
	}
	return ""
}

var numeral = lazyregexp.New(`^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?$`)

// count is a length; nil for what is absent or none.
func (n *node) count() *uint64 {
	if value, err := strconv.ParseUint(n.scalar(), 10, 64); err == nil && n.is(number) {
		return &value
	}
	return nil
}
