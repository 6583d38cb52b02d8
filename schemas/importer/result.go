package importer

import (
	"cmp"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/schemas"
)

// maxLevels is how deep the fields of a record are listed in the catalog.
const maxLevels = 3

// metaField is a value beside the records, and where the answer has it.
type metaField struct {
	*schemas.Field

	from string
}

// result translates what the operation answers.
func (o *operation) result() (schemas.Result, []metaField) {
	if o.name == schemas.ActionDownload {
		return schemas.Result{Kind: "binary"}, nil
	}
	answer := o.answer()
	if answer == nil {
		return schemas.Result{Kind: "none"}, nil
	}
	meta := o.meta(answer)
	made := o.records(answer)
	for _, m := range meta {
		made.Meta = append(made.Meta, m.Field)
	}
	return made, meta
}

// answer is the schema of a successful answer; nil if that has no body.
func (o *operation) answer() *node {
	responses := o.object(o.node, "responses")
	for _, status := range []string{"200", "201", "202"} {
		content := o.deref(o.object(responses, status)).get("content")
		if content == nil {
			continue
		}
		for _, media := range content.pairs {
			if strings.Contains(media.name, "json") || media.name == "*/*" {
				return cmp.Or(media.value.get("schema"), &node{kind: object, line: media.line})
			}
		}
	}
	return nil
}

// records describes the records: those at the record path, or the whole answer.
func (o *operation) records(answer *node) schemas.Result {
	path := o.text(o.node, "x-airbyte-record-extractor")
	many := o.name == schemas.ActionList || o.name == schemas.ActionAPISearch
	at, found := o.recordAt(answer, path)
	s := o.schema(at)
	isList := s.typeName() == "array"
	switch {
	case isList && (many || o.name == schemas.ActionGet && !strings.Contains(path, "[")):
		return o.listOf(o.schema(s.items))
	case isList:
		s = o.schema(s.items) // Airbyte returns the first
	case many && path != "" && (!found || s.typeName() == "" || strings.Contains(path, "[*]")):
		return o.listOf(s)
	}
	made := schemas.Result{Kind: "object", Fields: o.fieldsOf(s)}
	if many && path == "" {
		made.ListField = o.onlyList(s)
	}
	return made
}

// recordAt follows the record path. Where an answer knows nothing of the path, it is
// the record itself that was described.
func (o *operation) recordAt(answer *node, path string) (at *node, found bool) {
	if at = o.at(answer, path); at != nil {
		return at, true
	}
	if first := step.FindString(path); o.at(answer, first) == nil {
		return answer, false
	}
	return nil, false
}

func (o *operation) listOf(s *schema) schemas.Result {
	made := schemas.Result{Kind: "list", Fields: o.fieldsOf(s)}
	if len(made.Fields) == 0 {
		made.ItemType = s.typeName()
	}
	return made
}

func (o *operation) fieldsOf(s *schema) []*schemas.Field {
	var all []*schemas.Field
	if len(s.props) == 0 && o.graphQL.get("default_fields") != nil {
		all = o.selection()
	} else {
		all = o.fields(s, 1, nil)
	}
	return o.transformed(all)
}

// transformed adds the fields that Airbyte computes for each record.
func (o *operation) transformed(fields []*schemas.Field) []*schemas.Field {
	computed := o.object(o.node, "x-airbyte-record-transform")
	if computed == nil {
		return fields
	}
	for _, p := range computed.pairs {
		known := slices.ContainsFunc(fields, func(f *schemas.Field) bool { return f.Name == p.name })
		if !known && o.spend(1+len(fields)/64) {
			fields = append(fields, &schemas.Field{Name: p.name, Type: schemas.Types{"any"}})
		}
	}
	slices.SortFunc(fields, func(a, b *schemas.Field) int { return cmp.Compare(a.Name, b.Name) })
	return fields
}

// onlyList names the only property that holds records; "" if none or several do.
func (o *operation) onlyList(s *schema) string {
	var names []string
	for _, p := range s.props {
		list := o.schema(p.node)
		if list.typeName() == "array" && o.schema(list.items).typeName() == "object" {
			names = append(names, p.name)
		}
	}
	if len(names) == 1 {
		return names[0]
	}
	return ""
}

// longestPath is how long a path through an answer may be, in bytes.
const longestPath = 1000

var step = lazyregexp.New(`\.\.?([^.\[\]]+)|\[(\*|-?\d+|'[^']*'|"[^"]*")\]`)

// at follows a JSON path through a schema; nil if the schema has no such place.
func (r *reader) at(n *node, path string) *node {
	if len(path) > longestPath {
		r.add(n.line, "a path of %d characters is no path to a value", len(path))
		return nil
	}
	for _, m := range step.FindAllStringSubmatch(path, -1) {
		s := r.schema(n)
		name := strings.Trim(cmp.Or(m[1], m[2]), `'"`)
		i := slices.IndexFunc(s.props, func(p property) bool { return p.name == name })
		switch {
		case i >= 0:
			n = s.props[i].node
		case m[2] != "" && s.items != nil:
			n = s.items
		case s.more.is(object):
			n = s.more
		default:
			return nil
		}
	}
	return n
}

// fields lists the properties of a record by name, down to the third level.
func (r *reader) fields(s *schema, level int, trail []*node) []*schemas.Field {
	trail = append(slices.Clip(trail), s.node)
	var all []*schemas.Field
	for _, p := range s.props {
		if !r.spend(1) {
			return nil
		}
		all = append(all, r.field(p.name, p.node, level, trail))
	}
	slices.SortFunc(all, func(a, b *schemas.Field) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// field describes a property, or the elements of one, which are on its level.
func (r *reader) field(name string, n *node, level int, trail []*node) *schemas.Field {
	s := r.schema(n)
	f := &schemas.Field{
		Name:     name,
		Type:     slices.Clone(s.types),
		Nullable: s.nullable,
		Format:   s.text("format"),
		Enum:     values(s.enum),
	}
	if len(f.Type) == 0 {
		f.Type = schemas.Types{cmp.Or(s.typeName(), "any")}
	}
	if s.items != nil && f.Type.Has("array") && r.spend(1+len(f.Enum)) {
		f.Items = r.elements(s, level, trail)
	}
	switch {
	case len(s.props) == 0:
	case slices.Contains(trail, s.node):
		f.Recursive = true
	case level >= maxLevels:
		f.Truncated = true
	default:
		f.Fields = r.fields(s, level+1, trail)
	}
	return f
}

// elements describes the elements of an array. Arrays of arrays go as deep as the
// file does, but not round in circles.
func (r *reader) elements(s *schema, level int, trail []*node) *schemas.Field {
	if slices.Contains(trail, s.node) {
		return &schemas.Field{Type: schemas.Types{"array"}, Recursive: true}
	}
	return r.field("", s.items, level, append(slices.Clip(trail), s.node))
}

// meta lists the values that the file names beside the records, by name.
func (o *operation) meta(answer *node) []metaField {
	paths := o.object(o.node, "x-airbyte-meta-extractor")
	if paths == nil {
		return nil
	}
	var all []metaField
	for _, p := range paths.pairs {
		if !o.spend(1) {
			return nil
		}
		all = append(all, metaField{o.metaField(answer, p.name, p.value.scalar()), p.value.scalar()})
	}
	slices.SortFunc(all, func(a, b metaField) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// metaField takes the type from the place in the answer. A value of a header, or
// one that the answer does not declare, is typed by its name.
func (o *operation) metaField(answer *node, name, path string) *schemas.Field {
	f := &schemas.Field{Name: name, Type: schemas.Types{"string"}}
	if strings.HasPrefix(path, "@") {
		f.Nullable = strings.HasPrefix(path, "@link")
		return f
	}
	at := o.at(answer, path)
	s := o.schema(at)
	implied := s.typeName()
	switch {
	case at != nil && len(s.types) > 0:
		f.Type, f.Nullable = slices.Clone(s.types), s.nullable
	case at != nil && implied != "":
		f.Type, f.Nullable = schemas.Types{implied}, s.nullable
	case slices.Contains(moreNames, foldedName(name)) || slices.Contains(lastNames, foldedName(name)):
		f.Type = schemas.Types{"boolean"}
	case strings.Contains(foldedName(name), "total") || strings.Contains(foldedName(name), "count"):
		f.Type = schemas.Types{"integer"}
	}
	return f
}
