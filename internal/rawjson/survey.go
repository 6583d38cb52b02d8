package rawjson

import "math/bits"

// Survey looks over a value once, and reports false of what is not valid JSON.
func Survey(raw []byte) (Surveyed, bool) {
	s := surveyor{raw: raw, open: make([]level, 0, usualLevels)}
	if int64(len(raw)) > 1<<32-1 || !s.run() {
		return Surveyed{}, false
	}
	return s.found[0], true
}

// SurveyMembers looks over the members of an object, each by itself, in one pass over the
// object. It reports false of what is not valid JSON; of other values than objects there are
// no members.
func SurveyMembers(raw []byte) ([]Surveyed, bool) {
	if trimmed := trim(raw); len(trimmed) == 0 || trimmed[0] != '{' {
		return nil, Valid(raw)
	}
	s := surveyor{raw: raw, base: 1, found: make([]Surveyed, 0, 4), open: make([]level, 0, usualLevels)}
	if int64(len(raw)) > 1<<32-1 || !s.run() {
		return nil, false
	}
	return s.found, true
}

// usualLevels is how deep values are nested, mostly.
const usualLevels = 16

// surveyor is a place in a text, with a stack of the open brackets: what is nested deep needs
// no stack of calls.
type surveyor struct {
	raw  []byte
	at   int
	base int // how many brackets are around what is surveyed
	cur  level
	open []level // those around cur

	blocks
	has      Lacks // what has been found
	deepest  int
	escapes  int
	cuts     []span
	members  []part
	elements []span
	inner    []span // the elements of a list in an object
	isMuch   bool   // there are more parts than are noted
	found    []Surveyed
}

// level is an open bracket.
type level struct {
	bracket byte // 0 for the text itself
	kept    bool // there is a part that says something
	name    int  // where the name of the member begins
	value   int  // where the part begins
	cuts    int  // how many there were before the member
}

// run reads one value and what is around it.
func (s *surveyor) run() bool {
	for {
		begun, empty, ok := s.value()
		if !ok {
			return false
		}
		if begun {
			continue
		}
		if more, ok := s.behind(empty); !more {
			return ok
		}
	}
}

// value reads a text, a number, a word or an empty list or object. Of others it reads the
// beginning, up to the place of the first value, which it reports as begun.
func (s *surveyor) value() (begun, empty, ok bool) {
	c := s.peek()
	s.cur.value = s.at
	switch c {
	case '"':
		ok = s.text()
		return false, s.at-s.cur.value == 2, ok
	case '[', '{':
		return s.enter(c)
	case 't':
		return false, false, s.word("true")
	case 'f':
		return false, false, s.word("false")
	case 'n':
		return false, true, s.word("null")
	default:
		return false, false, s.number()
	}
}

// enter reads a bracket and what follows it.
func (s *surveyor) enter(bracket byte) (begun, empty, ok bool) {
	start := s.at
	s.at++
	s.deepest = max(s.deepest, len(s.open)+1)
	if s.peek() == bracket+2 { // ] and } are two behind [ and {
		s.at++
		return false, s.at-start == 2 || len(s.open)-s.base < LeanLevels, len(s.open) < maxValidDepth
	}
	s.open = append(s.open, s.cur)
	s.cur = level{bracket: bracket}
	return true, false, len(s.open) <= maxValidDepth && (bracket == '[' || s.name())
}

// behind reads what is behind a value, up to the place of the next one; more reports that
// there is one.
func (s *surveyor) behind(empty bool) (more, ok bool) {
	for {
		s.leave(empty)
		if s.cur.bracket == 0 {
			return false, s.peek() == 0 && s.at == len(s.raw)
		}
		c := s.peek()
		s.at++
		switch {
		case c == ',' && s.cur.bracket == '[':
			return true, true
		case c == ',' && s.name():
			return true, true
		case c != s.cur.bracket+2:
			return false, false
		}
		empty = !s.cur.kept
		s.cur = s.open[len(s.open)-1]
		s.open = s.open[:len(s.open)-1]
	}
}

// leave notes a part that has ended.
func (s *surveyor) leave(empty bool) {
	level := len(s.open) - s.base
	if empty && s.cur.bracket == '{' && level > 0 && level <= LeanLevels {
		s.cut()
	} else {
		s.cur.kept = true
	}
	if level < 3 {
		s.note(level)
	}
}

// maxParts bounds the parts of a value that are noted. Few answers have more, and a list of
// single digits would take many times its size.
const maxParts = 50_000

// note notes where a part is, of those on the upper levels.
func (s *surveyor) note(level int) {
	here := span{uint32(s.cur.value), uint32(s.at)}
	switch {
	case level == 0:
		s.finish(here)
	case level == 1 && s.cur.bracket == '{':
		s.members = append(s.members, part{uint32(s.cur.name), here, s.inner})
		s.inner = nil
	case level == 1:
		s.elements = appendSpan(s.elements, here)
	case level == 2 && s.cur.bracket == '[' && s.open[len(s.open)-1].bracket == '{':
		s.inner = appendSpan(s.inner, here)
	}
	if len(s.members)+len(s.elements)+len(s.inner) > maxParts {
		s.isMuch, s.members, s.elements, s.inner = true, nil, nil, nil
	}
}

// appendSpan adds a span to a list that grows to some tens, mostly.
func appendSpan(list []span, s span) []span {
	const some = 64
	if list == nil {
		list = make([]span, 0, some)
	}
	return append(list, s)
}

// finish notes what is known of a value as a whole, and begins anew.
func (s *surveyor) finish(here span) {
	if s.deepest-s.base > ShallowLevels {
		s.has |= LacksDepth
	}
	if s.high&highs != 0 {
		s.has |= LacksHigh
	}
	if len(s.cuts) > 0 {
		s.has |= LacksEmpty
	}
	v := Surveyed{
		Value: here.of(s.raw), start: here.from, isSplit: !s.isMuch, isSifted: true, Lacks: lacksAll &^ s.has, Escapes: s.escapes,
		raw: s.raw, cuts: s.cuts, members: s.members, elements: s.elements,
	}
	if s.base > 0 {
		v.Name = nameAt(s.raw, s.cur.name)
	}
	s.found = append(s.found, v)
	s.has, s.high, s.deepest, s.escapes = 0, s.setHigh, 0, 0 // the block goes on
	s.cuts, s.members, s.elements, s.isMuch = nil, nil, nil, false
}

// cut leaves a member out that says nothing, with the comma that parts it from what was kept
// before; without anything before, with the comma behind.
func (s *surveyor) cut() {
	s.cuts = s.cuts[:s.cur.cuts] // whatever was left out within
	from, to, written := s.cur.name, s.at, 0
	if len(s.cuts) > 0 {
		written = int(s.cuts[len(s.cuts)-1].to)
	}
	if s.cur.kept {
		for i := from - 1; i >= written; i-- {
			if s.raw[i] == ',' {
				from = i
				break
			}
		}
	} else {
		for to < len(s.raw) && s.raw[to] <= ' ' {
			to++
		}
		if to < len(s.raw) && s.raw[to] == ',' {
			to++
		}
	}
	s.cuts = append(s.cuts, span{uint32(max(from, written)), uint32(to)})
}

// peek is the next byte that is no white space, 0 at the end.
func (s *surveyor) peek() byte {
	if s.at < len(s.raw) && s.raw[s.at] > ' ' {
		return s.raw[s.at]
	}
	return s.passSpace()
}

func (s *surveyor) passSpace() byte {
	for ; s.at < len(s.raw); s.at++ {
		if c := s.raw[s.at]; c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
		s.has |= LacksSpace
	}
	return 0
}

// name reads the name of a member and its colon.
func (s *surveyor) name() bool {
	if s.peek() != '"' {
		return false
	}
	s.cur.name, s.cur.cuts = s.at, len(s.cuts)
	if !s.text() || s.peek() != ':' {
		return false
	}
	s.at++
	return true
}

// text reads a string.
func (s *surveyor) text() bool {
	for i := s.at + 1; ; {
		// What next does, which is called too often for a call.
		if set := s.set >> (i & (blockSize - 1)); set != 0 && i < s.end {
			i += bits.TrailingZeros64(set)
		} else if i = s.search(s.raw, i); i < 0 {
			return false
		}
		s.at = i + 1
		if s.raw[i] == '"' {
			s.escapes += 2
			return true
		}
		if s.raw[i] != '\\' || !s.escape() {
			return false
		}
		i = s.at
	}
}

// escape reads what is behind a backslash.
func (s *surveyor) escape() bool {
	if s.at >= len(s.raw) {
		return false
	}
	c := s.raw[s.at]
	s.at++
	s.escapes++
	switch c {
	case '"', '\\':
		s.escapes++
		return true
	case '/', 'n', 'r', 't':
		return true
	case 'b', 'f':
		s.has |= LacksEscape
		return true
	case 'u':
		return s.unit()
	default:
		return false
	}
}

// unit reads the four digits of a \u escape.
func (s *surveyor) unit() bool {
	if len(s.raw)-s.at < 4 {
		return false
	}
	for _, c := range s.raw[s.at : s.at+4] {
		if !isHex(c) {
			return false
		}
	}
	s.has |= LacksEscape
	if s.raw[s.at]|0x20 == 'd' {
		s.has |= LacksSurrogate
	}
	s.at += 4
	return true
}

func (s *surveyor) word(word string) bool {
	end := s.at + len(word)
	if end > len(s.raw) || string(s.raw[s.at:end]) != word {
		return false
	}
	s.at = end
	return true
}

func (s *surveyor) number() bool {
	v := validator{raw: s.raw, at: s.at}
	ok := v.number()
	s.at = v.at
	return ok
}
