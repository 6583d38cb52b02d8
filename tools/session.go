package tools

// Session is who calls: made once by the transport that knows, and passed with
// every call. Everything that is remembered for a caller is kept under its
// workspace.
type Session struct {
	Principal string // for logs; "" on a transport with a single caller
	Workspace string // name of the Airbyte workspace whose connectors are used
	Policy    Policy
	Listing   Listing
	Local     bool // shares this machine, so that paths of files mean something to it
	Operator  bool // acts for the whole organization, not for one tenant of it
}
