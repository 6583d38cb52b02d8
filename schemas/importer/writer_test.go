package importer_test

import (
	"encoding/json"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"airbyte-mcp-server/schemas"
)

type object = map[string]any

// asFile writes a connector of the catalog the way Airbyte would describe it. The
// names of paths and of places in answers are made up: the catalog has none.
func asFile(t *testing.T, conn *schemas.Connector) []byte {
	t.Helper()
	hints := object{}
	for _, e := range conn.Entities {
		hints["Schema "+e.Name] = object{"x-airbyte-entity-name": e.Name, "x-airbyte-ai-hints": object{"summary": e.Summary}}
	}
	schemes, normalization := object{}, []any{}
	for _, option := range conn.Auth {
		schemes[option.Name] = schemeOf(option)
	}
	server := serverOf(conn, schemes, &normalization)
	file := object{
		"openapi": "3.1.0", "info": infoOf(conn, normalization), "servers": []any{server}, "paths": pathsOf(conn),
		"components": object{"schemas": hints, "securitySchemes": schemes},
	}
	data, err := yaml.Marshal(plainJSON(t, file))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// plainJSON turns raw JSON and numbers within a value into ordinary ones.
func plainJSON(t *testing.T, value any) any {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	var plain any
	if err := dec.Decode(&plain); err != nil {
		t.Fatal(err)
	}
	return numbers(plain)
}

func numbers(value any) any {
	switch v := value.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, _ := v.Float64()
		return f
	case object:
		for key := range v {
			v[key] = numbers(v[key])
		}
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	}
	return value
}

func infoOf(conn *schemas.Connector, normalization []any) object {
	var scoping, relations, stores []any
	for _, s := range conn.Config.Scoping {
		scoping = append(scoping, object{"param": s.Param, "config_key": s.ConfigKey})
	}
	for _, e := range conn.Entities {
		for _, r := range e.Relationships {
			relations = append(relations, object{
				"source_entity": e.Name, "target_entity": r.TargetEntity, "foreign_key": r.ForeignKey,
				"target_key": r.TargetKey, "cardinality": r.Cardinality, "parent_record_filter": r.TargetFilter,
			})
		}
		if s := e.ContextStore; s != nil {
			stores = append(stores, object{
				"entity": e.Name, "x-airbyte-name": orNil(s.StoredAs), "suggested": s.Suggested, "fields": storedOf(s.Fields),
			})
		}
	}
	return object{
		"title": conn.Title + " API Connector", "version": conn.Version, "description": conn.Summary,
		"x-airbyte-connector-name": conn.Name, "x-airbyte-connector-definition-id": conn.DefinitionID,
		"x-airbyte-external-documentation-urls": []any{
			object{"type": "changelog", "url": "https://example.com/"}, object{"type": "api_reference", "url": conn.DocsURL},
		},
		"x-airbyte-scoping": scoping, "x-airbyte-entity-relationships": relations,
		"x-airbyte-context-store":        object{"entities": stores},
		"x-airbyte-replication-config":   replicationOf(conn.Config),
		"x-airbyte-config-normalization": object{"rules": normalization},
	}
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func storedOf(fields []*schemas.Field) []any {
	var all []any
	for _, f := range fields {
		one := storedField(f)
		one["name"] = f.Name
		all = append(all, one)
	}
	return all
}

func storedField(f *schemas.Field) object {
	one := object{"type": typesOf(f), "x-airbyte-name": orNil(f.StoredAs)}
	if len(f.Properties) > 0 {
		properties := object{}
		for _, p := range f.Properties {
			properties[p.Name] = storedField(p)
		}
		one["properties"] = properties
	}
	return one
}

// typesOf is a list of types; null may stand anywhere in it.
func typesOf(f *schemas.Field) []any {
	var types []any
	if f.Nullable {
		types = append(types, "null")
	}
	for _, name := range f.Type {
		if name == "any" {
			return nil
		}
		types = append(types, name)
	}
	return types
}

func settingsOf(settings []schemas.Setting) (properties object, required []any) {
	properties = object{}
	for _, s := range settings {
		one := object{"type": s.Type, "format": orNil(s.Format), "pattern": orNil(s.Pattern), "default": s.Default, "enum": s.Enum}
		if s.Items != nil {
			one["items"] = object{"type": s.Items.Type}
		}
		properties[s.Name] = one
		if s.Required {
			required = append(required, s.Name)
		}
	}
	return properties, required
}

func replicationOf(config schemas.Config) object {
	properties, required := settingsOf(config.Replication)
	constants := object{}
	for _, s := range config.Replication {
		if s.SystemSet != nil {
			constants[s.Name] = template(s.SystemSet)
		}
	}
	for _, raw := range config.Constants {
		var c struct {
			Name  string
			Value json.RawMessage
		}
		_ = json.Unmarshal(raw, &c)
		constants[c.Name] = template(c.Value)
	}
	return object{"properties": properties, "required": required, "replication_config_constants": constants}
}

// template is a time before now in the notation of the files; other values stay.
func template(value json.RawMessage) any {
	var relative struct {
		BeforeNow string `json:"before_now"`
		Strftime  string
	}
	if json.Unmarshal(value, &relative) != nil || relative.BeforeNow == "" {
		return value
	}
	return "{{ (now_utc() - duration('" + relative.BeforeNow + "')).strftime('" + relative.Strftime + "') }}"
}

func schemeOf(option schemas.AuthOption) object {
	properties, required := settingsOf(option.Fields)
	paths, constants := object{}, object{}
	for _, p := range option.Hosted.SourceConfig {
		paths[p.Path] = p.Field
	}
	for _, c := range option.Hosted.Constants {
		constants[c.Path] = c.Value
		if c.Relative != nil {
			constants[c.Path] = template(c.Relative)
		}
	}
	scheme := object{"x-airbyte-auth-config": object{
		"type": "object", "properties": properties, "required": required,
		"replication_auth_key_mapping": paths, "replication_auth_key_constants": constants,
	}}
	switch option.Type {
	case "oauth2":
		scopes := object{}
		for _, s := range option.Scopes {
			scopes[s] = ""
		}
		scheme["type"], scheme["flows"] = "oauth2", object{"authorizationCode": object{"scopes": scopes}}
	case "api_key":
		scheme["type"], scheme["in"], scheme["name"] = "apiKey", "header", "X-Key"
	default:
		scheme["type"], scheme["scheme"] = "http", option.Type
	}
	return scheme
}

func serverOf(conn *schemas.Connector, schemes object, normalization *[]any) object {
	variables := object{}
	for _, s := range conn.Config.Environment {
		one := object{"default": s.Default, "enum": s.Enum}
		if s.Required {
			one["default"] = "{" + s.Name + "}"
		}
		variables[s.Name] = one
		var part struct {
			Credential  string
			SuffixAfter string `json:"suffix_after"`
		}
		switch {
		case s.SetFrom == nil:
		case json.Unmarshal(s.SetFrom, &part) == nil && part.Credential != "":
			*normalization = append(*normalization, object{
				"target": s.Name, "source": storedAt(conn.Auth, part.Credential),
				"transform": object{"type": "suffix", "delimiter": part.SuffixAfter},
			})
		default:
			schemes[conn.Auth[0].Name].(object)["x-airbyte-token-extract"] = []any{s.Name}
		}
	}
	return object{"url": "https://vendor.example", "variables": variables}
}

func storedAt(auth []schemas.AuthOption, field string) string {
	for _, p := range auth[0].Hosted.SourceConfig {
		if p.Field == field {
			return p.Path
		}
	}
	return field
}
