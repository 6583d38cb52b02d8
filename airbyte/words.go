package airbyte

import (
	"fmt"
	"strings"
	"time"
)

// What errors say of themselves, so that nobody needs to tell their types apart: their
// kind for logs, how the request ended, and their words for a model. In Words, tool is
// what was called, and doubt the sentence about a write of which it is unknown whether it
// happened, "" for a read.

// Kind is the code.
func (e *Error) Kind() string { return string(e.Code) }

// Ended is the outcome.
func (e *Error) Ended() string { return string(e.Outcome) }

// Sent tells how many requests were sent or tried, with which HTTP status the last one was
// answered, and its id.
func (e *Error) Sent() (requests, status int, id string) { return e.Requests, e.Status, e.RequestID }

// Before is the same failure of something that came before a request that was not sent
// therefore. Without it a write would read as one that may have happened.
func (e *Error) Before() error {
	before := *e
	before.Outcome = OutcomeNotSent
	return &before
}

// Advice is what to do next, "" where that is not known.
func (e *Error) Advice() string { return e.Hint }

// Words words the failure. A write whose outcome is not known must never read like one
// that failed.
func (e *Error) Words(_, doubt string) string {
	var b strings.Builder
	if doubt != "" && e.Outcome == OutcomeUnknown {
		b.WriteString(doubt + " Cause: ")
	}
	b.WriteString(e.Error() + ".")
	if doubt != "" && e.Outcome != OutcomeUnknown {
		b.WriteString(" Nothing was changed.")
	}
	if e.Hint != "" {
		b.WriteString(" Next: " + e.Hint + ".")
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, " retry_after_ms: %d.", e.RetryAfter.Round(time.Millisecond).Milliseconds())
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " Request id: %s.", e.RequestID)
	}
	return b.String()
}

// Kind is that of references to connectors that mean none or several.
func (e *LocateError) Kind() string { return "connector_not_found" }

// Words says which connectors there are.
func (e *LocateError) Words(string, string) string {
	words := e.Error() + "."
	if e.Ambiguous {
		words += " Pass `connector` with the alias, name or id of the one to use."
	}
	if e.RightCall != "" {
		words += "\nA right call: " + e.RightCall
	}
	return words
}

// Kind is that of names of workspaces that mean none.
func (e *UnknownWorkspaceError) Kind() string { return "workspace_not_found" }
