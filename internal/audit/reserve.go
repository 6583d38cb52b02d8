package audit

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"
)

const (
	reserveSize  = 1 << 20 // some thousand results
	reserveRetry = time.Second
)

// reserve is a file beside the log that takes up room on the disk. It is removed when the
// disk is full, so that the results of what is under way can still be written. Processes
// that write to one log share it.
type reserve struct {
	path  string // "" for none
	held  bool
	tried time.Time
	err   error // of the last try, or why the reserve was given up
}

// errGivenUp is why nothing begins just after the reserve was given up.
var errGivenUp = errors.New("the disk of the audit log is full")

// renew makes the reserve if it is not there. Until that succeeds, nothing may begin.
func (r *reserve) renew() error {
	if r.path == "" {
		return nil
	}
	if r.held {
		info, err := os.Stat(r.path)
		r.held = err == nil && info.Size() == reserveSize // another process may have given it up
	}
	return r.rebuild()
}

// rebuild makes the reserve if it was given up, and tries that once in a while only: on a
// full disk each try writes for nothing.
func (r *reserve) rebuild() error {
	if r.path == "" || r.held {
		return nil
	}
	if r.err != nil && time.Since(r.tried) < reserveRetry {
		return r.err
	}
	r.tried, r.err = time.Now(), fill(r.path)
	r.held = r.err == nil
	return r.err
}

// release gives the reserve up, and reports whether there was one.
func (r *reserve) release() bool {
	if !r.held {
		return false
	}
	r.held, r.tried, r.err = false, time.Now(), errGivenUp
	err := os.Remove(r.path)
	return err == nil || errors.Is(err, os.ErrNotExist)
}

// fill makes a file of the size of the reserve. Its content cannot be compressed.
func fill(path string) error {
	if info, err := os.Stat(path); err == nil && info.Size() == reserveSize {
		return nil
	}
	content := make([]byte, reserveSize)
	_, _ = rand.Read(content) // never fails
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("making the audit log's reserve: %w", err)
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Truncate(reserveSize)
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		_ = os.Remove(path) // what there was room for is for results
		return fmt.Errorf("making the audit log's reserve: %w", err)
	}
	return nil
}
