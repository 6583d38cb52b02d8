package rawjson

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Elements splits a list into its elements, and reports whether raw is a list. The
// elements share the memory of raw.
func Elements(raw []byte) ([]json.RawMessage, bool) {
	raw = trim(raw)
	if len(raw) == 0 || raw[0] != '[' || !json.Valid(raw) {
		return nil, false
	}
	list := []json.RawMessage{}
	eachPart(raw, func(part []byte) { list = append(list, part) })
	return list, true
}

// Split splits an object into its members, in order, and reports whether raw is an object.
// The values share the memory of raw. Unlike [Members] it accepts duplicate names.
func Split(raw []byte) ([]Member, bool) {
	raw = trim(raw)
	if len(raw) == 0 || raw[0] != '{' || !json.Valid(raw) {
		return nil, false
	}
	list := []Member{}
	eachPart(raw, func(part []byte) {
		end := StringEnd(part, 0) + 1
		var m Member
		_ = json.Unmarshal(part[:end], &m.Name) // it is valid
		m.Value = trim(trim(part[end:])[1:])
		list = append(list, m)
	})
	return list, true
}

// eachPart finds the parts between the commas of a valid list or object.
func eachPart(raw []byte, found func(part []byte)) {
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
			if level == 0 {
				found(clipped(raw[start:i]))
				start = i + 1
			}
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
