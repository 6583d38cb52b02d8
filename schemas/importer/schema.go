package importer

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// schema is a JSON Schema with its references followed, the parts of allOf put
// together and the choices of anyOf and oneOf united.
type schema struct {
	node     *node    // what it was made of: one node, one schema
	types    []string // without "null"
	nullable bool
	onlyNull bool // allows null and nothing else
	props    []property
	items    *node
	more     *node // additionalProperties
	enum     []*node
	keywords map[string]*node
	demands  []string  // properties that are required
	choices  []*schema // what may be chosen from, each with all that is common; nil for one form
	common   *schema   // what all choices have
	faults   []fault   // of the schema and its parts
}

type property struct {
	name     string
	node     *node
	required bool
}

// kept are the keywords that are taken over as they are.
var kept = []string{
	"format", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
	"minItems", "maxItems", "uniqueItems", "default", "description", "title",
}

// schema resolves a node, once.
func (r *reader) schema(n *node) *schema {
	if n == nil {
		return &schema{}
	}
	known, begun := r.schemas[n]
	switch {
	case known != nil:
		for _, found := range known.faults { // whatever else refers to it is damaged too
			r.note(found)
		}
		return known
	case begun:
		r.add(n.line, "the schema is defined by itself")
		return &schema{node: n}
	}
	r.schemas[n] = nil
	var made *schema
	found := r.during(func() { made = r.resolve(n) })
	made.faults = append(slices.Clip(made.faults), found...)
	r.schemas[n] = made
	return made
}

func (r *reader) resolve(n *node) *schema {
	s := &schema{node: n, keywords: map[string]*node{}}
	if n.kind == boolean {
		return s // anything
	}
	if n.kind != object {
		r.add(n.line, "want a schema: an object")
		return s
	}
	var parts []*schema
	if ref := n.get("$ref"); ref != nil {
		target := r.schema(r.follow(ref))
		if len(n.pairs) == 1 {
			return target
		}
		parts = append(parts, target)
	}
	for _, part := range r.items(n, "allOf") {
		parts = append(parts, r.schema(part))
	}
	for _, part := range parts {
		r.absorb(s, part)
	}
	for _, choice := range choiceKeywords {
		r.unite(s, r.items(n, choice))
	}
	r.own(s, n)
	r.choose(s, parts)
	return s
}

// follow returns what a reference leads to; nil, reported, if it leads nowhere.
func (r *reader) follow(ref *node) *node {
	rest, inside := strings.CutPrefix(ref.scalar(), "#/")
	if !inside {
		r.add(ref.line, "$ref %q leads out of the file; only #/... can be followed", ref.scalar())
		return nil
	}
	at := r.root
	for step := range strings.SplitSeq(rest, "/") {
		if plain, err := url.PathUnescape(step); err == nil {
			step = plain
		}
		at = at.step(strings.NewReplacer("~1", "/", "~0", "~").Replace(step))
	}
	if at == nil {
		r.add(ref.line, "$ref %q leads nowhere", ref.scalar())
	}
	return at
}

func (n *node) step(name string) *node {
	if n.is(list) {
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.items) {
			return n.items[i]
		}
		return nil
	}
	return n.get(name)
}

// absorb adds what another schema demands: both have to be met.
func (r *reader) absorb(s, other *schema) {
	if len(s.types) == 0 {
		s.types, s.onlyNull = other.types, other.onlyNull
	}
	s.nullable = s.nullable || other.nullable
	for _, p := range other.props {
		r.addProperty(s, p)
	}
	s.items, s.more = either(other.items, s.items), either(other.more, s.more)
	if other.enum != nil {
		s.enum = other.enum
	}
	maps.Copy(s.keywords, other.keywords)
	r.demand(s, other.demands)
}

// demand requires properties.
func (r *reader) demand(s *schema, names []string) {
	s.demands = append(slices.Clip(s.demands), names...)
	if !r.spend(len(names) / 64) {
		return
	}
	needed := map[string]bool{}
	for _, name := range names {
		needed[name] = true
	}
	for i, p := range s.props {
		s.props[i].required = p.required || needed[p.name]
	}
}

func either(a, b *node) *node {
	if a != nil {
		return a
	}
	return b
}

// addProperty adds a property, or replaces the one of that name in its place.
func (r *reader) addProperty(s *schema, p property) {
	i := slices.IndexFunc(s.props, func(own property) bool { return own.name == p.name })
	switch {
	case !r.spend(1 + len(s.props)/64): // looking through many has its price
	case i < 0:
		s.props = append(s.props, p)
	default:
		p.required = p.required || s.props[i].required
		s.props[i] = p
	}
}

// own adds what a schema says itself, which overrides what it took over.
func (r *reader) own(s *schema, n *node) {
	r.ownTypes(s, n)
	if n.get("nullable").is(boolean) {
		s.nullable = n.get("nullable").text == "true"
	}
	if props := r.object(n, "properties"); props != nil {
		for _, p := range props.pairs {
			r.addProperty(s, property{name: p.name, node: p.value})
		}
	}
	// Some files say `required: true` within a property, which means nothing there.
	if required := n.get("required"); required.is(list) {
		var names []string
		for _, item := range required.items {
			names = append(names, item.scalar())
		}
		r.demand(s, names)
	}
	s.items = either(n.get("items"), s.items)
	s.more = either(n.get("additionalProperties"), s.more)
	r.ownValues(s, n)
	for _, name := range kept {
		if value := n.get(name); value != nil {
			s.keywords[name] = value
		}
	}
}

// ownValues adds the values that a schema lists. Null among them makes it nullable where no
// type is named, which could exclude it.
func (r *reader) ownValues(s *schema, n *node) {
	if constant := n.get("const"); constant != nil && constant.kind < list {
		s.enum = []*node{constant}
	} else if all := r.choices(n, "enum"); all != nil {
		s.enum = all
	}
	isNull := func(value *node) bool { return value.kind == null }
	onlyConst := slices.ContainsFunc(n.pairs, func(p pair) bool { return p.name == "const" && isNull(p.value) })
	if len(s.types) == 0 && (onlyConst || slices.ContainsFunc(s.enum, isNull)) {
		s.nullable, s.onlyNull = true, onlyConst || !slices.ContainsFunc(s.enum, func(value *node) bool { return !isNull(value) })
	}
}

func (r *reader) ownTypes(s *schema, n *node) {
	declared := n.get("type")
	if declared == nil {
		return
	}
	names := []*node{declared}
	if declared.kind == list {
		names = declared.items
	}
	s.types, s.onlyNull = nil, true
	for _, name := range names {
		switch name.text {
		case "null", "": // an unquoted null has no text
			s.nullable = true
		case "string", "integer", "number", "boolean", "array", "object":
			s.types, s.onlyNull = append(s.types, name.text), false
		default:
			r.add(name.line, "%q is no type of JSON Schema", name.text)
		}
	}
}

// typeName is the first type that a schema names, or the one that its other
// keywords imply; "" if none do.
func (s *schema) typeName() string {
	switch {
	case len(s.types) > 0:
		return s.types[0]
	case len(s.props) > 0 || s.more.is(object):
		return "object"
	case s.items != nil:
		return "array"
	}
	for _, example := range append(slices.Clip(s.enum), s.keywords["default"]) {
		if name := example.typeName(); name != "" {
			return name
		}
	}
	return ""
}

// typeName is the JSON Schema type of a value.
func (n *node) typeName() string {
	switch {
	case n == nil || n.kind == null:
		return ""
	case n.kind == number && !strings.ContainsAny(n.text, ".eE"):
		return "integer"
	}
	return [...]string{boolean: "boolean", number: "number", text: "string", list: "array", object: "object"}[n.kind]
}

// text is a keyword that is a plain value.
func (s *schema) text(keyword string) string { return s.keywords[keyword].scalar() }
