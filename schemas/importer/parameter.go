package importer

import (
	"cmp"
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"

	"airbyte-mcp-server/schemas"
)

// maxNesting is how many levels of properties a parameter may have; what is
// deeper is taken as free-form. Airbyte's files have five.
const maxNesting = 10

// parameter translates a schema into a parameter. The trail holds the schemas that
// it is part of.
func (r *reader) parameter(name string, n *node, trail []*node) *schemas.Parameter {
	return r.formOf(name, r.schema(n), trail)
}

// formOf translates what has been resolved.
func (r *reader) formOf(name string, s *schema, trail []*node) *schemas.Parameter {
	p := &schemas.Parameter{
		Name:        name,
		Type:        cmp.Or(s.typeName(), "string"),
		Description: r.words(s.keywords["description"]),
		Nullable:    s.nullable,
		Format:      s.text("format"),
		Enum:        values(s.enum),
		Pattern:     r.usable(s.text("pattern")),
		MinLength:   s.keywords["minLength"].count(),
		MaxLength:   s.keywords["maxLength"].count(),
		MinItems:    s.keywords["minItems"].count(),
		MaxItems:    s.keywords["maxItems"].count(),
		UniqueItems: s.keywords["uniqueItems"].is(boolean) && s.text("uniqueItems") == "true",
	}
	p.Minimum, p.ExclusiveMinimum = bound(s, "minimum", "exclusiveMinimum", 1)
	p.Maximum, p.ExclusiveMaximum = bound(s, "maximum", "exclusiveMaximum", -1)
	r.setDefault(p, s.keywords["default"])
	if !r.spend(1+len(p.Enum)) || slices.Contains(trail, s.node) || len(trail) > maxNesting {
		return unfolded(p)
	}
	if forms := s.forms(); len(forms) == 1 { // an integer or a number
		p.Type = forms[0].types[0]
	} else if len(forms) > 1 {
		r.choice(p, s, trail)
		return p
	}
	switch p.Type {
	case "array":
		if s.items != nil {
			p.Items = r.parameter("", s.items, append(slices.Clip(trail), s.node))
		}
	case "object":
		r.describeObject(p, s, trail)
	}
	return p
}

// bound is a bound of numbers, and the one that is not allowed itself. Integers have the next
// one instead. OpenAPI 3.0 writes `true` beside the bound.
func bound(s *schema, inclusive, exclusive string, next int64) (allowed, beyond json.Number) {
	allowed = s.keywords[inclusive].number()
	switch out := s.keywords[exclusive]; {
	case out.is(boolean) && out.text == "true":
		allowed, beyond = "", allowed
	case !out.is(boolean):
		beyond = out.number()
	}
	if whole, err := beyond.Int64(); err == nil && s.typeName() == "integer" && whole != math.MaxInt64 && whole != math.MinInt64 {
		first := json.Number(strconv.FormatInt(whole+next, 10))
		if low, err := allowed.Int64(); err != nil || next*(whole+next-low) > 0 {
			allowed = first
		}
		return allowed, ""
	}
	return allowed, beyond
}

// unfolded leaves a parameter free-form within: it is part of itself, or too deep.
func unfolded(p *schemas.Parameter) *schemas.Parameter {
	if p.Type == "object" {
		p.AdditionalProperties = json.RawMessage("true")
	}
	return p
}

// describeObject adds the properties of an object, and what others it may have.
func (r *reader) describeObject(p *schemas.Parameter, s *schema, trail []*node) {
	trail = append(slices.Clip(trail), s.node)
	for _, each := range s.props {
		property := r.parameter(each.name, each.node, trail)
		property.Required = each.required
		p.Properties = append(p.Properties, property)
	}
	slices.SortFunc(p.Properties, requiredFirst)
	switch {
	case s.more.is(boolean):
		p.AdditionalProperties = json.RawMessage(s.more.text)
	case s.more.is(object) && len(s.more.pairs) == 0:
		p.AdditionalProperties = json.RawMessage("true")
	case s.more.is(object):
		p.AdditionalProperties = encode(r.parameter("", s.more, trail))
	}
}

func requiredFirst(a, b *schemas.Parameter) int {
	return cmp.Or(last(!a.Required, !b.Required), cmp.Compare(a.Name, b.Name))
}

// last sorts what is true to the end.
func last(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}

// longestPattern is how long a regular expression may be, in bytes.
const longestPattern = 1000

// usable drops a pattern of a dialect that is not understood here, such as one that
// looks ahead: the vendor checks it in any case.
func (r *reader) usable(pattern string) string {
	if len(pattern) > longestPattern {
		return ""
	}
	fits, known := r.patterns[pattern]
	if !known {
		_, err := regexp.Compile(pattern)
		fits = err == nil
		r.patterns[pattern] = fits
	}
	if !fits {
		return ""
	}
	return pattern
}
