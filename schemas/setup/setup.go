// Package setup knows what must be given to connect a type of connector: its
// methods of authentication, its settings, their words, and what is wrong with
// values that a user gave.
package setup

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas"
)

// Setup is what must be given to create a connector of one type. Its parts come
// from the catalog (Of) or from a template (FromSpec), and Check
// reads what a user gave against it. A Setup is not changed by its methods.
type Setup struct {
	Connector    string // slug, such as "zendesk-support"; "" for a type that the catalog lacks
	Title        string // display name, such as "Zendesk Support"
	DefinitionID string // UUID of Airbyte's source definition
	DocsURL      string // where the vendor or Airbyte documents it; may be empty
	Methods      []Method
	Settings     []Field // everything that is not a credential

	quiet    []Field // settings that are taken when given and never asked for
	optional bool    // the type can be used without credentials
}

// Method is one way to authenticate at the vendor.
type Method struct {
	Name   string   // key of the method, such as "githubPAT"
	Title  string   // in words, such as "Personal access token", "OAuth" or "API key"
	Type   string   // bearer, basic, api_key or oauth2
	Fields []Field  // the credentials, under the keys of the direct interface
	Scopes []string // rights that an OAuth app needs
	MadeAt string   // address where the credential is made; may be empty
	OAuth  bool     // can be done by consent in a browser as well

	stored    []schemas.ConfigPath // where the stored configuration has the fields; empty: under their names
	constants []schemas.ConfigAssign
}

// Places of the request to which a Field goes.
const (
	PlaceCredentials = "credentials"
	PlaceEnvironment = "environment"
	PlaceReplication = "replication"
)

// Field is one value that is asked for. A dot in the name leads into an
// object.
type Field struct {
	Name        string
	Title       string // in words, such as "Client secret"
	Description string // what it is and where to find it; may be empty for types that the catalog lacks
	Type        string // string, integer, number, boolean, array or object
	Format      string // date-time, date, uri, email, uuid or anything else, which is not checked
	Pattern     string // regular expression
	Minimum     json.Number
	Maximum     json.Number
	Required    bool
	Secret      bool            // never to be shown, logged or given on a command line
	Default     json.RawMessage // what holds when nothing is given
	Enum        []any           // allowed values, of the elements for an array
	Items       string          // element type of arrays
	Placement   string          // PlaceCredentials, PlaceEnvironment or PlaceReplication
	Example     string          // as a user may write it

	form *schemas.Form // what a text must look like
}

// Values are what a user gave, as text by field name. Lists are JSON arrays or
// comma-separated, objects are JSON. An empty text counts as not given.
type Values struct {
	Method  string                 // name or title of a Method; inferred from the keys when empty
	Fields  map[string]string      // settings, and credentials that are no secrets
	Secrets map[string]secret.Text // credentials, secret or not, and settings
	Name    string                 // of the connector that is created; may be empty
}

// Submission is what is sent to create a connector. An object without members
// is left out.
type Submission struct {
	Method      string      // name of the Method; "" for none
	Credentials secret.Text // JSON object with the keys of the direct interface
	// StoredAuth is a JSON object: the credentials as the stored configuration has
	// them, with the constants that belong to the method.
	StoredAuth  secret.Text
	Replication json.RawMessage // settings of replication_config
	Environment json.RawMessage // settings of environment
}

// Of tells what must be given to create a connector of this type. Values that
// the platform fills in are left out.
func Of(c *schemas.Connector) *Setup {
	s := &Setup{Connector: c.Name, Title: c.Title, DefinitionID: c.DefinitionID, DocsURL: c.DocsURL}
	for _, option := range c.Auth {
		s.Methods = append(s.Methods, methodOf(c, option))
	}
	// Few people have an OAuth app of their own; a token they can make.
	slices.SortStableFunc(s.Methods, func(a, b Method) int { return cmp.Compare(rank(a), rank(b)) })
	for _, setting := range c.Config.Environment {
		s.addSetting(c, setting, PlaceEnvironment)
	}
	for _, setting := range c.Config.Replication {
		s.addSetting(c, setting, PlaceReplication)
	}
	return s
}

// addSetting adds a setting to those that are asked for, unless the platform knows
// it or every method asks for it already.
func (s *Setup) addSetting(c *schemas.Connector, setting schemas.Setting, placement string) {
	f := fieldOf(c, setting, placement)
	if setting.SystemSet == nil && setting.SetFrom == nil && !s.asksEverywhere(f.Name) {
		s.Settings = append(s.Settings, f)
		return
	}
	f.Required = false
	s.quiet = append(s.quiet, f)
}

func (s *Setup) asksEverywhere(name string) bool {
	return len(s.Methods) > 0 && !slices.ContainsFunc(s.Methods, func(m Method) bool {
		f := m.field(name)
		return f == nil || f.Secret || !f.Required
	})
}

func rank(m Method) int {
	if m.OAuth {
		return 1
	}
	return 0
}

func methodOf(c *schemas.Connector, option schemas.AuthOption) Method {
	m := Method{
		Name: option.Name, Type: option.Type, OAuth: option.Type == "oauth2", Scopes: slices.Clone(option.Scopes),
		MadeAt: option.MadeAt,
		stored: option.Hosted.SourceConfig, constants: slices.Clone(option.Hosted.Constants),
	}
	for _, setting := range option.Fields {
		m.Fields = append(m.Fields, fieldOf(c, setting, PlaceCredentials))
	}
	for _, raw := range c.Config.Constants {
		var constant struct {
			Name  string          `json:"name"`
			Value json.RawMessage `json:"value"`
		}
		if json.Unmarshal(raw, &constant) == nil && constant.Name != "" {
			m.constants = append(m.constants, schemas.ConfigAssign{Path: constant.Name, Value: constant.Value})
		}
	}
	m.Title = m.title()
	return m
}

func fieldOf(c *schemas.Connector, setting schemas.Setting, placement string) Field {
	f := Field{
		Name: setting.Name, Type: setting.Type,
		Title: setting.Title, Description: c.Expand(setting.Description), Example: setting.Example, form: setting.Form,
		Format: setting.Format, Pattern: setting.Pattern,
		Required: setting.Required, Secret: setting.Secret,
		Default: setting.Default, Enum: slices.Clone(setting.Enum), Placement: placement,
	}
	if f.Type == "" {
		f.Type = "string"
	}
	if f.Type == "array" {
		f.Items = "string"
		if setting.Items != nil && setting.Items.Type != "" {
			f.Items = setting.Items.Type
		}
	}
	f.word(c.Title)
	return f
}

// title words a method: by consent, or by the secrets that it needs.
func (m *Method) title() string {
	if m.Type == "oauth2" {
		return "OAuth"
	}
	var titles []string
	for _, f := range m.Fields {
		if f.Required && f.Secret {
			titles = append(titles, f.Title)
		}
	}
	for i := range titles[min(1, len(titles)):] {
		titles[i+1] = lowerFirst(titles[i+1])
	}
	if len(titles) == 0 {
		return m.Name
	}
	return strings.Join(titles, " and ")
}

// field is the field that a key means: its name, or the place where the stored
// configuration has it, in full or the last part alone.
func (m *Method) field(key string) *Field {
	if f := fieldNamed(m.Fields, key); f != nil {
		return f
	}
	for _, p := range m.stored {
		if p.Path == key || leaf(p.Path) == key {
			return fieldNamed(m.Fields, p.Field)
		}
	}
	return nil
}

// setting is the setting of that name, asked for or not.
func (s *Setup) setting(name string) *Field {
	if f := fieldNamed(s.Settings, name); f != nil {
		return f
	}
	return fieldNamed(s.quiet, name)
}

func fieldNamed(fields []Field, name string) *Field {
	for i := range fields {
		if fields[i].Name == name {
			return &fields[i]
		}
	}
	return nil
}

// leaf is the last part of a dotted path.
func leaf(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// setPath puts a value at a dotted path, making objects on the way.
func setPath(object map[string]any, path string, value any) {
	head, rest, deep := strings.Cut(path, ".")
	if !deep {
		object[head] = value
		return
	}
	inner, ok := object[head].(map[string]any)
	if !ok {
		inner = map[string]any{}
		object[head] = inner
	}
	setPath(inner, rest, value)
}
