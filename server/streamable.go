package server

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/tools"
)

const sessionHeader = "Mcp-Session-Id"

// errNoStream reports that a client takes one JSON answer only, so nothing else
// can be sent to it.
var errNoStream = errors.New("the client does not accept an event stream")

// streamable serves /mcp. There is no stream besides those of the POSTs: all that
// a request causes goes to its own answer.
func (h *HTTP) streamable(w http.ResponseWriter, r *http.Request, who *caller) {
	modern := mcp.IsModernProtocol(r.Header.Get(mcp.HeaderProtocolVersion))
	switch {
	case r.Method == http.MethodPost:
		h.post(w, r, who)
	case r.Method == http.MethodDelete && !modern:
		h.endSession(w, r, who)
	case modern:
		w.Header().Set("Allow", "POST")
		http.Error(w, "method not allowed: this protocol version has POST only", http.StatusMethodNotAllowed)
	default:
		w.Header().Set("Allow", "POST, DELETE")
		http.Error(w, "method not allowed: messages go by POST, and so do their streams", http.StatusMethodNotAllowed)
	}
}

func (h *HTTP) post(w http.ResponseWriter, r *http.Request, who *caller) {
	f := h.readFrame(w, r)
	if f == nil {
		return
	}
	f.deaf = !acceptsStream(r)
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		w.Header().Set("Retry-After", "1")
		writeProblem(w, &frameError{id: f.id, code: busyCode, message: "the server is busy; try again"}, http.StatusServiceUnavailable)
		return
	}
	if f.isModern() || mcp.IsModernProtocol(r.Header.Get(mcp.HeaderProtocolVersion)) {
		h.postModern(w, r, f, who)
		return
	}
	h.postLegacy(w, r, f, who)
}

// postModern serves a message of the stateless era. Nothing outlives it.
func (h *HTTP) postModern(w http.ResponseWriter, r *http.Request, f *frame, who *caller) {
	if problem := checkModern(r.Header, f); problem != nil {
		writeProblem(w, problem, statusOf(problem.code))
		return
	}
	// There is nothing that a notification could reach: a request is cancelled by
	// closing its stream, and questions travel in results.
	if !f.wantsAnswer() {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	if _, ok := h.narrow(w, r, who, nil); !ok {
		return
	}
	end, ok := h.admitCall(w, r, who, f)
	if !ok {
		return
	}
	defer end()
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	if f.method == string(mcp.MethodSubscriptionsListen) {
		defer context.AfterFunc(h.accepting, func() { cancel(errStopping) })()
	}
	out := &postReply{w: w, r: r}
	x := h.server.newExchange(f, who.Session, &peer{}, out.send)
	answer := h.server.handle(ctx, x)
	out.finish(answer.json, statusOf(answer.code))
	h.server.written(answer)
}

// checkModern applies the rules of the stateless era about headers: they repeat
// what the body says, so that gateways need not read it.
func checkModern(header http.Header, f *frame) *frameError {
	mismatch := func(message string) *frameError {
		return &frameError{id: f.id, code: mcp.HEADER_MISMATCH, message: message}
	}
	version := header.Get(mcp.HeaderProtocolVersion)
	switch {
	case header.Get(mcp.HeaderLastEventID) != "":
		return mismatch("Last-Event-ID is not supported: streams cannot be resumed, send the request again under a new id")
	case version == "":
		return mismatch(mcp.HeaderProtocolVersion + " header is required")
	case f.params.version == "":
		return &frameError{id: f.id, code: mcp.INVALID_PARAMS, message: "missing or invalid _meta field " + mcp.MetaKeyProtocolVersion}
	case version != f.params.version:
		return mismatch(mcp.HeaderProtocolVersion + " header does not match the protocol version in _meta")
	}
	if f.id == nil {
		return nil
	}
	if err := mcp.ValidateStandardHeaders(header.Get, version, mcp.MCPMethod(f.method), f.params.raw); err != nil {
		return mismatch(err.Error())
	}
	return nil
}

// postLegacy serves a message of the session era.
func (h *HTTP) postLegacy(w http.ResponseWriter, r *http.Request, f *frame, who *caller) {
	if v := r.Header.Get(mcp.HeaderProtocolVersion); v != "" && !mcp.IsValidProtocolVersion(v) {
		http.Error(w, "unsupported protocol version", http.StatusBadRequest)
		return
	}
	if f.method == string(mcp.MethodInitialize) && f.wantsAnswer() {
		h.startSession(w, r, f, who)
		return
	}
	s := h.session(w, r, who)
	if s == nil {
		return
	}
	if !f.wantsAnswer() {
		h.tell(r.Context(), s, f)
		w.WriteHeader(http.StatusAccepted)
		return
	}
	// A request may ask for still less than its session did.
	if _, ok := h.narrow(w, r, who, s.facts.Choices); !ok {
		return
	}
	if end, ok := h.admitCall(w, r, who, f); ok {
		defer end()
		h.listen(s)
		h.answer(w, r, s.conn, f, who.Session)
	}
}

// startSession answers initialize and, if it went well, begins a session.
func (h *HTTP) startSession(w http.ResponseWriter, r *http.Request, f *frame, who *caller) {
	choices, ok := h.narrow(w, r, who, nil)
	if !ok {
		return
	}
	c := h.server.newConn(h.ctx, who.Session, func([]byte) error { return errNoStream })
	x := h.server.newExchange(f, c.caller, c.peer, c.write)
	answer := h.server.handle(r.Context(), x)
	if answer.code == 0 {
		s, err := h.sessions.add(c, c.peer.facts(choices), who.limits.Sessions)
		if err != nil {
			h.noRoom(w, f, err)
			return
		}
		w.Header().Set(sessionHeader, s.id)
	}
	writeJSON(w, answer.json, http.StatusOK)
}

// session finds the session that a request names. It answers a request without
// one and returns nil.
func (h *HTTP) session(w http.ResponseWriter, r *http.Request, who *caller) *session {
	id := r.Header.Get(sessionHeader)
	if id == "" {
		http.Error(w, "bad request: send initialize first, and its "+sessionHeader+" with every message after it", http.StatusBadRequest)
		return nil
	}
	s := h.sessions.get(r.Context(), id, who.Session, func(f facts) *conn {
		c := h.server.newConn(h.ctx, who.Session, func([]byte) error { return errNoStream })
		c.peer.recall(f)
		return c
	})
	if s == nil {
		http.Error(w, "session not found: it has ended; send initialize again", http.StatusNotFound)
	}
	return s
}

// answer serves a request of a session.
func (h *HTTP) answer(w http.ResponseWriter, r *http.Request, c *conn, f *frame, caller tools.Session) {
	ctx, problem := c.admit(r.Context(), f)
	if problem != nil {
		status := statusOf(problem.code)
		writeProblem(w, problem, status)
		return
	}
	out := &postReply{w: w, r: r}
	answer, wanted := c.answer(ctx, f, caller, out.send)
	c.end(f) // before its client knows, who may use the id again
	if wanted {
		out.finish(answer.json, http.StatusOK)
		h.server.written(answer)
	} else {
		out.abandon()
	}
}

// endSession serves DELETE.
func (h *HTTP) endSession(w http.ResponseWriter, r *http.Request, who *caller) {
	s := h.session(w, r, who)
	if s == nil {
		return
	}
	h.sessions.remove(r.Context(), s)
	s.cancelAll(true, errCancelled)
	w.WriteHeader(http.StatusNoContent)
}

// noRoom answers a client that cannot have a session now.
func (h *HTTP) noRoom(w http.ResponseWriter, f *frame, err error) {
	h.server.opts.Metrics.LimitHit("sessions")
	status := http.StatusServiceUnavailable
	if errors.Is(err, errTenantTooMany) {
		status = http.StatusTooManyRequests
	}
	w.Header().Set("Retry-After", "60")
	writeProblem(w, &frameError{id: f.id, code: busyCode, message: err.Error()}, status)
}

// postReply is the way back of one POST: a JSON answer, or, once anything has to be
// said before the answer, an event stream.
type postReply struct {
	w http.ResponseWriter
	r *http.Request

	mu     sync.Mutex
	stream *eventStream
}

// send writes a message that comes before the answer.
func (p *postReply) send(message []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stream == nil {
		if !acceptsStream(p.r) {
			return errNoStream
		}
		p.stream = openStream(p.w)
	}
	return p.stream.event("message", message)
}

// finish writes the answer.
func (p *postReply) finish(answer []byte, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stream != nil {
		_ = p.stream.event("message", answer) // a client that is gone misses nothing
		return
	}
	_ = http.NewResponseController(p.w).SetWriteDeadline(time.Now().Add(writeTimeout))
	writeJSON(p.w, answer, status)
}

// abandon ends the POST of a request that its client has cancelled.
func (p *postReply) abandon() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stream == nil {
		p.w.WriteHeader(http.StatusAccepted)
	}
}

func acceptsStream(r *http.Request) bool {
	for _, accept := range r.Header.Values("Accept") {
		if strings.Contains(accept, "text/event-stream") || strings.Contains(accept, "*/*") {
			return true
		}
	}
	return false
}
