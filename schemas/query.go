package schemas

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/invopop/jsonschema"
)

// Bounds of a Context Store search.
const (
	searchLimitMax = 1000
	// SearchLimit is how many records a search asks for when its caller does not say.
	// It is always sent: the API's own default is not documented alike everywhere.
	SearchLimit = 25
)

// SearchInput builds the arguments of a Context Store search over one entity: the
// query language of Airbyte's hosted API (filter, sort), limit, cursor and
// fields, then extra parameters of the caller. The names and types of the fields
// come from the entity, so a misspelt field is refused before anything is sent.
func (c *Connector) SearchInput(e *Entity, extra ...*Parameter) (*Input, error) {
	fields := sync.OnceValue(func() []searchField { return searchFields(e.ContextStore.Fields) })
	in, err := newInput(extra, func() *jsonschema.Schema { return c.searchSchema(fields(), extra) })
	if err != nil {
		return nil, fmt.Errorf("building the search schema of %s.%s: %w", c.Name, e.Name, err)
	}
	in.required = append([]string{"query"}, in.required...)
	in.semantics = sync.OnceValue(func() rule { return newQueryCheck(fields()).query })
	return in, nil
}

func (c *Connector) searchSchema(fields []searchField, extra []*Parameter) *jsonschema.Schema {
	root := closedObject()
	root.Required = []string{"query"}
	root.Definitions = queryDefinitions(fields)
	root.Properties.Set("query", querySchema(fields))
	root.Properties.Set("limit", &jsonschema.Schema{
		Type: "integer", Minimum: "1", Maximum: fmtNumber(searchLimitMax), Default: SearchLimit,
		Description: "Most records to return.",
	})
	root.Properties.Set("cursor", &jsonschema.Schema{Type: "string", Description: "From page.next, with the same query."})
	root.Properties.Set("fields", &jsonschema.Schema{
		Type: "array", Items: reference("field"), Description: "Return only these fields.",
	})
	for _, p := range extra {
		root.Properties.Set(p.Name, c.parameterSchema(nil, p))
	}
	return root
}

// searchField is a field that conditions and sorting may name.
type searchField struct {
	name     string
	types    Types
	elements []searchField // fields of an array's elements, where they are known
}

// searchFields flattens nested objects into dotted names. Elements of arrays are
// reached through the `any` operator instead.
func searchFields(fields []*Field) []searchField {
	var flat []searchField
	for _, f := range fields {
		nested := searchFields(f.Properties)
		if f.Type.Has("array") {
			flat = append(flat, searchField{f.Name, f.Type, nested})
			continue
		}
		flat = append(flat, searchField{f.Name, f.Type, nil})
		for _, n := range nested {
			flat = append(flat, searchField{f.Name + "." + n.name, n.types, n.elements})
		}
	}
	return flat
}

func reference(name string) *jsonschema.Schema { return &jsonschema.Schema{Ref: "#/$defs/" + name} }

func querySchema(fields []searchField) *jsonschema.Schema {
	query := closedObject()
	query.Description = "{} matches all records."
	filter := reference("condition")
	filter.Description = `Such as {"eq":{"` + example(fields) + `":…}}; side by side means AND.` + typeHint(fields)
	query.Properties.Set("filter", filter)
	query.Properties.Set("sort", &jsonschema.Schema{Type: "array", Items: mapOf(&jsonschema.Schema{
		Type: "string", Enum: []any{"asc", "desc"},
	})})
	return query
}

// example is a field that a reader is likely to ask for.
func example(fields []searchField) string {
	for _, name := range []string{"status", "state", "email", "name", "title", "id"} {
		if slices.ContainsFunc(fields, func(f searchField) bool { return f.name == name }) {
			return name
		}
	}
	return fields[0].name
}

// typeHint names the fields that are not strings, since the list of field names
// does not show it. Objects have fields of their own, which are named instead.
func typeHint(fields []searchField) string {
	byType := map[string][]string{}
	var types []string
	for _, f := range fields {
		t := strings.Join(f.types, " or ")
		if t == "string" || t == "object" || t == "" {
			continue
		}
		if byType[t] == nil {
			types = append(types, t)
		}
		byType[t] = append(byType[t], f.name)
	}
	slices.Sort(types)
	var hint strings.Builder
	for _, t := range types {
		fmt.Fprintf(&hint, " %s: %s.", strings.ToUpper(t[:1])+t[1:], strings.Join(byType[t], ", "))
	}
	return hint.String()
}

// mapOf is an object from field names to values.
func mapOf(values *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "object", PropertyNames: reference("field"), AdditionalProperties: values}
}

func anyOf(types ...string) *jsonschema.Schema {
	s := &jsonschema.Schema{}
	for _, t := range types {
		s.AnyOf = append(s.AnyOf, &jsonschema.Schema{Type: t})
	}
	return s
}

// queryDefinitions are the parts of the query language that refer to each other.
func queryDefinitions(fields []searchField) jsonschema.Definitions {
	names := &jsonschema.Schema{Type: "string"}
	for _, f := range fields {
		names.Enum = append(names.Enum, f.name)
	}
	hasArrays := slices.ContainsFunc(fields, func(f searchField) bool { return f.types.Has("array") })
	return jsonschema.Definitions{
		"field":     names,
		"condition": conditionSchema(hasArrays),
		"scalar":    mapOf(anyOf("string", "number", "boolean", "null")),
		"text":      mapOf(&jsonschema.Schema{Type: "string"}),
	}
}

// operators are all operators of the query language.
var operators = []string{
	"and", "any", "array_contains", "contains", "endswith", "eq", "fuzzy", "gt", "gte",
	"in", "keyword", "like", "lt", "lte", "neq", "not", "or", "startswith",
}

func conditionSchema(hasArrays bool) *jsonschema.Schema {
	described := func(s *jsonschema.Schema, words string) *jsonschema.Schema {
		s.Description = words
		return s
	}
	cond := closedObject()
	set := cond.Properties.Set
	set("eq", described(reference("scalar"), "null: is empty"))
	set("neq", reference("scalar"))
	for _, operator := range []string{"gt", "gte", "lt", "lte"} {
		set(operator, reference("scalar"))
	}
	set("in", mapOf(&jsonschema.Schema{Type: "array", Items: anyOf("string", "number", "boolean")}))
	set("like", described(reference("text"), "% is any text"))
	set("fuzzy", described(reference("text"), "all words occur"))
	set("keyword", described(reference("text"), "any word occurs"))
	for _, operator := range []string{"startswith", "endswith"} {
		set(operator, reference("text"))
	}
	set("contains", described(reference("scalar"), "text, or array element"))
	if hasArrays {
		set("array_contains", reference("scalar"))
		set("any", described(mapOf(&jsonschema.Schema{Type: "object"}), "some element matches"))
	}
	list := func() *jsonschema.Schema {
		return &jsonschema.Schema{Type: "array", Items: reference("condition")}
	}
	set("and", list())
	set("or", list())
	set("not", reference("condition"))
	return cond
}
