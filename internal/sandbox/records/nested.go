package records

import (
	"encoding/json"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/schemas"
)

// transparent objects are part of the record itself: their fields are its own.
var transparent = map[string]bool{"properties": true, "attributes": true, "data": true, "fields": true, "node": true, "content": true,
	"values": true, "profile": true}

// object makes a nested object.
func (f *blueprint) object(field *schemas.Field) any {
	if f.depth >= maxNesting {
		return nil
	}
	if field.Nullable && f.optional(field) || f.over(field.Name) {
		return nil
	}
	if hasField(field, "totalCount") || hasField(field, "nodes") {
		return f.connection(field)
	}
	return f.nested(field.Name, 0).project(field.Fields)
}

// project makes the values of all the fields.
func (f *blueprint) project(fields []*schemas.Field) map[string]any {
	out := make(map[string]any, len(fields))
	for _, field := range fields {
		out[field.Name] = f.value(field)
	}
	return out
}

// connection makes an object that holds a list and its length, the way of GraphQL.
func (f *blueprint) connection(field *schemas.Field) any {
	out := map[string]any{}
	for _, inner := range field.Fields {
		switch inner.Name {
		case "totalCount":
			out[inner.Name] = json.Number(strconv.Itoa(f.count(field.Name)))
		case "nodes":
			named := *inner
			named.Name = field.Name
			out[inner.Name] = f.array(&named)
		default:
			out[inner.Name] = f.value(inner)
		}
	}
	return out
}

// count is how many things of that name belong to the record: the size of the
// list that a caller would get, if there is one.
func (f *blueprint) count(name string) int {
	if f.m != nil {
		if child, sc := f.v.childList(f, name); child != nil {
			return f.v.size(child, sc)
		}
	}
	return f.seed.Of("count", naming.Fold(name)).Below(12)
}

// array makes a list of a few elements.
func (f *blueprint) array(field *schemas.Field) any {
	items := field.Items
	out := []any{}
	if items == nil || f.depth >= maxNesting {
		return out
	}
	s := f.seed.Of("length", f.v.term(field.Name).fold)
	for i := range s.Below(3) {
		switch {
		case items.Type.Has("object"):
			out = append(out, f.nested(field.Name, i).project(items.Fields))
		case items.Type.Has("string"):
			out = append(out, f.nested(field.Name, i).element(field.Name))
		case len(items.Type) > 0:
			item := *items
			item.Name = naming.SingularWords(field.Name)
			out = append(out, f.nested(field.Name, i).value(&item))
		}
	}
	return out
}

// element is one string of a list.
func (f *blueprint) element(list string) string {
	name := naming.SingularWords(list)
	if name == "tag" {
		return naming.Dashed(naming.LabelWords, f.seed.Below(len(naming.LabelWords)))
	}
	if write, ok := naming.BySuffix(f.v.texts, name); ok {
		return write(f, f.seed.Of(name))
	}
	if strings.HasSuffix(name, "id") {
		return f.id()
	}
	return f.title()
}

// over reports whether an object says who ended something that goes on.
func (f *blueprint) over(name string) bool {
	first, rest, _ := strings.Cut(naming.Snake(name), "_")
	return rest == "by" && (first == "merged" && !f.merged() || closedWords[first] && !f.time.closed)
}

// optional decides whether a nullable object is absent from this record.
func (f *blueprint) optional(field *schemas.Field) bool {
	return !transparent[naming.Fold(field.Name)] && f.seed.Of("absent",
		naming.Fold(field.Name)).Chance(20) && f.n > 0 && !constant[naming.Fold(field.Name)]
}

// constant are nullable objects that are there in practice.
var constant = map[string]bool{"state": true, "status": true, "team": true, "author": true, "user": true, "creator": true, "owner": true,
	"billingdetails": true, "project": true}

// nested is the blueprint of the ith object under a field: a record of the entity
// that the field speaks of, or something of its own.
func (f *blueprint) nested(name string, i int) *blueprint {
	if transparent[f.v.term(name).fold] {
		g := *f
		g.depth++
		return &g
	}
	if target := f.related(name, i); target != nil {
		target.depth = f.depth + 1
		return target
	}
	g := &blueprint{
		v: f.v, scope: f.scope, entity: name, name: naming.Singular(f.v.term(name).snake), kind: f.v.term(name).kind,
		seed: f.seed.Of(f.v.term(name).fold).At(i), time: f.time, depth: f.depth + 1, who: f.who, natural: f.scopeName(name),
	}
	g.n = g.seed.Of("n").Below(12)
	if g.kind == naming.KindStaff {
		g.who = f.v.person(false, g.n)
	}
	return g
}

// scopeName is the value that the scope has for an object such as owner.
func (f *blueprint) scopeName(name string) string {
	for _, s := range f.v.spec.Config.Scoping {
		if f.v.term(s.Param).fold != f.v.term(name).fold {
			continue
		}
		for _, part := range []string{":0", ":1"} {
			if value, ok := f.scope.get(configPrefix + s.ConfigKey + part); ok && (part == ":1") == namesTail(s.ConfigKey, s.Param) {
				return value
			}
		}
	}
	return ""
}

// related is the record of another entity that a field holds or refers to.
func (f *blueprint) related(name string, i int) *blueprint {
	target := f.target(name)
	if target != nil && target.base != nil {
		target = target.base
	}
	if target == nil || f.depth >= maxNesting || f.scopeName(name) != "" {
		return nil
	}
	size := f.v.size(target, f.scope)
	if size == 0 {
		return nil
	}
	n := f.seed.Of("link", target.entity.Name, f.v.term(name).fold).At(i).Below(min(size, 12))
	return f.v.blueprint(target, f.v.fill(target, f.scope), n)
}

// target is the model of the entity that a field refers to.
func (f *blueprint) target(name string) *model {
	t := f.v.term(name)
	if f.m != nil {
		if l := f.m.links[t.fold]; l != nil {
			return f.v.model(l.target)
		}
	}
	for _, entity := range t.refs {
		if f.m == nil || entity != f.m.entity.Name {
			return f.v.model(entity)
		}
	}
	if naming.KindOf(t.bare) == naming.KindStaff {
		return f.v.people()
	}
	return nil
}

// personFields hold the identifier of a user, where they are no objects.
var personFields = map[string]bool{"creator": true, "user": true, "owner": true, "assignee": true, "author": true, "uploader": true,
	"reporter": true, "approver": true}

// reference is the value of a field that names a record of another entity, such
// as customer_id.
func (f *blueprint) reference(field *schemas.Field) (any, bool) {
	if !scalar(field) || f.depth >= maxNesting || field.Type.Has("boolean") || f.fresh {
		return nil, false
	}
	term := f.v.term(field.Name)
	name := term.snake
	linked := f.m != nil && f.m.links[term.fold] != nil
	if !linked && !strings.HasSuffix(name, "_id") && !strings.HasSuffix(name, "_gid") && !personFields[name] {
		return nil, false
	}
	if f.m != nil && field.Name == f.m.key || f.roleOf(field) != roleNone {
		return nil, false
	}
	target := f.related(field.Name, 0)
	if target == nil {
		return nil, false
	}
	key := target.m.byName[target.m.key]
	if linked {
		if k := f.m.links[term.fold].key; k != "" && target.m.byName[k] != nil {
			key = target.m.byName[k]
		}
	}
	if key == nil || field.Type.Has("integer") && !key.Type.Has("integer") {
		return nil, false
	}
	target.depth = f.depth + 1
	return typed(field, jsonvalue.AsText(target.value(key))), true
}
