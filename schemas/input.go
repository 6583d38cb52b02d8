package schemas

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

// Input is the arguments of one tool: the JSON Schema that is published, and the
// check of arguments against it. The schema is of draft 2020-12 within the subset
// that MCP hosts understand: a closed object at the root, a single type per
// schema, no combinators at the root, references only into its own $defs. An
// Input is immutable and safe for concurrent use.
type Input struct {
	required  []string
	original  map[string]string // argument name -> parameter name, where they differ
	semantics func() rule       // what the schema cannot say
	published func() json.RawMessage
	checked   func() json.RawMessage
	unlisted  func() json.RawMessage
	signature func() string
	compiled  func() (*validator.Schema, error)
	plain     func() plainArguments

	joined    []Joined          // arguments that may hold another one
	subject   []string          // words of what the tool is about
	isContent func(string) bool // the arguments that say what is written; nil for none

	translate  func(Arguments, *Taken, *FaultList, *pulse) Arguments // of another grammar into the schema's; nil for none
	example    func([]Fault) string                                  // of a right call, which a refusal shows; nil for none
	valueHints func(Arguments) []string                              // why an answer may be empty; nil for nothing to say
}

// Schema is the JSON Schema of the arguments. It is encoded when it is first asked
// for: most tools of a large selection are never looked at.
func (in *Input) Schema() json.RawMessage { return in.published() }

// CheckedSchema is the JSON Schema that arguments are held to: Schema with what model APIs
// refuse, such as formats. It is encoded at each call.
func (in *Input) CheckedSchema() json.RawMessage { return in.checked() }

// Unlisted are the arguments that the schema does not tell of and that are taken all the
// same, by name, each with its schema; nil for none.
func (in *Input) Unlisted() json.RawMessage { return in.unlisted() }

// Required are the names of the arguments that must be given, in their order.
func (in *Input) Required() []string { return in.required }

// ActionInput builds the arguments of an action: the action's parameters, then
// extra ones of the caller. Parameters whose names hosts refuse are offered under
// a legal name, which Check maps back.
func (c *Connector) ActionInput(e *Entity, a *Action, extra ...*Parameter) (*Input, error) {
	params := slices.Concat(a.Params, extra)
	checked := func() *jsonschema.Schema { return c.rootSchema(a, params) }
	in, err := newInput(params, func() *jsonschema.Schema { return published(c.rootSchema(a, toldOf(params))) }, checked)
	if err != nil {
		return nil, fmt.Errorf("building the schema of %s.%s.%s: %w", c.Name, e.Name, a.Name, err)
	}
	in.unlisted = func() json.RawMessage { return c.unlistedOf(a, params) }
	in.signature = func() string { return signatureOf(a, params, len(extra)) }
	in.subject = append(nameWords(e.Name), nameWords(a.Name)...)
	in.example = (&rightCall{in, c, a, params}).arguments
	in.isContent = contentOf(a)
	for _, j := range c.Joined {
		if takes(a, j.Param) && takes(a, j.With) {
			in.joined = append(in.joined, j)
		}
	}
	if a.Requirements != nil {
		in.semantics = sync.OnceValue(func() rule { return a.ruleOf(a.Requirements) })
	}
	return in, nil
}

func takes(a *Action, name string) bool {
	return slices.ContainsFunc(a.Params, func(p *Parameter) bool { return p.Name == name })
}

// rootSchema is an object of parameters. The action may be nil where paging words do
// not apply.
func (c *Connector) rootSchema(a *Action, params []*Parameter) *jsonschema.Schema {
	root := closedObject()
	for _, p := range params {
		name := ArgumentName(p.Name)
		root.Properties.Set(name, c.parameterSchema(a, p))
		if p.Required {
			root.Required = append(root.Required, name)
		}
	}
	return root
}

// newInput has the schema that is published, and the one that arguments are held
// against, made when they are first needed.
func newInput(params []*Parameter, told, checked func() *jsonschema.Schema) (*Input, error) {
	in := &Input{original: map[string]string{}}
	taken := make(map[string]bool, len(params))
	for _, p := range params {
		name := ArgumentName(p.Name)
		if taken[name] {
			return nil, fmt.Errorf("two arguments would be called %q", name)
		}
		taken[name] = true
		if name != p.Name {
			in.original[name] = p.Name
		}
		if p.Required {
			in.required = append(in.required, name)
		}
	}
	in.published = sync.OnceValue(func() json.RawMessage {
		return encoded(told())
	})
	in.checked = func() json.RawMessage { return encoded(checked()) }
	in.compiled = sync.OnceValues(func() (*validator.Schema, error) { return compile(in.checked()) })
	in.plain = sync.OnceValue(in.newPlainArguments)
	in.unlisted = func() json.RawMessage { return (&Connector{}).unlistedOf(nil, params) }
	in.signature = func() string { return signatureOf(nil, params, 0) }
	return in, nil
}

func compile(schema json.RawMessage) (*validator.Schema, error) {
	doc, err := validator.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, err
	}
	compiler := validator.NewCompiler()
	compiler.DefaultDraft(validator.Draft2020)
	compiler.AssertFormat()
	for _, f := range ownFormats() {
		compiler.RegisterFormat(f)
	}
	const location = "mem:arguments"
	if err := compiler.AddResource(location, doc); err != nil {
		return nil, err
	}
	return compiler.Compile(location)
}

func closedObject() *jsonschema.Schema {
	return &jsonschema.Schema{
		Type:                 "object",
		Properties:           jsonschema.NewProperties(),
		AdditionalProperties: jsonschema.FalseSchema,
	}
}

// parameterSchema translates a parameter, or an element of one, into JSON Schema.
// The action may be nil where paging words do not apply.
func (c *Connector) parameterSchema(a *Action, p *Parameter) *jsonschema.Schema {
	s := &jsonschema.Schema{
		Type:        p.Type,
		Format:      a.formatOf(p),
		Enum:        withoutNull(p.Enum),
		Pattern:     p.Pattern,
		Minimum:     p.Minimum,
		Maximum:     p.Maximum,
		MinLength:   p.MinLength,
		MaxLength:   p.MaxLength,
		MinItems:    p.MinItems,
		MaxItems:    p.MaxItems,
		UniqueItems: p.UniqueItems,

		ExclusiveMinimum: p.ExclusiveMinimum,
		ExclusiveMaximum: p.ExclusiveMaximum,
	}
	if p.Items != nil {
		s.Items = c.parameterSchema(nil, p.Items)
	}
	if p.Type == "object" {
		c.describeObject(s, p)
	}
	s = c.choiceSchema(s, p)
	if p.Default != nil {
		s.Default = p.Default
	}
	s.Description = c.describe(a, p)
	return s
}

// choiceSchema makes a choice of the forms that a value may have, null among them.
func (c *Connector) choiceSchema(s *jsonschema.Schema, p *Parameter) *jsonschema.Schema {
	forms := []*jsonschema.Schema{s}
	if len(p.OneOf) > 0 {
		forms = nil
	}
	for _, form := range p.OneOf {
		if made := c.parameterSchema(nil, form); made.AnyOf != nil {
			forms = append(forms, made.AnyOf...)
		} else {
			forms = append(forms, made)
		}
	}
	if p.Nullable {
		forms = append(forms, &jsonschema.Schema{Type: "null"})
	}
	if len(forms) == 1 {
		return forms[0]
	}
	return &jsonschema.Schema{AnyOf: forms}
}

// withoutNull leaves null to the alternative that a nullable parameter has for it.
func withoutNull(enum []any) []any {
	return slices.DeleteFunc(slices.Clone(enum), func(v any) bool { return v == nil })
}

// describeObject closes an object to its known properties, or types the values of
// a free-form one.
func (c *Connector) describeObject(s *jsonschema.Schema, p *Parameter) {
	if len(p.Properties) > 0 {
		s.Properties = jsonschema.NewProperties()
		for _, q := range p.Properties {
			s.Properties.Set(q.Name, c.parameterSchema(nil, q))
			if q.Required {
				s.Required = append(s.Required, q.Name)
			}
		}
	}
	var values Parameter
	switch extra := string(p.AdditionalProperties); {
	case strings.HasPrefix(extra, "{") && json.Unmarshal(p.AdditionalProperties, &values) == nil:
		s.AdditionalProperties = c.parameterSchema(nil, &values)
	case extra == "true" || extra == "" && len(p.Properties) == 0:
		// Free-form: saying nothing admits everything, without a bare `true`.
	default:
		s.AdditionalProperties = jsonschema.FalseSchema
	}
}

// NewInput builds the arguments of a tool that belongs to no connector.
func NewInput(params ...*Parameter) (*Input, error) {
	none := &Connector{}
	checked := func() *jsonschema.Schema { return none.rootSchema(nil, params) }
	in, err := newInput(params, func() *jsonschema.Schema { return published(checked()) }, checked)
	if err != nil {
		return nil, err
	}
	in.example = (&rightCall{in, none, nil, params}).arguments
	return in, nil
}

// Compile compiles the schema, which otherwise happens at the first Check.
func (in *Input) Compile() error {
	_, err := in.compiled()
	return err
}
