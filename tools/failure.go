package tools

import (
	"context"
	"errors"
	"fmt"

	"airbyte-mcp-server/airbyte"
)

// Kinds of failures, beside the codes of an [airbyte.Error], which are the kinds of those.
// Logs and the audit have them; answers and exit codes follow from them.
const (
	KindInvalid     = "invalid_arguments"
	KindNoConnector = "connector_not_found"
	KindNoTool      = "tool_not_found"
	KindNoWorkspace = "workspace_not_found"
	KindRefused     = "refused"
	KindUnrecorded  = "audit_unavailable"
	KindUnconfirmed = "unconfirmed"
	KindAsking      = "asking"   // a question has been put; the call is made again with the answer
	KindInternal    = "internal" // our own fault: of an error that tells no kind
)

// OutcomeNotSent is the outcome of a failure that tells none: the failures that come from
// beyond a request do.
const (
	OutcomeOK      = "ok"
	OutcomeNotSent = "not_sent"
	OutcomeUnknown = "unknown"
	OutcomeAsking  = "asking"
)

// Kind names the kind of a failure: that which the error itself tells by a method Kind.
func Kind(err error) string {
	if e, ok := errors.AsType[interface {
		error
		Kind() string
	}](err); ok {
		return e.Kind()
	}
	return KindInternal
}

// Outcome is how a call ended: ok, rejected, not_sent, unknown, or asking where it waits
// for a person. Of an error it is what the error tells by a method Ended.
func Outcome(err error) string {
	if err == nil {
		return OutcomeOK
	}
	if e, ok := errors.AsType[interface {
		error
		Ended() string
	}](err); ok {
		return e.Ended()
	}
	return OutcomeNotSent
}

// Unread is why arguments were not read: of a call that has ended it says so, as of one
// that ends while its request is on the way.
func Unread(err error) error {
	e := &airbyte.Error{
		Op: "reading the arguments", Code: airbyte.CodeCanceled, Message: "the call was stopped before it was sent",
		Outcome: airbyte.OutcomeNotSent,
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		e.Code, e.Message = airbyte.CodeTimeout, "the arguments could not be read in time"
		return e
	case errors.Is(err, context.Canceled):
		return e
	default:
		return err
	}
}

// UnknownToolError reports a tool that the caller is not offered.
type UnknownToolError struct {
	Name string
	Hint string
}

func (e *UnknownToolError) Error() string { return fmt.Sprintf("unknown tool %q%s", e.Name, e.Hint) }

// Kind implements what [Kind] asks for.
func (e *UnknownToolError) Kind() string { return KindNoTool }

// RefusedError reports a call that the caller's policy forbids. Nothing was sent.
type RefusedError struct {
	Tool   string
	Reason string
}

func (e *RefusedError) Error() string { return e.Tool + " is refused: " + e.Reason }

// Kind implements what [Kind] asks for.
func (e *RefusedError) Kind() string { return KindRefused }

// Words says it to a model.
func (e *RefusedError) Words(string, string) string { return e.Error() + ". Nothing was sent." }

// UnrecordedError reports a write that could not be written down beforehand, so that it was
// not sent.
type UnrecordedError struct{ Tool string }

func (e *UnrecordedError) Error() string {
	return e.Tool + " is refused: the server's audit log cannot be written, and no write is made without a record"
}

// Kind implements what [Kind] asks for.
func (e *UnrecordedError) Kind() string { return KindUnrecorded }

// Words says it to a model.
func (e *UnrecordedError) Words(string, string) string {
	return e.Error() + ". Nothing was sent; reads still work. Whoever runs the server must make room on the disk of its " +
		"audit log (--audit-log), or make the file writable; then call again."
}
