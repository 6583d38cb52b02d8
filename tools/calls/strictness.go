package calls

import (
	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/internal/rawjson"
)

// maxLevels bounds the nesting of what is shown, as that of messages is bounded. The readers
// of many clients call themselves for each level, and end the client.
const maxLevels = rawjson.ShallowLevels

// Warnings about what was changed so that every client can read the answer.
const (
	mendedWarning  = "halves of characters, which the vendor sent, are shown as U+FFFD"
	flattenWarning = "parts nested below 64 levels are shown as JSON text in a string"
	flattenHint    = "the original, with its deep parts, is kept: read it with read_result and a path, or at the uri"
)

// mend replaces halves of characters, which strict readers of JSON refuse.
func (r *Result) mend() {
	var data, metadata, warning bool
	if !r.lacks(rawjson.LacksSurrogate) {
		r.Data, data = cleantext.Mend(r.Data)
	}
	r.Metadata, metadata = cleantext.Mend(r.Metadata)
	r.Warning, warning = cleantext.Mend(r.Warning)
	if data || metadata || warning {
		r.warn(mendedWarning)
	}
}

// flatten turns the parts that are nested too deep into text, and keeps the original.
func (c *Call) flatten(r *Result) {
	data, isDeep := r.Data, false
	if !r.lacks(rawjson.LacksDepth) {
		data, isDeep = rawjson.Flatten(r.Data, maxLevels)
	}
	metadata, metadataIsDeep := rawjson.Flatten(r.Metadata, maxLevels)
	warning, warningIsDeep := rawjson.Flatten(r.Warning, maxLevels)
	if isDeep && r.Truncation == nil && r.Source != SourceServer {
		r.Truncation = c.keep(r.compactData(), flattenHint)
	}
	r.Data, r.Metadata, r.Warning = data, metadata, warning
	if isDeep || metadataIsDeep || warningIsDeep {
		r.warn(flattenWarning)
	}
}
