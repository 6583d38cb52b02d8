package schemas

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"airbyte-mcp-server/internal/rawjson"
)

// maxDepth bounds the nesting of arguments; no action of the catalog comes near.
const maxDepth = 64

// reader decodes one argument for validation. What can be meant in one way only
// becomes what the schema asks for, at any depth; a value without anything of that
// kind in it goes on byte for byte.
type reader struct {
	taken *Taken
	name  string // of the argument
	depth int
	limit *fitLimit
}

// readArgument returns an argument's decoded value and its raw one, both as the schema
// asks for them. The schema may be nil where none is known.
func readArgument(s *validator.Schema, a Argument, taken *Taken, limit *fitLimit) (any, json.RawMessage, error) {
	if rawjson.Depth(a.Value) > maxDepth {
		return nil, nil, fmt.Errorf("is nested more than %d levels deep", maxDepth)
	}
	r := &reader{taken: taken, name: a.Name, limit: limit}
	return r.value(s, a.Value)
}

// value reads a value of a schema. The value is valid JSON: arguments are, and what a text
// spells is looked at first.
func (r *reader) value(s *validator.Schema, raw json.RawMessage) (any, json.RawMessage, error) {
	kind := kindOf(raw)
	if s == nil {
		value, err := r.anyValue(raw)
		return value, raw, err
	}
	switch kind {
	case "object", "array":
		return r.compound(s, raw)
	case "number":
		return r.number(s, raw)
	case "string":
		text, ok := textOf(raw)
		if !ok {
			return nil, nil, errors.New("is not valid JSON")
		}
		return r.text(s, text, raw)
	}
	if kind == "boolean" && wantsList(s, "boolean") {
		return r.listOf(s, []json.RawMessage{raw})
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return nil, nil, fmt.Errorf("is not valid JSON: %w", err)
	}
	return value, raw, nil
}

// anyValue decodes a value of which nothing is known. Of a large one that nobody looks into
// it is the kind only.
func (r *reader) anyValue(raw json.RawMessage) (any, error) {
	const large = 64 << 10
	if r.limit.looksInside || len(raw) < large {
		value, err := rawjson.Decode(raw, modest)
		return value, twiceGiven(err)
	}
	var value any
	switch kindOf(raw) {
	case "object":
		value = map[string]any{}
	case "array":
		value = []any{}
	default:
		value, _ = rawjson.Text(raw) // no number is as long
	}
	return value, twiceGiven(rawjson.Scan(raw, modest))
}

// modest refuses numbers that are out of bounds.
func modest(n json.Number) error {
	if problem := immodest(n); problem != "" {
		return errors.New(problem)
	}
	return nil
}

// twiceGiven words a name that an object gives twice.
func twiceGiven(err error) error {
	if twice, ok := errors.AsType[*rawjson.DuplicateError](err); ok {
		return errors.New("gives " + strconv.Quote(clip(twice.Name)) + " twice")
	}
	return err
}

// became notes that a value was taken for another one, which is read in its place.
func (r *reader) became(s *validator.Schema, raw json.RawMessage) (any, json.RawMessage, error) {
	r.taken.coerced(r.name)
	if r.depth++; r.depth > 2*maxDepth {
		return nil, nil, errors.New("is nested too deep")
	}
	defer func() { r.depth-- }()
	if r.limit.became++; r.limit.became > mostBecame {
		return nil, nil, fmt.Errorf("has more than %d values of other types than the schema's; give them as it asks for", mostBecame)
	}
	return r.value(s, raw)
}

func (r *reader) compound(s *validator.Schema, raw json.RawMessage) (any, json.RawMessage, error) {
	switch kind := kindOf(raw); {
	case formatIn(s, formatJSON):
		var b bytes.Buffer
		if err := json.Compact(&b, raw); err != nil {
			return nil, nil, fmt.Errorf("is not valid JSON: %w", err)
		}
		return r.became(s, rawjson.Quote(b.String()))
	case kind == "object" && wantsList(s, "object"):
		return r.listOf(s, []json.RawMessage{raw})
	case kind == "object":
		return r.object(s, raw)
	default:
		return r.array(s, raw)
	}
}

func (r *reader) object(s *validator.Schema, raw json.RawMessage) (any, json.RawMessage, error) {
	members, err := rawjson.MembersOf(raw)
	if err != nil {
		return nil, nil, twiceGiven(err)
	}
	everyGiven := slices.ContainsFunc(members, func(m rawjson.Member) bool { return refusesNull(s, m.Name, m.Value) })
	object, kept, same := map[string]any{}, Arguments{}, true
	for _, m := range members {
		if r.limit.skipsMember(s, m.Name) {
			continue
		}
		value, out, err := r.value(propertySchema(s, m.Name), m.Value)
		if err != nil {
			return nil, nil, err
		}
		if isUnset(memberSchema(s, m.Name), value) || everyGiven && value == nil && isOptional(s, m.Name) {
			r.taken.left(r.name)
			same = false
			continue
		}
		if value != nil || !isMapKey(s, m.Name) {
			object[m.Name] = value // a null of a map is for the vendor, whatever its other values are
		}
		kept = append(kept, Argument{m.Name, out})
		same = same && bytes.Equal(out, m.Value)
	}
	if same {
		return object, raw, nil
	}
	return object, kept.JSON(), nil
}

func (r *reader) array(s *validator.Schema, raw json.RawMessage) (any, json.RawMessage, error) {
	items := itemSchema(s)
	if items == nil {
		value, err := r.anyValue(raw)
		return value, raw, err
	}
	list := &elements{list: []any{}, raw: raw, isPlain: isPlainList(s)}
	for item := range rawjson.EachOf(raw) {
		if r.limit.isCut() {
			break
		}
		before := r.limit.seen
		value, became, err := r.value(items, item)
		if err != nil {
			return nil, nil, err
		}
		fits, isLeftOut := r.limit.look(items, value, before)
		if isLeftOut {
			break
		}
		list.add(value, fits, became, !bytes.Equal(became, item))
	}
	if list.changed == nil {
		return list.list, raw, nil
	}
	return list.list, rawjson.Join(list.changed), nil
}

// elements are those of a list that is being read.
type elements struct {
	list    []any // decoded, without the last ones while they are known to fit
	rest    int   // how many those are
	fit     any   // the last of them
	isPlain bool
	raw     json.RawMessage
	changed []json.RawMessage // nil while all elements are as they were given
}

func (e *elements) add(value any, fits bool, raw json.RawMessage, isChanged bool) {
	if at := len(e.list) + e.rest; isChanged && e.changed == nil {
		given, _ := rawjson.ElementsOf(e.raw)
		e.changed = given[:at:at]
	}
	if e.changed != nil {
		e.changed = append(e.changed, raw)
	}
	if fits && e.isPlain && len(e.list) > 0 {
		e.rest, e.fit = e.rest+1, value
		return
	}
	for ; e.rest > 0; e.rest-- { // the places of those behind them count
		e.list = append(e.list, e.fit)
	}
	e.list = append(e.list, value)
}

// listOf reads values in place of a list.
func (r *reader) listOf(s *validator.Schema, values []json.RawMessage) (any, json.RawMessage, error) {
	return r.became(s, rawjson.Join(values))
}

// number reads a number: as a whole one, as digits of a text, or as the most records
// that a page has.
func (r *reader) number(s *validator.Schema, raw json.RawMessage) (any, json.RawMessage, error) {
	if problem := immodest(json.Number(raw)); problem != "" {
		return nil, nil, errors.New(problem)
	}
	number := string(raw)
	if allows(s, "integer") && !allows(s, "number") {
		if digits, ok := wholeDigits(number); ok && digits != number {
			return r.became(s, json.RawMessage(digits))
		}
	}
	if most := mostRecords(s, number); most != "" {
		return r.became(s, json.RawMessage(most))
	}
	switch digits, ok := plainDigits(number); {
	case allows(s, "integer") || allows(s, "number"):
	case allows(s, "string") && ok && !formatIn(s, formatBytes, formatDate, formatDateTime, formatOffset, formatJSON):
		return r.became(s, rawjson.Quote(digits))
	case allows(s, "array") && (allows(itemSchema(s), "number") || allows(itemSchema(s), "integer") || allows(itemSchema(s), "string")):
		return r.listOf(s, []json.RawMessage{raw})
	}
	return json.Number(number), raw, nil
}

// isMapKey reports whether a caller has chosen the name of a member.
func isMapKey(s *validator.Schema, name string) bool {
	return memberSchema(s, name) == nil && propertySchema(s, name) != nil
}

// refusesNull reports whether a member is null that cannot be. Its caller gives every member,
// as models in strict mode must, and so does not mean the other nulls of the object either:
// null would clear what may be null.
func refusesNull(s *validator.Schema, name string, value json.RawMessage) bool {
	member := memberSchema(s, name)
	return member != nil && string(bytes.TrimSpace(value)) == "null" && !allows(member, "null")
}

// isOptional reports whether an object names a member and does not ask for it.
func isOptional(s *validator.Schema, name string) bool {
	return memberSchema(s, name) != nil && !slices.ContainsFunc(alternatives(s), func(a *validator.Schema) bool {
		return slices.Contains(a.Required, name)
	})
}

// isUnset reports whether a member of an object, or an argument, was not given: hosts
// write null for what is not set, or an empty text. A schema that is nil leaves the
// member open. An empty free text clears a field, and is kept.
func isUnset(s *validator.Schema, value any) bool {
	switch {
	case s == nil:
		return false
	case value == nil:
		return !allows(s, "null")
	case value != "":
		return false
	case !allows(s, "string"):
		return true
	}
	for _, a := range alternatives(s) {
		if a.Enum != nil && len(a.Enum.Values) > 0 {
			return !hasEmpty(a.Enum.Values)
		}
	}
	return formatIn(s, formatDate, formatDateTime, formatOffset, formatUnixSeconds, formatUnixMillis,
		formatCursor, formatIdentifier, formatJSON)
}

func hasEmpty(values []any) bool {
	for _, v := range values {
		if v == "" {
			return true
		}
	}
	return false
}
