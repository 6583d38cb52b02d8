package schemas

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/rawjson"
)

// searchReader translates the arguments of one search. It notes every fault.
type searchReader struct {
	fields *searchFields
	taken  *Taken
	found  *FaultList
	bound  *searchBound
}

// translate turns the flat grammar, or a nested form, into the API's arguments. What
// is no part of the query stays as it is.
func (s *searchFields) translate(args Arguments, taken *Taken, found *FaultList, beat *pulse) Arguments {
	r := &searchReader{fields: s, taken: taken, found: found, bound: &searchBound{pulse: beat}}
	var rest Arguments
	parts := map[string]json.RawMessage{}
	for _, a := range args {
		switch {
		case a.Name == argFilter || a.Name == argAnyOf || a.Name == argSort || a.Name == argQuery:
			parts[a.Name] = a.Value
		case a.Name == argFields:
			if list := r.fieldList(a.Value); list != nil {
				rest = append(rest, Argument{argFields, list})
			}
		case r.isLoose(a.Name):
			r.loose(parts, a)
		default:
			rest = append(rest, a)
		}
	}
	r.unnest(parts)
	query := r.query(parts)
	return append(Arguments{{argQuery, query}}, rest...)
}

func (r *searchReader) fault(path, format string, words ...any) {
	if r.found.Full() {
		r.found.count()
		return
	}
	r.found.Add(Fault{path, fmt.Sprintf(format, words...)})
}

// isLoose reports whether an argument is an operator that stands one level too high.
func (r *searchReader) isLoose(name string) bool {
	_, isOperator := operatorNamed(name)
	return isOperator || logicOf(name) != ""
}

// loose takes an operator beside the other arguments for a part of the filter.
func (r *searchReader) loose(parts map[string]json.RawMessage, a Argument) {
	if parts[argFilter] != nil {
		r.fault(clip(a.Name), "must stand within `filter`")
		return
	}
	parts[argFilter] = Arguments{a}.JSON()
	r.taken.coerced(argFilter)
}

// unnest takes the API's own `query` apart. Where it has conditions of its own, they
// are the filter.
func (r *searchReader) unnest(parts map[string]json.RawMessage) {
	raw := unpacked(parts[argQuery])
	delete(parts, argQuery)
	if isBlank(raw) {
		return
	}
	if raw[0] == '[' { // conditions
		raw = Arguments{{argFilter, raw}}.JSON()
	}
	members, err := rawjson.MembersOf(raw)
	if err != nil {
		r.fault(argQuery, "is no argument; give `filter`, a list of conditions")
		return
	}
	known := []string{argFilter, argAnyOf, argSort}
	if !slices.ContainsFunc(members, func(m rawjson.Member) bool { return slices.Contains(known, m.Name) }) {
		members = []rawjson.Member{{Name: argFilter, Value: raw}}
	}
	for _, m := range members {
		switch {
		case !slices.Contains(known, m.Name):
			r.fault(join(argQuery, clip(m.Name)), "is unknown; allowed: %s", strings.Join(known, ", "))
		case !isBlank(parts[m.Name]) && !isBlank(m.Value):
			r.fault(m.Name, "is given twice")
		case !isBlank(m.Value):
			parts[m.Name] = m.Value
		}
	}
	r.taken.coerced(argQuery)
}

// query is the API's query of all parts.
func (r *searchReader) query(parts map[string]json.RawMessage) json.RawMessage {
	var query Arguments
	filter := r.conditions(argFilter, parts[argFilter])
	if choice := r.choice(parts[argAnyOf]); choice != nil {
		filter = append(filter, choice)
	}
	if all := allOf(filter); all != nil {
		query = append(query, Argument{argFilter, all})
	}
	if keys := r.sort(parts[argSort]); len(keys) > 0 {
		query = append(query, Argument{argSort, rawjson.Join(keys)})
	}
	return query.JSON()
}

// choice is the condition that one of a list holds.
func (r *searchReader) choice(raw json.RawMessage) json.RawMessage {
	switch list := r.conditions(argAnyOf, raw); len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	default:
		return Arguments{{"or", rawjson.Join(list)}}.JSON()
	}
}

// fieldList reads the fields to return, nil for all of them.
func (r *searchReader) fieldList(raw json.RawMessage) json.RawMessage {
	items := r.textItems(argFields, raw, mostFields)
	if len(items) == 0 {
		return nil
	}
	list := make([]json.RawMessage, 0, len(items))
	for i, item := range items {
		at := fmt.Sprintf("%s[%d]", argFields, i)
		name, ok := textOf(item)
		if !ok {
			r.fault(at, "must be the name of a field (got %s)", kindOf(item))
			continue
		}
		if t, ok := r.find(argFields, at, name); ok {
			list = append(list, rawjson.Quote(t.path()))
		}
	}
	return rawjson.Join(list)
}

// textItems are the elements of a list that may be written as text, or with commas. Of more
// than may be given it reads one.
func (r *searchReader) textItems(name string, raw json.RawMessage, most int) []json.RawMessage {
	given := bytes.TrimSpace(raw)
	raw = unpacked(raw)
	if isBlank(raw) {
		return nil
	}
	if raw[0] == '[' {
		if given[0] == '"' {
			r.taken.coerced(name)
		}
		return r.fewOf(name, rawjson.EachOf(raw), most)
	}
	text, ok := textOf(raw)
	if !ok || name == argFields { // elsewhere the published form is a text
		r.taken.coerced(name)
	}
	if !ok {
		return []json.RawMessage{raw}
	}
	return r.fewOf(name, quotedParts(text), most)
}

// find is the field that a name means, or a fault.
func (r *searchReader) find(argument, path, name string) (target, bool) {
	t, ok := r.fields.find(name)
	switch {
	case !ok && r.found.Full():
		r.found.count()
	case !ok:
		r.fault(path, "names no field that can be searched%s", AllowedNames(clip(name), r.fields.names()))
	case t.changed:
		r.taken.coerced(argument)
	}
	return t, ok
}

// path is the name with which a field is returned.
func (t target) path() string {
	if t.element != "" {
		return t.name + "." + t.element
	}
	return t.name
}

// unpacked is the list or object that a text spells in JSON; any other value as it is.
func unpacked(raw json.RawMessage) json.RawMessage {
	raw = bytes.TrimSpace(raw)
	text, ok := textOf(raw)
	if inner := strings.TrimSpace(text); ok && inner != "" && (inner[0] == '[' || inner[0] == '{') &&
		json.Valid([]byte(inner)) && rawjson.Depth([]byte(inner)) <= maxDepth {
		return json.RawMessage(inner)
	}
	return raw
}

// isBlank reports whether a part of a query was not given: hosts write null or an
// empty text, list or object for what is not set.
func isBlank(raw json.RawMessage) bool { return rawjson.IsEmpty(raw) || isHollow(raw) }

// isHollow is an empty list or object with white space in it.
func isHollow(raw json.RawMessage) bool {
	inner := bytes.TrimSpace(raw)
	return len(inner) >= 2 && (inner[0] == '[' || inner[0] == '{') && len(bytes.TrimSpace(inner[1:len(inner)-1])) == 0
}

// textOf is the text that a raw value is.
func textOf(raw json.RawMessage) (string, bool) {
	return rawjson.Text(bytes.TrimSpace(raw))
}

// kindOf is the JSON type of a raw value.
func kindOf(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return "nothing"
	}
	switch raw[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	default:
		return "number"
	}
}

// allOf is the condition that all of a list hold, nil for none.
func allOf(list []json.RawMessage) json.RawMessage {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	default:
		return Arguments{{"and", rawjson.Join(list)}}.JSON()
	}
}
