package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/config"
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
func exitMeanings() [][2]any {
	return [][2]any{
		{exitOK, "done"},
		{exitFailure, "failure"},
		{exitUsage, "usage"},
		{exitAuth, "credentials or rights"},
		{exitNotFound, "no such workspace, connector, tool, key or record"},
		{exitInvalid, "invalid arguments"},
		{exitLater, "try again later"},
		{exitDoubtful, "a write may have happened: check before repeating it"},
		{exitRefused, "refused by the policy or by a person"},
		{exitQuota, "the subscription's operations are used up"},
		{exitInterrupted, "interrupted (SIGINT)"},
		{exitTerminated, "terminated (SIGTERM)"},
	}
}

// exitCodes tells all exit codes in one sentence.
func exitCodes() string {
	var parts []string
	for _, m := range exitMeanings() {
		parts = append(parts, fmt.Sprintf("%d %s", m[0], m[1]))
	}
	return "Exit codes: " + strings.Join(parts, ", ") + "."
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
	var usage *usageError
	var stopped *interruptedError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &found):
		return found.code
	case isDoubtful(err):
		return exitDoubtful
	case errors.As(err, &stopped):
		return stopped.signal.code()
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, config.ErrMissingCredentials):
		return exitAuth
	case errors.Is(err, schemas.ErrUnknownConnector):
		return exitNotFound
	case errors.Is(err, errDeclined):
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
