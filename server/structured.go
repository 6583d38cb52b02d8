package server

import (
	"encoding/json"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/tools"
)

// structuredReaders are the clients, by the names that they give, that are known to read
// structured content alone. All others read text, and would get every answer twice.
var structuredReaders = map[string]bool{"openai-mcp": true}

// structuredFor settles whether a client gets structured content.
func (s *Server) structuredFor(asked tools.Structured, client string) tools.Structured {
	if asked == tools.StructuredOn || asked == tools.StructuredOff {
		return asked
	}
	if structuredReaders[client] {
		return tools.StructuredOn
	}
	return tools.StructuredOff
}

// clientOf is the host that sent a message, as it calls itself.
func clientOf(f *frame, p *peer) mcp.Implementation {
	if !f.isModern() {
		return p.GetClientInfo()
	}
	var meta map[string]json.RawMessage
	var info mcp.Implementation
	if json.Unmarshal(f.params.meta, &meta) == nil {
		_ = json.Unmarshal(meta[mcp.MetaKeyClientInfo], &info) // whoever says nothing is nobody in particular
	}
	return info
}
