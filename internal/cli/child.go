package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
)

// Exit codes of commands that cannot be started, and the first of those that a signal has
// ended, as shells have them.
const (
	exitNotExecutable = 126
	exitNoCommand     = 127
	exitBySignal      = 128
)

// childError is the end of a command that was run, or why it was not.
type childError struct {
	code  int
	words string // "" where the command has said it itself
}

func (e *childError) Error() string { return e.words }

// Unwrap says that there is nothing more to tell.
func (e *childError) Unwrap() error {
	if e.words == "" {
		return errReported
	}
	return nil
}

// runWith runs a command with further variables, passes on the signal that asks this program
// to end, and ends as the command does.
func (a *app) runWith(ctx context.Context, variables [][2]string, command []string) error {
	child := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // what the user wants to run
	child.Stdin, child.Stdout, child.Stderr = a.Stdin, a.Stdout, a.Stderr
	child.Env = child.Environ()
	for _, v := range variables {
		child.Env = append(child.Env, v[0]+"="+v[1])
	}
	child.Cancel = func() error { return a.passOn(ctx, child.Process) }
	err := child.Start()
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return &childError{exitNoCommand, command[0] + ": no such command"}
	case err != nil:
		return &childError{exitNotExecutable, err.Error()}
	}
	err = child.Wait()
	if child.ProcessState == nil {
		return err
	}
	code := child.ProcessState.ExitCode()
	if status, ok := child.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		code = exitBySignal + int(status.Signal())
	}
	if code == 0 {
		return nil
	}
	return &childError{code: code}
}

// passOn gives a process the signal that has ended the context. What is typed at a terminal
// reaches it without that.
func (a *app) passOn(ctx context.Context, to *os.Process) error {
	signal := signalOf(ctx)
	if signal == nil || signal.Signal == os.Interrupt && a.terminal() != nil {
		return nil
	}
	if err := to.Signal(signal.Signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return to.Kill() // a system without such signals
	}
	return nil
}
