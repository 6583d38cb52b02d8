package sandbox

import (
	"maps"
	"strings"
	"unicode/utf8"

	"airbyte-mcp-server/schemas"
)

// transform applies select_fields or exclude_fields to a record, and shortens long
// texts where the caller asks for it.
func (c *call) transform(record map[string]any) any {
	switch {
	case len(c.SelectFields) > 0:
		record = selectFields(record, c.SelectFields)
	case len(c.ExcludeFields) > 0:
		record = excludeFields(record, c.ExcludeFields)
	}
	if c.SkipTruncation || c.Action != schemas.ActionList && c.Action != schemas.ActionContextStoreSearch && c.Action != actionSQL {
		return record
	}
	return shorten(record)
}

// selectFields keeps only the named paths.
func selectFields(record map[string]any, paths []string) map[string]any {
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
		kept = overlay(already, kept)
	}
	to[head] = kept
}

// overlay is a deep union of objects; b wins.
func overlay(a, b map[string]any) map[string]any {
	out := make(map[string]any, len(a)+len(b))
	maps.Copy(out, a)
	for k, v := range b {
		inner, isObject := v.(map[string]any)
		if old, ok := out[k].(map[string]any); ok && isObject {
			v = overlay(old, inner)
		}
		out[k] = v
	}
	return out
}

// excludeFields drops the named paths. The record itself is shared and stays as
// it is.
func excludeFields(record map[string]any, paths []string) map[string]any {
	out := overlay(nil, record)
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
		inner = overlay(nil, inner)
		dropPath(inner, rest)
		record[head] = inner
	}
}

// Texts longer than this are shortened on demand.
const (
	longText       = 200
	truncationMark = "... [truncated — use `get` action with the record id to retrieve the full value]"
)

// shorten cuts long strings at any depth.
func shorten(value any) any {
	switch v := value.(type) {
	case string:
		if utf8.RuneCountInString(v) > longText {
			return string([]rune(v)[:longText]) + truncationMark
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			out[key] = shorten(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = shorten(inner)
		}
		return out
	}
	return value
}
