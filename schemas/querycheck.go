package schemas

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// queryCheck finds what the schema of a query cannot say, or the validator cannot
// place: names of fields, empty conditions, which the API refuses, conditions on
// the elements of an array, and values that their field can never have. Everything
// else about the shape of a query is left to the schema.
type queryCheck struct {
	fields map[string]searchField // nil where any name may be meant
}

func newQueryCheck(fields []searchField) *queryCheck {
	check := &queryCheck{fields: make(map[string]searchField, len(fields))}
	for _, f := range fields {
		check.fields[f.name] = f
	}
	return check
}

// query is the rule of a search's arguments.
func (q *queryCheck) query(args map[string]any) []Fault {
	query, _ := args["query"].(map[string]any)
	var faults []Fault
	switch filter, present := query["filter"].(map[string]any); {
	case present && len(filter) == 0:
		faults = []Fault{{"query.filter", "must not be empty; leave it out to match all records"}}
	case present:
		faults = q.condition("query.filter", filter)
	}
	sort, _ := query["sort"].([]any)
	for i, key := range sort {
		names, _ := key.(map[string]any)
		faults = append(faults, q.names(fmt.Sprintf("query.sort[%d]", i), names)...)
	}
	return faults
}

// condition checks operators that stand side by side.
func (q *queryCheck) condition(path string, condition map[string]any) []Fault {
	var faults []Fault
	for operator, operand := range condition {
		at := join(path, clip(operator))
		switch operand := operand.(type) {
		case []any:
			faults = append(faults, q.list(at, operator, operand)...)
		case map[string]any:
			faults = append(faults, q.operator(at, operator, operand)...)
		}
	}
	return faults
}

// list checks the conditions of `and` and `or`.
func (q *queryCheck) list(path, operator string, conditions []any) []Fault {
	if operator != "and" && operator != "or" {
		return nil
	}
	if len(conditions) == 0 {
		return []Fault{{path, "must not be empty"}}
	}
	var faults []Fault
	for i, c := range conditions {
		if c, ok := c.(map[string]any); ok {
			faults = append(faults, q.inner(fmt.Sprintf("%s[%d]", path, i), c)...)
		}
	}
	return faults
}

func (q *queryCheck) inner(path string, condition map[string]any) []Fault {
	if len(condition) == 0 {
		return []Fault{{path, "must not be empty"}}
	}
	return q.condition(path, condition)
}

// operator checks what one operator says about fields.
func (q *queryCheck) operator(path, operator string, operand map[string]any) []Fault {
	switch {
	case !slices.Contains(operators, operator):
		return nil
	case operator == "not":
		return q.inner(path, operand)
	case len(operand) == 0:
		return []Fault{{path, "must not be empty"}}
	}
	faults := q.names(path, operand)
	for name, value := range operand {
		field, at := q.fields[name], join(path, clip(name))
		switch operator {
		case "any":
			faults = append(faults, field.anyElement(at, value)...)
		case "eq", "neq":
			faults = append(faults, field.holds(at, value)...)
		case "gt", "gte", "lt", "lte":
			faults = append(faults, field.compares(at, value)...)
		case "in":
			list, _ := value.([]any)
			for i, v := range list {
				faults = append(faults, field.holds(fmt.Sprintf("%s[%d]", at, i), v)...)
			}
		}
	}
	return faults
}

// names refuses fields that there are not.
func (q *queryCheck) names(path string, fields map[string]any) []Fault {
	if q.fields == nil {
		return nil
	}
	known := slices.Sorted(maps.Keys(q.fields))
	var faults []Fault
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if _, ok := q.fields[name]; !ok && len(faults) < maxFaults {
			faults = append(faults, Fault{join(path, clip(name)), "is no field that can be searched" + AllowedNames(name, known)})
		}
	}
	return faults
}

// anyElement checks a condition on the elements of an array, which the schema
// leaves open because the fields are those of the elements.
func (f searchField) anyElement(path string, value any) []Fault {
	condition, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	var faults []Fault
	for operator := range condition {
		if !slices.Contains(operators, operator) {
			faults = append(faults, Fault{join(path, clip(operator)), "is unknown" + AllowedNames(operator, operators)})
		}
	}
	elements := &queryCheck{}
	if len(f.elements) > 0 {
		elements = newQueryCheck(f.elements)
	}
	return append(faults, elements.inner(path, condition)...)
}

// holds refuses a value that the field can never have. That a value is a list or an
// object is for the schema to say.
func (f searchField) holds(path string, value any) []Fault {
	switch got := typeName(value); {
	case got == "null" || got == "array" || got == "object" || !f.isScalar():
		return nil
	case f.types.Has(got) || got == "integer" && f.types.Has("number"):
		return nil
	default:
		return []Fault{{path, fmt.Sprintf("must be %s (got %s)", strings.Join(f.types, " or "), got)}}
	}
}

// compares refuses a value that the field cannot be compared with. A whole number
// may well be compared with a fraction; booleans and nothing at all have no order.
func (f searchField) compares(path string, value any) []Fault {
	switch got := typeName(value); {
	case got == "boolean" || got == "null":
		return []Fault{{path, fmt.Sprintf("must be string or number (got %s)", got)}}
	case got == "number" && f.types.Has("integer"):
		return nil
	default:
		return f.holds(path, value)
	}
}

// isScalar reports whether the field's types are known and simple. What equals an
// object or an array is for the store to decide.
func (f searchField) isScalar() bool {
	return len(f.types) > 0 && !slices.ContainsFunc(f.types, func(t string) bool {
		return t != "string" && t != "integer" && t != "number" && t != "boolean"
	})
}
