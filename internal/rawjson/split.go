package rawjson

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
	"unicode/utf8"
)

// Elements splits a list into its elements, and reports whether raw is a list. The
// elements share the memory of raw.
func Elements(raw []byte) ([]json.RawMessage, bool) {
	raw = trim(raw)
	if len(raw) == 0 || raw[0] != '[' || !Valid(raw) {
		return nil, false
	}
	return ElementsOf(raw)
}

// ElementsOf is Elements of what is known to be valid JSON: a value that was split off. Each
// validation reads the whole value, so one at each level of nesting would read a deep value
// as often as it has levels.
func ElementsOf(valid []byte) ([]json.RawMessage, bool) {
	valid = trim(valid)
	if len(valid) == 0 || valid[0] != '[' {
		return nil, false
	}
	list := []json.RawMessage{}
	eachPart(valid, func(part []byte) bool {
		list = append(list, part)
		return true
	})
	return list, true
}

// EachOf visits the elements of a valid list.
func EachOf(valid []byte) iter.Seq[json.RawMessage] {
	return func(yield func(json.RawMessage) bool) {
		eachPart(trim(valid), func(part []byte) bool { return yield(part) })
	}
}

// Split splits an object into its members, in order, and reports whether raw is an object.
// The values share the memory of raw. Unlike [Members] it accepts duplicate names.
func Split(raw []byte) ([]Member, bool) {
	raw = trim(raw)
	if len(raw) == 0 || raw[0] != '{' || !Valid(raw) {
		return nil, false
	}
	return membersOf(raw), true
}

// MembersOfObject is Split of what is known to be valid JSON.
func MembersOfObject(valid []byte) ([]Member, bool) {
	valid = trim(valid)
	if len(valid) == 0 || valid[0] != '{' {
		return nil, false
	}
	return membersOf(valid), true
}

// membersOf are the members of a valid object.
func membersOf(valid []byte) []Member {
	list := []Member{}
	eachPart(valid, func(part []byte) bool {
		end := StringEnd(part, 0) + 1
		name, _ := Text(part[:end]) // it is valid
		list = append(list, Member{name, trim(trim(part[end:])[1:])})
		return true
	})
	return list
}

// Text is the text that a JSON string spells; false for any other value. Most strings say
// what they spell, and are not decoded.
func Text(raw []byte) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	inner := raw[1 : len(raw)-1]
	if raw[len(raw)-1] == '"' && isPlain(inner) && utf8.Valid(inner) {
		return string(inner), true
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return "", false
	}
	return text, true
}

// isPlain reports whether nothing in a string has to be decoded or refused.
func isPlain(inner []byte) bool {
	for _, c := range inner {
		if c < ' ' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// eachPart finds the parts between the commas of a valid list or object, until it is told
// that they are enough.
func eachPart(raw []byte, found func(part []byte) bool) {
	start, level := 1, 0
	for i := 1; i < len(raw)-1; i++ {
		switch raw[i] {
		case '"':
			i = StringEnd(raw, i)
		case '{', '[':
			level++
		case '}', ']':
			level--
		case ',':
			if level > 0 {
				continue
			}
			if !found(clipped(raw[start:i])) {
				return
			}
			start = i + 1
		}
	}
	if last := clipped(raw[start : len(raw)-1]); len(last) > 0 {
		found(last)
	}
}

// trim removes JSON's white space, which is a part of Unicode's.
func trim(raw []byte) []byte { return bytes.Trim(raw, " \t\r\n") }

// clipped is a trimmed part without spare capacity, so that appending to it leaves the rest
// of raw unchanged.
func clipped(part []byte) []byte {
	part = trim(part)
	return slices.Clip(part)
}

// Join writes values as a list.
func Join(values []json.RawMessage) json.RawMessage {
	size := 2
	for _, value := range values {
		size += len(value) + 1
	}
	list := append(make([]byte, 0, size), '[')
	for i, value := range values {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, value...)
	}
	return append(list, ']')
}
