package audit

import (
	"errors"
	"fmt"
	"io"
)

// urgency says what a line may cost.
type urgency int

const (
	ordinary urgency = iota // left out where there is no room
	intent                  // refused where there is no room for it and the result
	urgent                  // may take the reserve
)

// batch is intents that one sync makes durable.
type batch struct {
	done chan struct{}
	err  error // once done
}

// Intent writes what is about to be done. It is durable when Intent returns nil; otherwise
// it must not be done. Intents at the same time share a sync.
func (l *Log) Intent(record any) error {
	text, err := encode(record)
	if err != nil {
		return err
	}
	shared, leads, err := l.writeIntent(text)
	switch {
	case err != nil || shared == nil:
		return err
	case leads:
		l.commit(shared)
	default:
		<-shared.done
	}
	return shared.err
}

// writeIntent writes an intent and joins the batch of the next sync, if one is needed. The
// first of a batch leads it.
func (l *Log) writeIntent(text []byte) (shared *batch, leads bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.reserve.renew(); err != nil {
		return nil, false, err
	}
	if err := l.appendText(intent, text); err != nil || !l.regular {
		return nil, false, err
	}
	if l.batch == nil {
		l.batch, leads = &batch{done: make(chan struct{})}, true
	}
	return l.batch, leads, nil
}

// commit makes a batch durable. While an earlier sync is under way, others join.
func (l *Log) commit(b *batch) {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	defer close(b.done)
	l.mu.Lock()
	l.batch = nil
	file := l.file // which stays open, since Reopen and Close need l.syncing
	l.mu.Unlock()
	if err := file.Sync(); err != nil {
		b.err = errors.Join(b.err, fmt.Errorf("writing the audit log to the disk: %w", err))
	}
}

// sync makes what was written durable. The caller holds the locks.
func (l *Log) sync() error {
	if !l.regular {
		return nil
	}
	if err := l.file.Sync(); err != nil {
		return fmt.Errorf("writing the audit log to the disk: %w", err)
	}
	return nil
}

// Result writes what came of something that has an intent: where the disk is full, at the
// cost of the reserve.
func (l *Log) Result(record any) error { return l.write(urgent, record) }

// Note writes a record that has no intent. It is left out where the disk is full.
func (l *Log) Note(record any) error { return l.write(ordinary, record) }

func (l *Log) write(u urgency, record any) error {
	text, err := encode(record)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if u == ordinary {
		if err := l.reserve.rebuild(); err != nil {
			return err // the room that is left is for results
		}
	}
	return l.appendText(u, text)
}

// append writes a record of the Log's own.
func (l *Log) append(u urgency, record any) error {
	text, err := encode(record)
	if err != nil {
		return err
	}
	return l.appendText(u, text)
}

// begin writes the start line unless there is one. The caller holds the lock.
func (l *Log) begin() error {
	if l.chain == nil || l.chain.begun() {
		return nil
	}
	text, err := encode(l.chain.startLine())
	if err != nil {
		return err
	}
	return l.writeLine(text)
}

// appendText writes a record as the next line. The caller holds the lock.
func (l *Log) appendText(u urgency, text []byte) error {
	err := l.begin()
	if err == nil {
		err = l.writeLine(text)
	}
	if err != nil && u == urgent && l.reserve.release() {
		if err = l.begin(); err == nil {
			err = l.writeLine(text)
		}
	}
	return err
}

func (l *Log) writeLine(text []byte) error {
	line, mac := l.buffer[:0], ""
	if l.torn { // what is there of the last line must not spoil this one
		line = append(line, '\n')
	}
	after, size := l.before()
	if l.chain != nil {
		line, mac = l.chain.link(line, text, after)
	} else {
		line = append(line, text...)
	}
	line = append(line, '\n')
	l.buffer = line
	n, err := l.w.Write(line)
	if err == nil && n < len(line) {
		err = io.ErrShortWrite
	}
	if err != nil {
		l.torn = l.torn && n == 0 || n > 1
		return fmt.Errorf("writing the audit log: %w", err)
	}
	l.torn, l.size = false, size+int64(n)
	if l.chain != nil {
		l.chain.took(mac)
	}
	return nil
}

// before is what stands in the file before the next line: the last line of another process
// if one has written since the last line of this one, so that no chain can be taken out of
// a file between the lines of another, and how many bytes there are. The caller holds the
// lock.
func (l *Log) before() (after *position, size int64) {
	if l.chain == nil || !l.regular {
		return nil, 0
	}
	info, err := l.file.Stat()
	if err != nil || info.Size() == l.size {
		return nil, l.size
	}
	return l.chain.neighbour(l.file, info.Size()), info.Size()
}
