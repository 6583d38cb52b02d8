package schemas

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/invopop/jsonschema"
)

// encoded is a schema as JSON, as json.Marshal writes it: byte for byte, in a tenth of the
// time. The library encodes each schema within another once for every level above it.
// Keywords that schemas of tools do not use are not known here; a test compares all tools.
func encoded(s *jsonschema.Schema) json.RawMessage {
	w := &schemaWriter{make([]byte, 0, 1024)}
	w.schema(s)
	return bytes.Clone(w.out)
}

type schemaWriter struct{ out []byte }

func (w *schemaWriter) schema(s *jsonschema.Schema) {
	switch s {
	case jsonschema.TrueSchema:
		w.out = append(w.out, "true"...)
		return
	case jsonschema.FalseSchema:
		w.out = append(w.out, "false"...)
		return
	}
	start := len(w.out)
	w.parts(s)
	w.text("type", s.Type)
	if len(s.Enum) > 0 {
		w.key("enum")
		w.list(len(s.Enum), func(i int) { w.any(s.Enum[i]) })
	}
	w.bounds(s)
	if len(s.Required) > 0 {
		w.key("required")
		w.list(len(s.Required), func(i int) { w.quote(s.Required[i]) })
	}
	w.text("format", s.Format)
	w.text("description", s.Description)
	if s.Default != nil {
		w.key("default")
		w.any(s.Default)
	}
	if len(w.out) == start {
		w.out = append(w.out, "true"...) // says nothing
		return
	}
	w.out[start] = '{' // in place of the first comma
	w.out = append(w.out, '}')
}

// parts are the schemas within a schema.
func (w *schemaWriter) parts(s *jsonschema.Schema) {
	if len(s.AnyOf) > 0 {
		w.key("anyOf")
		w.list(len(s.AnyOf), func(i int) { w.schema(s.AnyOf[i]) })
	}
	if s.Items != nil {
		w.key("items")
		w.schema(s.Items)
	}
	if s.Properties != nil {
		w.key("properties")
		start := len(w.out)
		for p := s.Properties.Oldest(); p != nil; p = p.Next() {
			w.key(p.Key)
			w.schema(p.Value)
		}
		if len(w.out) == start {
			w.out = append(w.out, '{')
		}
		w.out[start] = '{'
		w.out = append(w.out, '}')
	}
	if s.AdditionalProperties != nil {
		w.key("additionalProperties")
		w.schema(s.AdditionalProperties)
	}
}

// bounds are the keywords about sizes.
func (w *schemaWriter) bounds(s *jsonschema.Schema) {
	w.number("maximum", s.Maximum)
	w.number("exclusiveMaximum", s.ExclusiveMaximum)
	w.number("minimum", s.Minimum)
	w.number("exclusiveMinimum", s.ExclusiveMinimum)
	w.count("maxLength", s.MaxLength)
	w.count("minLength", s.MinLength)
	w.text("pattern", s.Pattern)
	w.count("maxItems", s.MaxItems)
	w.count("minItems", s.MinItems)
	if s.UniqueItems {
		w.key("uniqueItems")
		w.out = append(w.out, "true"...)
	}
}

// key begins a member, with a comma before it.
func (w *schemaWriter) key(name string) {
	w.out = append(w.out, ',')
	w.quote(name)
	w.out = append(w.out, ':')
}

func (w *schemaWriter) text(name, value string) {
	if value != "" {
		w.key(name)
		w.quote(value)
	}
}

func (w *schemaWriter) number(name string, value json.Number) {
	if value != "" {
		w.key(name)
		w.out = append(w.out, value...)
	}
}

func (w *schemaWriter) count(name string, value *uint64) {
	if value != nil {
		w.key(name)
		w.out = strconv.AppendUint(w.out, *value, 10)
	}
}

func (w *schemaWriter) list(n int, element func(int)) {
	w.out = append(w.out, '[')
	for i := range n {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		element(i)
	}
	w.out = append(w.out, ']')
}

func (w *schemaWriter) any(value any) {
	if text, ok := value.(string); ok {
		w.quote(text)
		return
	}
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err) // all that could be wrong with it was read from JSON
	}
	w.out = append(w.out, raw...)
}

// quote writes a text. Most have nothing to escape.
func (w *schemaWriter) quote(text string) {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			raw, err := json.Marshal(text)
			if err != nil {
				panic(err) // a text has no other fault than invalid UTF-8, which is replaced
			}
			w.out = append(w.out, raw...)
			return
		}
	}
	w.out = append(w.out, '"')
	w.out = append(w.out, text...)
	w.out = append(w.out, '"')
}
