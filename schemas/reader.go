package schemas

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"airbyte-mcp-server/internal/rawjson"
)

// maxDepth bounds the nesting of arguments; no action of the catalog comes near.
const maxDepth = 64

// reader decodes one argument for validation. Numbers, booleans, lists and objects
// that were written as strings become what the schema asks for, at any depth; they
// are edited in place, so that every other byte goes on as it came.
type reader struct {
	raw   json.RawMessage
	dec   *json.Decoder
	edits []edit
}

// edit is a new text for a part of the raw value.
type edit struct {
	from, to int
	text     string
}

// readArgument returns an argument's decoded value and its raw one, both after the
// edits. The schema may be nil where none is known.
func readArgument(s *validator.Schema, raw json.RawMessage) (any, json.RawMessage, error) {
	if rawjson.Depth(raw) > maxDepth {
		return nil, nil, fmt.Errorf("is nested more than %d levels deep", maxDepth)
	}
	r := &reader{raw: raw, dec: json.NewDecoder(bytes.NewReader(raw))}
	r.dec.UseNumber()
	value, err := r.value(s)
	if err != nil {
		return nil, nil, err
	}
	return value, r.edited(), nil
}

func (r *reader) value(s *validator.Schema) (any, error) {
	before := int(r.dec.InputOffset())
	token, err := r.dec.Token()
	if err != nil {
		return nil, fmt.Errorf("is not valid JSON: %w", err)
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			return r.object(s)
		}
		return r.array(s)
	case string:
		return r.text(s, v, before), nil
	case json.Number:
		if problem := immodest(v); problem != "" {
			return nil, errors.New(problem)
		}
	}
	return token, nil
}

func (r *reader) object(s *validator.Schema) (any, error) {
	object := map[string]any{}
	for r.dec.More() {
		token, err := r.dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string) // a name is a string, or Token fails
		if _, twice := object[name]; twice {
			return nil, errors.New("gives " + strconv.Quote(clip(name)) + " twice")
		}
		if object[name], err = r.value(propertySchema(s, name)); err != nil {
			return nil, err
		}
	}
	_, err := r.dec.Token() // the closing brace
	return object, err
}

func (r *reader) array(s *validator.Schema) (any, error) {
	array := []any{}
	items := itemSchema(s)
	for r.dec.More() {
		item, err := r.value(items)
		if err != nil {
			return nil, err
		}
		array = append(array, item)
	}
	_, err := r.dec.Token() // the closing bracket
	return array, err
}

// text returns a string, or what it stands for where the schema cannot accept a
// string; so no value changes its meaning.
func (r *reader) text(s *validator.Schema, text string, before int) any {
	value, spelt := coerce(s, text), text
	if inner, raw, ok := unpack(s, text); ok {
		value, spelt = inner, string(raw)
	}
	if _, same := value.(string); !same {
		// Between two tokens there are only white space, a comma or a colon.
		from := before + bytes.IndexByte(r.raw[before:], '"')
		r.edits = append(r.edits, edit{from, int(r.dec.InputOffset()), spelt})
	}
	return value
}

// unpack reads the list or object that a string spells in JSON, where the schema
// accepts such a value and no string.
func unpack(s *validator.Schema, text string) (value any, raw json.RawMessage, ok bool) {
	text = strings.TrimSpace(text)
	if s == nil || text == "" || allows(s, "string") || !json.Valid([]byte(text)) {
		return nil, nil, false
	}
	if text[0] == '[' && allows(s, "array") || text[0] == '{' && allows(s, "object") {
		value, raw, err := readArgument(s, json.RawMessage(text))
		return value, raw, err == nil
	}
	return nil, nil, false
}

func (r *reader) edited() json.RawMessage {
	if len(r.edits) == 0 {
		return r.raw
	}
	var out bytes.Buffer
	kept := 0
	for _, e := range r.edits {
		out.Write(r.raw[kept:e.from])
		out.WriteString(e.text)
		kept = e.to
	}
	out.Write(r.raw[kept:])
	return out.Bytes()
}
