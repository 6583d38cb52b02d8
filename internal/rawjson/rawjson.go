// Package rawjson splits and scans JSON without decoding its values, so that they can be
// passed on byte for byte.
package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// Member is one member of an object, with its value byte for byte.
type Member struct {
	Name  string
	Value json.RawMessage
}

// ErrNotObject reports valid JSON other than an object.
var ErrNotObject = errors.New("not a JSON object")

// DuplicateError reports a name with two members in an object. JSON readers disagree on
// the one that counts, so the object is refused.
type DuplicateError struct{ Name string }

func (e *DuplicateError) Error() string { return fmt.Sprintf("%q is given twice", e.Name) }

// Members splits one object into its members, in order. It refuses duplicate names and
// text after the object. The values share the memory of raw.
func Members(raw []byte) ([]Member, error) {
	if !Valid(raw) {
		return nil, invalid(raw)
	}
	return MembersOf(raw)
}

// MembersOf is Members of what is known to be valid JSON, as [ElementsOf] is Elements.
func MembersOf(valid []byte) ([]Member, error) {
	if valid = trim(valid); len(valid) == 0 || valid[0] != '{' {
		return nil, ErrNotObject
	}
	members := membersOf(valid)
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = m.Name
	}
	if twice, found := duplicate(names); found {
		return nil, &DuplicateError{twice}
	}
	return members, nil
}

// fewNames is how many names are compared with each other, which is faster for a few.
const fewNames = 8

func duplicate(names []string) (string, bool) {
	if len(names) <= fewNames {
		for i, name := range names {
			if slices.Contains(names[:i], name) {
				return name, true
			}
		}
		return "", false
	}
	seen := make(map[string]struct{}, len(names))
	for i, name := range names {
		if seen[name] = struct{}{}; len(seen) <= i {
			return name, true
		}
	}
	return "", false
}

// invalid says what is wrong with what is no valid JSON.
func invalid(raw []byte) error {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 {
		return io.ErrUnexpectedEOF
	}
	if raw[0] != '{' {
		return errors.New("not valid JSON")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	seen := map[string]bool{}
	_, err := decoder.Token()
	for err == nil && decoder.More() {
		var name json.Token
		if name, err = decoder.Token(); err != nil {
			break
		}
		text, _ := name.(string) // a name is a string, or Token fails
		var value json.RawMessage
		if err = decoder.Decode(&value); err == nil && seen[text] {
			err = &DuplicateError{text}
		}
		seen[text] = true
	}
	if err == nil {
		_, err = decoder.Token()
	}
	if err == nil {
		err = errors.New("there is text after the object")
	}
	return err
}

// Depth is the deepest nesting of brackets outside strings. It reads the bytes
// once and needs no stack, so it is safe on hostile input.
func Depth(raw []byte) int {
	deepest, level, inString := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			level++
			deepest = max(deepest, level)
		case c == '}' || c == ']':
			level--
		}
	}
	return deepest
}

// IsCompact reports whether valid JSON has no white space outside of strings.
func IsCompact(raw []byte) bool {
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c <= ' ':
			return false
		case c == '"':
			i = StringEnd(raw, i)
		}
	}
	return true
}

// IsEmpty reports whether a value says nothing: it is missing, null, or an empty object,
// list or text.
func IsEmpty(raw []byte) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "", "null", "{}", "[]", `""`:
		return true
	default:
		return false
	}
}

// StringEnd is the index of the closing quote of the string with its opening quote at
// start, or the length of raw without one.
func StringEnd(raw []byte, start int) int {
	for i := start + 1; ; i++ {
		i = PlainEnd(raw, i)
		switch {
		case i >= len(raw):
			return len(raw)
		case raw[i] == '"':
			return i
		case raw[i] == '\\':
			i++
		}
	}
}

// Quote writes a text as a JSON string. Unlike json.Marshal it copies runs of plain bytes
// at once, and does not escape <, > and &.
func Quote[T string | []byte](text T) []byte {
	// JSON in JSON: every fifth byte or so is a quote.
	return AppendQuote(make([]byte, 0, len(text)+len(text)/4+2), text)
}

// AppendQuote is Quote behind what b has.
func AppendQuote[T string | []byte](b []byte, text T) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for start := 0; ; {
		end := PlainEnd(text, start)
		b = append(b, text[start:end]...)
		if end == len(text) {
			return append(b, '"')
		}
		switch c := text[end]; c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\t':
			b = append(b, '\\', 't')
		case '\r':
			b = append(b, '\\', 'r')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		start = end + 1
	}
}

// Texts writes a list of texts.
func Texts(texts []string) []byte {
	b := []byte{'['}
	for i, text := range texts {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, Quote(text)...)
	}
	return append(b, ']')
}

// Ints writes a list of numbers.
func Ints(numbers []int) []byte {
	b := []byte{'['}
	for i, n := range numbers {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return append(b, ']')
}
