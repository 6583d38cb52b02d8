// Package leanjson writes JSON for readers who pay for every byte: without members that
// say nothing, and lists of records as rows under their columns.
package leanjson

import (
	"bytes"
	"slices"

	"airbyte-mcp-server/internal/rawjson"
)

// Lean leaves the members of objects out that are null or empty: "", [] and {}, and what
// becomes empty by that. Elements of lists stay, since their places count. It reports
// whether anything was left out; a value of which nothing was is returned as it is. The
// value must be valid.
func Lean(raw []byte) (lean []byte, left bool) {
	v, ok := rawjson.Survey(raw)
	if !ok {
		return raw, false
	}
	shorter, left := v.Lean()
	if !left {
		return raw, false
	}
	before, after, _ := bytes.Cut(raw, v.Value)
	return slices.Concat(before, shorter.Value, after), true
}
