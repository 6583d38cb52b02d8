package server

import (
	"encoding/json"
	"slices"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/tools/calls"
)

// pieces is a text content that is quoted straight into the frame. Each piece is valid
// UTF-8 without hidden characters.
type pieces struct {
	mcp.TextContent

	parts   [3][]byte
	escapes int // bytes that the parts take more as a string, about
}

// textOf is a result as text for readers, without the characters that nobody sees. The data
// are looked at only where they may have any.
func textOf(p calls.Pieces) pieces {
	data := p.Data
	if !p.DataLacks.All(rawjson.LacksEscape | rawjson.LacksHigh) {
		data = visible(data)
	}
	tail := visible(p.Tail)
	return pieces{
		TextContent: mcp.TextContent{Type: "text"},
		parts:       [3][]byte{p.Head, data, tail},
		escapes:     p.DataEscapes + len(tail)/2 + len(p.Head),
	}
}

func visible(text []byte) []byte {
	text, _ = cleantext.JSON(validUTF8(text))
	return text
}

// size is about what the text takes as a string.
func (p *pieces) size() int {
	size := p.escapes + 2
	for _, part := range p.parts {
		size += len(part)
	}
	return size
}

// appendTo writes the text as a string.
func (p *pieces) appendTo(b []byte) []byte {
	b = append(b, '"')
	for _, part := range p.parts {
		b = rawjson.AppendInner(b, part)
	}
	return append(b, '"')
}

// MarshalJSON writes the content where mcp-go encodes the whole result.
func (p pieces) MarshalJSON() ([]byte, error) {
	p.Text = string(slices.Concat(p.parts[:]...))
	return json.Marshal(p.TextContent)
}
