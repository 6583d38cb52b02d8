package records

import (
	"encoding/json"
	"slices"
	"sync"
	"time"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/schemas"
)

// record is one record of a vendor. It never changes: a write puts a new one in
// its place, so readers need no lock.
type record struct {
	blueprint *blueprint
	fields    map[string]any // as list and get name them
	extra     map[string]any // what writes said beyond that, by folded name
	// written: a caller made or changed the record.
	written bool

	views sync.Map // *schemas.Action -> json.RawMessage
	once  sync.Once
	words string // see text
}

// collection is the records of one entity in one scope, in ascending order of n.
type collection struct {
	model   *model
	scope   scope
	records []*record
	next    int // n of the next record created
	written bool
	used    uint64
}

// Clock tells the time of writes.
type Clock func() time.Time

// collection gives the records of a scope; they are made if need be. The caller
// holds mu.
func (v *Account) collection(m *model, sc scope) *collection {
	key := m.entity.Name + "\n" + sc.key()
	v.uses++
	c, ok := v.collections[key]
	if !ok {
		c = v.generate(m, sc)
		v.collections[key] = c
		v.held += c.weight()
		v.evict(c)
	}
	c.used = v.uses
	return c
}

func (v *Account) generate(m *model, sc scope) *collection {
	size := v.size(m, sc)
	c := &collection{model: m, scope: sc, records: make([]*record, 0, size), next: size}
	parent := v.parentRecord(m, sc)
	for n := range size {
		f := v.blueprint(m, sc, n)
		if parent != nil {
			f.time = f.time.within(parent.blueprint.time.created, n, size)
		}
		c.records = append(c.records, newRecord(f))
	}
	return c
}

// plant makes the collection of what belongs to a record that a caller created:
// there is nothing yet.
func (v *Account) plant(m *model, sc scope) {
	key := m.entity.Name + "\n" + sc.key()
	if _, ok := v.collections[key]; !ok {
		v.collections[key] = &collection{model: m, scope: sc, written: true}
	}
}

// parentRecord is the record that a collection belongs to, nil if there is none.
func (v *Account) parentRecord(m *model, sc scope) *record {
	for _, p := range m.scope {
		value, _ := sc.get(p.canonical)
		if parent := v.parentOf(m, p); parent != nil && value != placeholder && !isContainer(parent.entity.Name) {
			return v.lookup(parent, sc, []string{p.parent.TargetKey}, value)
		}
	}
	return nil
}

func newRecord(f *blueprint) *record { return &record{blueprint: f, fields: f.project(f.m.fields)} }

// weight is what a collection counts among those that are held; an empty one takes
// room too.
func (c *collection) weight() int { return len(c.records) + 1 }

// evict forgets unwritten collections, those unused for longest first.
func (v *Account) evict(keep *collection) {
	for v.held > maxHeld {
		var oldest string
		for key, c := range v.collections {
			if c.written || c == keep || c.used == v.uses {
				continue
			}
			if oldest == "" || c.used < v.collections[oldest].used {
				oldest = key
			}
		}
		if oldest == "" {
			return
		}
		v.held -= v.collections[oldest].weight()
		delete(v.collections, oldest)
	}
}

// touch marks a collection as written, which keeps it.
func (v *Account) touch(c *collection) {
	if !c.written {
		c.written = true
		v.held -= c.weight()
	}
}

// put replaces the record with the same n, or adds it. The slice is copied since
// readers may hold it.
func (v *Account) put(c *collection, r *record) {
	v.touch(c)
	i, found := slices.BinarySearchFunc(c.records, r.blueprint.n, func(x *record, n int) int { return x.blueprint.n - n })
	records := slices.Clone(c.records)
	if found {
		records[i] = r
	} else {
		records = slices.Insert(records, i, r)
	}
	c.records = records
}

func (v *Account) remove(c *collection, r *record) {
	v.touch(c)
	c.records = slices.DeleteFunc(slices.Clone(c.records), func(x *record) bool { return x.blueprint.n == r.blueprint.n })
}

// Bounds of what is searched where a caller does not say in which scope to look.
const (
	maxScopes  = 150
	maxRecords = 1000
)

// scopes lists the scopes that exist by themselves and agree with what is known:
// those of the connector's configuration and those of the records of parents.
func (v *Account) scopes(m *model, known scope) []scope {
	found := []scope{known.only(m.scope)}
	for _, p := range m.scope {
		var wider []scope
		for _, sc := range found {
			wider = append(wider, v.extend(m, p, sc)...)
			if len(wider) >= maxScopes {
				break
			}
		}
		found = wider
	}
	return found[:min(len(found), maxScopes)]
}

// extend gives a scope all the values that a parameter can take.
func (v *Account) extend(m *model, p scopeParam, sc scope) []scope {
	if _, ok := sc.get(p.canonical); ok {
		return []scope{sc}
	}
	var out []scope
	if p.configKey != "" {
		for n := range v.configItems(p.configKey) {
			out = v.extendConfigured(out, m, p, sc, n)
		}
		if len(out) > 0 {
			return out
		}
	}
	if parent := v.parentOf(m, p); parent != nil && parent != m {
		for _, r := range v.records(parent, sc) {
			value := jsonvalue.AsText(r.fields[p.parent.TargetKey])
			if value == "" {
				continue
			}
			wider := merged(sc, r.blueprint.scope.only(m.scope)).with(p.canonical, value)
			if r.blueprint.fresh && len(wider) == len(m.scope) {
				v.plant(m, wider)
			}
			out = append(out, wider)
		}
		return out
	}
	return []scope{sc.with(p.canonical, placeholder)}
}

// extendConfigured binds all parameters that share a configured value at once, so
// that an owner never meets the repository of another.
func (v *Account) extendConfigured(out []scope, m *model, p scopeParam, sc scope, n int) []scope {
	next := sc
	for _, q := range m.scope {
		if q.configKey != p.configKey {
			continue
		}
		value, _ := v.configured(q, n)
		if bound, ok := sc.get(q.canonical); ok && bound != value {
			return out
		}
		next = next.with(q.canonical, value)
	}
	for _, other := range out {
		if other.key() == next.key() {
			return out
		}
	}
	return append(out, next)
}

func merged(a, b scope) scope {
	for _, x := range b {
		if _, ok := a.get(x.name); !ok {
			a = a.with(x.name, x.value)
		}
	}
	return a
}

// records are the entity's records in all scopes that agree with what is known.
func (v *Account) records(m *model, known scope) []*record {
	if m.base != nil {
		m = m.base
	}
	scopes := v.scopes(m, known)
	if len(scopes) == 1 {
		return v.collection(m, scopes[0]).records
	}
	var out []*record
	for _, sc := range scopes {
		if out = append(out, v.collection(m, sc).records...); len(out) >= maxRecords {
			return out[:maxRecords]
		}
	}
	return out
}

// view writes a record as an action's result shows it.
func (r *record) view(a *schemas.Action) (json.RawMessage, error) {
	if raw, ok := r.views.Load(a); ok {
		return raw.(json.RawMessage), nil
	}
	raw, err := jsonvalue.Encode(r.show(a))
	if err == nil {
		r.views.Store(a, raw)
	}
	return raw, err
}

// show is the record with the fields that an action returns.
func (r *record) show(a *schemas.Action) map[string]any {
	fields := recordFields(a)
	out := make(map[string]any, len(fields))
	for _, f := range fields {
		value, ok := r.fields[f.Name]
		if !ok {
			value = r.blueprint.value(f)
		}
		out[f.Name] = trim(value, f)
	}
	return out
}

// trim leaves out nested fields that this action does not return.
func trim(value any, f *schemas.Field) any {
	switch v := value.(type) {
	case map[string]any:
		if len(f.Fields) == 0 {
			return v
		}
		out := make(map[string]any, len(f.Fields))
		for _, g := range f.Fields {
			if inner, ok := v[g.Name]; ok {
				out[g.Name] = trim(inner, g)
			}
		}
		return out
	case []any:
		if f.Items == nil || len(f.Items.Fields) == 0 {
			return v
		}
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = trim(item, f.Items)
		}
		return out
	}
	return value
}
