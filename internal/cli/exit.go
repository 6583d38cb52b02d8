package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/cli/manual"
	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/internal/hostfile"
	"airbyte-mcp-server/internal/identity/keys"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/manage"
)

// Exit codes of the program. Those of doctor are doctor.ExitCodes.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitAuth        = 3
	exitNotFound    = 4
	exitInvalid     = 5
	exitLater       = 6
	exitDoubtful    = 7
	exitRefused     = 8
	exitQuota       = 9
	exitInterrupted = 130 // 128 and the number of the signal, as shells have it
	exitTerminated  = 143
)

// exitMeanings are what the exit codes say, for help and documents.
func exitMeanings() []manual.ExitCode {
	return []manual.ExitCode{
		{Code: exitOK, Short: "done"},
		{Code: exitFailure, Short: "failure"},
		{Code: exitUsage, Short: "usage"},
		{Code: exitAuth, Short: "credentials or rights"},
		{Code: exitNotFound, Short: "not found", Meaning: "no such workspace, connector, tool, key or record"},
		{Code: exitInvalid, Short: "invalid arguments"},
		{Code: exitLater, Short: "try again later"},
		{Code: exitDoubtful, Short: "may have happened", Meaning: "a write may have happened: check before repeating it"},
		{Code: exitRefused, Short: "refused", Meaning: "refused by the policy or by a person"},
		{Code: exitQuota, Short: "no operations left", Meaning: "the subscription's operations are used up"},
		{Code: exitInterrupted, Short: "interrupted (SIGINT)"},
		{Code: exitTerminated, Short: "terminated (SIGTERM)"},
	}
}

// errReported is a failure that the user has been told about already.
var errReported = errors.New("reported")

// usageError is a command line that makes no sense.
type usageError struct {
	err     error
	command string // whose help says more, "" for the program's
}

func (e *usageError) Error() string {
	return e.err.Error() + "\nSee airbyte-mcp-server " + strings.TrimLeft(e.command+" --help.", " ")
}
func (e *usageError) Unwrap() error { return e.err }

// exitCode is the code of a failure: by what the program itself has to say of it, else by
// the kind that the failure tells. That a write may have happened comes before all else.
func exitCode(err error) int {
	var found *problemFoundError
	var child *childError
	var usage *usageError
	var stopped *interruptedError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &found):
		return found.code
	case errors.As(err, &child):
		return child.code
	case isDoubtful(err):
		return exitDoubtful
	case errors.As(err, &stopped):
		return stopped.signal.code()
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, config.ErrMissingCredentials):
		return exitAuth
	case errors.Is(err, schemas.ErrUnknownConnector), errors.Is(err, errNothingToCompare):
		return exitNotFound
	case errors.Is(err, hostfile.ErrDamaged):
		return exitInvalid
	case errors.Is(err, errAbsent):
		return exitNotFound
	case errors.Is(err, errDeclined), errors.Is(err, errUnwritten), errors.Is(err, hostfile.ErrForeign):
		return exitRefused
	case errors.Is(err, errInconclusive):
		return exitLater
	}
	return kindExitCode(err)
}

func kindExitCode(err error) int {
	failure, _ := errors.AsType[*airbyte.Error](err)
	switch kind := tools.Kind(err); {
	case failure != nil && failure.LacksRecord():
		return exitNotFound
	case failure != nil && failure.LacksRights():
		return exitAuth
	case failure != nil && failure.IsLimited():
		return exitLater
	case failure != nil && failure.IsQuota():
		return exitQuota
	case kind == tools.KindInvalid, kind == string(airbyte.CodeInvalid):
		return exitInvalid
	case slices.Contains([]string{
		tools.KindNoConnector, tools.KindNoTool, tools.KindNoWorkspace, keys.KindNoKey, string(airbyte.CodeNotFound),
	}, kind):
		return exitNotFound
	case kind == string(airbyte.CodeUnauthorized), kind == string(airbyte.CodeForbidden), kind == manage.KindRejected:
		return exitAuth
	case kind == tools.KindRefused, kind == tools.KindUnconfirmed:
		return exitRefused
	case failure != nil && failure.Retryable(), failure == nil && errors.Is(err, context.DeadlineExceeded):
		return exitLater
	}
	return exitFailure
}
