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

func exitCode(err error) int {
	var found *problemFound
	var usage *usageError
	var invalid *schemas.InvalidError
	var api *airbyte.Error
	var located *airbyte.LocateError
	var unknown *tools.UnknownToolError
	var unknownType *tools.UnknownTypeError
	var unknownWorkspace *airbyte.UnknownWorkspaceError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &found):
		return found.code
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, config.ErrMissingCredentials):
		return exitAuth
	case errors.As(err, &invalid):
		return exitInvalid
	case errors.As(err, &located), errors.As(err, &unknown), errors.As(err, &unknownType), errors.As(err, &unknownWorkspace),
		errors.Is(err, schemas.ErrUnknownConnector):
		return exitNotFound
	case errors.As(err, &api):
		return apiExitCode(api)
	case errors.Is(err, context.DeadlineExceeded):
		return exitLater
	default:
		return exitFailure
	}
}

func apiExitCode(e *airbyte.Error) int {
	switch e.Code {
	case airbyte.CodeUnauthorized, airbyte.CodeForbidden:
		return exitAuth
	case airbyte.CodeNotFound:
		return exitNotFound
	case airbyte.CodeInvalid:
		return exitInvalid
	}
	if e.Retryable() {
		return exitLater
	}
	return exitFailure
}
