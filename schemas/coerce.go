package schemas

import (
	"encoding/json"
	"slices"

	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

// coerce returns the number or boolean that a string spells where the schema
// accepts such a value and no string; any other string is returned as it is.
func coerce(s *validator.Schema, text string) any {
	if s == nil || allows(s, "string") {
		return text
	}
	number := json.Number(text)
	switch {
	case (allows(s, "integer") || allows(s, "number")) && isModest(number) && jsonNumber.MatchString(text):
		return number
	case allows(s, "boolean") && (text == "true" || text == "false"):
		return text == "true"
	}
	return text
}

// alternatives are the schemas that a value may follow: the schema itself, or what
// it refers to or chooses from.
func alternatives(s *validator.Schema) []*validator.Schema {
	for s != nil && s.Ref != nil {
		s = s.Ref
	}
	switch {
	case s == nil:
		return nil
	case len(s.AnyOf) == 0:
		return []*validator.Schema{s}
	}
	var list []*validator.Schema
	for _, choice := range s.AnyOf {
		list = append(list, alternatives(choice)...)
	}
	return list
}

// allows reports whether the schema accepts values of the named type. A schema
// without a type accepts any.
func allows(s *validator.Schema, name string) bool {
	return slices.ContainsFunc(alternatives(s), func(a *validator.Schema) bool {
		return a.Types == nil || slices.Contains(a.Types.ToStrings(), name)
	})
}

// itemSchema is the schema of an array's elements, nil if none is known.
func itemSchema(s *validator.Schema) *validator.Schema {
	for _, a := range alternatives(s) {
		if a.Items2020 != nil {
			return a.Items2020
		}
	}
	return nil
}

// propertySchema is the schema of an object's property, nil if none is known.
func propertySchema(s *validator.Schema, key string) *validator.Schema {
	for _, a := range alternatives(s) {
		if p := a.Properties[key]; p != nil {
			return p
		}
		if p, ok := a.AdditionalProperties.(*validator.Schema); ok {
			return p
		}
	}
	return nil
}
