package schemas

import (
	"fmt"
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

// Arguments of a search. The first three become the API's `query`.
const (
	argFilter = "filter"
	argAnyOf  = "any_of"
	argSort   = "sort"
	argQuery  = "query" // the API's own form of the first three
	argLimit  = "limit"
	argCursor = "cursor"
	argFields = "fields"
)

// SearchInput builds the arguments of a Context Store search over one entity, then
// extra parameters of the caller. The published grammar is flat: lists of conditions
// without nesting. Check translates it, and the nested forms that callers write
// instead, to the `query` of Airbyte's hosted API. The names and types of the fields
// come from the entity, so a misspelt field is refused before anything is sent.
func (c *Connector) SearchInput(e *Entity, extra ...*Parameter) (*Input, error) {
	fields := sync.OnceValue(func() *searchFields { return searchFieldsOf(e) })
	in, err := newInput(extra,
		func() *jsonschema.Schema { return c.searchSchema(fields(), extra) },
		func() *jsonschema.Schema { return c.searchCheckSchema(extra) })
	if err != nil {
		return nil, fmt.Errorf("building the search schema of %s.%s: %w", c.Name, e.Name, err)
	}
	in.subject = nameWords(e.Name)
	in.signature = func() string { return fields().signature(extra) }
	in.translate = func(args Arguments, taken *Taken, found *FaultList, beat *pulse) Arguments {
		return fields().translate(args, taken, found, beat)
	}
	in.example = func([]Fault) string { return fields().exampleCall() }
	in.valueHints = func(args Arguments) []string { return fields().valueHints(args) }
	return in, nil
}

// searchSchema is what a model reads. The fields are named once, in the description
// of the filter: an enum would have to stand at every place that takes a field.
func (c *Connector) searchSchema(fields *searchFields, extra []*Parameter) *jsonschema.Schema {
	root := closedObject()
	set := root.Properties.Set
	set(argFilter, conditionList(fields.words(), true))
	set(argAnyOf, conditionList("One must hold.", false))
	set(argSort, &jsonschema.Schema{Type: "string", Description: "`-" + fields.sortExample() + "`: descending"})
	set(argLimit, &jsonschema.Schema{Type: "integer"})
	set(argCursor, &jsonschema.Schema{Type: "string", Description: "From page.next."})
	set(argFields, textList())
	for _, p := range extra {
		if !p.Unlisted {
			set(p.Name, c.parameterSchema(nil, p))
		}
	}
	return published(root)
}

// searchCheckSchema is what translated arguments are held against. The query has been
// checked by its translation.
func (c *Connector) searchCheckSchema(extra []*Parameter) *jsonschema.Schema {
	root := closedObject()
	set := root.Properties.Set
	set(argQuery, &jsonschema.Schema{Type: "object"})
	for _, translated := range []string{argFilter, argAnyOf, argSort} {
		set(translated, textList()) // for the words about names that are unknown
	}
	set(argLimit, &jsonschema.Schema{Type: "integer", Minimum: "1", Maximum: fmtNumber(searchLimitMax), Format: formatPageSize})
	set(argCursor, &jsonschema.Schema{Type: "string", Format: formatCursor})
	set(argFields, textList())
	for _, p := range extra {
		set(p.Name, c.parameterSchema(nil, p))
	}
	return root
}

func textList() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{Type: "string"}}
}

// conditionList is a list of conditions. Only the first of the schema tells the
// operators; the other one takes the same. Values are told as texts, since a choice of
// types at each place costs more than it tells: numbers, truth values, null and lists are
// taken as well.
func conditionList(words string, whole bool) *jsonschema.Schema {
	op := &jsonschema.Schema{Type: "string"}
	condition := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties()}
	if whole {
		op.Enum = anyList(publishedOperators)
	}
	condition.Properties.Set("field", &jsonschema.Schema{Type: "string"})
	condition.Properties.Set("op", op)
	condition.Properties.Set("value", &jsonschema.Schema{Type: "string"})
	return &jsonschema.Schema{Type: "array", Items: condition, Description: words}
}
