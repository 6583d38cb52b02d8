package rawjson

import (
	"encoding/json"
	"sort"
)

// Lacks says what a value is sure to be without. The zero Lacks says nothing.
type Lacks uint8

// What a value may be without.
const (
	LacksSpace     Lacks = 1 << iota // white space between its parts
	LacksEmpty                       // members that are null, "", [] or {}
	LacksEscape                      // the escapes \b, \f and \u
	LacksSurrogate                   // escapes of halves of characters
	LacksHigh                        // bytes other than printable ASCII in its strings
	LacksDepth                       // parts nested deeper than ShallowLevels

	lacksAll = 1<<iota - 1
)

const (
	// ShallowLevels is the nesting up to which a value LacksDepth.
	ShallowLevels = 64
	// LeanLevels is how deep a value is looked into for members that say nothing.
	LeanLevels = 100
)

// All reports whether a value is sure to be without each of some things.
func (l Lacks) All(things Lacks) bool { return l&things == things }

// Surveyed is a value, with what one look over it has told.
type Surveyed struct {
	Name    string // of a member
	Value   json.RawMessage
	Lacks   Lacks
	Escapes int // so many bytes more it takes at most as a text in a string, if it LacksSpace

	raw      []byte // in which the spans are
	start    uint32 // of the value
	isSplit  bool   // its members or elements are known
	isSifted bool   // its cuts are
	cuts     []span // members that say nothing, with a comma of each
	members  []part // of an object
	elements []span // of a list
}

// span is a stretch of a text.
type span struct{ from, to uint32 }

func (s span) of(raw []byte) []byte { return raw[s.from:s.to:s.to] }

// part is a member of an object.
type part struct {
	name     uint32 // where its name begins
	value    span
	elements []span // of a value that is a list
}

// Unsurveyed is a valid value of which nothing is known.
func Unsurveyed(valid []byte) Surveyed { return Surveyed{Value: valid} }

// PartOf is a valid value that consists of parts of another one, of which nothing else is
// known than what that one lacks.
func PartOf(whole Surveyed, part []byte) Surveyed {
	return Surveyed{Value: part, Lacks: whole.Lacks, Escapes: min(whole.Escapes, len(part)/4)}
}

// IsOf reports whether a value is the very same bytes.
func (v *Surveyed) IsOf(value []byte) bool {
	return len(v.Value) > 0 && len(v.Value) == len(value) && &v.Value[0] == &value[0]
}

// IsObject reports whether a value is an object.
func (v *Surveyed) IsObject() bool { return begins(v.Value, '{') }

// IsList reports whether a value is a list.
func (v *Surveyed) IsList() bool { return begins(v.Value, '[') }

func begins(value []byte, bracket byte) bool {
	value = trim(value)
	return len(value) > 0 && value[0] == bracket
}

// Members are those of an object, nil for any other value.
func (v *Surveyed) Members() []Surveyed {
	if !v.isSplit {
		list, _ := MembersOfObject(v.Value)
		members := make([]Surveyed, len(list))
		for i, m := range list {
			members[i] = Surveyed{Name: m.Name, Value: m.Value}
		}
		return members
	}
	members := make([]Surveyed, len(v.members))
	for i, m := range v.members {
		members[i] = v.member(m)
	}
	return members
}

// member is a member with what is known of it, from what is known of the whole.
func (v *Surveyed) member(p part) Surveyed {
	value := p.value.of(v.raw)
	first := sort.Search(len(v.cuts), func(i int) bool { return v.cuts[i].from >= p.value.from })
	end := sort.Search(len(v.cuts), func(i int) bool { return v.cuts[i].to > p.value.to })
	m := Surveyed{
		Name: nameAt(v.raw, int(p.name)), Value: value, Lacks: v.Lacks &^ LacksEmpty, Escapes: v.Escapes,
		raw: v.raw, start: p.value.from, elements: p.elements, isSplit: value[0] == '[',
	}
	// Of what is left out as a whole it is not known what would be left out within.
	isCut := first > 0 && v.cuts[first-1].to >= p.value.to
	if m.isSifted = v.isSifted && v.Lacks.All(LacksDepth) && !isCut; m.isSifted {
		m.cuts = v.cuts[first:max(first, end)]
	}
	if m.isSifted && len(m.cuts) == 0 {
		m.Lacks |= LacksEmpty
	}
	return m
}

// Elements are the first of those of a list, up to a number; nil for any other value.
func (v *Surveyed) Elements(most int) []json.RawMessage {
	if !v.IsList() {
		return nil
	}
	if !v.isSplit {
		list := []json.RawMessage{}
		for element := range EachOf(v.Value) {
			if len(list) == most {
				break
			}
			list = append(list, element)
		}
		return list
	}
	list := make([]json.RawMessage, min(len(v.elements), most))
	for i := range list {
		list[i] = v.elements[i].of(v.raw)
	}
	return list
}

// nameAt is the name that begins at a place.
func nameAt(raw []byte, start int) string {
	name, _ := Text(raw[start : StringEnd(raw, start)+1]) // it is valid
	return name
}

// Lean is a value without the members that are null, "", [] or {}, or become so by that. It
// reports whether anything was left out.
func (v *Surveyed) Lean() (Surveyed, bool) {
	if !v.isSifted {
		if sifted, ok := Survey(v.Value); ok {
			sifted.Name = v.Name
			v = &sifted
		}
	}
	if len(v.cuts) == 0 {
		return *v, false
	}
	size, from := len(v.Value), v.start
	for _, cut := range v.cuts {
		size -= int(cut.to - cut.from)
	}
	lean := make([]byte, 0, size)
	for _, cut := range v.cuts {
		lean = append(lean, v.raw[from:cut.from]...)
		from = cut.to
	}
	lean = append(lean, v.raw[from:int(v.start)+len(v.Value)]...)
	shorter := Surveyed{
		Name: v.Name, Value: lean, Lacks: v.Lacks | LacksEmpty, Escapes: v.Escapes,
		raw: lean, isSplit: v.isSplit, isSifted: true,
	}
	m := moved{cuts: v.cuts, by: v.start}
	shorter.elements = m.spans(v.elements)
	for _, p := range v.members {
		if name, isCut := m.place(p.name); !isCut {
			from, _ := m.place(p.value.from)
			elements := m.spans(p.elements)
			to, _ := m.place(p.value.to)
			shorter.members = append(shorter.members, part{name, span{from, to}, elements})
		}
	}
	return shorter, true
}

// moved tells where places are once what is before them has been cut out. It is asked for
// places in order.
type moved struct {
	cuts []span
	by   uint32
}

func (m *moved) place(old uint32) (place uint32, isCut bool) {
	for len(m.cuts) > 0 && m.cuts[0].to <= old {
		m.by += m.cuts[0].to - m.cuts[0].from
		m.cuts = m.cuts[1:]
	}
	return old - m.by, len(m.cuts) > 0 && m.cuts[0].from <= old
}

func (m *moved) spans(old []span) []span {
	if len(old) == 0 {
		return nil
	}
	list := make([]span, len(old))
	for i, s := range old {
		list[i].from, _ = m.place(s.from)
		list[i].to, _ = m.place(s.to)
	}
	return list
}
