package confedit

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"airbyte-mcp-server/internal/yamlfile"
)

// find follows a path.
func find(tree any, path Path) (any, bool) {
	for _, step := range path {
		if step.By != "" {
			list, _ := tree.([]any)
			at := itemAt(list, step)
			if at < 0 {
				return nil, false
			}
			tree = list[at]
			continue
		}
		members, _ := tree.(map[string]any)
		next, exists := members[step.Name]
		if !exists {
			return nil, false
		}
		tree = next
	}
	return tree, true
}

// itemAt is the index of the item that a step leads to; -1 if there is none.
func itemAt(list []any, step Step) int {
	return slices.IndexFunc(list, func(item any) bool {
		members, _ := item.(map[string]any)
		return members[step.By] == step.Name
	})
}

// withValue is a tree with one value changed, or removed if it is nil.
func withValue(tree any, path Path, value any) any {
	if len(path) == 0 {
		return plain(value)
	}
	step, rest := path[0], path[1:]
	if step.By == "" {
		members, _ := tree.(map[string]any)
		members = maps.Clone(members)
		if members == nil {
			members = map[string]any{}
		}
		if value == nil && len(rest) == 0 {
			delete(members, step.Name)
		} else {
			members[step.Name] = withValue(members[step.Name], rest, value)
		}
		return members
	}
	list, _ := tree.([]any)
	list = slices.Clone(list)
	switch at := itemAt(list, step); {
	case at < 0:
		return append(list, withValue(nil, rest, value))
	case value == nil && len(rest) == 0:
		return slices.Delete(list, at, at+1)
	default:
		list[at] = withValue(list[at], rest, value)
		return list
	}
}

// withoutEmpty is a tree without the objects on the way to a removed value in which nothing
// is left: tables of TOML are there for the sake of what is in them.
func withoutEmpty(tree any, path Path) any {
	for at := len(path) - 1; at > 0; at-- {
		if value, _ := find(tree, path[:at]); !isEmpty(value) {
			break
		}
		tree = withValue(tree, path[:at], nil)
	}
	return tree
}

// nested wraps a value into what a path would lead through.
func nested(path Path, value any) any {
	for _, step := range slices.Backward(path) {
		if step.By != "" {
			value = []any{value}
		} else {
			value = Object{{step.Name, value}}
		}
	}
	return value
}

// plain is a value as a file that has it is read.
func plain(value any) any {
	switch v := value.(type) {
	case Object:
		members := map[string]any{}
		for _, m := range v {
			members[m.Name] = plain(m.Value)
		}
		return members
	case []string:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = item
		}
		return list
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = plain(item)
		}
		return list
	case int:
		return json.Number(strconv.Itoa(v))
	}
	return value
}

// same compares what two files mean. An empty object or list and nothing are the same, so
// that a member can be the first of what said nothing before.
func same(a, b any) bool {
	left, isMap := a.(map[string]any)
	right, also := b.(map[string]any)
	if !isMap || !also {
		return sameValue(a, b)
	}
	for name := range left {
		if other, exists := right[name]; !exists || !same(left[name], other) {
			return false
		}
	}
	return len(left) == len(right)
}

func sameValue(a, b any) bool {
	left, isList := a.([]any)
	right, also := b.([]any)
	switch {
	case isList && also:
		return slices.EqualFunc(left, right, same)
	case isEmpty(a) && isEmpty(b):
		return true
	}
	return reflect.DeepEqual(a, b)
}

func isEmpty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}

func sortedKeys(members map[string]any) []string { return slices.Sorted(maps.Keys(members)) }

// checkDepth refuses what is nested too deeply for the parsers, which go down as deep as
// a file does.
func checkDepth(format Format, text string) error {
	if format == YAML {
		return nil // its parser has a limit of its own
	}
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"', c == '\'' && format == TOML:
			i = stringEnd(text, i) - 1
		case c == '#' && format == TOML, c == '/' && i+1 < len(text) && text[i+1] == '/':
			i = lineEnd(text, i)
		case c == '[' || c == '{':
			depth++
			if depth > maxDepth {
				return &yamlfile.Error{Line: lineAt(text, i), Err: errors.New("nested too deeply")}
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return nil
}

// stringEnd is the offset behind a quoted text, or of the end of all.
func stringEnd(text string, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && text[start] == '"':
			i++
		case text[i] == text[start]:
			return i + 1
		}
	}
	return len(text)
}
