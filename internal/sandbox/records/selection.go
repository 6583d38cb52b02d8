package records

import (
	"unicode/utf8"

	"airbyte-mcp-server/internal/sandbox/contextstore"
	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/schemas"
)

// transform applies select_fields or exclude_fields to a record, and shortens long
// texts where the caller asks for it.
func (c *Call) transform(record map[string]any) any {
	switch {
	case len(c.SelectFields) > 0:
		record = jsonvalue.SelectFields(record, c.SelectFields)
	case len(c.ExcludeFields) > 0:
		record = jsonvalue.ExcludeFields(record, c.ExcludeFields)
	}
	if c.SkipTruncation || c.Action != schemas.ActionList && c.Action != schemas.ActionContextStoreSearch &&
		c.Action != contextstore.ActionSQL {
		return record
	}
	return shorten(record)
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
