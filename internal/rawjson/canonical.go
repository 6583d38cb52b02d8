package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// Canonical writes a value in the one form that all spellings of it share: members
// sorted, no white space, numbers as they were written. A name that is given twice in an
// object is a *DuplicateError, at any depth: what such a value says depends on its reader.
func Canonical(raw []byte) ([]byte, error) {
	if flat, ok := canonicalFlat(raw); ok {
		return flat, nil
	}
	if !json.Valid(raw) {
		var first json.RawMessage
		if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&first); err != nil {
			return nil, err
		}
		return nil, errors.New("there is text after the value")
	}
	value, err := Decode(raw, nil)
	if err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

// canonicalFlat is Canonical for what most arguments are: an object of numbers, truth values
// and plain texts, for which nothing has to be decoded. It reports false of any other value.
func canonicalFlat(raw []byte) ([]byte, bool) {
	if !Valid(raw) {
		return nil, false
	}
	members, ok := MembersOfObject(raw)
	if !ok {
		return nil, false
	}
	slices.SortFunc(members, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	b := append(make([]byte, 0, len(raw)), '{')
	for i, m := range members {
		if i > 0 && members[i-1].Name == m.Name || m.Value[0] == '{' || m.Value[0] == '[' ||
			!hasOneForm(m.Name) || strings.Contains(m.Name, `"`) || !hasOneForm(m.Value) {
			return nil, false
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(append(b, '"'), m.Name...), '"', ':'), m.Value...)
	}
	return append(b, '}'), true
}

// hasOneForm reports whether a text, or a scalar with its quotes, is encoded by its own bytes.
func hasOneForm[T string | []byte | json.RawMessage](text T) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ', c >= 0x7f, c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}
