package contextstore

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/schemas"
)

// condition is a compiled filter of the Context Store.
type condition func(row map[string]any) bool

// compiler translates the query language for one entity.
type compiler struct {
	fields map[string]bool       // that queries may name
	other  map[string]comparison // what operators mean where it is not the usual
}

// newCompiler makes the compiler for the fields of an entity.
func newCompiler(store *schemas.ContextStore) *compiler {
	c := &compiler{fields: map[string]bool{}}
	c.add("", store.Fields)
	return c
}

// FieldNames are the names that queries of an entity may use, in order.
func FieldNames(store *schemas.ContextStore) []string { return newCompiler(store).names() }

func (c *compiler) add(prefix string, fields []*schemas.Field) {
	for _, f := range fields {
		name := prefix + f.Name
		c.fields[name] = true
		c.add(name+".", f.Properties)
		if len(f.Fields) > 0 {
			c.add(name+".", f.Fields)
		}
	}
}

// known checks a field name. Arrays may be written with brackets. Below objects
// whose content the catalog does not know, any name goes.
func (c *compiler) known(name string) error {
	plain := strings.ReplaceAll(name, "[]", "")
	if c.fields == nil {
		return nil
	}
	if c.fields[plain] {
		return nil
	}
	for parent := plain; ; {
		i := strings.LastIndexByte(parent, '.')
		if i < 0 {
			break
		}
		parent = parent[:i]
		if c.fields[parent] && !c.hasChildren(parent) {
			return nil
		}
	}
	return queryError("filter", "Unknown field '%s'. Available fields: %s", name, problem.PyList(c.names()))
}

func (c *compiler) hasChildren(parent string) bool {
	for name := range c.fields {
		if strings.HasPrefix(name, parent+".") {
			return true
		}
	}
	return false
}

func (c *compiler) names() []string {
	names := make([]string, 0, len(c.fields))
	for name := range c.fields {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func queryError(part, format string, args ...any) *problem.Error {
	return problem.InvalidField("body.params.query."+part, "value_error", fmt.Sprintf(format, args...), nil)
}

// comparison tells how a field's value and the wanted one compare.
type comparison func(have, want any) bool

// comparisons are the operators that compare a field with a value.
var comparisons = map[string]comparison{
	"eq": jsonvalue.Equal, "neq": func(have, want any) bool { return !jsonvalue.Equal(have, want) },
	"gt":  func(have, want any) bool { n, ok := jsonvalue.Order(have, want); return ok && n > 0 },
	"gte": func(have, want any) bool { n, ok := jsonvalue.Order(have, want); return ok && n >= 0 },
	"lt":  func(have, want any) bool { n, ok := jsonvalue.Order(have, want); return ok && n < 0 },
	"lte": func(have, want any) bool { n, ok := jsonvalue.Order(have, want); return ok && n <= 0 },
	"in":  isIn, "like": like, "fuzzy": fuzzy, "keyword": keyword, "contains": containsValue,
	"array_contains": isMember, "startswith": startsWith, "endswith": endsWith,
}

// compile translates a condition: operators side by side must all hold.
func (c *compiler) compile(filter map[string]any) (condition, error) {
	if len(filter) == 0 {
		return nil, queryError("filter", "Filter must not be empty; leave it out to match all records").From(problem.FromFilter)
	}
	var parts []condition
	for _, operator := range jsonvalue.SortedKeys(filter) {
		part, err := c.operator(operator, filter[operator])
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return allOf(parts), nil
}

func (c *compiler) operator(name string, operand any) (condition, error) {
	switch name {
	case "and", "or":
		return c.junction(name, operand)
	case "not":
		inner, err := c.inner(name, operand)
		if err != nil {
			return nil, err
		}
		return func(row map[string]any) bool { return !inner(row) }, nil
	case "any":
		return c.anyElement(operand)
	}
	compare, ok := c.other[name]
	if !ok {
		compare, ok = comparisons[name]
	}
	if !ok {
		return nil, unknownOperator(name)
	}
	fields, ok := operand.(map[string]any)
	if !ok || len(fields) == 0 {
		return nil, queryError("filter", "Operator '%s' needs an object of field and value", name)
	}
	var parts []condition
	for _, field := range jsonvalue.SortedKeys(fields) {
		if err := c.known(field); err != nil {
			return nil, err
		}
		want := fields[field]
		if err := checkOperand(name, field, want); err != nil {
			return nil, err
		}
		parts = append(parts, func(row map[string]any) bool { return compare(jsonvalue.PathValue(row, field), want) })
	}
	return allOf(parts), nil
}

func unknownOperator(name string) error {
	if name == "equals" {
		return queryError("filter", "Unknown operator 'equals'; use 'eq'")
	}
	names := []string{"and", "any", "not", "or"}
	for operator := range comparisons {
		names = append(names, operator)
	}
	slices.Sort(names)
	return queryError("filter", "Unknown operator '%s'. Available operators: %s", name, problem.PyList(names))
}

// checkOperand refuses values that an operator cannot use.
func checkOperand(operator, field string, want any) error {
	_, isList := want.([]any)
	_, isText := want.(string)
	switch operator {
	case "in":
		if !isList {
			return queryError("filter", "Operator 'in' needs a list for field '%s'", field)
		}
	case "like", "fuzzy", "keyword", "startswith", "endswith":
		if !isText {
			return queryError("filter", "Operator '%s' needs a text for field '%s'", operator, field)
		}
	case "gt", "gte", "lt", "lte":
		if want == nil || isList {
			return queryError("filter", "Operator '%s' needs a number or a text for field '%s'", operator, field)
		}
	}
	return nil
}

func (c *compiler) inner(name string, operand any) (condition, error) {
	filter, ok := operand.(map[string]any)
	if !ok {
		return nil, queryError("filter", "Operator '%s' needs a condition", name)
	}
	return c.compile(filter)
}

func (c *compiler) junction(name string, operand any) (condition, error) {
	list, ok := operand.([]any)
	if !ok || len(list) == 0 {
		return nil, queryError("filter", "Operator '%s' needs a list of conditions", name)
	}
	parts := make([]condition, len(list))
	for i, item := range list {
		part, err := c.inner(name, item)
		if err != nil {
			return nil, err
		}
		parts[i] = part
	}
	if name == "and" {
		return allOf(parts), nil
	}
	return func(row map[string]any) bool {
		return slices.ContainsFunc(parts, func(p condition) bool { return p(row) })
	}, nil
}

// anyElement holds if some element of an array fulfils a condition on its fields.
func (c *compiler) anyElement(operand any) (condition, error) {
	fields, ok := operand.(map[string]any)
	if !ok || len(fields) == 0 {
		return nil, queryError("filter", "Operator 'any' needs an object of field and condition")
	}
	var parts []condition
	for _, field := range jsonvalue.SortedKeys(fields) {
		if err := c.known(field); err != nil {
			return nil, err
		}
		inner, err := c.below(field).inner("any", fields[field])
		if err != nil {
			return nil, err
		}
		parts = append(parts, func(row map[string]any) bool { return someElement(jsonvalue.PathValue(row, field), inner) })
	}
	return allOf(parts), nil
}

// below is the compiler for the elements of an array.
func (c *compiler) below(field string) *compiler {
	prefix := strings.ReplaceAll(field, "[]", "") + "."
	inner := &compiler{fields: map[string]bool{}, other: c.other}
	for name := range c.fields {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			inner.fields[rest] = true
		}
	}
	if len(inner.fields) == 0 {
		inner.fields = nil // the elements' fields are not known
	}
	return inner
}

func someElement(value any, inner condition) bool {
	list, _ := value.([]any)
	return slices.ContainsFunc(list, func(item any) bool {
		row, ok := item.(map[string]any)
		return ok && inner(row)
	})
}

func allOf(parts []condition) condition {
	if len(parts) == 1 {
		return parts[0]
	}
	return func(row map[string]any) bool {
		return !slices.ContainsFunc(parts, func(p condition) bool { return !p(row) })
	}
}
