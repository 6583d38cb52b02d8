package cli

import (
	"context"
	"errors"
	"os"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/cli/terminal"
)

// SignalError is the cause with which the context of [Main] ends when a signal asks the
// program to end.
type SignalError struct{ Signal os.Signal }

func (e *SignalError) Error() string { return "interrupted" }

// Is makes it the end of a context like any other.
func (e *SignalError) Is(target error) bool { return target == context.Canceled }

// code is what a shell reports of a program that a signal has ended.
func (e *SignalError) code() int {
	if e.Signal == os.Interrupt {
		return exitInterrupted
	}
	return exitTerminated
}

// signalOf is the signal that has ended a context, nil if none has.
func signalOf(ctx context.Context) *SignalError {
	if ctx.Err() == nil {
		return nil
	}
	signal, _ := errors.AsType[*SignalError](context.Cause(ctx))
	return signal
}

// interruptedError is what a signal has kept a command from finishing.
type interruptedError struct {
	signal *SignalError
	words  string
}

func (e *interruptedError) Error() string { return e.words }
func (e *interruptedError) Unwrap() error { return e.signal }

// interrupted is the end of a command that a signal has come in between: its own end, if a
// write may have happened by then or all has been said, else that it was interrupted.
func interrupted(ctx context.Context, err error) error {
	signal := signalOf(ctx)
	switch {
	case signal == nil, isDoubtful(err), errors.Is(err, errReported):
		return err
	case err == nil:
		return &interruptedError{signal, "interrupted: what was printed may be a part of the result"}
	case errors.Is(err, terminal.ErrInterrupted), errors.Is(err, errNotCreated):
		return &interruptedError{signal, err.Error()}
	case endedWithContext(err):
		return &interruptedError{signal, "interrupted"}
	default:
		return &interruptedError{signal, "interrupted: " + err.Error()}
	}
}

// endedWithContext reports whether a failure says no more than that nobody waits any longer.
func endedWithContext(err error) bool {
	if failure, ok := errors.AsType[*airbyte.Error](err); ok {
		return failure.Code == airbyte.CodeCanceled
	}
	return errors.Is(err, context.Canceled)
}

// isDoubtful reports whether a failure is a write that may have happened.
func isDoubtful(err error) bool {
	failure, ok := errors.AsType[interface {
		error
		Doubtful() bool
	}](err)
	return ok && failure.Doubtful()
}
