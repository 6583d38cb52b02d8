package schemas

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
)

// toldOf are the parameters that a model is told of.
func toldOf(params []*Parameter) []*Parameter {
	return slices.DeleteFunc(slices.Clone(params), func(p *Parameter) bool { return p.Unlisted })
}

// unlistedOf are the schemas of the other parameters, by argument name.
func (c *Connector) unlistedOf(a *Action, params []*Parameter) json.RawMessage {
	others := slices.DeleteFunc(slices.Clone(params), func(p *Parameter) bool { return !p.Unlisted })
	if len(others) == 0 {
		return nil
	}
	raw, err := json.Marshal(published(c.rootSchema(a, others)).Properties)
	if err != nil {
		panic(err) // as for every schema
	}
	return raw
}

// published is a schema without what every model would pay for, and without what some
// model APIs refuse, and answer with an error for the whole request: formats of texts
// other than date-time, enumerations of anything but texts, patterns, lengths, unique
// elements and defaults. Arguments are still held to all of it; the words of a parameter
// tell it.
func published(s *jsonschema.Schema) *jsonschema.Schema {
	if s == nil || s == jsonschema.FalseSchema || s == jsonschema.TrueSchema {
		return s
	}
	publishMembers(s)
	if s.Format == formatPageSize { // its name says it, and more than the maximum is taken for the maximum
		s.Minimum, s.Maximum, s.Default = "", "", nil
	}
	if s.Format == formatCursor || s.Description == fromNext {
		s.Minimum, s.Default = "", nil // nothing to begin with
	}
	if s.Format == formatDate && !strings.Contains(s.Description, "YYYY") && !strings.Contains(s.Description, "`20") {
		s.Description = strings.TrimSpace(s.Description + " `YYYY-MM-DD`.")
	}
	if s.Format != formatDateTime {
		s.Format = ""
	}
	if s.Type != "string" {
		s.Enum = nil
	}
	s.Minimum, s.ExclusiveMinimum = cmp.Or(s.Minimum, s.ExclusiveMinimum), ""
	s.Maximum, s.ExclusiveMaximum = cmp.Or(s.Maximum, s.ExclusiveMaximum), ""
	s.Pattern, s.MinLength, s.MaxLength, s.UniqueItems = "", nil, nil, false
	s.Description, s.Default = withDefault(s.Description, s.Default), nil
	published(s.Items)
	published(s.AdditionalProperties)
	for _, choice := range s.AnyOf {
		published(choice)
	}
	if s.Properties != nil {
		for p := s.Properties.Oldest(); p != nil; p = p.Next() {
			if !slices.Contains(s.Required, p.Key) {
				p.Value = withoutNullForm(p.Value)
			}
			published(p.Value)
		}
	}
	return s
}

// withoutNullForm is the schema of an optional member without null as one of its forms. In
// strict mode models give every member and write null for what they do not mean: converters
// take out the null of a member for which they have allowed it themselves, and send it where
// the schema allows it, which would clear the member. Arguments may be null all the same.
func withoutNullForm(s *jsonschema.Schema) *jsonschema.Schema {
	isNull := func(form *jsonschema.Schema) bool { return form.Type == "null" }
	if !slices.ContainsFunc(s.AnyOf, isNull) {
		return s
	}
	s.AnyOf = slices.DeleteFunc(slices.Clone(s.AnyOf), isNull)
	if len(s.AnyOf) != 1 {
		return s
	}
	form := *s.AnyOf[0]
	form.Description, form.Default = cmp.Or(s.Description, form.Description), s.Default
	return &form
}

// publishMembers says whether an object takes members that it does not name. Of an object
// with members that goes without saying: others are refused. An object without any is one
// for free keys, or for nothing at all; converters that close objects must know which.
func publishMembers(s *jsonschema.Schema) {
	switch named := s.Properties != nil && s.Properties.Len() > 0; {
	case named && s.AdditionalProperties == jsonschema.FalseSchema:
		s.AdditionalProperties = nil
	case !named && s.Type == "object" && s.AdditionalProperties == nil:
		s.AdditionalProperties = jsonschema.TrueSchema
	}
}

// withDefault is a description that tells what leaving the parameter out stands for.
func withDefault(words string, value any) string {
	raw, ok := value.(json.RawMessage)
	if !ok || slices.Contains([]string{`false`, `""`, `{}`, `[]`, `null`}, string(raw)) {
		return words // says what leaving out says
	}
	told := toldDefault(raw)
	if strings.Contains(words, "at its default") || strings.Contains(words, "default") && strings.Contains(words, told) {
		return words
	}
	for _, soleValue := range []string{"always ", "only ", "ust be "} {
		if strings.Contains(words, soleValue+told) {
			return words
		}
	}
	return strings.TrimSpace(words + " Default " + told + ".")
}

// toldDefault is a value for readers: lists and objects go without quotation marks, each of
// which would be two bytes within a description.
func toldDefault(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return "`" + text + "`"
	}
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil {
		return string(raw)
	}
	return strings.ReplaceAll(compact.String(), `"`, "")
}
