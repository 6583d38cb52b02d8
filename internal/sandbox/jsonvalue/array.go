package jsonvalue

import (
	"encoding/json"
)

// JoinArray writes a JSON array of encoded values.
func JoinArray(items []json.RawMessage) json.RawMessage {
	size := 2
	for _, item := range items {
		size += len(item) + 1
	}
	out := make([]byte, 0, size)
	out = append(out, '[')
	for i, item := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, item...)
	}
	return append(out, ']')
}

// EmptyList is a list that JSON shows as [] where there is nothing.
func EmptyList(names []string) []string {
	if names == nil {
		return []string{}
	}
	return names
}
