package cli

import (
	"errors"
	"syscall"
)

// errNoData is ERROR_NO_DATA, which a pipe that is being closed answers with.
const errNoData = syscall.Errno(232)

func isBrokenPipe(err error) bool {
	return errors.Is(err, syscall.ERROR_BROKEN_PIPE) || errors.Is(err, errNoData)
}
