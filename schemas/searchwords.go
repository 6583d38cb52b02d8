package schemas

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

const (
	maxValuesTold = 12 // of a field
	maxPartsTold  = 4  // of an object or of the elements of a list
)

// words tell the fields by what their values are, and one right filter.
func (s *searchFields) words() string {
	var b strings.Builder
	b.WriteString("All must hold: " + s.exampleFilter() + ". in: `a,b`; like: % wildcard; fuzzy: all words.")
	for _, kind := range fieldKinds {
		var names []string
		for i := range s.list {
			if f := &s.list[i]; f.kind() == kind {
				names = append(names, f.told())
			}
		}
		if len(names) > 0 {
			b.WriteString(" " + kind + ": " + strings.Join(bundled(names), ", ") + ".")
		}
	}
	return b.String()
}

// Kinds of fields, in the order in which they are told.
const (
	kindText       = "Text"
	kindDateTime   = "Time (RFC 3339)"
	kindDate       = "Date (2026-01-31)"
	kindUnix       = "Unix seconds"
	kindUnixMillis = "Unix milliseconds"
	kindInteger    = "Integer"
	kindNumber     = "Number"
	kindBoolean    = "Boolean"
	kindList       = "List"
	kindObject     = "Object"
	kindOther      = "Text or number"
)

var fieldKinds = []string{
	kindText, kindDateTime, kindDate, kindUnix, kindUnixMillis, kindInteger, kindNumber, kindBoolean, kindOther, kindList, kindObject,
}

// kind is what a field is told under, "" for an object of which the parts are told.
func (f *searchField) kind() string {
	switch {
	case f.whole:
		return ""
	case f.types.Has("array"):
		return kindList
	case f.types.Has("object"):
		return kindObject
	case len(f.types) != 1:
		return kindOther
	}
	switch f.format {
	case formatDateTime:
		return kindDateTime
	case formatDate:
		return kindDate
	case formatUnixSeconds:
		return kindUnix
	case formatUnixMillis:
		return kindUnixMillis
	}
	switch f.types[0] {
	case "integer":
		return kindInteger
	case "number":
		return kindNumber
	case "boolean":
		return kindBoolean
	default:
		return kindText
	}
}

// told is the field's name with its values, or with the names of what is in it.
func (f *searchField) told() string {
	switch parts := f.innerNames(); {
	case len(f.values) > 0 && len(f.values) <= maxValuesTold:
		return f.name + " (" + strings.Join(f.values, "|") + ")"
	case len(parts) > maxPartsTold:
		return f.name + ".{" + strings.Join(parts[:maxPartsTold], ",") + ",…}"
	case len(parts) == 1:
		return f.name + "." + parts[0]
	case len(parts) > 1:
		return f.name + ".{" + strings.Join(parts, ",") + "}"
	default:
		return f.name
	}
}

func (f *searchField) innerNames() []string {
	if f.elements == nil {
		return f.parts
	}
	var names []string
	for _, e := range f.elements.list {
		if !e.whole {
			names = append(names, e.name)
		}
	}
	return names
}

// bundled writes neighbours of the same object once: a.b, a.c as a.{b,c}.
func bundled(names []string) []string {
	var out []string
	for i := 0; i < len(names); {
		head, dotted := cutLast(names[i])
		last := i + 1
		for dotted && last < len(names) {
			if next, ok := cutLast(names[last]); !ok || next != head {
				break
			}
			last++
		}
		if last-i < 2 {
			out = append(out, names[i])
		} else {
			var tails []string
			for _, name := range names[i:last] {
				tails = append(tails, name[len(head)+1:])
			}
			out = append(out, head+".{"+strings.Join(tails, ",")+"}")
		}
		i = last
	}
	return out
}

// cutLast cuts a plain dotted name before its last part.
func cutLast(name string) (head string, ok bool) {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 || strings.ContainsAny(name, " {") {
		return "", false
	}
	return name[:dot], true
}

// exampleFilter is a filter that many records pass.
func (s *searchFields) exampleFilter() string {
	f, op, value := s.exampleCondition()
	if value == "" {
		return fmt.Sprintf(`[{"field":%s,"op":"%s"}]`, quoted(f.name), op)
	}
	return fmt.Sprintf(`[{"field":%s,"op":"%s","value":%s}]`, quoted(f.name), op, quoted(value))
}

// exampleCall is a whole call, which a refusal shows.
func (s *searchFields) exampleCall() string {
	return fmt.Sprintf(`{"filter":%s,"sort":%s,"limit":10}`, s.exampleFilter(), quoted("-"+s.sortExample()))
}

// exampleCondition asks for what a reader is likely to ask for, in a field that can
// be compared.
func (s *searchFields) exampleCondition() (f *searchField, op, value string) {
	if f := s.likely(func(f *searchField) bool { return len(f.values) > 0 }, "state", "status"); f != nil {
		return f, "in", strings.Join(f.values[:min(len(f.values), 2)], ",")
	}
	if f := s.one((*searchField).isTime, changes...); f != nil && !f.isDate() {
		return f, "gte", map[string]string{formatUnixSeconds: "1735689600", formatUnixMillis: "1735689600000"}[f.format]
	}
	if f := s.likely((*searchField).isDate, changes...); f != nil {
		return f, "gte", "2025-01-31"
	}
	if f := s.telling(); f != nil {
		return f, opFilled, ""
	}
	if f := s.likely(func(f *searchField) bool { return f.kind() != "" && f.kind() != kindObject }); f != nil {
		return f, opFilled, ""
	}
	return &s.list[0], opFilled, ""
}

// changes are fields of which nearly every record has a value.
var changes = []string{"updated_at", "updatedAt", "created_at", "createdAt"}

func (f *searchField) isTime() bool {
	return f.isDate() || f.kind() == kindUnix || f.kind() == kindUnixMillis
}

// telling is a text that most records have, or an id: by its name, by the end of its name,
// else the first text.
func (s *searchFields) telling() *searchField {
	isText := func(f *searchField) bool { return f.kind() == kindText }
	if f := s.one(isText, "name", "title", "email", "subject", "id"); f != nil {
		return f
	}
	for _, end := range []string{"name", "title", "subject", "email", "path", "url", "note", "id"} {
		for i := range s.list {
			f := &s.list[i]
			words := nameWords(f.name) // nameWords parts names at dots as well
			if (isText(f) || f.kind() == kindInteger) && len(words) > 0 && words[len(words)-1] == end {
				return f
			}
		}
	}
	return s.likely(isText)
}

// likely is the first of the named fields that will do, else any other one.
func (s *searchFields) likely(will func(*searchField) bool, names ...string) *searchField {
	if f := s.one(will, names...); f != nil {
		return f
	}
	if i := slices.IndexFunc(s.list, func(f searchField) bool { return will(&f) }); i >= 0 {
		return &s.list[i]
	}
	return nil
}

// one is the first of the named fields that will do, nil for none.
func (s *searchFields) one(will func(*searchField) bool, names ...string) *searchField {
	for _, name := range names {
		if i, ok := s.exact[name]; ok && will(&s.list[i]) {
			return &s.list[i]
		}
	}
	return nil
}

// sortExample is a field that records have an order by.
func (s *searchFields) sortExample() string {
	if f := s.likely((*searchField).isTime, changes...); f != nil {
		return f.name
	}
	if f := s.likely(func(f *searchField) bool { return f.kind() == kindInteger || f.kind() == kindText }, "id", "name"); f != nil {
		return f.name
	}
	return s.list[0].name
}

func (f *searchField) isDate() bool { return f.format == formatDateTime || f.format == formatDate }

func quoted(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // a text
	}
	return string(b)
}
