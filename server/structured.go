package server

import (
	"encoding/json"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/internal/hosts"
	"airbyte-mcp-server/tools"
)

// structuredFor settles whether a host gets structured content: one that reads nothing else.
// All others read text, and would get every answer twice.
func structuredFor(asked tools.Structured, host hosts.Host) tools.Structured {
	if asked == tools.StructuredOn || asked == tools.StructuredOff {
		return asked
	}
	if host.StructuredOnly {
		return tools.StructuredOn
	}
	return tools.StructuredOff
}

// knownHost is what is known of the host that sent a message.
func knownHost(f *frame, p *peer) hosts.Host {
	client := clientOf(f, p)
	return hosts.Lookup(client.Name, client.Version)
}

// canAsk reports whether the host that sent a message can ask its user.
func canAsk(f *frame, p *peer) bool {
	if !f.isModern() {
		return !f.jsonOnly && p.GetClientCapabilities().Elicitation != nil
	}
	var meta map[string]json.RawMessage
	var caps mcp.ClientCapabilities
	if json.Unmarshal(f.params.meta, &meta) == nil {
		_ = json.Unmarshal(meta[mcp.MetaKeyClientCapabilities], &caps) // who says nothing can do nothing
	}
	return caps.Elicitation != nil
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
