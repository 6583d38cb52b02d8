package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"airbyte-mcp-server/tools"
)

// eofWriteGrace is the time of a write in progress after the end of standard input: it
// should reach a known outcome.
const eofWriteGrace = 5 * time.Second

var errStopping = errors.New("the server is stopping")

// ServeStdio serves one client over a pair of streams, one message in each line, until
// the input ends or ctx is cancelled. It returns when every request has been answered.
// The error is nil after either end, and not nil when a stream failed or the client did
// not read its answers.
func (s *Server) ServeStdio(ctx context.Context, caller tools.Session, in io.Reader, out io.Writer) error {
	calls, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(errStopping)
	w := newLineWriter(out)
	c := s.newConn(calls, caller, w.write)
	defer s.keepers.serve(c, true)()
	ended := make(chan error, 1)
	go func() { ended <- s.readLines(in, c) }()
	select {
	case err := <-ended:
		if err != nil {
			err = fmt.Errorf("reading standard input: %w", err)
		}
		return errors.Join(err, c.drain(s.opts.EOFGrace, max(s.opts.EOFGrace, eofWriteGrace), errStopping), w.failure())
	case <-ctx.Done():
		return errors.Join(c.drain(s.opts.Grace, s.opts.Grace, errStopping), w.failure())
	case <-w.failed.Done(): // no answer can be written, but a write in progress still reaches its outcome
		return errors.Join(c.drain(0, eofWriteGrace, errStopping), w.failure())
	}
}

// readLines passes each line to the connection until the input ends. A line that
// is too long is skipped and refused; the next one is read as usual.
func (s *Server) readLines(in io.Reader, c *conn) error {
	r := bufio.NewReaderSize(in, 64<<10)
	for {
		line, tooLong, err := readLine(r, s.opts.MaxMessage)
		switch {
		case tooLong:
			c.writeError(invalidRequest(fmt.Sprintf("the message is longer than %d bytes", s.opts.MaxMessage)))
		case len(bytes.TrimSpace(bytes.TrimPrefix(line, byteOrderMark))) > 0:
			c.receive(line)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readLine reads up to a line break. A line over the limit is dropped.
func readLine(r *bufio.Reader, limit int64) (line []byte, tooLong bool, err error) {
	for {
		chunk, err := r.ReadSlice('\n')
		if !tooLong && int64(len(line)+len(chunk)) > limit {
			line, tooLong = nil, true
		}
		if !tooLong {
			line = append(line, chunk...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, tooLong, err
		}
	}
}

// lineWriter writes messages to a stream, one in each line. After a failure it writes
// nothing more.
type lineWriter struct {
	mu     sync.Mutex // held while writing
	w      io.Writer
	failed context.Context // ends with the first failure
	fail   context.CancelCauseFunc
}

func newLineWriter(w io.Writer) *lineWriter {
	failed, fail := context.WithCancelCause(context.Background())
	return &lineWriter{w: w, failed: failed, fail: fail}
}

func (l *lineWriter) write(message []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.failure(); err != nil {
		return err
	}
	if _, err := l.w.Write(append(message, '\n')); err != nil {
		l.fail(fmt.Errorf("writing standard output: %w", err))
	}
	return l.failure()
}

// failure is the first failed write, nil if there is none.
func (l *lineWriter) failure() error { return context.Cause(l.failed) }
