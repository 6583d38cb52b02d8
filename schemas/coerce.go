package schemas

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"airbyte-mcp-server/internal/rawjson"
)

// text reads a text, or what it stands for where the schema cannot accept a text; so
// no value changes its meaning.
func (r *reader) text(s *validator.Schema, text string, raw json.RawMessage) (any, json.RawMessage, error) {
	if s == nil {
		return text, raw, nil
	}
	if slices.Contains(r.limit.bareTypes(s), "string") {
		return text, raw, nil
	}
	if allows(s, "string") {
		if spelt := respelt(s, text); spelt != text {
			if formatIn(s, formatUnixSeconds, formatUnixMillis) {
				r.noteZone(text)
			}
			r.taken.coerced(r.name)
			return spelt, rawjson.Quote(spelt), nil
		}
		return text, raw, nil
	}
	if inner := unpacked(raw); inner[0] == '[' && allows(s, "array") || inner[0] == '{' && allows(s, "object") ||
		inner[0] == '{' && wantsList(s, "object") {
		return r.became(s, inner)
	}
	if scalar := r.scalar(s, text); scalar != nil {
		return r.became(s, scalar)
	}
	switch {
	case formatIn(s, formatDocument):
		return r.became(s, document(text))
	case allows(s, "array") && text != "":
		if strings.Count(text, ",") >= mostListed {
			return nil, nil, fmt.Errorf("is a text of more than %d values; give a list", mostListed)
		}
		if list := listed(itemSchema(s), text); list != nil {
			return r.became(s, list)
		}
	}
	return text, raw, nil
}

// respelt is a text in the form that the schema asks for.
func respelt(s *validator.Schema, text string) string {
	for _, a := range alternatives(s) {
		if a.Enum == nil {
			continue
		}
		var values []string
		for _, v := range a.Enum.Values {
			if known, ok := v.(string); ok {
				values = append(values, known)
			}
		}
		if known, ok := knownValue(values, text); ok {
			return known
		}
	}
	if formatIn(s, formatOffset) && !isOffsetTime(text) {
		if t, zoned, ok := isoTime(text); ok && zoned {
			return t.Format("2006-01-02T15:04:05.000-0700")
		}
	}
	for _, format := range []string{formatUnixSeconds, formatUnixMillis} {
		if formatIn(s, format) && !isNumber(clip(text)) {
			if number, _, ok := unixTime(text, format); ok {
				return number
			}
		}
	}
	return text
}

// scalar is the number or truth value that a text spells, nil for none.
func (r *reader) scalar(s *validator.Schema, text string) json.RawMessage {
	number := json.Number(text)
	switch {
	case (allows(s, "integer") || allows(s, "number")) && isModest(number) && isNumber(text):
		return json.RawMessage(text)
	case allows(s, "boolean") && (strings.EqualFold(text, "true") || strings.EqualFold(text, "false")):
		return json.RawMessage(strings.ToLower(text))
	}
	for _, format := range []string{formatUnixSeconds, formatUnixMillis} {
		if formatIn(s, format) {
			if unix, _, ok := unixTime(text, format); ok {
				r.noteZone(text)
				return json.RawMessage(unix)
			}
		}
	}
	return nil
}

// noteZone says that a time without a zone was taken as UTC.
func (r *reader) noteZone(text string) {
	_, zoned, _ := isoTime(text)
	r.taken.time(r.name, zoned)
}

// mostListed is how many values a text may stand for. A list may have more.
const mostListed = 1000

// isNameLike reports whether a comma may stand beside a text: names of fields, ids, numbers.
func isNameLike(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune("_.@:/*#+-", r)
	})
}

// listed is the list that a text spells: of a single value, or of several with commas
// between them where none of them can have a comma itself. It is nil for any other text.
func listed(items *validator.Schema, text string) json.RawMessage {
	if items == nil || formatIn(items, formatBytes, formatJSON) {
		return nil
	}
	isText, several := allows(items, "string"), strings.Contains(text, ",")
	list := append(make([]byte, 0, 2*len(text)+len(`[""]`)), '[')
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if several && !isNameLike(part) || part == "" || !mayBeElement(items, part, isText) {
			return nil
		}
		list = append(append(list, rawjson.Quote(part)...), ',')
	}
	list[len(list)-1] = ']'
	return list
}

// mayBeElement reports whether a text may be an element.
func mayBeElement(items *validator.Schema, text string, isText bool) bool {
	if isText {
		return !strings.ContainsAny(text, "[]{}\"")
	}
	probe := &reader{taken: &Taken{}, limit: &fitLimit{}}
	return probe.scalar(items, text) != nil
}

// document is a text as paragraphs, one for each line.
func document(text string) json.RawMessage {
	paragraphs := []json.RawMessage{}
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		content := `[{"type":"text","text":` + string(rawjson.Quote(line)) + `}]`
		paragraphs = append(paragraphs, json.RawMessage(`{"type":"paragraph","content":`+content+`}`))
	}
	return json.RawMessage(`{"type":"doc","version":1,"content":` + string(rawjson.Join(paragraphs)) + `}`)
}

// mostRecords is the maximum of a number of records that is beyond it, "" for others.
func mostRecords(s *validator.Schema, number string) string {
	for _, a := range alternatives(s) {
		if !formatIn(a, formatPageSize) || a.Maximum == nil || !a.Maximum.IsInt() {
			continue
		}
		if n, ok := ExactNumber(json.Number(number)); ok && n.IsInt() && n.Cmp(a.Maximum) > 0 {
			return a.Maximum.Num().String()
		}
	}
	return ""
}

// wantsList reports whether a value of a type is one where a list of such is due.
func wantsList(s *validator.Schema, name string) bool {
	return s != nil && !allows(s, name) && allows(s, "array") && itemSchema(s) != nil && allows(itemSchema(s), name)
}

// formatIn reports whether the schema, or a choice of it, has one of some formats.
func formatIn(s *validator.Schema, formats ...string) bool {
	return slices.ContainsFunc(alternatives(s), func(a *validator.Schema) bool {
		return a.Format != nil && slices.Contains(formats, a.Format.Name)
	})
}

// alternatives are the schemas that a value may follow: the schema itself, or what
// it refers to or chooses from.
func alternatives(s *validator.Schema) []*validator.Schema {
	for s != nil && s.Ref != nil {
		s = s.Ref
	}
	switch {
	case s == nil:
		return nil
	case len(s.AnyOf) == 0:
		return []*validator.Schema{s}
	}
	var list []*validator.Schema
	for _, choice := range s.AnyOf {
		list = append(list, alternatives(choice)...)
	}
	return list
}

// allows reports whether the schema accepts values of the named type. A schema
// without a type accepts any.
func allows(s *validator.Schema, name string) bool {
	return slices.ContainsFunc(alternatives(s), func(a *validator.Schema) bool {
		return a.Types == nil || slices.Contains(a.Types.ToStrings(), name)
	})
}

// itemSchema is the schema of an array's elements, nil if none is known.
func itemSchema(s *validator.Schema) *validator.Schema {
	for _, a := range alternatives(s) {
		if a.Items2020 != nil {
			return a.Items2020
		}
	}
	return nil
}

// propertySchema is the schema of an object's property, nil if none is known.
func propertySchema(s *validator.Schema, key string) *validator.Schema {
	for _, a := range alternatives(s) {
		if p := a.Properties[key]; p != nil {
			return p
		}
		if p, ok := a.AdditionalProperties.(*validator.Schema); ok {
			return p
		}
	}
	return nil
}

// memberSchema is the schema of a property that an object names, nil for a member of a
// map, which its caller has chosen.
func memberSchema(s *validator.Schema, key string) *validator.Schema {
	for _, a := range alternatives(s) {
		if p := a.Properties[key]; p != nil {
			return p
		}
	}
	return nil
}
