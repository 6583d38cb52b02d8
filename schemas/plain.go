package schemas

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strconv"

	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

// Most calls have a few texts, whole numbers and truth values that are just what the schema
// asks for. plainArguments accepts such arguments by a comparison for each, without decoding
// them; it refuses nothing: whatever it does not accept is read and held to the schema in
// full.

// plainArguments are the arguments of an Input that can be accepted without a look at the
// schema, by name. An argument that is not among them makes a call that is none.
type plainArguments map[string]plainValue

// plainValue is what a value must be to be accepted. Its schema has nothing else to say.
type plainValue struct {
	kind        byte     // of the JSON: '"', '0', 't', or '[' for a list of texts
	values      []string // of a text; nil for any
	least, most int64    // of a number; of a text or a list, its length
	item        *plainValue
	joinedBy    string // what a text must not hold: it would be two arguments
}

// newPlainArguments is nil where arguments mean more than each of them says by itself.
func (in *Input) newPlainArguments() plainArguments {
	root, err := in.compiled()
	if err != nil || in.translate != nil || in.semantics != nil || !saysOnly(root, "Properties", "Required", "AdditionalProperties") {
		return nil
	}
	plain := plainArguments{}
	for name, s := range root.Properties {
		value, ok := plainValueOf(s)
		if !ok {
			continue
		}
		for _, j := range in.joined {
			if j.Param == name {
				value.joinedBy = j.By
			}
		}
		plain[name] = value
	}
	return plain
}

// accept reports whether arguments are plain, and all that are required.
func (p plainArguments) accept(required []string, args Arguments) bool {
	if len(p) == 0 {
		return false
	}
	for _, a := range args {
		if value, ok := p[a.Name]; !ok || !value.accepts(a.Value) {
			return false
		}
	}
	return !slices.ContainsFunc(required, func(name string) bool { return !args.Has(name) })
}

// plainValueOf translates a schema, and reports false of one that says more than a plainValue
// can.
func plainValueOf(s *validator.Schema) (plainValue, bool) {
	if s.Types == nil || len(s.Types.ToStrings()) != 1 || s.Format != nil && !isSilent(s.Format.Name) {
		return plainValue{}, false
	}
	v := plainValue{least: math.MinInt64, most: math.MaxInt64}
	var ok bool
	switch s.Types.ToStrings()[0] {
	case "string":
		v.kind, v.values, ok = '"', textsOf(s.Enum), saysOnly(s, "Enum", "MinLength", "MaxLength")
		v.least, v.most = int64(orElse(s.MinLength, 0)), int64(orElse(s.MaxLength, math.MaxInt))
		ok = ok && (s.Enum == nil || v.values != nil)
	case "integer":
		v.kind, ok = '0', saysOnly(s, "Minimum", "Maximum") && isWhole(s.Minimum) && isWhole(s.Maximum)
		if ok && s.Minimum != nil {
			v.least = s.Minimum.Num().Int64()
		}
		if ok && s.Maximum != nil {
			v.most = s.Maximum.Num().Int64()
		}
	case "boolean":
		v.kind, ok = 't', saysOnly(s)
	case "array":
		if s.Items2020 == nil || !saysOnly(s, "Items2020", "MinItems", "MaxItems") {
			return plainValue{}, false
		}
		item, isPlain := plainValueOf(s.Items2020)
		v.kind, v.item, ok = '[', &item, isPlain && item.kind == '"'
		v.least, v.most = int64(orElse(s.MinItems, 0)), int64(orElse(s.MaxItems, math.MaxInt))
	default:
		ok = false
	}
	return v, ok
}

// isSilent reports whether a format holds for every value that is not empty.
func isSilent(format string) bool {
	return format == formatPageSize || format == formatCursor || format == formatIdentifier
}

// saysOnly reports whether a schema has nothing that a value is held to but its type, a
// format, and some members. Whatever a later version of the library brings counts too.
func saysOnly(s *validator.Schema, members ...string) bool {
	silent := []string{"DraftVersion", "Location", "Types", "Format", "Title", "Description", "Default", "Comment", "Examples"}
	schema := reflect.ValueOf(s).Elem()
	for i := range schema.NumField() {
		field := schema.Type().Field(i)
		if field.IsExported() && !schema.Field(i).IsZero() && !slices.Contains(silent, field.Name) && !slices.Contains(members, field.Name) {
			return false
		}
	}
	return true
}

// textsOf are the values of an enum of texts, nil for any other.
func textsOf(enum *validator.Enum) []string {
	if enum == nil {
		return nil
	}
	var texts []string
	for _, v := range enum.Values {
		text, ok := v.(string)
		if !ok {
			return nil
		}
		texts = append(texts, text)
	}
	return texts
}

func orElse(n *int, otherwise int) int {
	if n == nil {
		return otherwise
	}
	return *n
}

func isWhole(bound *big.Rat) bool { return bound == nil || bound.IsInt() && bound.Num().IsInt64() }

// accepts reports whether a value is surely valid, and means what it says.
func (v *plainValue) accepts(raw json.RawMessage) bool {
	if len(raw) == 0 {
		return false
	}
	switch v.kind {
	case '"':
		return v.acceptsText(raw)
	case '0':
		return v.acceptsNumber(raw)
	case 't':
		return string(raw) == "true" || string(raw) == "false"
	default:
		return v.acceptsList(raw)
	}
}

// acceptsText takes texts of ASCII without escapes: their bytes are their characters. An
// empty text may stand for none.
func (v *plainValue) acceptsText(raw json.RawMessage) bool {
	if raw[0] != '"' || len(raw) <= len(`""`) {
		return false
	}
	text := raw[1 : len(raw)-1]
	for _, c := range text {
		if c < ' ' || c >= 0x7f || c == '\\' || c == '"' {
			return false
		}
	}
	if n := int64(len(text)); n < v.least || n > v.most || v.joinedBy != "" && bytes.Contains(text, []byte(v.joinedBy)) {
		return false
	}
	return v.values == nil || slices.ContainsFunc(v.values, func(known string) bool { return known == string(text) })
}

func (v *plainValue) acceptsNumber(raw json.RawMessage) bool {
	const digits = 15 // more may not survive a reader of floats
	if len(raw) > digits || string(raw[:min(2, len(raw))]) == "-0" || raw[0] == '+' {
		return false
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	return err == nil && n >= v.least && n <= v.most
}

// acceptsList takes lists without white space.
func (v *plainValue) acceptsList(raw json.RawMessage) bool {
	if raw[0] != '[' || len(raw) <= len(`[]`) {
		return false
	}
	n := int64(0)
	for rest := raw[1:]; ; n++ {
		if rest[0] != '"' {
			return false
		}
		end := bytes.IndexByte(rest[1:], '"')
		if end < 0 || !v.item.acceptsText(rest[:end+2]) {
			return false
		}
		switch rest = rest[end+2:]; {
		case string(rest) == "]":
			return n+1 >= v.least && n+1 <= v.most
		case rest[0] != ',':
			return false
		}
		rest = rest[1:]
	}
}
