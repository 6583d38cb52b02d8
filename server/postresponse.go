package server

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// postResponse is the response to one POST: a JSON answer, or, from the first message
// before the answer on, an event stream. Where the client accepts a stream, a response
// that is silent for the time of a keep-alive becomes one too, so that no proxy gives up
// a slow call.
type postResponse struct {
	w         http.ResponseWriter
	keepAlive time.Duration

	mu     sync.Mutex
	stream *eventStream
	silent *time.Timer // fires after a silence; nil for a client that accepts no stream
	ended  bool        // the handler may return: nothing may be written any more
}

// beforeAnswer is a request for what is checked before its answer begins, and may end in
// another status. It has the time of a keep-alive: what cannot be checked by then is
// checked again where the tool runs, when the response may be a stream.
func (h *HTTP) beforeAnswer(r *http.Request, f *frame) (*http.Request, context.CancelFunc) {
	ctx, cancel := context.WithDeadline(r.Context(), f.arrived.Add(h.opts.KeepAlive))
	return r.WithContext(ctx), cancel
}

// newPOSTResponse begins the response to a request. It must be ended by writeAnswer or
// abandon.
func (h *HTTP) newPOSTResponse(w http.ResponseWriter, r *http.Request, f *frame) *postResponse {
	p := &postResponse{w: w, keepAlive: h.opts.KeepAlive}
	if acceptsStream(r) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.silent = time.AfterFunc(time.Until(f.arrived.Add(p.keepAlive)), p.breakSilence)
	}
	return p
}

// breakSilence writes a comment, which clients ignore.
func (p *postResponse) breakSilence() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	if p.open().writeKeepAlive() == nil {
		p.silent.Reset(p.keepAlive)
	}
}

// open makes the response a stream. The caller holds the lock.
func (p *postResponse) open() *eventStream {
	if p.stream == nil {
		p.stream = openStream(p.w)
	}
	return p.stream
}

// sendEvent writes a message before the answer.
func (p *postResponse) sendEvent(message []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.silent == nil {
		return errNoStream
	}
	if p.ended {
		return errStreamEnded
	}
	err := p.open().writeEvent("message", message)
	p.silent.Reset(p.keepAlive)
	return err
}

// endComments stops the comments, so that the handler may write something else, and
// reports whether the response is an event stream already, whose status has been sent.
func (p *postResponse) endComments() (isStream bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
	return p.stream != nil
}

// writeAnswer writes the answer.
func (p *postResponse) writeAnswer(answer []byte, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
	if p.stream != nil {
		_ = p.stream.writeEvent("message", answer) // a client that is gone misses nothing
		return
	}
	_ = http.NewResponseController(p.w).SetWriteDeadline(time.Now().Add(writeTimeout))
	writeJSON(p.w, answer, status)
}

// abandon ends the POST of a cancelled request.
func (p *postResponse) abandon() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
	if p.stream == nil {
		p.w.WriteHeader(http.StatusAccepted)
	}
}

// end stops the comments. The caller holds the lock.
func (p *postResponse) end() {
	p.ended = true
	if p.silent != nil {
		p.silent.Stop()
	}
}
