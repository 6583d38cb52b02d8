package importer

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/schemas"
)

var (
	placeholder = lazyregexp.New(`\{\{\s*([A-Za-z_]\w*)\s*(?:\|[^}]*)?\}\}`)
	variable    = lazyregexp.New(`\$(\w+)\s*:\s*(\[?)\s*(\w+)(!?)\s*\]?\s*(!?)`)
)

// graphQLTypes are the scalars of GraphQL; the vendor's own are taken as text.
var graphQLTypes = map[string]string{"Int": "integer", "Float": "number", "Boolean": "boolean"}

// undeclared finds parameters that a query's variables are filled from though
// nothing declares them. Their types are those of the variables.
func (o *operation) undeclared(known []*schemas.Parameter) []*schemas.Parameter {
	variables := o.graphQL.get("variables")
	if !variables.is(object) {
		return nil
	}
	types := map[string][]string{}
	for _, m := range variable.FindAllStringSubmatch(o.graphQL.get("query").scalar(), -1) {
		types[m[1]] = m
	}
	seen := map[string]bool{}
	for _, p := range known {
		seen[p.Name] = true
	}
	var all []*schemas.Parameter
	for _, p := range variables.pairs {
		for _, name := range o.placeholders(p.value, nil) {
			if seen[name] {
				continue
			}
			seen[name] = true
			found := &schemas.Parameter{Name: name, In: "body", Type: "string"}
			if p.value.scalar() != "" && placeholder.FindString(p.value.text) == strings.TrimSpace(p.value.text) {
				typed(found, types[p.name])
			}
			all = append(all, found)
		}
	}
	return all
}

// typed gives a parameter the type of the variable that it alone fills.
func typed(p *schemas.Parameter, declared []string) {
	if declared == nil {
		return
	}
	p.Type = cmp.Or(graphQLTypes[declared[3]], "string")
	if strings.HasSuffix(declared[3], "Input") {
		p.Type = "object"
	}
	p.Required = declared[5] == "!" || declared[2] == "" && declared[4] == "!"
	if declared[2] == "[" {
		p.Items = &schemas.Parameter{Type: p.Type}
		p.Type = "array"
	}
}

// placeholders are the names of the parameters that a value is filled from.
func (o *operation) placeholders(n *node, names []string) []string {
	if !o.spend(1) {
		return names
	}
	for _, m := range placeholder.FindAllStringSubmatch(n.scalar(), maxWidth) {
		names = append(names, m[1])
	}
	for _, item := range n.items {
		names = o.placeholders(item, names)
	}
	for _, p := range n.pairs {
		names = o.placeholders(p.value, names)
	}
	return names
}

// selection reads the fields that a query selects unless the caller names others.
// It is all that is known of the records where a file does not describe them.
func (o *operation) selection() []*schemas.Field {
	n := o.graphQL.get("default_fields")
	s := selector{reader: o.reader, tokens: selectionToken.FindAllString(n.scalar(), -1)}
	if n.is(list) {
		for _, item := range n.items {
			s.tokens = append(s.tokens, selectionToken.FindAllString(item.scalar(), -1)...)
		}
	}
	return s.fields(1)
}

// selectionToken takes strings whole, so that what is in them is no brace.
var selectionToken = lazyregexp.New(`"(?:[^"\\]|\\.)*"|\.\.\.|[\w$]+|[^\s\w,]`)

// selector reads a selection set of GraphQL.
type selector struct {
	*reader

	tokens []string
}

func (s *selector) next() string {
	if len(s.tokens) == 0 {
		return ""
	}
	return s.tokens[0]
}

func (s *selector) skip() { s.tokens = s.tokens[min(1, len(s.tokens)):] }

// fields reads up to the closing brace. What is deeper than the catalog goes is
// read over.
func (s *selector) fields(level int) []*schemas.Field {
	var all []*schemas.Field
	for s.next() != "" && s.next() != "}" && s.spend(1) {
		switch {
		case s.next() == "...":
			all = append(all, s.fragment(level)...)
		case isName(s.next()):
			all = append(all, s.field(level))
		default:
			s.skip()
		}
	}
	s.skip()
	if level > maxLevels {
		return nil
	}
	slices.SortStableFunc(all, func(a, b *schemas.Field) int { return cmp.Compare(a.Name, b.Name) })
	return slices.CompactFunc(all, func(a, b *schemas.Field) bool { return a.Name == b.Name })
}

// fragment reads "... on Type { fields }", whose fields are the record's own.
func (s *selector) fragment(level int) []*schemas.Field {
	for s.next() != "" && s.next() != "{" && s.next() != "}" {
		s.skip()
	}
	if s.next() != "{" || level > maxDepth {
		return nil
	}
	s.skip()
	return s.fields(level)
}

// field reads "alias: name(arguments) @directive { fields }", of which the alias
// is what the answer has.
func (s *selector) field(level int) *schemas.Field {
	name := s.next()
	s.skip()
	for s.next() != "" && s.next() != "{" && s.next() != "}" && s.next() != "..." && !isName(s.next()) {
		switch s.next() {
		case "(":
			s.arguments()
		case ":", "@":
			s.skip()
			s.skip()
		default:
			s.skip()
		}
	}
	if s.next() != "{" || level > maxDepth {
		return selected(name)
	}
	s.skip()
	return nested(name, s.fields(level+1), level)
}

// arguments skips what is in parentheses.
func (s *selector) arguments() {
	for depth := 0; s.next() != ""; s.skip() {
		switch s.next() {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				s.skip()
				return
			}
		}
	}
}

func isName(t string) bool {
	return t != "" && (t[0] == '_' || unicode.IsLetter(rune(t[0])))
}

// nested is a selected object, or the list that GraphQL's connections hold.
func nested(name string, fields []*schemas.Field, level int) *schemas.Field {
	inner := &schemas.Field{Name: name, Type: schemas.Types{"object"}, Fields: fields}
	if level >= maxLevels {
		inner.Fields, inner.Truncated = nil, true
	}
	if name != "nodes" && name != "edges" {
		return inner
	}
	inner.Name = ""
	return &schemas.Field{Name: name, Type: schemas.Types{"array"}, Items: inner}
}

var (
	flagName  = lazyregexp.New(`^(is|has|can|viewerCan|viewerIs|viewerHas)[A-Z]|^(closed|locked|merged|public|archived|disabled)$`)
	countName = lazyregexp.New(`Count$|^(number|databaseId|additions|deletions|changedFiles|size|byteSize|duration)$`)
	timeName  = lazyregexp.New(`At$`)
)

// selected guesses the type of a scalar from its name: a selection has no types.
func selected(name string) *schemas.Field {
	f := &schemas.Field{Name: name, Type: schemas.Types{"string"}}
	switch {
	case flagName.MatchString(name):
		f.Type = schemas.Types{"boolean"}
	case countName.MatchString(name):
		f.Type = schemas.Types{"integer"}
	case strings.HasSuffix(name, "Percentage"):
		f.Type = schemas.Types{"number"}
	case timeName.MatchString(name):
		f.Format = "date-time"
	}
	return f
}
