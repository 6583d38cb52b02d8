package importer

import (
	"cmp"
	"slices"

	"airbyte-mcp-server/schemas"
)

// contextStore adds to the entities what Airbyte's Context Store keeps of them.
func (r *reader) contextStore(info *node, entity func(string) *schemas.Entity) {
	for _, n := range r.items(r.object(info, "x-airbyte-context-store"), "entities") {
		name := r.required(n, "entity")
		if name == "" {
			continue
		}
		if !entityName.MatchString(name) {
			r.add(n.get("entity").line, "the entity %q: tools are named after it, want lower-case letters, digits and _", name)
		}
		store := &schemas.ContextStore{Stored: true, Suggested: r.flag(n, "suggested"), Fields: r.storedFields(n)}
		store.Searchable = len(store.Fields) > 0
		if stored := r.text(n, "x-airbyte-name"); stored != name {
			store.StoredAs = stored
		}
		entity(name).ContextStore = store
	}
}

func (r *reader) storedFields(n *node) []*schemas.Field {
	var all []*schemas.Field
	for _, each := range r.items(n, "fields") {
		if name := r.required(each, "name"); name != "" {
			all = append(all, r.storedField(name, each, 1))
		}
	}
	return r.byName(all, n)
}

// storedField describes a field that can be searched, as deep as the file goes.
func (r *reader) storedField(name string, n *node, level int) *schemas.Field {
	f := &schemas.Field{Name: name}
	if !r.spend(1) || level > maxDepth {
		return f
	}
	s := r.schema(n)
	f.Type, f.Nullable = slices.Clone(s.types), s.nullable
	if len(f.Type) == 0 {
		r.add(n.line, "%s: type is missing", name)
	}
	if stored := r.text(n, "x-airbyte-name"); stored != name {
		f.StoredAs = stored
	}
	for _, p := range s.props {
		f.Properties = append(f.Properties, r.storedField(p.name, p.node, level+1))
	}
	f.Properties = r.byName(f.Properties, n)
	return f
}

// byName sorts fields, and reports those that are there twice.
func (r *reader) byName(fields []*schemas.Field, n *node) []*schemas.Field {
	slices.SortStableFunc(fields, func(a, b *schemas.Field) int { return cmp.Compare(a.Name, b.Name) })
	for i := 1; i < len(fields); i++ {
		if fields[i].Name == fields[i-1].Name {
			r.add(n.line, "the field %q is there twice", fields[i].Name)
		}
	}
	return fields
}
