package records

import (
	"slices"
	"strings"

	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/schemas"
)

// model is what the catalog's facts say about the records of an entity, worked out
// once: their fields, what identifies them, in which scopes they live, and how
// many there are.
type model struct {
	conn   *schemas.Connector
	entity *schemas.Entity
	name   string // singular, snake case
	kind   naming.Kind
	list   *schemas.Action // nil if the entity cannot be listed
	base   *model          // this entity shows records of that one
	fields []*schemas.Field
	byName map[string]*schemas.Field
	byFold map[string]*schemas.Field
	scope  []scopeParam
	key    string // the field that identifies a record
	// numericKey: callers give the key as a number, even where records show text.
	numericKey   bool
	known        map[string][]any // values that a field can have, where they are known
	upper        bool             // the entity's enumerations are in capitals
	links        map[string]*link // foreign keys by folded field name
	lookupFields map[string]bool  // fields by which records are found: they always have a value
}

// configPrefix begins canonical names of parameters that fall back to the
// connector's configuration.
const configPrefix = "config:"

// scopeParam is a parameter that says where records live.
type scopeParam struct {
	name      string
	canonical string // equal for parameters that mean the same, such as org and owner
	configKey string
	tail      bool // the part of the configured value after its last slash
	parent    *schemas.Relationship
	required  bool
}

// link is a reference to a record of another entity.
type link struct {
	target string
	key    string
}

func newModel(conn *schemas.Connector, entity *schemas.Entity) *model {
	m := &model{
		conn: conn, entity: entity, name: naming.SingularWords(entity.Name), kind: naming.KindOf(entity.Name),
		list:   entity.Action(schemas.ActionList),
		byName: map[string]*schemas.Field{}, byFold: map[string]*schemas.Field{},
		known: map[string][]any{}, links: map[string]*link{}, lookupFields: map[string]bool{},
	}
	m.collectFields()
	if m.name == "tag" && (m.byName["target"] != nil || m.byName["commit"] != nil) {
		m.kind = naming.KindRelease // a tag of a repository, not a word stuck to something
	}
	m.findScope()
	m.key = m.findKey()
	m.findKnown()
	m.findLinks()
	m.findLookupFields()
	return m
}

// collectFields unites the fields of all ways to read a record. Create and update
// answer in shapes of their own and count only where nothing can be read.
func (m *model) collectFields() {
	for _, name := range []string{schemas.ActionList, schemas.ActionGet, schemas.ActionAPISearch} {
		if a := m.entity.Action(name); a != nil {
			m.addFields(recordFields(a))
		}
	}
	if store := m.entity.ContextStore; store != nil {
		m.addFields(slices.DeleteFunc(storeFields(store.Fields), func(f *schemas.Field) bool { return hasPath(m.fields, f.Name) }))
	}
	if len(m.fields) == 0 {
		for _, a := range m.entity.Actions {
			m.addFields(a.Result.Fields)
		}
	}
}

// hasPath reports whether a dotted name, such as the Context Store has, leads to a
// field within one of the others.
func hasPath(fields []*schemas.Field, path string) bool {
	head, rest, dotted := strings.Cut(path, ".")
	return dotted && slices.ContainsFunc(fields, func(f *schemas.Field) bool {
		return f.Name == head && (hasField(f, rest) || hasPath(f.Fields, rest))
	})
}

func (m *model) addFields(fields []*schemas.Field) {
	for _, f := range fields {
		known := m.byName[f.Name]
		if known == nil {
			m.fields = append(m.fields, f)
			m.byName[f.Name] = f
			if _, taken := m.byFold[naming.Fold(f.Name)]; !taken {
				m.byFold[naming.Fold(f.Name)] = f
			}
			continue
		}
		if merged := merge(known, f); merged != known {
			m.replace(known, merged)
		}
	}
}

func (m *model) replace(old, merged *schemas.Field) {
	m.fields[slices.Index(m.fields, old)] = merged
	m.byName[old.Name] = merged
	if m.byFold[naming.Fold(old.Name)] == old {
		m.byFold[naming.Fold(old.Name)] = merged
	}
}

// merge adds the nested fields of b that a lacks, and the unit of a number that is a time.
func merge(a, b *schemas.Field) *schemas.Field {
	told := a.Format == "" && b.Format == unixMilliseconds
	if len(b.Fields) == 0 && !told {
		return a
	}
	out := *a
	if told {
		out.Format = b.Format
	}
	out.Fields = slices.Clone(a.Fields)
	for _, f := range b.Fields {
		if !slices.ContainsFunc(out.Fields, func(g *schemas.Field) bool { return g.Name == f.Name }) {
			out.Fields = append(out.Fields, f)
		}
	}
	return &out
}

// listed reports whether the vendor shows the records of the entity in numbers.
func (m *model) listed() bool {
	return m.list != nil || m.entity.Action(schemas.ActionAPISearch) != nil
}

// recordFields are the fields of one record of an action's result, which may be
// wrapped in an envelope object.
func recordFields(a *schemas.Action) []*schemas.Field {
	if a.Result.ListField == "" {
		return a.Result.Fields
	}
	for _, f := range a.Result.Fields {
		if f.Name == a.Result.ListField && f.Items != nil {
			return f.Items.Fields
		}
	}
	return nil
}

// storeFields gives Context Store fields the shape of result fields.
func storeFields(fields []*schemas.Field) []*schemas.Field {
	var out []*schemas.Field
	for _, f := range fields {
		g := *f
		nested := storeFields(f.Properties)
		if f.Type.Has("array") && len(nested) > 0 {
			g.Items = &schemas.Field{Type: schemas.Types{"object"}, Fields: nested}
		} else if len(nested) > 0 {
			g.Fields = nested
		}
		out = append(out, &g)
	}
	return out
}

// findScope takes the list's parameters that say where to look: those that the
// vendor needs to find the list, and those that name a record of another entity.
func (m *model) findScope() {
	if m.list == nil {
		return
	}
	for _, p := range m.list.Params {
		parent := m.parent(p.Name)
		if !isScope(m.list, p, parent) {
			continue
		}
		m.scope = append(m.scope, m.newScopeParam(p, parent))
	}
}

func (m *model) newScopeParam(p *schemas.Parameter, parent *schemas.Relationship) scopeParam {
	s := scopeParam{name: p.Name, canonical: p.Name, parent: parent, required: p.Required, configKey: configKey(m.conn, p)}
	if s.configKey != "" {
		s.tail = namesTail(s.configKey, p.Name)
		s.canonical = configPrefix + s.configKey + ":0"
		if s.tail {
			s.canonical = configPrefix + s.configKey + ":1"
		}
	}
	return s
}

func configKey(conn *schemas.Connector, p *schemas.Parameter) string {
	if p.ConfigKey != "" {
		return p.ConfigKey
	}
	for _, s := range conn.Config.Scoping {
		if s.Param == p.Name {
			return s.ConfigKey
		}
	}
	return ""
}

// namesTail reports whether a parameter stands for the last part of a configured
// path: repo of the repositories "acme/widgets".
func namesTail(configKey, param string) bool {
	return strings.HasPrefix(naming.Fold(naming.Singular(configKey)), naming.Fold(param))
}

func isScope(a *schemas.Action, p *schemas.Parameter, parent *schemas.Relationship) bool {
	if p.Type != "string" && p.Type != "integer" || isPaging(a.Pagination, p.Name) {
		return false
	}
	if !p.Required {
		return false
	}
	if parent != nil || p.ConfigKey != "" || p.In == "path" || p.In == "header" {
		return true
	}
	return p.In == "body" && roleOf(&schemas.Field{Type: schemas.Types{"string"}}, p.Name) == roleNone && !isSearchText(p.Name)
}

// parent is the relationship that a parameter follows.
func (m *model) parent(param string) *schemas.Relationship {
	for i, r := range m.entity.Relationships {
		if r.ForeignKey == param {
			return &m.entity.Relationships[i]
		}
	}
	return nil
}

// identifiers are the usual names of the field that identifies a record.
var identifiers = []string{"id", "gid", "sid", "uuid", "_id", "accountid", "key", "ts"}

func (m *model) findKey() string {
	for _, name := range append(slices.Clone(identifiers), m.name+"_id", m.name) {
		if f := m.byFold[naming.Fold(name)]; f != nil && scalar(f) {
			return f.Name
		}
	}
	for _, ending := range []string{"id", "number", "name"} {
		for _, f := range m.fields {
			if scalar(f) && strings.HasSuffix(naming.Fold(f.Name), ending) && m.parent(f.Name) == nil {
				return f.Name
			}
		}
	}
	return ""
}

func scalar(f *schemas.Field) bool { return !f.Type.Has("object") && !f.Type.Has("array") }

// findKnown gathers the values that fields can have, from the fields' own
// enumerations and from those of parameters that filter by them.
func (m *model) findKnown() {
	for _, f := range m.fields {
		if len(f.Enum) > 0 {
			m.known[f.Name] = f.Enum
		}
	}
	for _, a := range m.entity.Actions {
		write := a.Name == schemas.ActionCreate || a.Name == schemas.ActionUpdate
		for _, p := range a.Params {
			enum := p.Enum
			if p.Items != nil && len(enum) == 0 {
				enum = p.Items.Enum
			}
			f := m.fieldOf(p.Name)
			if f == nil || len(enum) == 0 || !scalar(f) || write && (len(m.known[f.Name]) > 0 || depends(f.Name)) {
				continue
			}
			if len(f.Enum) == 0 {
				m.known[f.Name] = concrete(enum)
			}
		}
	}
	for _, values := range m.known {
		for _, v := range values {
			if s, ok := v.(string); ok && len(s) > 2 && s == strings.ToUpper(s) {
				m.upper = true
			}
		}
	}
}

// depends reports whether a field has a value only in some states of a record.
func depends(field string) bool {
	words, ok := states[naming.Snake(field)]
	return ok && len(words[0]) == 0
}

// concrete drops the values by which a filter asks for everything.
func concrete(values []any) []any {
	var out []any
	for _, v := range values {
		if s, ok := v.(string); v != nil && (!ok || !everything[strings.ToLower(s)]) {
			out = append(out, v)
		}
	}
	return out
}

// everything are filter values that match all records.
var everything = map[string]bool{"all": true, "any": true, "both": true, "": true, "*": true}

// fieldOf finds the field of a record that a parameter speaks of.
func (m *model) fieldOf(param string) *schemas.Field {
	for _, name := range paramNames(m.name, param) {
		if f := m.byFold[name]; f != nil {
			return f
		}
	}
	return nil
}

// paramNames are the folded field names that a parameter may stand for, the most
// likely first: issue_number, number; states, state; stateFilter, state.
func paramNames(entity, param string) []string {
	base := naming.Fold(param)
	names := []string{base, strings.TrimSuffix(base, "filter")}
	if one := naming.Fold(naming.SingularWords(param)); one != base {
		names = append(names, one)
	}
	if rest, ok := strings.CutPrefix(base, naming.Fold(entity)); ok && rest != "" {
		names = append(names, rest)
	}
	if i := strings.LastIndexByte(entity, '_'); i >= 0 {
		if rest, ok := strings.CutPrefix(base, naming.Fold(entity[i+1:])); ok && rest != "" {
			names = append(names, rest)
		}
	}
	names = append(names, aliases[base]...)
	return append(names, base+"id", strings.TrimSuffix(base, "id"))
}

// aliases are other names for what a parameter or field means, all folded.
var aliases = map[string][]string{
	"sha": {"oid"}, "tag": {"tagname", "name"}, "branch": {"name", "ref"}, "username": {"login", "name"},
	"org": {"login"}, "owner": {"login", "owner"}, "repo": {"name"}, "userid": {"id"},
	"head": {"headrefname"}, "base": {"baserefname"}, "htmlurl": {"url", "weburl"}, "nodeid": {"id"},
	"draft": {"isdraft"}, "private": {"isprivate"}, "fork": {"isfork"}, "archived": {"isarchived"},
	"user": {"author", "creator", "userid"}, "uuid": {"id"}, "key": {"id"}, "stateid": {"state"},
	"assigneeid": {"assignee"}, "projectid": {"project"}, "teamid": {"team"}, "issueidorkey": {"id", "key"},
	"projectidorkey": {"id", "key"}, "commenttext": {"commenttext", "text", "body"}, "timestamp": {"ts"},
}
