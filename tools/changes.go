package tools

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Changes says in words what differs between two forms of a tool, a line for each change, as
// in "orders.list: parameter `page` type changed string → integer".
func Changes(before, after *Tool) []string {
	c := &changes{at: after.Entity + "." + after.Action + ": "}
	if before.Effect != after.Effect {
		c.add("effect changed %s → %s", before.Effect, after.Effect)
	}
	c.object("", decodeSchema(before), decodeSchema(after))
	if !reflect.DeepEqual(before.requirements(), after.requirements()) {
		c.add("requirements between parameters changed")
	}
	if before.Description != after.Description {
		c.add("described in other words")
	}
	return c.lines
}

// changes collects lines about one tool.
type changes struct {
	at    string
	lines []string
}

func (c *changes) add(format string, args ...any) {
	c.lines = append(c.lines, c.at+fmt.Sprintf(format, args...))
}

// object compares the members of two objects, which are found below a path.
func (c *changes) object(path string, was, is map[string]any) {
	before, after := members(was), members(is)
	all := maps.Clone(before)
	maps.Copy(all, after)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		old, known := before[name]
		current, stays := after[name]
		at := path + name
		switch {
		case !known:
			c.add("parameter `%s` added (%s, %s)", at, typeWords(current), demandWords(demands(is, name)))
		case !stays:
			c.add("parameter `%s` removed", at)
		default:
			if demands(was, name) != demands(is, name) {
				c.add("parameter `%s` is %s, was %s", at, demandWords(demands(is, name)), demandWords(demands(was, name)))
			}
			c.value(at, old, current)
		}
	}
}

// value compares two forms of one value.
func (c *changes) value(at string, was, is map[string]any) {
	if old, current := typeWords(was), typeWords(is); old != current {
		c.add("parameter `%s` type changed %s → %s", at, old, current)
	}
	was, is = essence(was), essence(is)
	all := maps.Clone(was)
	maps.Copy(all, is)
	for _, keyword := range slices.Sorted(maps.Keys(all)) {
		switch {
		case slices.Contains(structure, keyword) || reflect.DeepEqual(was[keyword], is[keyword]):
		case slices.Contains(wordKeywords, keyword):
			c.add("parameter `%s` described in other words", at)
		default:
			c.add("parameter `%s` %s changed %s → %s", at, keyword, clipped(was[keyword]), clipped(is[keyword]))
		}
	}
	c.object(at+".", was, is)
	old, isList := was["items"].(map[string]any)
	current, stays := is["items"].(map[string]any)
	if isList && stays {
		c.value(at+"[]", old, current)
	}
}

// structure is the keywords that are compared part by part.
var structure = []string{"type", "properties", "required", "items"}

// essence is a schema without the choice that null is allowed beside it; the words stay.
func essence(schema map[string]any) map[string]any {
	choices, _ := schema["anyOf"].([]any)
	if len(choices) != 2 || !isNull(choices[1]) {
		return schema
	}
	inner, _ := choices[0].(map[string]any)
	made := maps.Clone(schema)
	delete(made, "anyOf")
	maps.Copy(made, inner)
	return made
}

func isNull(choice any) bool {
	schema, _ := choice.(map[string]any)
	return schema["type"] == "null"
}

func members(schema map[string]any) map[string]map[string]any {
	properties, _ := schema["properties"].(map[string]any)
	found := map[string]map[string]any{}
	for name, value := range properties {
		found[name], _ = value.(map[string]any)
	}
	return found
}

func demandWords(required bool) string {
	if required {
		return "required"
	}
	return "optional"
}

// typeWords are the types that a value may have.
func typeWords(schema map[string]any) string {
	if choices, _ := schema["anyOf"].([]any); len(choices) > 0 {
		var all []string
		for _, choice := range choices {
			inner, _ := choice.(map[string]any)
			if words := typeWords(inner); !slices.Contains(all, words) {
				all = append(all, words)
			}
		}
		return strings.Join(all, " or ")
	}
	name, _ := schema["type"].(string)
	items, _ := schema["items"].(map[string]any)
	switch {
	case name == "":
		return "anything"
	case name == "array" && items != nil:
		return "list of " + typeWords(items)
	}
	return name
}

// longestValue bounds a value of a keyword in a line.
const longestValue = 60

func clipped(value any) string {
	if value == nil {
		return "none"
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return "?" // not reached: it was decoded from JSON
	}
	text := []rune(string(raw))
	if len(text) > longestValue {
		return string(text[:longestValue]) + "…"
	}
	return string(text)
}
