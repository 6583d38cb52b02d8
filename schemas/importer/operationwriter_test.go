package importer_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"airbyte-mcp-server/schemas"
)

func pathsOf(conn *schemas.Connector) object {
	paths := object{}
	for _, e := range conn.Entities {
		for _, a := range e.Actions {
			paths["/"+e.Name+"/"+a.Name] = object{"post": operationOf(e, a)}
		}
	}
	return paths
}

func operationOf(e *schemas.Entity, a *schemas.Action) object {
	op := object{
		"x-airbyte-entity": e.Name, "x-airbyte-action": a.Name, "description": a.Summary, "summary": "Not this.",
		"x-airbyte-upload-file-param": orNil(a.UploadParam), "x-airbyte-preferred-for-check": a.PreferredForCheck,
	}
	if p := a.Pagination; p != nil && p.DeclaredUnpaginated {
		op["x-airbyte-no-pagination"] = "All at once."
	}
	declared, body := []any{}, object{}
	var required []any
	for _, p := range a.Params {
		switch {
		case p.Name == "range_header":
		case p.In != "body":
			declared = append(declared, object{
				"name": p.Name, "in": p.In, "required": p.Required, "description": orNil(p.Description), "schema": schemaOf(p),
			})
		default:
			body[p.Name] = schemaOf(p)
			if p.Required {
				required = append(required, p.Name)
			}
		}
	}
	op["parameters"] = declared
	if len(body) > 0 {
		schema := object{"type": "object", "properties": body, "required": required}
		op["requestBody"] = object{"content": object{"application/json": object{"schema": schema}}}
	}
	op["responses"] = answerOf(op, a)
	return op
}

// schemaOf is the JSON Schema of a parameter.
func schemaOf(p *schemas.Parameter) object {
	one := object{
		"type": []any{p.Type}, "format": orNil(p.Format), "enum": p.Enum, "pattern": orNil(p.Pattern),
		"minLength": p.MinLength, "maxLength": p.MaxLength, "default": defaultOf(p), "description": orNil(p.Description),
		"additionalProperties": p.AdditionalProperties, "uniqueItems": p.UniqueItems,
	}
	if p.Nullable {
		one["type"] = []any{p.Type, "null"}
	}
	if p.Minimum != "" {
		one["minimum"] = p.Minimum
	}
	if p.Maximum != "" {
		one["maximum"] = p.Maximum
	}
	if p.Items != nil {
		one["items"] = schemaOf(p.Items)
	}
	if len(p.Properties) > 0 {
		properties := object{}
		var required []any
		for _, q := range p.Properties {
			properties[q.Name] = schemaOf(q)
			if q.Required {
				required = append(required, q.Name)
			}
		}
		one["properties"], one["required"] = properties, required
	}
	return one
}

func defaultOf(p *schemas.Parameter) any {
	switch {
	case p.DefaultRelative != nil:
		return template(p.DefaultRelative)
	case p.DefaultListEncoding == "json":
		names, _ := json.Marshal(p.DefaultList)
		return string(names)
	case p.DefaultList != nil:
		return strings.Join(p.DefaultList, ",")
	case p.DefaultQuery != nil:
		return queryOf(p.DefaultQuery)
	}
	return p.Default
}

func queryOf(raw json.RawMessage) string {
	var q struct {
		From    string
		Select  []string
		Where   string
		OrderBy string `json:"order_by"`
		Limit   int
	}
	_ = json.Unmarshal(raw, &q)
	text := "SELECT " + strings.Join(q.Select, ", ") + " FROM " + q.From
	if q.Where != "" {
		text += " WHERE " + q.Where
	}
	if q.OrderBy != "" {
		text += " ORDER BY " + q.OrderBy
	}
	if q.Limit > 0 {
		text += fmt.Sprint(" LIMIT ", q.Limit)
	}
	return text
}

// answerOf describes the vendor's answer, and where the records are in it.
func answerOf(op object, a *schemas.Action) object {
	if a.Result.Kind == "none" {
		return object{"204": object{"description": "Done."}}
	}
	meta, paths := object{}, object{}
	for _, m := range a.Result.Meta {
		meta[m.Name] = object{"type": typesOf(m)}
		paths[m.Name] = "$.beside." + m.Name
	}
	if len(paths) > 0 {
		op["x-airbyte-meta-extractor"] = paths
	}
	record := recordOf(a.Result, a.Result.Fields)
	answer := object{"type": "object", "properties": object{"beside": object{"type": "object", "properties": meta}}}
	switch properties := answer["properties"].(object); {
	case a.Result.Kind == "list":
		op["x-airbyte-record-extractor"] = "$.records"
		properties["records"] = object{"type": "array", "items": record}
	case a.Result.ListField == "" && (a.Name == "list" || a.Name == "api_search"):
		op["x-airbyte-record-extractor"] = "$.record"
		properties["record"] = record
	case len(paths) == 0:
		answer = record
	default: // the whole answer is the record
		record["additionalProperties"] = object{"type": "object", "properties": meta}
		answer = record
	}
	return object{"200": object{"content": object{"application/json": object{"schema": answer}}}}
}

func recordOf(result schemas.Result, fields []*schemas.Field) object {
	one := object{"type": "object"}
	if result.ItemType != "" {
		one["type"] = result.ItemType
	}
	if len(fields) > 0 {
		one["properties"] = propertiesOf(fields)
	}
	return one
}

func propertiesOf(fields []*schemas.Field) object {
	properties := object{}
	for _, f := range fields {
		properties[f.Name] = fieldOf(f)
	}
	return properties
}

func fieldOf(f *schemas.Field) object {
	one := object{"type": typesOf(f), "format": orNil(f.Format), "enum": f.Enum}
	if len(f.Fields) > 0 {
		one["properties"] = propertiesOf(f.Fields)
	}
	if f.Truncated {
		one["properties"] = object{"deeper": object{"type": "string"}}
	}
	if f.Items != nil {
		one["items"] = fieldOf(f.Items)
	}
	return one
}
