package records

import (
	"slices"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/schemas"
)

// performGet answers one record.
func (c *Call) performGet() (*Outcome, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	if c.action.Result.Kind == "list" {
		result, err := c.renderRecords([]*record{found.record})
		return &Outcome{Result: result}, err
	}
	if c.plain() {
		raw, err := found.record.view(c.action)
		return &Outcome{Result: raw}, err
	}
	return &Outcome{Result: c.transform(c.vendorFields(found.record.show(c.action)))}, nil
}

// found is a record and the collection that a change to it goes to.
type found struct {
	record *record
	in     *collection
}

// find looks up the record that the parameters name.
func (c *Call) find() (*found, error) { return c.findIn(c.holder()) }

func (c *Call) findIn(m *model) (*found, error) {
	keys := c.keyParams(m)
	known := c.knownScope(m, keys)
	if len(keys) == 0 {
		in := c.Account.collection(m, c.Account.fill(m, known))
		if len(in.records) == 0 {
			return nil, c.notFound("", "")
		}
		return &found{in.records[0], in}, nil
	}
	if r := c.match(m, known, keys); r != nil {
		return &found{r, c.Account.collection(r.blueprint.m, r.blueprint.scope)}, nil
	}
	if c.strict(m, keys) {
		return nil, c.notFound(keys[0].Name, c.text(keys[0].Name))
	}
	return c.invent(m, known, keys), nil
}

// holder is the model whose records an action without a list of its own means:
// those of the entity that its key refers to.
func (c *Call) holder() *model {
	if c.m.list != nil {
		return c.m
	}
	for _, p := range c.action.Params {
		r := c.m.parent(p.Name)
		if r == nil || !p.Required {
			continue
		}
		if target := c.Account.model(r.TargetEntity); target != nil && target.list != nil && singularEnds(target.name, c.m.name) {
			return target
		}
	}
	if c.entity.Action(schemas.ActionGet) == nil {
		if m := c.Account.longerName(c.m); m != nil {
			return m
		}
	}
	return c.m
}

// singularEnds reports whether the longer name is a special case of the shorter
// one: project_section of section.
func singularEnds(longer, shorter string) bool {
	return longer == shorter || strings.HasSuffix(longer, "_"+shorter)
}

// longerName finds the listed entity of which m is the short name: messages are
// listed as channel_messages.
func (v *Account) longerName(m *model) *model {
	for _, e := range v.spec.Entities {
		if e.Action(schemas.ActionList) != nil && strings.HasSuffix(e.Name, "_"+m.entity.Name) {
			return v.model(e.Name)
		}
	}
	return nil
}

// keyParams are the parameters that name one record within its scope.
func (c *Call) keyParams(m *model) []*schemas.Parameter {
	var keys, places, bound []*schemas.Parameter
	for _, p := range c.action.Params {
		if !p.Required || !c.identifies(p) {
			continue
		}
		switch {
		case m.binds(p.Name):
			if m.parent(p.Name) != nil {
				bound = append(bound, p)
			}
		case m.bindsLike(c.Account.spec, p):
			places = append(places, p)
		default:
			keys = append(keys, p)
		}
	}
	if len(keys) == 0 {
		keys = slices.Concat(bound, places)
		keys = keys[max(0, len(keys)-1):]
	}
	return keys
}

// identifies reports whether a required parameter says which record is meant, and
// not what to write into it.
func (c *Call) identifies(p *schemas.Parameter) bool {
	if p.Type != "string" && p.Type != "integer" {
		return false
	}
	if c.Action == schemas.ActionGet || c.Action == schemas.ActionDelete || p.In == "path" {
		return p.In != "header"
	}
	name := naming.Fold(p.Name)
	return strings.HasSuffix(name, "id") || name == "ts" || name == "key" || name == naming.Fold(c.holderName())
}

// holderName is what a parameter is called that names a record by the kind of it:
// channel, for what is done to channels.
func (c *Call) holderName() string {
	if m, _, ok := c.operates(); ok {
		return m.name
	}
	return c.m.name
}

// binds reports whether the list takes the parameter as part of its scope.
func (m *model) binds(param string) bool {
	return slices.ContainsFunc(m.scope, func(s scopeParam) bool { return s.name == param })
}

// bindsLike reports whether the parameter means the same as one of the scope.
func (m *model) bindsLike(conn *schemas.Connector, p *schemas.Parameter) bool {
	return slices.ContainsFunc(m.scope, func(s scopeParam) bool { return s.means(conn, p) })
}

// means reports whether a parameter of another name says the same: it stands for
// the same part of the configuration, or names the parent in full, as issue_number
// does where the list of comments takes number.
func (s scopeParam) means(conn *schemas.Connector, p *schemas.Parameter) bool {
	if s.parent != nil && naming.Fold(p.Name) == naming.Fold(naming.SingularWords(s.parent.TargetEntity)+s.name) {
		return true
	}
	key := configKey(conn, p)
	return key != "" && s.configKey == key && s.tail == namesTail(key, p.Name)
}

// knownScope is the part of the scope that the action's parameters fix. Those
// that the caller leaves out come from the configuration.
func (c *Call) knownScope(m *model, keys []*schemas.Parameter) scope {
	var sc scope
	for _, s := range m.scope {
		if slices.ContainsFunc(keys, func(p *schemas.Parameter) bool { return p.Name == s.name || s.means(c.Account.spec, p) }) {
			continue // it says which record is meant, not where
		}
		value := c.text(s.name)
		if value == "" {
			value = c.otherName(s)
		}
		if value == "" && s.configKey != "" && c.takes(s) {
			value, _ = c.Account.configured(s, 0)
		}
		if value != "" {
			sc = sc.with(s.canonical, value)
		}
	}
	return sc
}

// takes reports whether the action has a parameter for a part of the scope.
func (c *Call) takes(s scopeParam) bool {
	return slices.ContainsFunc(c.action.Params, func(p *schemas.Parameter) bool { return s.means(c.Account.spec, p) })
}

// match finds the record for which every key fits.
func (c *Call) match(m *model, known scope, keys []*schemas.Parameter) *record {
	for _, r := range c.Account.records(m, known) {
		fits := true
		for _, p := range keys {
			fits = fits && r.is(r.blueprint.m.keyFields(p.Name), c.keyText(p))
		}
		if fits {
			return r
		}
	}
	return nil
}

// keyText is the value of a key; a caller may leave out what the configuration has.
func (c *Call) keyText(p *schemas.Parameter) string {
	if text := c.text(p.Name); text != "" {
		return text
	}
	key := configKey(c.Account.spec, p)
	value, _ := c.Account.configured(scopeParam{configKey: key, tail: namesTail(key, p.Name)}, 0)
	return value
}

// is reports whether one of the fields has the value.
func (r *record) is(fields []string, value string) bool {
	for _, name := range fields {
		if text := jsonvalue.AsText(r.fields[name]); text != "" && strings.EqualFold(text, value) {
			return true
		}
	}
	return false
}

// keyFields are the fields that a key parameter may mean; issueIdOrKey means id
// or key.
func (m *model) keyFields(param string) []string {
	var out []string
	for name := range strings.SplitSeq(naming.Snake(param), "_or_") {
		if f := m.fieldOf(name); f != nil && scalar(f) {
			out = append(out, f.Name)
		}
	}
	if len(out) == 0 || strings.Contains(naming.Snake(param), "_or_") {
		out = append(out, m.key)
	}
	return out
}

// strict reports whether a record that is not found does not exist. Accounts and
// repositories named by the caller always exist, as do things that cannot be listed.
func (c *Call) strict(m *model, keys []*schemas.Parameter) bool {
	if configKey(c.Account.spec, keys[0]) != "" {
		return false
	}
	return m.listed()
}

// invent makes the record that a caller names by a key of his own.
func (c *Call) invent(m *model, known scope, keys []*schemas.Parameter) *found {
	p := keys[len(keys)-1]
	value := c.keyText(p)
	sc := c.Account.fill(m, known)
	f := c.Account.blueprint(m, sc, 1000+c.Account.seed.Of(m.entity.Name, value).Below(1_000_000))
	if configKey(c.Account.spec, p) != "" {
		f.natural = value
	}
	r := newRecord(f)
	for _, name := range m.keyFields(p.Name) {
		if field := m.byName[name]; field != nil {
			r.fields[name] = typed(field, value)
		}
	}
	return &found{r, c.Account.collection(m, sc)}
}
