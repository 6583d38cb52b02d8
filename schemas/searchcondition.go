package schemas

import (
	"encoding/json"
	"fmt"
	"slices"

	"airbyte-mcp-server/internal/rawjson"
)

// conditions reads a list of conditions, or what stands for one, in the API's form.
func (r *searchReader) conditions(path string, raw json.RawMessage) []json.RawMessage {
	raw = unpacked(raw)
	if isBlank(raw) {
		return nil
	}
	if raw[0] != '[' {
		return r.condition(path, raw)
	}
	var list []json.RawMessage
	i := 0
	for item := range rawjson.EachOf(raw) {
		if r.isOver() {
			break
		}
		list = append(list, r.inner(fmt.Sprintf("%s[%d]", path, i), item)...)
		i++
	}
	return list
}

// inner reads a condition that must say something.
func (r *searchReader) inner(path string, raw json.RawMessage) []json.RawMessage {
	if isBlank(raw) {
		r.fault(path, "must not be empty")
		return nil
	}
	if raw[0] == '[' {
		return r.conditions(path, raw)
	}
	return r.condition(path, raw)
}

// condition reads one condition in any of its forms: {field, op, value}; operators
// first, as the API has them; or fields first.
func (r *searchReader) condition(path string, raw json.RawMessage) []json.RawMessage {
	members, err := rawjson.MembersOf(raw)
	if err != nil {
		r.fault(path, "must be a list of conditions {field, op, value} (got %s)", kindOf(raw))
		return nil
	}
	if flat, ok := r.flatOf(members); ok {
		return r.flat(path, flat)
	}
	r.taken.coerced(argFilter)
	var list []json.RawMessage
	nested := slices.ContainsFunc(members, func(m rawjson.Member) bool { return !r.isOperator(m) })
	var merged Arguments
	for _, m := range members {
		if r.isOver() {
			break
		}
		parts := r.member(path, m)
		for _, part := range parts {
			list = append(list, part.JSON())
		}
		if len(parts) != 1 || len(parts[0]) != 1 || merged.Has(parts[0][0].Name) {
			nested = true
			continue
		}
		merged = append(merged, parts[0][0])
	}
	if !nested {
		return []json.RawMessage{merged.JSON()} // the API's own form
	}
	return list
}

// isOperator reports whether a member of a condition is an operator rather than a
// field: a field of the same name is one where no object follows.
func (r *searchReader) isOperator(m rawjson.Member) bool {
	if logicOf(m.Name) != "" {
		return true
	}
	_, known := operatorNamed(m.Name)
	_, isField := r.fields.exact[m.Name]
	return (known || isValueless(m.Name)) && (!isField || kindOf(m.Value) == "object")
}

// flatCondition is a condition of the published grammar.
type flatCondition struct {
	field string
	op    string
	value json.RawMessage
}

// flatOf recognises {field, op, value}. Without an operator, a value is meant to be
// equal, and a list to have the value.
func (r *searchReader) flatOf(members []rawjson.Member) (flatCondition, bool) {
	var flat flatCondition
	seen := 0
	for _, m := range members {
		text, isText := textOf(m.Value)
		switch m.Name {
		case "field":
			if !isText {
				return flat, false
			}
			flat.field = text
			seen++
		case "op", "operator":
			flat.op = text
			if !isText {
				return flat, false
			}
		case "value", "values":
			flat.value = m.Value
		default:
			return flat, false
		}
	}
	_, isField := r.fields.exact["field"]
	return flat, seen == 1 && (len(members) > 1 || !isField)
}

func (r *searchReader) flat(path string, flat flatCondition) []json.RawMessage {
	at := spot{path + ".field", path + ".value"}
	if op, ok := valueless(flat.op, flat.value); ok {
		return asList(r.compare(at, flat.field, op, json.RawMessage("null")))
	}
	op, known := operatorNamed(flat.op)
	logic := logicOf(flat.op)
	switch {
	case flat.op == "":
		op, known = comparison{name: "eq"}, true
		r.taken.coerced(argFilter)
	case logic == logicAny:
		return r.element(path+".value", flat.field, flat.value)
	case !known:
		r.fault(path+".op", "must be one of %s", QuoteAll(anyList(publishedOperators)))
	}
	if flat.value == nil {
		r.fault(path+".value", "is required")
	}
	if flat.value == nil || !known {
		return nil
	}
	return asList(r.compare(at, flat.field, op, flat.value))
}

// isTrueOrBlank reports whether a value says nothing to an operator that takes none.
func isTrueOrBlank(raw json.RawMessage) bool {
	return isBlank(raw) || slices.Contains([]string{`""`, `true`, `"true"`, `"null"`}, string(raw))
}

func asList(condition json.RawMessage) []json.RawMessage {
	if condition == nil {
		return nil
	}
	return []json.RawMessage{condition}
}

func anyList(texts []string) []any {
	list := make([]any, len(texts))
	for i, t := range texts {
		list[i] = t
	}
	return list
}

// member reads one member of a nested condition. Each part is an object.
func (r *searchReader) member(path string, m rawjson.Member) []Arguments {
	at := join(path, clip(m.Name))
	if r.isOperator(m) {
		if logic := logicOf(m.Name); logic != "" {
			return r.logic(at, logic, m.Value)
		}
		if isValueless(m.Name) {
			return r.valuelessFirst(at, m)
		}
		op, _ := operatorNamed(m.Name)
		return r.operatorFirst(at, op, m.Value)
	}
	return r.fieldFirst(at, m.Name, m.Value)
}

// logic reads a combination of conditions.
func (r *searchReader) logic(path, logic string, raw json.RawMessage) []Arguments {
	raw = unpacked(raw)
	if isBlank(raw) {
		r.fault(path, "must not be empty")
		return nil
	}
	switch logic {
	case logicAny:
		return r.anyElement(path, raw)
	case logicNot:
		if all := allOf(r.inner(path, raw)); all != nil {
			return []Arguments{{{"not", all}}}
		}
		return nil
	}
	list := r.conditions(path, raw)
	if len(list) == 0 {
		return nil
	}
	switch logic {
	case logicNor:
		return []Arguments{{{"not", Arguments{{"or", rawjson.Join(list)}}.JSON()}}}
	default:
		return []Arguments{{{logic, rawjson.Join(list)}}}
	}
}

// anyElement reads {"list": condition on its elements}.
func (r *searchReader) anyElement(path string, raw json.RawMessage) []Arguments {
	members, err := rawjson.MembersOf(raw)
	if err != nil {
		r.fault(path, "must be an object of a list and a condition (got %s)", kindOf(raw))
		return nil
	}
	var operand Arguments
	for _, m := range members {
		for _, c := range r.element(join(path, clip(m.Name)), m.Name, m.Value) {
			inner, _ := rawjson.MembersOf(c) // {"any":{"list":…}}
			fields, _ := rawjson.MembersOf(inner[0].Value)
			operand = append(operand, Argument(fields[0]))
		}
	}
	if len(operand) == 0 {
		return nil
	}
	return []Arguments{{{logicAny, operand.JSON()}}}
}

// element reads a condition on the elements of a list.
func (r *searchReader) element(path, name string, raw json.RawMessage) []json.RawMessage {
	t, ok := r.find(argFilter, path, name)
	if !ok {
		return nil
	}
	condition := allOf(r.within(t.field).inner(path, unpacked(raw)))
	if condition == nil {
		return nil
	}
	return []json.RawMessage{Arguments{{logicAny, Arguments{{t.name, condition}}.JSON()}}.JSON()}
}

// operatorFirst reads {"eq": {"field": value}}.
func (r *searchReader) operatorFirst(path string, op comparison, raw json.RawMessage) []Arguments {
	members, err := rawjson.MembersOf(unpacked(raw))
	if err != nil {
		r.fault(path, "must be an object of fields and values (got %s)", kindOf(raw))
		return nil
	}
	if len(members) == 0 {
		r.fault(path, "must not be empty")
		return nil
	}
	var parts []Arguments
	var merged Arguments
	for _, m := range members {
		if r.isOver() {
			break
		}
		at := join(path, clip(m.Name))
		condition := r.compare(spot{at, at}, m.Name, op, m.Value)
		if condition == nil {
			continue
		}
		part := madeOf(condition)
		parts = append(parts, part)
		if part[0].Name == op.name {
			operand := madeOf(part[0].Value)
			merged = append(merged, operand...)
		}
	}
	if len(merged) == len(parts) && len(parts) > 0 {
		return []Arguments{{{op.name, merged.JSON()}}}
	}
	return parts
}

// fieldFirst reads {"field": value} and {"field": {"op": value}}.
func (r *searchReader) fieldFirst(path, name string, raw json.RawMessage) []Arguments {
	raw = unpacked(raw)
	var conditions []json.RawMessage
	switch kindOf(raw) {
	case "object":
		members, err := rawjson.MembersOf(raw)
		if err != nil || len(members) == 0 {
			r.fault(path, "must be a value, or an object of an operator and a value")
			return nil
		}
		for _, m := range members {
			if r.isOver() {
				break
			}
			conditions = append(conditions, r.operatorOf(path, name, m)...)
		}
	case "array":
		conditions = asList(r.compare(spot{path, path}, name, comparison{name: "in"}, raw))
	default:
		conditions = asList(r.compare(spot{path, path}, name, comparison{name: "eq"}, raw))
	}
	var parts []Arguments
	for _, c := range conditions {
		part := madeOf(c)
		parts = append(parts, part)
	}
	return parts
}

// operatorOf reads one operator behind a field.
func (r *searchReader) operatorOf(path, name string, m rawjson.Member) []json.RawMessage {
	at := join(path, clip(m.Name))
	op, known := operatorNamed(m.Name)
	logic := logicOf(m.Name)
	none, isNull := valueless(m.Name, m.Value)
	switch {
	case known:
		return asList(r.compare(spot{path, at}, name, op, m.Value))
	case isNull:
		return asList(r.compare(spot{path, at}, name, none, json.RawMessage("null")))
	case logic == logicNot && kindOf(m.Value) == "object":
		if all := allOf(partsJSON(r.fieldFirst(at, name, m.Value))); all != nil {
			return []json.RawMessage{Arguments{{"not", all}}.JSON()}
		}
		return nil
	case logic == logicAny:
		return r.element(at, name, m.Value)
	}
	if _, ok := r.find(argFilter, path, name); ok {
		r.fault(at, "is no operator; allowed: %s", QuoteAll(anyList(publishedOperators)))
	}
	return nil
}

// madeOf takes an object apart that was made here.
func madeOf(object json.RawMessage) Arguments {
	members, _ := rawjson.MembersOf(object)
	args := make(Arguments, len(members))
	for i, m := range members {
		args[i] = Argument(m)
	}
	return args
}

func partsJSON(parts []Arguments) []json.RawMessage {
	var list []json.RawMessage
	for _, p := range parts {
		list = append(list, p.JSON())
	}
	return list
}
