// Package audit writes one line of JSON per record to a file that is its owner's
// alone, or to a stream.
package audit

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
)

// Stderr is the target that means the standard error stream.
const Stderr = "stderr"

// Log is where records go. It is safe for concurrent use.
type Log struct {
	path string

	mu      sync.Mutex
	w       io.Writer
	file    *os.File
	failure error // of the last write
	torn    bool  // the last line has no end
}

// Open opens a target: the path of a file, which is appended to and made with mode
// 0600, or Stderr.
func Open(target string, stderr io.Writer) (*Log, error) {
	if target == Stderr {
		return &Log{w: stderr}, nil
	}
	l := &Log{path: target}
	return l, l.Reopen()
}

// Reopen opens the file anew, for those who move it away to keep it short.
func (l *Log) Reopen() error {
	if l.path == "" {
		return nil
	}
	file, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("opening the audit log: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		_ = l.file.Close() // every line has been written
	}
	l.file, l.w = file, file
	return nil
}

// Write writes one record as one line.
func (l *Log) Write(record any) error {
	line, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("encoding an audit record: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	line = append(line, '\n')
	if l.torn { // what is there of the last line must not spoil this one
		line = append([]byte{'\n'}, line...)
	}
	n, err := l.w.Write(line)
	if err != nil {
		err = fmt.Errorf("writing the audit log: %w", err)
		l.torn = l.torn && n == 0 || n > 1
	} else {
		l.torn = false
	}
	l.failure = err
	return err
}

// Failure is why the last record could not be written, nil if it could. While there
// is one, nothing should be done that must be accounted for.
func (l *Log) Failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failure
}

// Close closes the file.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}
