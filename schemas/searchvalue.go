package schemas

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/rawjson"
)

// spot is where a comparison's field and its value were given.
type spot struct{ field, value string }

// compare is one comparison in the API's form, nil where it is refused.
func (r *searchReader) compare(at spot, name string, op comparison, raw json.RawMessage) json.RawMessage {
	if !r.admits() {
		return nil
	}
	t, ok := r.find(argFilter, at.field, name)
	if !ok {
		return nil
	}
	return r.compareField(at, t, op, raw)
}

func (r *searchReader) compareField(at spot, t target, op comparison, raw json.RawMessage) json.RawMessage {
	if t.element != "" {
		condition := r.within(t.field).compare(at, t.element, op, raw)
		if condition == nil {
			return nil
		}
		return Arguments{{logicAny, Arguments{{t.name, condition}}.JSON()}}.JSON()
	}
	op, raw = r.settle(t.field, op, raw)
	value := r.operand(at.value, t.field, op.name, raw)
	if value == nil {
		return nil
	}
	condition := Arguments{{op.name, Arguments{{t.name, value}}.JSON()}}.JSON()
	if op.negated {
		return Arguments{{logicNot, condition}}.JSON()
	}
	return condition
}

// settle makes `eq` with a list an `in`, and a single value of `in` a list.
func (r *searchReader) settle(f *searchField, op comparison, raw json.RawMessage) (comparison, json.RawMessage) {
	if op.name == "in" {
		if kindOf(raw) == "array" {
			return op, raw
		}
		if text, isText := textOf(raw); isText && (text == "" || strings.Contains(text, `"`) && strings.Contains(text, ",") && text[0] != '[') {
			return op, raw // refused by operands
		}
		return op, rawjson.Join(r.textItems(argFilter, raw, mostValues))
	}
	if kindOf(raw) != "array" || f.types.Has("array") || len(f.types) == 0 {
		return op, raw
	}
	switch op.name {
	case "eq":
		r.taken.coerced(argFilter)
		return comparison{"in", op.negated}, raw
	case "neq":
		r.taken.coerced(argFilter)
		return comparison{"in", !op.negated}, raw
	}
	return op, raw
}

// operand is the value of a comparison as the API wants it, nil where it is refused.
func (r *searchReader) operand(at string, f *searchField, op string, raw json.RawMessage) json.RawMessage {
	switch op {
	case "in":
		return r.operands(at, f, raw)
	case "like", "fuzzy", "keyword", "startswith", "endswith":
		return r.text(at, raw)
	case "contains", "array_contains":
		if kind := kindOf(raw); kind == "object" || kind == "array" {
			r.fault(at, "must be string, number or boolean (got %s)", kind)
			return nil
		}
		return r.number(at, raw)
	}
	kind := kindOf(raw)
	ordered := op != "eq" && op != "neq"
	switch {
	case kind == "null" && !ordered:
		return raw
	case ordered && (kind == "null" || kind == "boolean"):
		r.fault(at, "must be string or number (got %s)", kind)
	case kind == "object", kind == "array":
		r.fault(at, "must be string, number, boolean or null (got %s)", kind)
	case f.isObject():
		r.fault(at, "is compared with an object; name a part of it%s", f.partHint())
	case f.types.Has("array"):
		r.fault(at, "is compared with a list; use `contains`")
	default:
		return r.scalar(at, f, raw, ordered)
	}
	return nil
}

// operands reads the values of `in`.
func (r *searchReader) operands(at string, f *searchField, raw json.RawMessage) json.RawMessage {
	if kindOf(raw) != "array" {
		r.fault(at, "must be values with commas between them, or a list of texts where a value has quotes or commas itself")
		return nil
	}
	items := r.values(raw)
	list := make([]json.RawMessage, 0, len(items))
	for i, item := range items {
		place := fmt.Sprintf("%s[%d]", at, i)
		if kind := kindOf(item); kind == "object" || kind == "array" || kind == "null" {
			r.fault(place, "must be string, number or boolean (got %s)", kind)
		} else if value := r.scalar(place, f, item, false); value != nil {
			list = append(list, value)
		}
	}
	return rawjson.Join(list)
}

// text reads the operand of an operator on texts.
func (r *searchReader) text(at string, raw json.RawMessage) json.RawMessage {
	if kindOf(raw) == "number" {
		if raw = r.number(at, raw); raw != nil {
			r.taken.coerced(argFilter)
			return rawjson.Quote(string(raw))
		}
		return nil
	}
	if kindOf(raw) != "string" {
		r.fault(at, "must be string (got %s)", kindOf(raw))
		return nil
	}
	return raw
}

// number refuses numbers beyond bounds.
func (r *searchReader) number(at string, raw json.RawMessage) json.RawMessage {
	if kindOf(raw) == "number" {
		if problem := immodest(json.Number(raw)); problem != "" {
			r.fault(at, "%s", problem)
			return nil
		}
	}
	return raw
}

// scalar reads a value of the field's type. A whole number may well be compared with
// a fraction, but never equals one.
func (r *searchReader) scalar(at string, f *searchField, raw json.RawMessage, ordered bool) json.RawMessage {
	if r.number(at, raw) == nil {
		return nil
	}
	if len(f.types) != 1 {
		return r.mixed(at, f, raw)
	}
	var value json.RawMessage
	problem := ""
	switch f.types[0] {
	case "integer":
		value, problem = r.integer(f, raw, ordered)
	case "number":
		if value = numberOf(raw); value == nil {
			problem = "must be number"
		}
	case "boolean":
		if value = booleanOf(raw); value == nil {
			problem = "must be boolean"
		}
	case "string":
		value, problem = f.text(raw)
	default:
		value = raw
	}
	if value == nil {
		r.fault(at, "%s (got %s)", problem, kindOf(raw))
		return nil
	}
	if string(value) != string(raw) {
		r.taken.coerced(argFilter)
	}
	return value
}

// mixed holds a value against a field of several types, or of none that is known.
func (r *searchReader) mixed(at string, f *searchField, raw json.RawMessage) json.RawMessage {
	kind := kindOf(raw)
	isWhole := false
	if kind == "number" {
		_, isWhole = wholeDigits(string(raw))
	}
	if !f.isScalar() || f.types.Has(kind) || isWhole && f.types.Has("integer") {
		return raw
	}
	if kind == "string" {
		for _, value := range []json.RawMessage{numberOf(raw), booleanOf(raw)} {
			if value != nil && f.types.Has(kindOf(value)) {
				return value
			}
		}
	}
	r.fault(at, "must be %s (got %s)", strings.Join(f.types, " or "), kind)
	return nil
}

// integer reads a whole number, which may stand for a time.
func (r *searchReader) integer(f *searchField, raw json.RawMessage, ordered bool) (json.RawMessage, string) {
	number := numberOf(raw)
	if digits, ok := wholeDigits(string(number)); ok {
		return json.RawMessage(digits), ""
	}
	if number != nil && ordered {
		return number, ""
	}
	if text, isText := textOf(raw); isText && isUnix(f.format) {
		if unix, zoned, ok := unixTime(text, f.format); ok {
			r.taken.time(f.name, zoned)
			return json.RawMessage(unix), ""
		}
		return nil, "must be " + FormatHint(f.format)
	}
	return nil, "must be integer"
}

// text reads a text: digits for a number, a known value in any case, a date in a form
// that can be compared.
func (f *searchField) text(raw json.RawMessage) (json.RawMessage, string) {
	text, isText := textOf(raw)
	switch {
	case f.isDate() && (!isText || !isReadableDate(text)):
		return nil, "must be " + FormatHint(f.format)
	case isText:
		if known, ok := knownValue(f.values, text); ok && known != text {
			return rawjson.Quote(known), ""
		}
		return raw, ""
	case kindOf(raw) == "number":
		if digits, ok := plainDigits(string(raw)); ok {
			return rawjson.Quote(digits), ""
		}
	}
	return nil, "must be string"
}

// knownValue is the one of some values that a text spells in another case.
func knownValue(values []string, text string) (string, bool) {
	if slices.Contains(values, text) {
		return text, true
	}
	found := ""
	for _, v := range values {
		if strings.EqualFold(v, text) {
			if found != "" {
				return "", false
			}
			found = v
		}
	}
	return found, found != ""
}

// numberOf is the number that a raw value is or spells, nil for none.
func numberOf(raw json.RawMessage) json.RawMessage {
	if text, ok := textOf(raw); ok {
		if len(text) > maxDigits || !isNumber(text) || immodest(json.Number(text)) != "" {
			return nil
		}
		return json.RawMessage(text)
	}
	if kindOf(raw) == "number" {
		return raw
	}
	return nil
}

// booleanOf is the truth value that a raw value is or spells, nil for none.
func booleanOf(raw json.RawMessage) json.RawMessage {
	text, ok := textOf(raw)
	if !ok {
		text = string(raw)
	}
	if ok || kindOf(raw) == "boolean" {
		switch lower := strings.ToLower(text); lower {
		case "true", "false":
			return json.RawMessage(lower)
		}
	}
	return nil
}

func (f *searchField) isObject() bool { return len(f.types) == 1 && f.types.Has("object") }

// partHint names the parts of an object that can be compared.
func (f *searchField) partHint() string {
	if len(f.parts) == 0 {
		return ", such as `" + f.name + ".name`"
	}
	parts := f.parts[:min(len(f.parts), maxPartsTold)]
	return ": `" + f.name + "." + strings.Join(parts, "`, `"+f.name+".") + "`"
}

// isScalar reports whether the field's types are known and simple.
func (f *searchField) isScalar() bool {
	return len(f.types) > 0 && !slices.ContainsFunc(f.types, func(t string) bool {
		return t != "string" && t != "integer" && t != "number" && t != "boolean"
	})
}

// valueHints tell the known values of the fields that a query compares with others:
// an empty answer may have its reason there.
func (s *searchFields) valueHints(args Arguments) []string {
	var hints []string
	query := string(args.Value(argQuery))
	for i := range s.list {
		f := &s.list[i]
		if len(f.values) == 0 || !strings.Contains(query, quoted(f.name)+":") {
			continue
		}
		for _, value := range comparedTexts(args.Value(argQuery), f.name) {
			if !slices.Contains(f.values, value) {
				hints = append(hints, "`"+f.name+"` is known to be one of "+strings.Join(f.values[:min(len(f.values), maxValuesTold)], ", "))
				break
			}
		}
	}
	return hints
}

// comparedTexts are the texts that a query compares a field with.
func comparedTexts(query json.RawMessage, name string) []string {
	var texts []string
	var visit func(v any)
	visit = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				visit(item)
			}
		case map[string]any:
			for key, inner := range v {
				texts = append(texts, operandTexts(key, inner, name)...)
				visit(inner)
			}
		}
	}
	var decoded any
	if json.Unmarshal(query, &decoded) == nil {
		visit(decoded)
	}
	return texts
}

// operandTexts are the texts of one comparison for equality.
func operandTexts(operator string, operand any, name string) []string {
	fields, _ := operand.(map[string]any)
	if operator != "eq" && operator != "in" {
		return nil
	}
	var texts []string
	list, isList := fields[name].([]any)
	if !isList {
		list = []any{fields[name]}
	}
	for _, v := range list {
		if text, ok := v.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}
