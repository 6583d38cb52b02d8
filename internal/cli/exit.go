package cli

import (
	"context"
	"errors"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// Exit codes of the program. Those of doctor are doctor.ExitCodes.
const (
	exitOK       = 0
	exitFailure  = 1
	exitUsage    = 2
	exitAuth     = 3 // credentials, organization, subscription
	exitNotFound = 4 // workspace, connector, tool or record
	exitInvalid  = 5 // arguments
	exitLater    = 6 // try again later
)

// errReported is a failure that the user has been told about already.
var errReported = errors.New("reported")

// usageError is a command line that makes no sense.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() + "\nSee airbyte-mcp-server --help." }
func (e *usageError) Unwrap() error { return e.err }

// exitCode is the code of a failure: by what the program itself has to say of it, else by
// the kind that the failure tells.
func exitCode(err error) int {
	var found *problemFoundError
	var usage *usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &found):
		return found.code
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, config.ErrMissingCredentials):
		return exitAuth
	case errors.Is(err, schemas.ErrUnknownConnector):
		return exitNotFound
	}
	return kindExitCode(err)
}

func kindExitCode(err error) int {
	switch tools.Kind(err) {
	case tools.KindInvalid, string(airbyte.CodeInvalid):
		return exitInvalid
	case tools.KindNoConnector, tools.KindNoTool, tools.KindNoWorkspace, string(airbyte.CodeNotFound):
		return exitNotFound
	case string(airbyte.CodeUnauthorized), string(airbyte.CodeForbidden):
		return exitAuth
	}
	if failure, ok := errors.AsType[*airbyte.Error](err); ok {
		if failure.Retryable() {
			return exitLater
		}
		return exitFailure
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return exitLater
	}
	return exitFailure
}
