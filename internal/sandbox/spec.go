package sandbox

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/records"
	"airbyte-mcp-server/schemas"
)

// specification describes what a connector needs to be created: the settings of
// its replication and environment, and its authentication schemes.
func specification(spec *schemas.Connector) map[string]any {
	properties := map[string]any{}
	var required []string
	for _, group := range [][]schemas.Setting{spec.Config.Environment, spec.Config.Replication} {
		for _, s := range group {
			properties[s.Name] = settingSchema(s)
			if asked(s) && s.Required {
				required = append(required, s.Name)
			}
		}
	}
	for _, name := range addSchemes(spec, properties) {
		if !slices.Contains(required, name) {
			required = append(required, name)
		}
	}
	slices.Sort(required)
	out := map[string]any{
		"connectionSpecification": map[string]any{"type": "object", "title": spec.Title, "required": jsonvalue.EmptyList(required),
			"properties": properties},
	}
	if spec.DocsURL != "" {
		out["documentationUrl"] = spec.DocsURL
	}
	return out
}

func settingSchema(s schemas.Setting) map[string]any {
	out := map[string]any{"type": s.Type}
	set := func(key string, value any, given bool) {
		if given {
			out[key] = value
		}
	}
	set("description", s.Description, s.Description != "")
	set("format", s.Format, s.Format != "")
	set("pattern", s.Pattern, s.Pattern != "")
	set("default", s.Default, s.Default != nil)
	set("enum", s.Enum, len(s.Enum) > 0)
	set("airbyte_secret", true, s.Secret)
	if s.Items != nil {
		out["items"] = map[string]any{"type": s.Items.Type}
	}
	return out
}

// addSchemes describes the authentication schemes where the stored configuration
// has them, and returns the top-level properties that they need.
func addSchemes(spec *schemas.Connector, properties map[string]any) []string {
	var nested []any
	var required []string
	group := ""
	for _, option := range spec.Auth {
		inner := map[string]any{}
		for _, p := range option.Hosted.SourceConfig {
			head, rest, deep := strings.Cut(p.Path, ".")
			field := settingSchema(authField(option, p.Field))
			if !deep {
				properties[head] = field
				if len(spec.Auth) == 1 && authField(option, p.Field).Required {
					required = append(required, head)
				}
				continue
			}
			inner[rest], group = field, head
			if !slices.Contains(required, head) {
				required = append(required, head)
			}
		}
		if len(inner) > 0 {
			nested = append(nested, schemeSchema(option, inner))
		}
	}
	if len(nested) > 0 {
		properties[group] = map[string]any{"type": "object", "title": "Authentication", "oneOf": nested}
	}
	return required
}

func schemeSchema(option schemas.AuthOption, inner map[string]any) map[string]any {
	var required []string
	for _, p := range option.Hosted.SourceConfig {
		if _, rest, deep := strings.Cut(p.Path, "."); deep && authField(option, p.Field).Required {
			required = append(required, rest)
		}
	}
	for _, c := range option.Hosted.Constants {
		if _, rest, deep := strings.Cut(c.Path, "."); deep && c.Value != nil {
			inner[rest] = map[string]any{"type": "string", "const": c.Value}
		}
	}
	return map[string]any{"type": "object", "title": option.Name, "required": jsonvalue.EmptyList(required), "properties": inner}
}

func authField(option schemas.AuthOption, name string) schemas.Setting {
	for _, f := range option.Fields {
		if f.Name == name {
			return f
		}
	}
	return schemas.Setting{Name: name, Type: "string", Secret: true}
}

// sampleSettings are what a user would write into a form for a connector: the
// settings that have to come from the user.
func sampleSettings(spec *schemas.Connector) map[string]any {
	out := jsonvalue.Overlay(nil, seedConfig(spec.Showcase))
	for _, s := range slices.Concat(spec.Config.Environment, spec.Config.Replication) {
		if _, given := out[s.Name]; !given && s.Required && asked(s) {
			out[s.Name] = sampleSetting(s)
		}
	}
	return out
}

func sampleSetting(s schemas.Setting) any {
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type == "array":
		return []any{}
	case s.Type == "boolean":
		return false
	case s.Type == "integer", s.Type == "number":
		return 1
	case s.Format == "date":
		return records.Present.Format(time.DateOnly)
	case s.Format == "date-time":
		return stamp(records.Present)
	}
	return "acme"
}

// constantValue is the value that a scheme stores beside the credentials.
func constantValue(c schemas.ConfigAssign) (any, bool) {
	var value any
	if c.Value == nil || json.Unmarshal(c.Value, &value) != nil {
		return nil, false
	}
	return value, true
}
