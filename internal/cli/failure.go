package cli

import (
	"errors"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
)

// failureText is a failure as it is shown: without the names of system calls that Go's
// errors begin with ("open", "listen tcp", "dial tcp").
func failureText(err error) string {
	text := err.Error()
	for _, e := range systemErrors(err) {
		text = strings.ReplaceAll(text, e.Error(), systemText(e))
	}
	return text
}

// systemErrors are the errors of the operating system in a tree of errors, outer ones first.
func systemErrors(err error) (found []error) {
	switch e := err.(type) { //nolint:errorlint // each level is looked at by itself
	case *fs.PathError, *net.OpError, *os.SyscallError, *url.Error:
		found = append(found, err)
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			found = append(found, systemErrors(inner)...)
		}
		return found
	}
	if inner := errors.Unwrap(err); inner != nil {
		found = append(found, systemErrors(inner)...)
	}
	return found
}

// systemText is what an error of the operating system says: what it is about, and the
// fault.
func systemText(err error) string {
	switch e := err.(type) { //nolint:errorlint // each level is looked at by itself
	case *fs.PathError:
		return e.Path + ": " + e.Err.Error()
	case *os.SyscallError:
		return e.Err.Error()
	case *url.Error:
		return e.Err.Error()
	case *net.OpError:
		switch {
		case errors.Is(e, syscall.EADDRINUSE):
			return "another program listens at " + e.Addr.String() + " already"
		case e.Addr != nil && e.Op != "dial":
			return e.Addr.String() + ": " + e.Err.Error()
		}
		return e.Err.Error()
	}
	return err.Error()
}
