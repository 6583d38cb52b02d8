package setup

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/schemas"
)

// FromSpec reads what a type asks for from a template's user_config_spec, for
// types that the catalog lacks. The alternatives (oneOf) of its credentials become
// methods, named by the constants that tell them apart; other secrets belong to
// every method. Settings go to the replication configuration, under dotted names
// where they are nested; hidden ones are left out.
func FromSpec(title, definitionID string, userConfigSpec json.RawMessage) (*Setup, error) {
	var doc struct {
		DocsURL  lenient[string]    `json:"documentationUrl"`
		Root     *specNode          `json:"connectionSpecification"`
		Snake    *specNode          `json:"connection_specification"`
		Advanced lenient[specOAuth] `json:"advanced_auth"`
	}
	if err := json.Unmarshal(userConfigSpec, &doc); err != nil {
		return nil, fmt.Errorf("reading the set-up of %s: %w", title, rawjson.Fault(err))
	}
	root := cmp.Or(doc.Root, doc.Snake)
	if root == nil && json.Unmarshal(userConfigSpec, &root) != nil || root == nil || len(root.Properties)+len(root.OneOf) == 0 &&
		root.kind() != "object" {
		return nil, errors.New("reading the set-up of " + title + ": the template's user_config_spec describes no object")
	}
	b := &specReader{setup: &Setup{Title: cmp.Or(title, root.Title.value), DefinitionID: definitionID}}
	if strings.HasPrefix(doc.DocsURL.value, "https://") {
		b.setup.DocsURL = doc.DocsURL.value
	}
	b.choice = root.choice("", 0)
	b.walk(root, "", true, 0)
	b.finish(doc.Advanced.value)
	return b.setup, nil
}

// deepestSpec is how many levels of objects are taken apart; what is deeper is
// asked for as JSON.
const deepestSpec = 8

// specNode is a schema of a specification.
type specNode struct {
	Type        lenient[schemas.Types] `json:"type"`
	Title       lenient[string]        `json:"title"`
	Description lenient[string]        `json:"description"`
	Format      lenient[string]        `json:"format"`
	Pattern     lenient[string]        `json:"pattern"`
	Minimum     lenient[json.Number]   `json:"minimum"`
	Maximum     lenient[json.Number]   `json:"maximum"`
	Required    lenient[[]string]      `json:"required"`
	Properties  map[string]*specNode   `json:"properties"`
	OneOf       []*specNode            `json:"oneOf"`
	Items       lenient[*specNode]     `json:"items"`
	Const       json.RawMessage        `json:"const"`
	Enum        lenient[[]any]         `json:"enum"`
	Default     json.RawMessage        `json:"default"`
	Examples    lenient[[]any]         `json:"examples"`
	Secret      lenient[bool]          `json:"airbyte_secret"`
	Hidden      lenient[bool]          `json:"airbyte_hidden"`
	Order       lenient[*float64]      `json:"order"`
}

// lenient ignores a value of another type than expected: specifications have some
// that no JSON Schema allows.
type lenient[T any] struct{ value T }

// UnmarshalJSON never fails.
func (l *lenient[T]) UnmarshalJSON(b []byte) error {
	var v T
	if json.Unmarshal(b, &v) == nil {
		l.value = v
	}
	return nil
}

// specOAuth tells which method can be done by consent.
type specOAuth struct {
	FlowType       lenient[string]   `json:"auth_flow_type"`
	PredicateKey   lenient[[]string] `json:"predicate_key"`
	PredicateValue lenient[any]      `json:"predicate_value"`
}

func (n *specNode) kind() string {
	for _, t := range n.Type.value {
		if t != "null" {
			return t
		}
	}
	if len(n.Properties)+len(n.OneOf) > 0 {
		return "object"
	}
	return "string"
}

// constant is the only value that a schema allows.
func (n *specNode) constant() (json.RawMessage, bool) {
	if n.Const == nil && len(n.Enum.value) == 1 && n.kind() != "array" {
		only, err := json.Marshal(n.Enum.value[0])
		return only, err == nil
	}
	return n.Const, n.Const != nil
}

// properties lists the names of an object's properties in the order in which they
// are to be asked for.
func (n *specNode) properties() []string {
	rank := func(name string) float64 {
		if order := n.Properties[name].Order.value; order != nil {
			return *order
		}
		return math.Inf(1)
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(n.Properties)), func(name string) bool {
		return n.Properties[name] == nil || n.Properties[name].Hidden.value
	})
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	return names
}

// secret reports whether a schema has a secret somewhere.
func (n *specNode) secret(depth int) bool {
	if n == nil || depth > deepestSpec {
		return false
	}
	inner := func(m *specNode) bool { return m.secret(depth + 1) }
	return n.Secret.value || inner(n.Items.value) || slices.ContainsFunc(n.OneOf, inner) ||
		slices.ContainsFunc(slices.Collect(maps.Values(n.Properties)), inner)
}

var aboutAuth = lazyregexp.New(`(?i)auth|credential`)

// choice finds the path of the alternatives that are ways to authenticate: those
// with secrets, by preference those that are named for it; "-" for none.
func (n *specNode) choice(path string, depth int) string {
	if len(n.OneOf) > 0 {
		if n.secret(depth) && !strings.Contains(path, "tunnel") {
			return path
		}
		return "-"
	}
	found := "-"
	if depth > deepestSpec {
		return found
	}
	for _, name := range n.properties() {
		switch inner := n.Properties[name].choice(dotted(path, name), depth+1); {
		case inner != "-" && aboutAuth.MatchString(inner):
			return inner
		case found == "-":
			found = inner
		}
	}
	return found
}

// specReader turns a specification into a Setup.
type specReader struct {
	setup   *Setup
	choice  string  // path of the alternatives that become methods
	secrets []Field // that belong to every method
}

// walk adds the fields below a path.
func (r *specReader) walk(n *specNode, path string, required bool, depth int) {
	for _, name := range n.properties() {
		r.add(n.Properties[name], dotted(path, name), required && slices.Contains(n.Required.value, name), depth+1)
	}
	if path == "" && r.choice == "" {
		r.methods(n, "", true)
	}
}

func (r *specReader) add(n *specNode, path string, required bool, depth int) {
	value, fixed := n.constant()
	switch {
	case path == r.choice:
		r.methods(n, path, required)
	case fixed:
		f := n.field(path, r.setup.Title)
		f.Required, f.Default = required, value
		r.setup.quiet = append(r.setup.quiet, f)
	case len(n.Properties) > 0 && len(n.OneOf) == 0 && depth < deepestSpec:
		r.walk(n, path, required, depth)
	default:
		f := n.field(path, r.setup.Title)
		f.Required = required
		if f.Secret {
			r.secrets = append(r.secrets, f)
		} else {
			r.setup.Settings = append(r.setup.Settings, f)
		}
	}
}

// methods turns alternatives into methods.
func (r *specReader) methods(n *specNode, path string, required bool) {
	r.setup.optional = !required
	for i, branch := range n.OneOf {
		if branch == nil || branch.Hidden.value {
			continue
		}
		m := Method{}
		branch.collect(&m, path, "", true, r.setup.Title, 0)
		var constant string
		for _, c := range m.constants {
			if constant == "" {
				_ = json.Unmarshal(c.Value, &constant) // a constant of another type names nothing
			}
		}
		m.Name = cmp.Or(constant, branch.Title.value, "method "+strconv.Itoa(i+1))
		if r.setup.method(m.Name) != nil {
			m.Name += " " + strconv.Itoa(i+1)
		}
		m.Title = cmp.Or(plain(branch.Title.value), m.Name)
		r.setup.Methods = append(r.setup.Methods, m)
	}
}

// collect adds the fields and constants of one alternative. Fields are named from
// the alternative on; name is the path within it.
func (n *specNode) collect(m *Method, path, name string, required bool, vendor string, depth int) {
	for _, key := range n.properties() {
		p, full, short := n.Properties[key], dotted(path, key), dotted(name, key)
		needed := required && slices.Contains(n.Required.value, key)
		if value, fixed := p.constant(); fixed {
			m.constants = append(m.constants, schemas.ConfigAssign{Path: full, Value: value})
			continue
		}
		if len(p.Properties) > 0 && len(p.OneOf) == 0 && depth < deepestSpec {
			p.collect(m, full, short, needed, vendor, depth+1)
			continue
		}
		f := p.field(short, vendor)
		f.Required, f.Placement = needed, PlaceCredentials
		m.Fields = append(m.Fields, f)
		m.stored = append(m.stored, schemas.ConfigPath{Path: full, Field: short})
	}
}

// companions are the fields that belong to a secret though they are none.
var companions = lazyregexp.New(`(?i)^(user|user_?name|login|email|client_id|app_id|tenant_id|account_sid|api_key_id|access_key_id)$`)

// finish gives every method the secrets that stand outside the alternatives; of
// nothing but such secrets it makes a method.
func (r *specReader) finish(advanced specOAuth) {
	s := r.setup
	if len(s.Methods) == 0 && len(r.secrets) > 0 {
		s.Methods = []Method{{Name: "credentials"}}
		isCompanion := func(f Field) bool { return companions.MatchString(f.Name) }
		isOther := func(f Field) bool { return !isCompanion(f) }
		r.secrets = append(slices.DeleteFunc(slices.Clone(s.Settings), isOther), r.secrets...)
		s.Settings = slices.DeleteFunc(s.Settings, isCompanion)
	}
	for i := range s.Methods {
		m := &s.Methods[i]
		for _, f := range r.secrets {
			if m.yield(f.Name); fieldNamed(m.Fields, f.Name) != nil {
				continue
			}
			f.Placement = PlaceCredentials
			m.Fields, m.stored = append(m.Fields, f), append(m.stored, schemas.ConfigPath{Path: f.Name, Field: f.Name})
		}
		m.OAuth = advanced.means(m, len(s.Methods) == 1)
		m.Type = m.kind()
		m.Title = cmp.Or(m.Title, m.title())
	}
}

// yield calls the field of that name by its full path, to make room for another.
func (m *Method) yield(name string) {
	for i, p := range m.stored {
		if p.Field == name {
			fieldNamed(m.Fields, name).Name = p.Path
			m.stored[i].Field = p.Path
		}
	}
}

// means reports whether a consent stands for the method.
func (o specOAuth) means(m *Method, only bool) bool {
	key := strings.Join(o.PredicateKey.value, ".")
	if key == "" {
		return only && o.FlowType.value != ""
	}
	return slices.ContainsFunc(m.constants, func(c schemas.ConfigAssign) bool {
		var value any
		return c.Path == key && json.Unmarshal(c.Value, &value) == nil && fmt.Sprint(value) == fmt.Sprint(o.PredicateValue.value)
	})
}

// kind tells the type of a method from its words and fields.
func (m *Method) kind() string {
	switch {
	case m.OAuth, strings.Contains(strings.ToLower(m.Name+m.Title), "oauth"), fieldNamed(m.Fields, "refresh_token") != nil:
		return "oauth2"
	case fieldNamed(m.Fields, "password") != nil:
		return "basic"
	case slices.ContainsFunc(m.Fields, func(f Field) bool { return strings.Contains(f.Name, "token") }):
		return "bearer"
	}
	return "api_key"
}

// field reads a single value.
func (n *specNode) field(name, vendor string) Field {
	f := Field{
		Name: name, Title: plain(n.Title.value), Description: plain(n.Description.value),
		Type: n.kind(), Format: n.Format.value, Pattern: n.Pattern.value, Minimum: n.Minimum.value, Maximum: n.Maximum.value,
		Default: n.Default, Enum: n.Enum.value, Secret: n.secret(0), Placement: PlaceReplication,
	}
	if f.Type == "array" {
		f.Items = "string"
		if items := n.Items.value; items != nil {
			f.Items = items.kind()
			f.Format, f.Enum, f.Pattern = items.Format.value, items.Enum.value, items.Pattern.value
		}
	}
	for _, v := range n.Examples.value {
		if f.Secret || f.Example != "" {
			break
		}
		f.Example = exampleText(v)
	}
	f.word(vendor)
	return f
}

func exampleText(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

var markup = lazyregexp.New(`</?[A-Za-z][^<>]*>`)

// longestWords bounds a description that came from outside.
const longestWords = 500

// plain takes the markup out of a text.
func plain(text string) string {
	text = strings.Join(strings.Fields(html.UnescapeString(markup.ReplaceAllString(text, ""))), " ")
	if len(text) > longestWords {
		text = strings.ToValidUTF8(text[:longestWords], "") + "…"
	}
	return text
}

// dotted is the path of a property below another path.
func dotted(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
