package tools

import (
	"slices"

	"airbyte-mcp-server/airbyte"
)

// Session is who calls: made once by the transport that knows, and passed with
// every call. Everything that is remembered for a caller is kept under its
// workspace.
type Session struct {
	Principal string // for logs; "" on a transport with a single caller
	Workspace string // name of the Airbyte workspace whose connectors are used
	Policy    Policy
	Grants    Grants // what the caller's credential is good for
	Listing   Listing
	Answers   Answers
	Local     bool // shares this machine, so that paths of files mean something to it
	Operator  bool // acts for the whole organization, not for one tenant of it
}

// CallerKey tells callers apart: what is kept or counted for a caller (results, files,
// pages, sessions, limits, confirmations) is under this key. It is no name of one caller
// and a part of another's, since neither part has a zero byte.
func (s Session) CallerKey() string { return s.Principal + "\x00" + s.Workspace }

// sees reports whether a session may know of a connector: of those that its policy
// admits, and an operator of all.
func (s Session) sees(i Instance) bool { return s.Operator || s.Policy.Admits(i) }

// MayConnect reports whether a session may connect a type of connector, and know what
// that asks for. The type's slug is "" where the catalog lacks it.
func (s Session) MayConnect(slug, title, definitionID string) bool {
	return s.sees(Instance{Slug: slug, Connector: airbyte.Connector{Type: slug, TypeName: title, DefinitionID: definitionID}})
}

// Grants are the effects that a credential is good for; nil is all. Other tools are
// listed all the same, so that their caller can ask for a better one, but not run.
type Grants []Effect

// Allow reports whether tools of an effect may run.
func (g Grants) Allow(e Effect) bool { return g == nil || slices.Contains(g, e) }
