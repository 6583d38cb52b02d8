package yamlfile

import (
	"errors"
	"fmt"
)

// Error says where in a file something is wrong.
type Error struct {
	Line int // from 1; 0 if nobody knows
	Err  error
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Err.Error()
	}
	return fmt.Sprintf("%d: %v", e.Line, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// At adds a line to an error that has none.
func At(line int, err error) error {
	if err == nil {
		return nil
	}
	if at, ok := errors.AsType[*Error](err); ok && at.Line > 0 {
		return at
	}
	return &Error{line, err}
}

// In puts a file's name before an error, and before its line if it has one.
func In(file string, err error) error {
	if err == nil {
		return nil
	}
	if at, ok := errors.AsType[*Error](err); ok && at.Line > 0 {
		return fmt.Errorf("%s:%w", file, at)
	}
	return fmt.Errorf("%s: %w", file, err)
}
