package server

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
)

const sessionHeader = "Mcp-Session-Id"

// errNoStream reports that a client accepts one JSON answer and no event stream, so that
// nothing can be sent before the answer.
var errNoStream = errors.New("the client does not accept an event stream")

// serveStreamable serves /mcp. There is no GET stream: all messages caused by a request
// go into the request's own answer.
func (h *HTTP) serveStreamable(w http.ResponseWriter, r *http.Request, who *caller) {
	modern := mcp.IsModernProtocol(r.Header.Get(mcp.HeaderProtocolVersion))
	switch {
	case r.Method == http.MethodPost:
		h.servePOST(w, r, who)
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

// servePOST serves a message of either era.
func (h *HTTP) servePOST(w http.ResponseWriter, r *http.Request, who *caller) {
	f := h.readPOST(w, r, who)
	if f == nil {
		return
	}
	defer f.account.Close()
	f.jsonOnly = !acceptsStream(r)
	if f.isModern() || mcp.IsModernProtocol(r.Header.Get(mcp.HeaderProtocolVersion)) {
		h.serveStatelessPOST(w, r, f, who)
		return
	}
	h.serveSessionPOST(w, r, f, who)
}

// serveStatelessPOST serves a message of the stateless era. No state outlives it.
func (h *HTTP) serveStatelessPOST(w http.ResponseWriter, r *http.Request, f *frame, who *caller) {
	if problem := checkStatelessHeaders(r.Header, f); problem != nil {
		writeProblem(w, problem, statusOf(problem.code))
		return
	}
	// A notification has no effect here: a request is cancelled by closing its stream,
	// and questions travel in results.
	if !f.wantsAnswer() {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	before, done := h.beforeAnswer(r, f)
	defer done()
	if _, ok := h.narrow(w, before, who, nil); !ok {
		return
	}
	end, ok := h.admitCall(w, before, who, f)
	if !ok {
		return
	}
	defer end()
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	if f.method == string(mcp.MethodSubscriptionsListen) {
		leave, ok := h.holdListener(w, f, who)
		if !ok {
			return
		}
		defer leave()
		defer context.AfterFunc(h.accepting, func() { cancel(errStopping) })()
	}
	out := h.newPOSTResponse(w, r, f)
	x := h.server.newExchange(f, who.Session, &peer{}, out.sendEvent)
	answer := h.server.handle(ctx, x)
	if out.endComments() || h.knowsWorkspace(w, r, who) {
		out.writeAnswer(answer.json, statusOf(answer.code))
	}
	h.server.recycle(answer)
}

// checkStatelessHeaders holds the headers of a stateless request against its body: they
// repeat its method and name, so that gateways need not read the body.
func checkStatelessHeaders(header http.Header, f *frame) *requestError {
	mismatch := func(message string) *requestError {
		return &requestError{id: f.id, code: mcp.HEADER_MISMATCH, message: message}
	}
	version := header.Get(mcp.HeaderProtocolVersion)
	switch {
	case header.Get(mcp.HeaderLastEventID) != "":
		return mismatch("Last-Event-ID is not supported: streams cannot be resumed, send the request again under a new id")
	case version == "":
		return mismatch(mcp.HeaderProtocolVersion + " header is required")
	case f.params.version == "":
		return &requestError{id: f.id, code: mcp.INVALID_PARAMS, message: "missing or invalid _meta field " + mcp.MetaKeyProtocolVersion}
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

// serveSessionPOST serves a message of the session era.
func (h *HTTP) serveSessionPOST(w http.ResponseWriter, r *http.Request, f *frame, who *caller) {
	if v := r.Header.Get(mcp.HeaderProtocolVersion); v != "" && !mcp.IsValidProtocolVersion(v) {
		http.Error(w, "unsupported protocol version", http.StatusBadRequest)
		return
	}
	if f.method == string(mcp.MethodInitialize) && f.wantsAnswer() {
		h.startSession(w, r, f, who)
		return
	}
	s := h.findSession(w, r, who)
	if s == nil {
		return
	}
	if !f.wantsAnswer() {
		h.passNotification(r.Context(), s, f)
		w.WriteHeader(http.StatusAccepted)
		return
	}
	// A request may narrow the choices of its session further.
	before, done := h.beforeAnswer(r, f)
	defer done()
	if _, ok := h.narrow(w, before, who, s.facts.Choices); !ok {
		return
	}
	if end, ok := h.admitCall(w, before, who, f); ok {
		defer end()
		h.subscribeSession(s)
		h.respondInSession(w, r, s.conn, f, who)
	}
}

// startSession answers initialize and, unless that fails, begins a session.
func (h *HTTP) startSession(w http.ResponseWriter, r *http.Request, f *frame, who *caller) {
	before, done := h.beforeAnswer(r, f)
	defer done()
	choices, ok := h.narrow(w, before, who, nil)
	if !ok {
		return
	}
	c := h.server.newConn(h.ctx, who.Session, func([]byte) error { return errNoStream })
	x := h.server.newExchange(f, c.caller, c.peer, c.write)
	answer := h.server.handle(r.Context(), x)
	if !h.knowsWorkspace(w, r, who) {
		return
	}
	if answer.code == 0 {
		s, err := h.sessions.create(c, c.peer.sessionFacts(choices), who.limits.Sessions)
		if err != nil {
			h.refuseSession(w, f, err)
			return
		}
		w.Header().Set(sessionHeader, s.id)
	}
	writeJSON(w, answer.json, http.StatusOK)
}

// findSession finds the session named by a request's header. Where there is none it
// answers the request and returns nil.
func (h *HTTP) findSession(w http.ResponseWriter, r *http.Request, who *caller) *httpSession {
	id := r.Header.Get(sessionHeader)
	if id == "" {
		http.Error(w, "bad request: send initialize first, and its "+sessionHeader+" with every message after it", http.StatusBadRequest)
		return nil
	}
	s := h.sessions.lookUp(r.Context(), id, who.Session, func(f sessionFacts) *conn {
		c := h.server.newConn(h.ctx, who.Session, func([]byte) error { return errNoStream })
		c.peer.restore(f)
		return c
	})
	if s == nil {
		http.Error(w, "session not found: it has ended; send initialize again", http.StatusNotFound)
	}
	return s
}

// respondInSession serves a request of a session.
func (h *HTTP) respondInSession(w http.ResponseWriter, r *http.Request, c *conn, f *frame, who *caller) {
	ctx, problem := c.admit(r.Context(), f)
	if problem != nil {
		status := statusOf(problem.code)
		writeProblem(w, problem, status)
		return
	}
	out := h.newPOSTResponse(w, r, f)
	answer, wanted := c.runInSlot(ctx, f, who.Session, out.sendEvent)
	c.release(f) // before the client gets its answer and may use the id again
	c.peer.keeper.payChange(out.sendEvent)
	switch {
	case !wanted:
		out.abandon()
	case out.endComments() || h.knowsWorkspace(w, r, who):
		out.writeAnswer(answer.json, http.StatusOK)
		h.server.recycle(answer)
	}
}

// endSession serves DELETE.
func (h *HTTP) endSession(w http.ResponseWriter, r *http.Request, who *caller) {
	s := h.findSession(w, r, who)
	if s == nil {
		return
	}
	h.sessions.remove(r.Context(), s)
	s.cancelAll(true, errCancelled)
	w.WriteHeader(http.StatusNoContent)
}

// refuseSession answers a client whose session would be over a limit.
func (h *HTTP) refuseSession(w http.ResponseWriter, f *frame, err error) {
	h.server.opts.Metrics.LimitHit("sessions")
	status := http.StatusServiceUnavailable
	switch {
	case errors.Is(err, errTenantTooMany):
		status = http.StatusTooManyRequests
	case errors.Is(err, errFactsTooLarge):
		writeProblem(w, &requestError{id: f.id, code: mcp.INVALID_PARAMS, message: err.Error()}, http.StatusBadRequest)
		return
	}
	w.Header().Set("Retry-After", "60")
	writeProblem(w, &requestError{id: f.id, code: busyCode, message: err.Error()}, status)
}

func acceptsStream(r *http.Request) bool {
	for _, accept := range r.Header.Values("Accept") {
		if strings.Contains(accept, "text/event-stream") || strings.Contains(accept, "*/*") {
			return true
		}
	}
	return false
}
