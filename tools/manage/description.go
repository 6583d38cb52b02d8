package manage

import (
	"encoding/json"

	"airbyte-mcp-server/schemas/setup"
)

// SetupDescription is a Setup as callers read it.
type SetupDescription struct {
	Type         string              `json:"type"`
	Title        string              `json:"title"`
	DefinitionID string              `json:"definition_id"`
	Docs         string              `json:"documentation,omitempty"`
	Methods      []MethodDescription `json:"authentication"`
	Settings     []FieldDescription  `json:"settings"`
}

// MethodDescription is one way to authenticate.
type MethodDescription struct {
	Name   string             `json:"name"`
	Title  string             `json:"title"`
	OAuth  bool               `json:"browser_consent,omitempty"`
	Scopes []string           `json:"scopes,omitempty"`
	MadeAt string             `json:"made_at,omitempty"`
	Fields []FieldDescription `json:"fields"`
}

// FieldDescription is one value that is asked for.
type FieldDescription struct {
	Name        string          `json:"name"`
	Title       string          `json:"title"`
	Description string          `json:"description,omitempty"`
	Type        string          `json:"type"`
	Format      string          `json:"format,omitempty"`
	Required    bool            `json:"required"`
	Secret      bool            `json:"secret,omitempty"`
	Default     json.RawMessage `json:"default,omitempty"`
	Enum        []any           `json:"enum,omitempty"`
	Example     string          `json:"example,omitempty"`
}

// DescribeSetup puts a Setup into the form that callers read.
func DescribeSetup(s *setup.Setup) SetupDescription {
	d := SetupDescription{
		Type: s.Connector, Title: s.Title, DefinitionID: s.DefinitionID, Docs: s.DocsURL, Settings: describeFields(s.Settings),
	}
	for _, m := range s.Methods {
		d.Methods = append(d.Methods, MethodDescription{
			Name: m.Name, Title: m.Title, OAuth: m.OAuth, Scopes: m.Scopes, MadeAt: m.MadeAt, Fields: describeFields(m.Fields),
		})
	}
	return d
}

func describeFields(fields []setup.Field) []FieldDescription {
	list := make([]FieldDescription, len(fields))
	for i, f := range fields {
		list[i] = FieldDescription{
			Name: f.Name, Title: f.Title, Description: f.Description, Type: f.Type, Format: f.Format,
			Required: f.Required, Secret: f.Secret, Default: f.Default, Enum: f.Enum, Example: f.Example,
		}
	}
	return list
}
