package server

import (
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
)

// maxFact bounds one text that a client says about itself, in bytes.
const maxFact = 128

// boundedInfo is what is remembered of how a client introduces itself: it is part of the
// session's id, and of memory for as long as the session lasts.
func boundedInfo(info mcp.Implementation) mcp.Implementation {
	return mcp.Implementation{Name: boundedFact(info.Name), Version: boundedFact(info.Version)}
}

// boundedCapabilities is what is remembered of what a client can do. Extensions and
// experiments have no use here and no bound.
func boundedCapabilities(caps mcp.ClientCapabilities) mcp.ClientCapabilities {
	caps.Extensions, caps.Experimental = nil, nil
	return caps
}

// boundedFact is a copy of a text, cut where it is too long: a part of the message itself
// would keep all of it in memory.
func boundedFact(text string) string {
	return strings.ToValidUTF8(strings.Clone(text[:min(len(text), maxFact)]), "")
}
