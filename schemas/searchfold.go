package schemas

import (
	"fmt"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
)

// ArgEntity is the argument of a folded search that names the entity.
const ArgEntity = "entity"

// Bounds, in bytes, of the fields that a folded search tells.
const (
	maxFoldedFields = 1200 // of all entities
	minFoldedFields = 48   // of one entity, where they are many
)

// FoldedInput builds the arguments of one search over several entities: those of the search
// over one, and which it is. It is for lists of tools; a call is checked by the search over
// the entity that it names.
func (c *Connector) FoldedInput(entities []*Entity, extra ...*Parameter) (*Input, error) {
	which := &Parameter{Name: ArgEntity, Type: "string", Required: true}
	told := func() *jsonschema.Schema { return c.foldedSchema(entities, extra) }
	in, err := newInput(slices.Concat([]*Parameter{which}, extra), told, told)
	if err != nil {
		return nil, fmt.Errorf("building the search schema of %s: %w", c.Name, err)
	}
	return in, nil
}

func (c *Connector) foldedSchema(entities []*Entity, extra []*Parameter) *jsonschema.Schema {
	names := make([]string, len(entities))
	for i, e := range entities {
		names[i] = e.Name
	}
	words, sort := foldedWords(entities)
	root := closedObject()
	root.Required = []string{ArgEntity}
	set := root.Properties.Set
	set(ArgEntity, &jsonschema.Schema{Type: "string", Enum: anyList(names)})
	set(argFilter, conditionList(words, true))
	set(argAnyOf, conditionList("One must hold.", false))
	set(argSort, &jsonschema.Schema{Type: "string", Description: "`-" + sort + "`: descending"})
	set(argLimit, &jsonschema.Schema{Type: "integer"})
	set(argCursor, &jsonschema.Schema{Type: "string", Description: "From page.next."})
	set(argFields, textList())
	for _, p := range extra {
		set(p.Name, c.parameterSchema(nil, p))
	}
	return published(root)
}

// foldedWords tell one right filter and the fields of each entity, as many as there is room
// for, and a field to sort by.
func foldedWords(entities []*Entity) (words, sort string) {
	var b strings.Builder
	room := max(maxFoldedFields/len(entities), minFoldedFields)
	for i, e := range entities {
		fields := searchFieldsOf(e)
		if i == 0 {
			sort = fields.sortExample()
			fmt.Fprintf(&b, "All must hold; of %s: %s. in: `a,b`; like: %% wildcard; fuzzy: all words. Fields:", e.Name, fields.exampleFilter())
		}
		b.WriteString(" " + e.Name + ": " + fields.brief(room) + ";")
	}
	return strings.TrimSuffix(b.String(), ";") + ".", sort
}

// brief names the fields in at most so many bytes, those that are mostly asked for first:
// with known values, names, times, then the rest.
func (s *searchFields) brief(room int) string {
	var byWorth [4][]string
	for _, kind := range fieldKinds {
		for i := range s.list {
			if f := &s.list[i]; f.kind() == kind {
				worth := f.worth()
				byWorth[worth] = append(byWorth[worth], f.told())
			}
		}
	}
	names := bundled(slices.Concat(byWorth[:]...))
	size := 0
	for i, name := range names {
		if size += len(name) + 2; size > room && i > 0 {
			return strings.Join(names[:i], ", ") + ", …"
		}
	}
	return strings.Join(names, ", ")
}

// worth orders fields by how much they are asked for, the most first.
func (f *searchField) worth() int {
	words := nameWords(f.name)
	switch {
	case len(f.values) > 0 && len(f.values) <= maxValuesTold:
		return 0
	case len(words) == 1 && slices.Contains([]string{"id", "name", "title", "subject", "email", "status", "state"}, words[0]):
		return 1
	case f.isTime():
		return 2
	default:
		return 3
	}
}
