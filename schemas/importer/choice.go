package importer

import (
	"bytes"
	"slices"

	"airbyte-mcp-server/schemas"
)

// choiceKeywords list schemas of which a value has to meet one. Those of oneOf exclude each
// other, which the vendor checks.
var choiceKeywords = []string{"anyOf", "oneOf"}

// unite adds a choice of schemas: one of them has to be met. Null among them makes
// the whole nullable; of several others remains what is common, and the properties
// of all.
func (r *reader) unite(s *schema, choices []*node) {
	var open []*schema
	for _, choice := range choices {
		made := r.schema(choice)
		s.nullable = s.nullable || made.nullable
		if !made.onlyNull {
			open = append(open, made)
		}
	}
	if len(open) == 1 {
		r.absorb(s, open[0])
		return
	}
	demands := map[string]int{}
	for _, made := range open {
		for _, p := range made.props {
			if p.required {
				demands[p.name]++
			}
		}
	}
	for _, made := range open {
		for _, t := range made.types {
			if !slices.Contains(s.types, t) {
				s.types = append(slices.Clip(s.types), t)
			}
		}
		for _, p := range made.props {
			p.required = demands[p.name] == len(open)
			r.addProperty(s, p)
		}
		s.items = either(s.items, made.items)
	}
}

// choose finds what a schema lets choose from: the choices of its own, or of one of its parts.
// Each choice gets what the others of the schema demand as well. Choices between things of
// which not even the type is told are none.
func (r *reader) choose(s *schema, parts []*schema) {
	choices, rest := r.ownChoices(s.node), parts
	for i, part := range parts {
		if len(part.choices) > 1 {
			if choices != nil {
				return
			}
			choices = part.choices
			rest = slices.Concat(parts[:i], []*schema{part.common}, parts[i+1:])
		}
	}
	if len(choices) < 2 || len(choices) > maxChoices || !r.spend(len(choices)) {
		return
	}
	common := &schema{node: s.node, keywords: map[string]*node{}}
	for _, part := range rest {
		r.absorb(common, part)
	}
	r.own(common, s.node)
	var made []*schema
	for _, choice := range choices {
		each := r.within(common, choice)
		if each.typeName() == "" || !r.spend(len(each.props)) {
			return
		}
		made = append(made, each)
	}
	s.choices, s.common = made, common
}

// maxChoices is from how many forms on a value is taken to have any.
const maxChoices = 20

// ownChoices are the choices of one keyword but null; nil if there are none, or of several
// keywords.
func (r *reader) ownChoices(n *node) []*schema {
	var found []*schema
	for _, keyword := range choiceKeywords {
		var open []*schema
		for _, choice := range r.items(n, keyword) {
			made := r.schema(choice)
			switch {
			case made.onlyNull:
			case len(made.choices) > 1:
				open = append(open, made.choices...)
			default:
				open = append(open, made)
			}
		}
		if len(open) > 1 && found != nil {
			return nil
		}
		if len(open) > 1 {
			found = open
		}
	}
	return found
}

// within is a choice with what is common to all.
func (r *reader) within(common, choice *schema) *schema {
	made := &schema{node: choice.node, keywords: map[string]*node{}}
	r.absorb(made, common)
	for _, own := range []string{"title", "description", "default"} {
		delete(made.keywords, own)
	}
	if len(choice.types) > 0 {
		made.types = nil
	}
	made.nullable = false
	r.absorb(made, choice)
	return made
}

// forms are the forms of a value with several: those that may be chosen from, or one for each
// type. A value with one form has none.
func (s *schema) forms() []*schema {
	if len(s.choices) > 1 {
		return s.choices
	}
	types := slices.Clone(s.types)
	if slices.Contains(types, "number") { // of which integers are some
		types = slices.DeleteFunc(types, func(name string) bool { return name == "integer" })
	}
	if len(s.types) < 2 {
		return nil
	}
	var forms []*schema
	for _, name := range types {
		if form := s.as(name); form != nil {
			forms = append(forms, form)
		}
	}
	return forms
}

// as is what a schema demands of values of one type; nil if it lists values of others only.
func (s *schema) as(name string) *schema {
	form := &schema{node: s.node, types: []string{name}, keywords: map[string]*node{}}
	switch name {
	case "object":
		form.props, form.more, form.demands = s.props, s.more, s.demands
	case "array":
		form.items = s.items
	}
	for keyword, value := range s.keywords {
		if slices.Contains(bounds[name], keyword) {
			form.keywords[keyword] = value
		}
	}
	for _, value := range s.enum {
		if of := value.typeName(); of == name || of == "integer" && name == "number" {
			form.enum = append(form.enum, value)
		}
	}
	if len(form.enum) == 0 && len(s.enum) > 0 {
		return nil
	}
	return form
}

// bounds are the keywords that bound values of a type.
var bounds = map[string][]string{
	"string":  {"format", "pattern", "minLength", "maxLength"},
	"integer": {"format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
	"number":  {"format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
	"array":   {"minItems", "maxItems", "uniqueItems"},
}

// choice makes a parameter of several forms. Forms that only list values of one type are one
// form, with all of the values.
func (r *reader) choice(p *schemas.Parameter, s *schema, trail []*node) {
	inner := trail
	if len(s.choices) > 1 {
		inner = append(slices.Clip(trail), s.node)
	}
	var forms []*schemas.Parameter
	var written [][]byte
	for _, each := range s.forms() {
		form := r.formOf("", each, inner)
		raw := encode(form)
		if !slices.ContainsFunc(written, func(other []byte) bool { return bytes.Equal(other, raw) }) {
			forms, written = append(forms, form), append(written, raw)
		}
	}
	p.Format, p.Pattern, p.Enum, p.Items, p.Properties, p.AdditionalProperties = "", "", nil, nil, nil, nil
	p.Minimum, p.Maximum, p.ExclusiveMinimum, p.ExclusiveMaximum = "", "", "", ""
	p.MinLength, p.MaxLength, p.MinItems, p.MaxItems, p.UniqueItems = nil, nil, nil, nil, false
	switch all := listed(forms); {
	case all != nil:
		p.Type, p.Enum = forms[0].Type, all
	case len(forms) == 1:
		only := forms[0]
		only.Name, only.Description, only.Nullable = p.Name, p.Description, p.Nullable
		only.Default, only.DefaultRelative, only.DefaultList = p.Default, p.DefaultRelative, p.DefaultList
		only.DefaultListEncoding, only.DefaultQuery = p.DefaultListEncoding, p.DefaultQuery
		*p = *only
	default:
		p.Type, p.OneOf = forms[0].Type, forms
	}
}

// listed are the values of forms that do nothing but list some, of one type; nil for others.
func listed(forms []*schemas.Parameter) []any {
	var all []any
	for _, form := range forms {
		plain := &schemas.Parameter{Type: forms[0].Type, Enum: form.Enum, Description: form.Description}
		if len(form.Enum) == 0 || !bytes.Equal(encode(plain), encode(form)) {
			return nil
		}
		all = append(all, form.Enum...)
	}
	var values []any
	for _, value := range all {
		if !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	return values
}
