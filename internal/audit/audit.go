// Package audit writes one line of JSON per record to a file that is its owner's
// alone, or to a stream, and verifies such files.
//
// The lines that one process start writes to a file are a chain: each has the id of the
// start, a number, and a code (HMAC) over itself and the code of the line before, and names
// what another process has written in between. Whoever lacks the key cannot change, add or
// leave out a line unseen.
package audit

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// Stderr is the target that means the standard error stream.
const Stderr = "stderr"

// Options is what a Log needs to know.
type Options struct {
	Key     []byte    // of the chain
	Version string    // of the program, for the start line
	Stderr  io.Writer // for the target Stderr
}

// Log is where records go. It is safe for concurrent use.
type Log struct {
	path string // "" for a stream

	syncing sync.Mutex // held while lines are made durable; taken before mu

	mu      sync.Mutex
	w       io.Writer
	file    *os.File // nil for a stream
	regular bool     // the file is one on a disk
	size    int64    // of the file after the last line of this process
	chain   *chain   // nil for a stream
	torn    bool     // the last line has no end
	buffer  []byte   // of the line that is being written
	reserve reserve
	batch   *batch // intents that wait for the next sync
}

// Open opens a target: the path of a file, which is appended to and made with mode
// 0600, or Stderr.
func Open(target string, o Options) (*Log, error) {
	if target == Stderr {
		return &Log{w: o.Stderr}, nil
	}
	l := &Log{path: target, chain: newChain(o.Key, o.Version)}
	if err := l.Reopen(); err != nil {
		return nil, err
	}
	if l.regular {
		l.reserve.path = target + ".reserve"
		_ = l.reserve.renew() // without it no intent is taken, and each tries again
	}
	return l, nil
}

// Reopen opens the file anew, for those who move it away to keep it short. The chain goes
// on.
func (l *Log) Reopen() error {
	if l.path == "" {
		return nil
	}
	file, err := openFile(l.path)
	if err != nil {
		return fmt.Errorf("opening the audit log: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(fmt.Errorf("opening the audit log: %w", err), file.Close())
	}
	l.syncing.Lock()
	defer l.syncing.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		err := l.sync()
		if l.batch != nil {
			l.batch.err = err // some of its lines are in this file
		}
		_ = l.file.Close() // every line has been written
	}
	l.file, l.w, l.regular, l.size = file, file, info.Mode().IsRegular(), 0
	l.torn = l.regular && endsTorn(file, info.Size())
	if l.regular && info.Size() == 0 {
		syncFolder(filepath.Dir(l.path))
	}
	return nil
}

// openFile opens a file to append to it, and where that is allowed to look at its end.
func openFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if errors.Is(err, os.ErrPermission) {
		return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	}
	return file, err
}

// syncFolder makes the name of a new file durable, where the system can do that.
func syncFolder(path string) {
	if folder, err := os.Open(path); err == nil {
		_ = folder.Sync() // not all systems can
		_ = folder.Close()
	}
}

// Begin writes the start line, which the first record does otherwise.
func (l *Log) Begin() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.begin()
}

// Close writes the stop line and closes the file.
func (l *Log) Close() error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	var err error
	if l.chain.begun() {
		err = l.append(urgent, stopLine())
	}
	return errors.Join(err, l.sync(), l.file.Close())
}
