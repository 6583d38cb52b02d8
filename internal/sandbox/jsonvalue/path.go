package jsonvalue

import (
	"maps"
	"strings"
)

// PathValue follows a dotted path. A key that contains the dots itself wins; an
// array on the way gives the values of all its elements.
func PathValue(value any, path string) any {
	switch v := value.(type) {
	case map[string]any:
		if inner, ok := v[path]; ok {
			return inner
		}
		head, rest, dotted := strings.Cut(path, ".")
		head = strings.TrimSuffix(head, "[]")
		inner, ok := v[head]
		if !ok {
			return nil
		}
		if !dotted {
			return inner
		}
		return PathValue(inner, rest)
	case []any:
		var out []any
		for _, item := range v {
			if inner := PathValue(item, path); inner != nil {
				out = append(out, inner)
			}
		}
		return out
	}
	return nil
}

// SelectFields keeps only the named paths.
func SelectFields(record map[string]any, paths []string) map[string]any {
	out := map[string]any{}
	for _, path := range paths {
		keepPath(record, out, path)
	}
	return out
}

// keepPath copies one path. A key that contains the dots itself wins.
func keepPath(from, to map[string]any, path string) {
	if value, ok := from[path]; ok {
		to[path] = value
		return
	}
	head, rest, dotted := strings.Cut(path, ".")
	inner, ok := from[head].(map[string]any)
	if !dotted || !ok {
		return
	}
	kept := map[string]any{}
	keepPath(inner, kept, rest)
	if len(kept) == 0 {
		return
	}
	if already, ok := to[head].(map[string]any); ok {
		kept = Overlay(already, kept)
	}
	to[head] = kept
}

// Overlay is a deep union of objects; b wins.
func Overlay(a, b map[string]any) map[string]any {
	out := make(map[string]any, len(a)+len(b))
	maps.Copy(out, a)
	for k, v := range b {
		inner, isObject := v.(map[string]any)
		if old, ok := out[k].(map[string]any); ok && isObject {
			v = Overlay(old, inner)
		}
		out[k] = v
	}
	return out
}

// ExcludeFields drops the named paths. The record itself is shared and stays as
// it is.
func ExcludeFields(record map[string]any, paths []string) map[string]any {
	out := Overlay(nil, record)
	for _, path := range paths {
		dropPath(out, path)
	}
	return out
}

func dropPath(record map[string]any, path string) {
	if _, ok := record[path]; ok {
		delete(record, path)
		return
	}
	head, rest, dotted := strings.Cut(path, ".")
	if inner, ok := record[head].(map[string]any); ok && dotted {
		inner = Overlay(nil, inner)
		dropPath(inner, rest)
		record[head] = inner
	}
}

// SetPath puts a value at a dotted path, making objects on the way.
func SetPath(config map[string]any, path string, value any) {
	head, rest, deep := strings.Cut(path, ".")
	if !deep {
		config[head] = value
		return
	}
	inner, ok := config[head].(map[string]any)
	if !ok {
		inner = map[string]any{}
		config[head] = inner
	}
	SetPath(inner, rest, value)
}
