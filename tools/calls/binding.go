package calls

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/tools"
)

// Binding is to what a confirmation belongs, be it the answer of a person or a token: this
// caller, this tool, these arguments. Whatever is confirmed under one Binding says nothing
// under another one. Arguments that are merely spelt otherwise have the same Binding;
// arguments that readers of JSON may take for different things never do (see canonical).
// A tool's options that were taken from its arguments, and are part of what is confirmed,
// follow them.
func Binding(s tools.Session, tool string, arguments json.RawMessage, options ...string) string {
	b := strconv.AppendQuote(nil, s.CallerKey())
	b = strconv.AppendQuote(b, tool)
	for _, o := range options {
		b = strconv.AppendQuote(b, o)
	}
	return string(append(b, canonical(arguments)...))
}

// binding is that of a call whose options have been taken.
func (c *Call) binding() string {
	return Binding(c.Session, c.tool.Name, c.args.JSON(), c.chosen.connector)
}

// canonical is the one form of arguments that are spelt in several ways: white space, the
// order of members and the escapes of a text do not count, every digit of a number does.
// What has no form of its own stays as it is, so that two of those do not look alike: half
// a character, bytes that are no UTF-8, and a name that is given twice.
func canonical(params json.RawMessage) []byte {
	b, err := rawjson.Canonical(params)
	if err != nil || bytes.ContainsRune(b, utf8.RuneError) {
		return params
	}
	return b
}
