package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"unicode/utf8"
)

// wire is the host's side of a stdio connection. It reads all the time, as hosts
// do, and checks that every line is a message.
type wire struct {
	t     testing.TB
	in    *io.PipeWriter
	stop  context.CancelFunc
	ended chan error

	mu    sync.Mutex
	lines []message
}

// stdio connects a host to the server over pipes.
func (r *rig) stdio(t testing.TB) *wire {
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	w := &wire{t: t, in: toServer, stop: stop, ended: make(chan error, 1)}
	collected := make(chan struct{})
	go func() {
		defer close(collected)
		w.collect(fromServer)
	}()
	go func() {
		err := r.ServeStdio(ctx, r.session, in, out)
		out.Close()
		<-collected
		w.ended <- err
	}()
	t.Cleanup(func() {
		stop()
		toServer.Close()
		w.ended <- <-w.ended
	})
	return w
}

func (w *wire) collect(out io.Reader) {
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		line = bytes.TrimSuffix(line, []byte("\n"))
		if !utf8.Valid(line) || !json.Valid(line) {
			w.t.Errorf("standard output has the line %.200q", line)
		}
		w.keep(readMessage(w.t, line))
	}
}

func (w *wire) keep(m message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, m)
}

// send writes frames, a line each.
func (w *wire) send(frames ...string) {
	w.t.Helper()
	for _, f := range frames {
		if _, err := io.WriteString(w.in, f+"\n"); err != nil {
			w.t.Errorf("writing %.100q: %v", f, err)
		}
	}
}

// take waits until the server has nothing more to do by itself and returns what it
// has written since the last take.
func (w *wire) take() []message {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	lines := w.lines
	w.lines = nil
	return lines
}

// ask sends one request and returns its answer.
func (w *wire) ask(frame string) message {
	w.t.Helper()
	w.send(frame)
	lines := w.take()
	if len(lines) != 1 {
		w.t.Fatalf("%.200s: got %d lines %v, want 1", frame, len(lines), lines)
	}
	return lines[0]
}

// rest is what was written until the server ended, by id, and how it ended.
func (w *wire) rest() (map[string]message, error) {
	w.t.Helper()
	err := <-w.ended
	w.ended <- err // for the clean-up
	w.mu.Lock()
	defer w.mu.Unlock()
	answers := map[string]message{}
	for _, m := range w.lines {
		if m.Method != "" {
			continue
		}
		if _, twice := answers[string(m.ID)]; twice {
			w.t.Errorf("id %s was answered twice", m.ID)
		}
		answers[string(m.ID)] = m
	}
	return answers, err
}
