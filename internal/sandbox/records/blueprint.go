package records

import (
	"encoding/json"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/internal/sandbox/random"
	"airbyte-mcp-server/schemas"
)

// blueprint is a record, or an object within one, before its values are written down.
// Every value is a function of the blueprint and the name of the field, so a field
// reads the same wherever it appears: in a list, in a single record, or nested in
// the record of another entity.
type blueprint struct {
	v       *Account
	m       *model // nil for objects that are no entity's records
	scope   scope
	entity  string // of web addresses
	name    string // singular, snake case
	kind    naming.Kind
	seed    random.Seed
	n       int
	time    timeline
	natural string // the name that the configuration or a parameter gives it
	who     *naming.Person
	fresh   bool // just created: whatever the caller did not say is empty
	depth   int
}

// maxNesting stops objects that contain each other.
const maxNesting = 5

// blueprint is the nth record of the entity in the scope.
func (v *Account) blueprint(m *model, sc scope, n int) *blueprint {
	own := sc.only(m.scope)
	s := v.seed.Of(m.entity.Name, own.key()).At(n)
	f := &blueprint{
		v: v, m: m, scope: own, entity: m.entity.Name, name: m.name, kind: m.kind, seed: s, n: n,
		time: newTimeline(s, m.kind, n, v.size(m, own)),
	}
	f.natural = v.naturalName(m, own, n)
	f.who = f.findPerson()
	return f
}

// findPerson is the person whom the record is, or whom its contact fields mean.
func (f *blueprint) findPerson() *naming.Person {
	switch f.kind {
	case naming.KindStaff:
		return f.v.person(false, f.n)
	case naming.KindCompany, naming.KindCustomer:
		return f.v.person(true, f.n)
	}
	return f.v.person(true, f.seed.Of("who").Below(40))
}

// value makes the value of a field.
func (f *blueprint) value(field *schemas.Field) any {
	if v, ok := f.bound(field); ok {
		return v
	}
	if v, ok := f.reference(field); ok {
		return v
	}
	if f.fresh && !f.inherent(field) {
		return f.empty(field)
	}
	if r := f.roleOf(field); r != roleNone {
		return f.moment(field, r)
	}
	if values := f.choices(field); len(values) > 0 {
		return f.choose(field, values)
	}
	return f.ofType(field)
}

func (f *blueprint) ofType(field *schemas.Field) any {
	switch t := field.Type; {
	case t.Has("object"):
		return f.object(field)
	case t.Has("array"):
		return f.array(field)
	case t.Has("string"):
		return f.text(field)
	case t.Has("integer"), t.Has("number"):
		return f.number(field)
	case t.Has("boolean"):
		return f.flag(field)
	}
	return nil
}

// bound is the value that the record's scope fixes: a comment of issue 7 says
// number 7.
func (f *blueprint) bound(field *schemas.Field) (any, bool) {
	if !scalar(field) || f.m != nil && field.Name == f.m.key {
		return nil, false
	}
	if f.m != nil && f.m.base != nil {
		return nil, false
	}
	for _, b := range f.scope {
		if f.v.term(b.name).fold == f.v.term(field.Name).fold {
			return typed(field, b.value), true
		}
	}
	return nil, false
}

// inherent fields have a value from the moment a record exists.
func (f *blueprint) inherent(field *schemas.Field) bool {
	if f.m == nil {
		return f.v.term(field.Name).snake != "description"
	}
	if field.Name == f.m.key {
		return true
	}
	if r := f.roleOf(field); r != roleNone {
		return r == roleCreated || r == roleUpdated
	}
	name := f.v.term(field.Name).snake
	if naming.KindOf(field.Name) == naming.KindStaff && field.Type.Has("object") {
		return authors[name]
	}
	return name == "state" || name == "status" || scalar(field) && inherentNames[name] || strings.HasSuffix(name, "_url")
}

// authors are the fields that name who made a record.
var authors = map[string]bool{"author": true, "user": true, "creator": true, "created_by": true, "owner": true, "reporter": true}

// inherentNames are other fields that a vendor fills in.
var inherentNames = map[string]bool{
	"id": true, "database_id": true, "number": true, "url": true, "html_url": true, "web_url": true, "node_id": true, "key": true,
	"self":               true,
	"author_association": true, "object": true, "type": true, "identifier": true, "uuid": true, "gid": true, "resource_type": true,
	"permalink_url": true, "slug": true, "sid": true, "token": true, "hs_object_id": true,
}

// empty is the value of a field that nobody has filled in. An object that stands
// for another record is null then: there is none.
func (f *blueprint) empty(field *schemas.Field) any {
	switch {
	case field.Type.Has("boolean"):
		return false
	case field.Type.Has("array"):
		return []any{}
	case field.Type.Has("object"):
		return f.emptyObject(field)
	case field.Nullable:
		return nil
	case field.Type.Has("integer"), field.Type.Has("number"):
		return json.Number("0")
	}
	return nil
}

func (f *blueprint) emptyObject(field *schemas.Field) any {
	switch {
	case transparent[f.v.term(field.Name).fold] && len(field.Fields) > 0:
		return f.project(field.Fields)
	case field.Nullable:
		return nil
	case hasField(field, "nodes"):
		return emptyConnection(field)
	case hasField(field, "totalCount"):
		return map[string]any{"totalCount": json.Number("0")}
	case f.target(field.Name) != nil:
		return nil
	}
	out := f.blank(field.Fields)
	for _, value := range out {
		if value != nil {
			return out
		}
	}
	return nil // nothing in it has a value
}

// blank is an object of empty values.
func (f *blueprint) blank(fields []*schemas.Field) map[string]any {
	out := make(map[string]any, len(fields))
	for _, g := range fields {
		out[g.Name] = f.empty(g)
	}
	return out
}

func emptyConnection(field *schemas.Field) any {
	out := map[string]any{"nodes": []any{}}
	if hasField(field, "totalCount") {
		out["totalCount"] = json.Number("0")
	}
	return out
}

func hasField(field *schemas.Field, name string) bool {
	for _, f := range field.Fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

func (f *blueprint) moment(field *schemas.Field, r role) any {
	when, ok := f.time.at(r)
	if r == roleClosed && strings.HasPrefix(f.v.term(field.Name).fold, "merged") {
		ok = ok && f.merged()
	}
	if !ok {
		return nil
	}
	return moment(when, field, field.Name)
}

// title is the name by which people speak of the record.
func (f *blueprint) title() string {
	switch {
	case f.kind.IsPerson():
		return f.who.Name()
	case f.natural != "":
		return f.natural
	case f.kind == naming.KindCompany:
		return naming.Company(f.v.root, f.n)
	}
	return f.kind.Phrase(f.seed.Of("title"), f.n)
}

// key is the value that identifies the record in web addresses.
func (f *blueprint) key() string {
	if f.natural != "" {
		return f.natural
	}
	if f.m == nil && f.kind.IsPerson() {
		return f.who.Login
	}
	if f.m == nil {
		return naming.Slug(f.title())
	}
	for _, name := range []string{"number", "iid", "identifier", "login", "slug"} {
		if field := f.m.byFold[name]; field != nil {
			return jsonvalue.AsText(f.value(field))
		}
	}
	if f.kind == naming.KindRepository || f.kind == naming.KindLabel || f.kind == naming.KindBranch || f.kind == naming.KindRelease {
		return f.title()
	}
	if field := f.m.byName[f.m.key]; field != nil && f.m.key != "url" {
		return jsonvalue.AsText(f.value(field))
	}
	return ""
}
