package tools

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"airbyte-mcp-server/schemas"
)

// Difference says how two forms of a tool differ: in their schema or in words alone, and in
// which parameters; "" and nil if they do not.
func Difference(before, after *Tool) (kind string, parameters []string) {
	was, is := decodeSchema(before), decodeSchema(after)
	plainWas, plainIs := wordless(decodeSchema(before)), wordless(decodeSchema(after))
	switch {
	case before.Effect != after.Effect:
		return "effect", nil
	case !reflect.DeepEqual(plainWas, plainIs) || !reflect.DeepEqual(before.requirements(), after.requirements()):
		return "schema", changedParameters(plainWas, plainIs)
	case !reflect.DeepEqual(was, is) || before.Description != after.Description:
		return "words", changedParameters(was, is)
	default:
		return "", nil
	}
}

// origin is the action that the tool is of; nil for the program's own tools and searches.
func (t *Tool) origin() *schemas.Action {
	if t.from == nil || t.from.Entity(t.Entity) == nil {
		return nil
	}
	return t.from.Entity(t.Entity).Action(t.Action)
}

// requirements are the rules between the tool's arguments, nil for none.
func (t *Tool) requirements() *schemas.Requirements {
	if a := t.origin(); a != nil {
		return a.Requirements
	}
	return nil
}

func decodeSchema(t *Tool) map[string]any {
	var schema map[string]any
	_ = json.Unmarshal(t.Input.CheckedSchema(), &schema) // it is our own
	return schema
}

// wordKeywords are the keywords of a schema that no value is held to.
var wordKeywords = []string{"title", "description", "examples", "$comment"}

// wordless removes the words from a schema, and from those within it. Members of properties
// are names, not keywords.
func wordless(schema map[string]any) map[string]any {
	for _, word := range wordKeywords {
		delete(schema, word)
	}
	for keyword, value := range schema {
		switch v := value.(type) {
		case map[string]any:
			if slices.Contains([]string{"properties", "patternProperties", "$defs"}, keyword) {
				for _, part := range v {
					if within, ok := part.(map[string]any); ok {
						wordless(within)
					}
				}
			} else if keyword != "default" && keyword != "const" {
				wordless(v)
			}
		case []any:
			for _, part := range v {
				if within, ok := part.(map[string]any); ok && keyword != "enum" {
					wordless(within)
				}
			}
		}
	}
	return schema
}

// changedParameters names the parameters in which two schemas differ, in the order of their
// names.
func changedParameters(was, is map[string]any) []string {
	before, _ := was["properties"].(map[string]any)
	after, _ := is["properties"].(map[string]any)
	names := map[string]bool{}
	for name := range before {
		names[name] = !reflect.DeepEqual(before[name], after[name])
	}
	for name := range after {
		names[name] = names[name] || before[name] == nil
	}
	for name := range names {
		names[name] = names[name] || demands(was, name) != demands(is, name)
	}
	maps.DeleteFunc(names, func(_ string, changed bool) bool { return !changed })
	return slices.Sorted(maps.Keys(names))
}

// demands reports whether a schema requires a member.
func demands(schema map[string]any, name string) bool {
	required, _ := schema["required"].([]any)
	return slices.Contains(required, any(name))
}
