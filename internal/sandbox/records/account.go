// Package records makes up the records of accounts at SaaS vendors from the catalog's
// facts, and carries out the actions of connectors on them.
//
// An [Account] has a [model] of each entity: fields, what identifies a record, in which
// [scope] records live. A collection is the records of an entity in one scope; it is
// made when it is first asked for. A blueprint makes the values of a record, each of
// which follows from the seed and the name of the field. A [Call] is one action: it
// finds, filters, orders and pages records, or writes them.
package records

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/internal/sandbox/random"
	"airbyte-mcp-server/schemas"
)

// Account is the imaginary account at a SaaS vendor that a connector reaches. Its
// records are made when they are first asked for and forgotten when there are too
// many; only those that a caller has written to are kept for good.
type Account struct {
	spec   *schemas.Connector
	root   random.Seed // of the whole sandbox: people are the same in all vendors
	seed   random.Seed // of this account
	look   look
	texts  texts
	config map[string]any // of the connector
	clock  Clock
	scale  scale

	mu          sync.Mutex
	models      map[string]*model
	terms       map[string]*term
	persons     map[personKey]*naming.Person
	collections map[string]*collection
	held        int    // weight of the unwritten collections
	uses        uint64 // counts look-ups, to find the collection unused for longest
}

// maxHeld bounds the weight of the unwritten collections that are kept for one account.
const maxHeld = 4000

// Origin is what all accounts have in common.
type Origin struct {
	seed  random.Seed
	Scale scale
	clock Clock
	texts texts
}

// NewOrigin fails for a data set of an unknown size.
func NewOrigin(s random.Seed, dataset string, c Clock) (*Origin, error) {
	size, ok := scales[dataset]
	if !ok {
		return nil, fmt.Errorf("dataset %q: it must be small, normal or large", dataset)
	}
	return &Origin{seed: s, Scale: size, clock: c, texts: newTexts()}, nil
}

// NewAccount makes the account behind a connector, with what callers have written.
func (o *Origin) NewAccount(id string, spec *schemas.Connector, config map[string]any, writes []SavedRecord) *Account {
	v := &Account{
		spec: spec, root: o.seed, seed: o.seed.Of("vendor", id), look: lookOf(spec), texts: o.texts.of(spec),
		config: config, clock: o.clock, scale: o.Scale,
		models: map[string]*model{}, collections: map[string]*collection{}, terms: map[string]*term{}, persons: map[personKey]*naming.Person{},
	}
	v.restore(writes)
	return v
}

// model is the model of an entity, nil for an unknown one. The caller holds mu.
func (v *Account) model(entity string) *model {
	m, ok := v.models[entity]
	if ok {
		return m
	}
	e := v.spec.Entity(entity)
	if e == nil {
		return nil
	}
	m = newModel(v.spec, e)
	v.models[entity] = m
	m.base = v.baseOf(m)
	return m
}

// baseOf finds the entity whose records another one shows: org_repositories shows
// repositories. It must have no way of its own to read one record, and nearly the
// same fields.
func (v *Account) baseOf(m *model) *model {
	if m.list == nil || m.entity.Action(schemas.ActionGet) != nil {
		return nil
	}
	for rest := m.entity.Name; ; {
		_, after, ok := strings.Cut(rest, "_")
		if !ok {
			return nil
		}
		rest = after
		if e := v.spec.Entity(rest); e != nil && e.Action(schemas.ActionGet) != nil && e.Action(schemas.ActionList) != nil {
			if base := v.model(rest); alike(m, base) {
				return base
			}
		}
	}
}

// alike reports whether nearly all fields of m are fields of base.
func alike(m, base *model) bool {
	shared := 0
	for _, f := range m.fields {
		if base.byName[f.Name] != nil {
			shared++
		}
	}
	return shared > 0 && shared*10 >= len(m.fields)*8
}

// peopleEntities are the entities that hold a vendor's users, by preference.
var peopleEntities = []string{"users", "members", "agents", "admins", "team_users", "workspace_users", "owners", "user"}

// people is the model of the vendor's users, or nil.
func (v *Account) people() *model {
	for _, name := range peopleEntities {
		if e := v.spec.Entity(name); e != nil && e.Action(schemas.ActionList) != nil {
			return v.model(name)
		}
	}
	return nil
}

// scale is how many records collections have.
type scale struct {
	Full          int // a list
	small         int // a list without pages
	topContainers int // things like workspaces, in which all else lives
	containers    int // things like folders, which lie in others and hold more
	perRecord     int // a list that belongs to one record has fewer than this
}

// scales are the sizes of data sets.
var scales = map[string]scale{
	"small":  {Full: 12, small: 5, topContainers: 2, containers: 3, perRecord: 4},
	"":       {Full: 120, small: 25, topContainers: 4, containers: 12, perRecord: 8},
	"normal": {Full: 120, small: 25, topContainers: 4, containers: 12, perRecord: 8},
	"large":  {Full: 1200, small: 60, topContainers: 6, containers: 40, perRecord: 20},
}

// fewKinds are entities of which an account has only a few, wideKinds those that
// hold full lists of others.
var (
	topContainers = map[string]bool{"workspace": true, "ad_account": true, "adaccount": true, "advertiser": true, "shop": true,
		"site": true, "base": true, "profile": true, "drive": true, "property": true, "knowledge_base": true, "brand": true, "environment": true}
	containers = map[string]bool{"project": true, "repository": true, "board": true, "list": true, "channel": true, "form": true,
		"space": true, "table": true, "team": true, "folder": true, "organization": true, "account": true, "customer_list": true,
		"campaign": true}
)

// size is how many records the entity has in a scope.
func (v *Account) size(m *model, sc scope) int {
	if m.base != nil {
		m = m.base
	}
	switch {
	case !m.listed() && (!m.entity.Searchable() || m.single()):
		return 1
	case topContainers[m.name]:
		return v.scale.topContainers
	}
	for _, p := range m.scope {
		if p.parent != nil && isContainer(m.entity.Name) {
			return v.scale.containers
		}
		if p.parent != nil && !isContainer(p.parent.TargetEntity) {
			own := sc.only(m.scope) // the record has a few of them
			return v.seed.Of("size", m.entity.Name, own.key()).Below(v.scale.perRecord)
		}
	}
	if m.list == nil {
		return v.scale.Full
	}
	if p := m.list.Pagination; p == nil || p.Style == schemas.PagingNone {
		return v.scale.small
	}
	return v.scale.Full
}

// single reports whether an account has exactly one such record, which is got
// without naming it.
func (m *model) single() bool {
	get := m.entity.Action(schemas.ActionGet)
	return get != nil && !slices.ContainsFunc(get.Params, func(p *schemas.Parameter) bool { return p.Required })
}

func isContainer(entity string) bool {
	name := naming.SingularWords(entity)
	_, few := naming.BySuffix(topContainers, name)
	_, many := naming.BySuffix(containers, name)
	return few || many
}

// childList is the entity of that name that lists what belongs to the blueprint's
// record, and the scope of that list.
func (v *Account) childList(f *blueprint, name string) (*model, scope) {
	for _, candidate := range []string{naming.Snake(name), naming.Snake(name) + "s"} {
		e := v.spec.Entity(candidate)
		if e == nil || e.Action(schemas.ActionList) == nil {
			continue
		}
		m := v.model(candidate)
		for _, p := range m.scope {
			if p.parent == nil || p.parent.TargetEntity != f.m.entity.Name {
				continue
			}
			key := f.m.byName[p.parent.TargetKey]
			if key == nil {
				continue
			}
			return m, v.fill(m, f.scope).with(p.canonical, jsonvalue.AsText(f.value(key)))
		}
	}
	return nil, nil
}

// configured is the nth value that the connector's configuration has for a
// parameter, such as the first part of the second repository.
func (v *Account) configured(p scopeParam, n int) (string, bool) {
	items := v.configItems(p.configKey)
	if n >= len(items) {
		return "", false
	}
	head, tail, both := strings.Cut(items[n], "/")
	if p.tail && both {
		return tail, true
	}
	return head, true
}

// configItems are the values of a configuration key as texts.
func (v *Account) configItems(key string) []string {
	var out []string
	switch value := v.config[key].(type) {
	case []any:
		for _, item := range value {
			if s := jsonvalue.AsText(item); s != "" {
				out = append(out, s)
			}
		}
	default:
		for item := range strings.FieldsFuncSeq(jsonvalue.AsText(value), func(r rune) bool { return r == ',' || r == ' ' }) {
			out = append(out, item)
		}
	}
	return out
}

// placeholder is the scope of records that nobody has located.
const placeholder = "default"

// fill completes a scope for the entity: with the connector's configuration, else
// with the first record of the parent.
func (v *Account) fill(m *model, known scope) scope {
	out := known.only(m.scope)
	for _, p := range m.scope {
		if _, ok := out.get(p.canonical); ok {
			continue
		}
		value := placeholder
		if c, ok := v.configured(p, 0); ok && p.configKey != "" {
			value = c
		} else if parent := v.parentOf(m, p); parent != nil {
			value = v.parentKey(parent, p, out, 0)
		}
		out = out.with(p.canonical, value)
	}
	return out
}

// parentOf is the model of the entity that a scope parameter names a record of.
func (v *Account) parentOf(m *model, p scopeParam) *model {
	if p.parent == nil || p.parent.TargetEntity == m.entity.Name {
		return nil
	}
	parent := v.model(p.parent.TargetEntity)
	if parent == nil || parent.list == nil || parent.byName[p.parent.TargetKey] == nil {
		return nil
	}
	return parent
}

func (v *Account) parentKey(parent *model, p scopeParam, known scope, n int) string {
	f := v.blueprint(parent, v.fill(parent, known), n)
	return jsonvalue.AsText(f.value(parent.byName[p.parent.TargetKey]))
}

// naturalName is the name that the configuration gives to the nth record of a
// scope: the repositories of acme begin with those configured.
func (v *Account) naturalName(m *model, sc scope, n int) string {
	get := m.entity.Action(schemas.ActionGet)
	if get == nil || m.kind.IsPerson() {
		return ""
	}
	for _, p := range get.Params {
		key := configKey(v.spec, p)
		if key == "" || !p.Required {
			continue
		}
		tail := namesTail(key, p.Name)
		if !tail && len(m.scope) > 0 && v.hasTail(get, key) {
			continue
		}
		if m.binds(p.Name) {
			continue // it says where a record lives, not which one it is
		}
		return v.nthConfigured(key, tail, sc, n)
	}
	return ""
}

// hasTail reports whether an action has a parameter for the last part of a
// configured path.
func (v *Account) hasTail(a *schemas.Action, key string) bool {
	for _, p := range a.Params {
		if configKey(v.spec, p) == key && namesTail(key, p.Name) {
			return true
		}
	}
	return false
}

func (v *Account) nthConfigured(key string, tail bool, sc scope, n int) string {
	var names []string
	for _, item := range v.configItems(key) {
		head, rest, both := strings.Cut(item, "/")
		if !tail {
			rest = head
		} else if owner, ok := sc.get(configPrefix + key + ":0"); !both || ok && !strings.EqualFold(owner, head) {
			continue
		}
		if rest != "" && rest != "*" {
			names = append(names, rest)
		}
	}
	if n < len(names) {
		return names[n]
	}
	return ""
}
