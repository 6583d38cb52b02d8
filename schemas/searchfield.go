package schemas

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// searchField is a field that conditions and sorting may name.
type searchField struct {
	name     string
	types    Types
	format   string        // formatDateTime, formatDate, formatUnixSeconds, formatUnixMillis or ""
	values   []string      // that a text is known to have
	elements *searchFields // fields of an array's elements, nil where they are not known
	parts    []string      // names within an object whose parts the store does not list
	whole    bool          // an object whose parts are listed by themselves
}

// searchFields are the fields of an entity's replica, or of the elements of a list in it.
type searchFields struct {
	list   []searchField
	exact  map[string]int
	folded map[string]int // by name in lower case, -1 where two fields share it
	open   bool           // other names may be meant as well
	most   int            // bytes of a name that may be a field's, in any case of its letters
}

func newSearchFields(list []searchField) *searchFields {
	s := &searchFields{list: list, exact: make(map[string]int, len(list)), folded: make(map[string]int, len(list))}
	for i, f := range list {
		s.most = max(s.most, utf8.UTFMax*len(f.name))
		s.exact[f.name] = i
		key := strings.ToLower(f.name)
		if _, twice := s.folded[key]; twice {
			s.folded[key] = -1
		} else {
			s.folded[key] = i
		}
	}
	return s
}

// searchFieldsOf are the fields of an entity's replica, with what the entity's other
// actions tell of them: the format of dates, and the values of enumerations.
func searchFieldsOf(e *Entity) *searchFields {
	fields := newSearchFields(factsOf(e).flatten("", e.ContextStore.Fields))
	for i, f := range fields.list {
		fields.list[i].whole = f.whole || f.types.Has("object") && fields.hasPartsOf(f.name)
	}
	return fields
}

// hasPartsOf reports whether parts of an object stand in the list by themselves.
func (s *searchFields) hasPartsOf(object string) bool {
	return slices.ContainsFunc(s.list, func(f searchField) bool { return strings.HasPrefix(f.name, object+".") })
}

// fieldFacts is what the reads of an entity tell of its fields, by dotted name.
type fieldFacts struct {
	results map[string]*Field
	enums   map[string][]any // of parameters, by name
}

func factsOf(e *Entity) *fieldFacts {
	facts := &fieldFacts{results: map[string]*Field{}, enums: map[string][]any{}}
	for _, a := range e.Actions {
		facts.gather("", a.Result.Fields)
		if a.Name != ActionList && a.Name != ActionAPISearch {
			continue // the words of a write may be others than those of a record
		}
		for _, p := range a.Params {
			if p.Type == "array" && p.Items != nil && len(p.Items.Enum) > 0 {
				facts.enums[strings.TrimSuffix(p.Name, "[]")] = p.Items.Enum
			} else if len(p.Enum) > 0 {
				facts.enums[p.Name] = p.Enum
			}
		}
	}
	return facts
}

// gather notes result fields; the first action that says more of one wins.
func (k *fieldFacts) gather(path string, fields []*Field) {
	for _, f := range fields {
		name := path + f.Name
		known := k.results[name]
		if known == nil || known.Format == "" && f.Format != "" || known.Enum == nil && f.Enum != nil {
			k.results[name] = f
		}
		k.gather(name+".", f.Fields)
	}
}

// flatten turns nested objects into dotted names. Elements of lists have names of
// their own.
func (k *fieldFacts) flatten(path string, fields []*Field) []searchField {
	var flat []searchField
	for _, f := range fields {
		name := path + f.Name
		s := searchField{name: name, types: f.Type, format: k.format(name, f), values: k.values(name, f)}
		switch {
		case f.Type.Has("array"):
			if len(f.Properties) > 0 {
				s.elements = newSearchFields((&fieldFacts{}).flatten("", f.Properties))
			}
			flat = append(flat, s)
		case len(f.Properties) > 0:
			s.whole = true
			flat = append(append(flat, s), k.flatten(name+".", f.Properties)...)
		default:
			s.parts = k.parts(name, f)
			flat = append(flat, s)
		}
	}
	return flat
}

// format is what a text or a whole number stands for.
func (k *fieldFacts) format(name string, f *Field) string {
	format := f.Format
	if known := k.results[name]; format == "" && known != nil && sameType(f.Type, known.Type) {
		format = known.Format
	}
	isText := slices.Equal(f.Type, Types{"string"})
	isWhole := slices.Equal(f.Type, Types{"integer"})
	switch {
	case isText && (format == formatDateTime || format == formatDate):
		return format
	case isWhole && (format == formatUnixSeconds || format == formatUnixMillis):
		return format
	default:
		return ""
	}
}

func sameType(a, b Types) bool { return slices.Equal(a, b) || len(b) == 0 }

// values are the texts that a field is known to have: of its own enumeration, or of a
// filter of the list by the same name, in the singular or the plural.
func (k *fieldFacts) values(name string, f *Field) []string {
	if !slices.Equal(f.Type, Types{"string"}) {
		return nil
	}
	enum := f.Enum
	if known := k.results[name]; enum == nil && known != nil {
		enum = known.Enum
	}
	for _, param := range []string{name, name + "s", name + "es"} {
		if enum == nil {
			enum = k.enums[param]
		}
	}
	var values []string
	for _, v := range enum {
		if text, ok := v.(string); ok && text != "" {
			values = append(values, text)
		}
	}
	return values
}

// parts are the names within an object of which the store says nothing, as the reads
// of the entity have them.
func (k *fieldFacts) parts(name string, f *Field) []string {
	known := k.results[name]
	if known == nil || !f.Type.Has("object") {
		return nil
	}
	var names []string
	for _, part := range known.Fields {
		names = append(names, part.Name)
	}
	return names
}

// target is what a caller's name of a field means.
type target struct {
	field   *searchField
	name    string // as the API wants it
	element string // a name within the elements of a list
	changed bool   // the caller spelt it otherwise
}

// find looks a name up, in any case of its letters where that is certain. What
// follows the name of a list means its elements; what follows that of an object whose
// parts are not listed is taken as it is.
func (s *searchFields) find(name string) (target, bool) {
	if f, changed := s.named(name); f != nil {
		return target{field: f, name: f.name, changed: changed}, true
	}
	plain := strings.ReplaceAll(name, "[]", "")
	for head := plain[:min(len(plain), s.most+1)]; ; { // a longer one is no field's
		dot := strings.LastIndexByte(head, '.')
		if dot < 0 {
			break
		}
		head = head[:dot]
		f, changed := s.named(head)
		rest := plain[min(len(head)+1, len(plain)):]
		switch {
		case f == nil || rest == "":
			continue
		case f.types.Has("array"):
			return target{field: f, name: f.name, element: rest, changed: changed || plain != name}, true
		case f.types.Has("object") && !f.whole:
			return target{field: &searchField{name: f.name + "." + rest}, name: f.name + "." + rest, changed: changed}, true
		}
	}
	if plain != name {
		return s.find(plain)
	}
	if s.open && name != "" {
		return target{field: &searchField{name: name}, name: name}, true
	}
	return target{}, false
}

func (s *searchFields) named(name string) (f *searchField, changed bool) {
	if len(name) > s.most {
		return nil, false
	}
	if i, ok := s.exact[name]; ok {
		return &s.list[i], false
	}
	if i, ok := s.folded[strings.ToLower(name)]; ok && i >= 0 {
		return &s.list[i], true
	}
	return nil, false
}

// names are all names that may be given, sorted.
func (s *searchFields) names() []string {
	names := make([]string, len(s.list))
	for i, f := range s.list {
		names[i] = f.name
	}
	slices.Sort(names)
	return names
}
