package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

var errStreamEnded = errors.New("the stream has ended")

// eventStream writes server-sent events.
type eventStream struct {
	w       http.ResponseWriter
	control *http.ResponseController

	mu    sync.Mutex
	ended bool
}

// openStream begins a stream as the answer to a request.
func openStream(w http.ResponseWriter) *eventStream {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // nginx would hold the events back
	w.WriteHeader(http.StatusOK)
	s := &eventStream{w: w, control: http.NewResponseController(w)}
	_ = s.control.Flush() // an absent client is noticed at the first event
	return s
}

// writeEvent writes one event. Data has no line breaks.
func (s *eventStream) writeEvent(name string, data []byte) error {
	return s.writef("event: %s\ndata: %s\n\n", name, data)
}

func (s *eventStream) writeKeepAlive() error { return s.writef(": keep-alive\n\n") }

func (s *eventStream) writef(format string, parts ...any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return errStreamEnded
	}
	if err := s.control.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := fmt.Fprintf(s.w, format, parts...); err != nil {
		s.ended = true
		return err
	}
	return s.control.Flush()
}

// close makes all later writes fail, so that the request's handler may return.
func (s *eventStream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
}

// serveSSE serves the stream of the HTTP+SSE transport: it carries all messages to the
// client; the client's own messages come to /message.
func (h *HTTP) serveSSE(w http.ResponseWriter, r *http.Request, who *caller) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", "GET")
		http.Error(w, "method not allowed: GET opens the stream", http.StatusMethodNotAllowed)
		return
	}
	choices, ok := h.narrow(w, r, who, nil)
	if !ok {
		return
	}
	var stream *eventStream
	ready := make(chan struct{}) // closed when the stream is open
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(errCancelled)
	c := h.server.newConn(ctx, who.Session, func(message []byte) error {
		<-ready
		err := stream.writeEvent("message", message)
		if err != nil {
			cancel(errCancelled)
		}
		return err
	})
	s, err := h.streams.create(c, sessionFacts{Choices: choices}, who.limits.Sessions)
	if err != nil {
		h.refuseSession(w, &frame{}, err)
		return
	}
	defer h.streams.remove(context.WithoutCancel(r.Context()), s)
	defer h.subscribeStream(s)()
	defer h.server.keepers.serve(c, false)()
	stream = openStream(w)
	defer stream.close()
	close(ready)
	if stream.writeEvent("endpoint", []byte(h.opts.PublicPath+"/message?sessionId="+s.id)) == nil {
		h.keepOpen(ctx, stream, c)
	}
}

// keepOpen keeps a stream open until the client leaves or the server stops; then the
// calls in progress get the grace of the Options.
func (h *HTTP) keepOpen(ctx context.Context, stream *eventStream, c *conn) {
	tick := time.NewTicker(h.opts.KeepAlive)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.accepting.Done():
			_ = c.drain(h.server.opts.Grace, h.server.opts.Grace, errStopping) // the stream ends either way
			return
		case <-tick.C:
			if stream.writeKeepAlive() != nil {
				return
			}
		}
	}
}

// serveMessage serves /message: one message of a client with an open stream.
func (h *HTTP) serveMessage(w http.ResponseWriter, r *http.Request, who *caller) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		http.Error(w, "method not allowed: POST a message", http.StatusMethodNotAllowed)
		return
	}
	id := r.URL.Query().Get("sessionId")
	s := h.streams.lookUp(r.Context(), id, who.Session, nil)
	at, _, err := h.streams.openID(id, who.Session)
	if err != nil || s == nil && h.opts.ReplicaBus == nil {
		http.Error(w, "session not found: open /sse first", http.StatusNotFound)
		return
	}
	f := h.readPOST(w, r, who)
	if f == nil {
		return
	}
	handed := false // to the stream, which closes the account when the message has been answered
	defer func() {
		if !handed {
			f.account.Close()
		}
	}()
	before, done := h.beforeAnswer(r, f)
	defer done()
	if _, ok := h.narrow(w, before, who, at.Choices); !ok {
		return
	}
	if s == nil {
		if h.permitted(w, before, who, f) {
			h.forwardToReplica(w, r, who, at, f)
		}
		return
	}
	end, ok := h.admitCall(w, before, who, f)
	if !ok {
		return
	}
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, "Accepted")
	handed = true
	s.routeFor(f, who.Session, end)
}
