package records

import (
	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/internal/sandbox/contextstore"
	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/schemas"
)

// ActionDescribe is the action that explains a connector; its entity is empty.
const ActionDescribe = "describe"

// describe answers what the connector offers.
func (c *Call) describe() *Outcome {
	spec := c.Account.spec
	entities := []any{}
	for _, e := range spec.Entities {
		entities = append(entities, describeEntity(e))
	}
	return &Outcome{Result: map[string]any{
		"connector_name": spec.Name, "definition_id": spec.DefinitionID, "entities": entities,
		"instructions": "Read the parameters of an action before calling it. Names are case-sensitive.",
	}}
}

func describeEntity(e *schemas.Entity) map[string]any {
	parameters := map[string]any{}
	fields := []any{}
	for _, a := range e.Actions {
		parameters[a.Name] = describeParams(a.Params)
		if len(fields) == 0 && (a.Name == schemas.ActionGet || a.Name == schemas.ActionList) {
			fields = describeFields(recordFields(a))
		}
	}
	searchable := []string{}
	if e.Searchable() {
		parameters[schemas.ActionContextStoreSearch] = searchParams()
		parameters[contextstore.ActionSQL] = sqlParams()
		searchable = contextstore.FieldNames(e.ContextStore)
	}
	relationships := []any{}
	for _, r := range e.Relationships {
		relationships = append(relationships, map[string]any{
			"foreign_key": r.ForeignKey, "target_entity": r.TargetEntity, "target_key": r.TargetKey, "cardinality": r.Cardinality,
		})
	}
	return map[string]any{
		"entity_name": e.Name, "name": e.Name, "description": Plain(e.Summary), "available_actions": jsonvalue.EmptyList(actionNames(e)),
		"parameters": parameters, "fields": fields, "searchable_fields": searchable, "relationships": relationships,
	}
}

func describeParams(params []*schemas.Parameter) []any {
	out := []any{}
	for _, p := range params {
		row := map[string]any{"name": p.Name, "in": p.In, "required": p.Required, "type": p.Type, "description": Plain(p.Description)}
		if len(p.Enum) > 0 {
			row["enum"] = p.Enum
		}
		if p.Items != nil {
			row["items"] = map[string]any{"type": p.Items.Type, "enum": p.Items.Enum}
		}
		out = append(out, row)
	}
	return out
}

func describeFields(fields []*schemas.Field) []any {
	out := []any{}
	for _, f := range fields {
		out = append(out, map[string]any{"name": f.Name, "type": f.Type, "description": ""})
	}
	return out
}

// reference is how the catalog's texts name an action: {issues.get}.
var reference = lazyregexp.New(`\{(\w+\.\w+)\}`)

// Plain is a text of the catalog without the marks of its references.
func Plain(text string) string { return reference.ReplaceAllString(text, "$1") }

// searchParams are those of a Context Store search, the same for all entities.
func searchParams() []any {
	return describeParams([]*schemas.Parameter{
		{Name: "query", In: "body", Required: true, Type: "object", Description: "filter and sort"},
		{Name: "limit", In: "body", Type: "integer", Description: "most records to return"},
		{Name: "cursor", In: "body", Type: "string", Description: "from meta.cursor"},
		{Name: "fields", In: "body", Type: "array", Description: "fields to return"},
	})
}

// sqlParams are those of an SQL query of the Context Store.
func sqlParams() []any {
	return describeParams([]*schemas.Parameter{
		{Name: "sql", In: "body", Required: true, Type: "string", Description: "one SELECT over one entity, which is the table's name"},
		{Name: "limit", In: "body", Type: "integer", Description: "most rows to return"},
	})
}
