package server

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/tools"
)

const (
	// maxInFlight bounds the requests of one connection that have not been
	// answered; a host that sends more is told so at once.
	maxInFlight = 1024
	// busyCode is the JSON-RPC error of a request beyond that, from the range left
	// to servers.
	busyCode = -32000
)

// lastAnswersTime is how long a client may take to read the answers that are written
// when everything has been ended.
const lastAnswersTime = time.Second

var (
	// errCancelled is why a request ends that its client has cancelled.
	errCancelled     = errors.New("cancelled by the client")
	errAnswersUnread = errors.New("the client has stopped reading; answers are lost")
)

// conn is one client for as long as it stays: a connection over which messages go
// both ways (stdio, or an SSE stream with its POSTs) or a session of the
// streamable transport. It knows the requests in progress, so that a cancellation
// finds its request and nobody else's.
type conn struct {
	server *Server
	caller tools.Session
	peer   *peer
	write  func([]byte) error // one message; safe for concurrent use

	ctx   context.Context // of requests whose way in does not end with them
	slots chan struct{}
	wg    sync.WaitGroup

	mu       sync.Mutex
	closing  bool
	inFlight map[string]*pending // by the bytes of the id
	progress chan struct{}       // closed and replaced when a request has ended
}

// pending is a request that has not been answered.
type pending struct {
	cancel context.CancelCauseFunc
	write  bool // it may change something
}

func (s *Server) newConn(ctx context.Context, caller tools.Session, write func([]byte) error) *conn {
	return &conn{
		server: s, caller: caller, peer: &peer{}, write: write, ctx: ctx,
		slots:    make(chan struct{}, s.opts.MaxConcurrent),
		inFlight: map[string]*pending{},
		progress: make(chan struct{}),
	}
}

// receive takes one message of the client.
func (c *conn) receive(raw []byte) {
	f, problem := parseFrame(raw)
	switch {
	case problem == nil:
		c.route(f)
	case !problem.silent:
		c.writeError(problem)
	}
}

// route begins to handle a message. It waits for the end of what is brief and must
// come before the next message, and of nothing else.
func (c *conn) route(f *frame) { c.routeFor(f, c.caller, func() {}) }

// routeFor is take for a caller that may have less than the connection. The function is
// called when the message has been handled.
func (c *conn) routeFor(f *frame, caller tools.Session, end func()) {
	if f.wantsAnswer() {
		c.start(f, caller, end)
		return
	}
	defer end()
	_ = c.routeNotification(f)
}

// routeNotification takes a message that wants no answer. It reports false for one about a
// request that is not here.
func (c *conn) routeNotification(f *frame) bool {
	switch {
	case f.isAnswer:
		return c.peer.questions.resolve(f)
	case f.method == string(mcp.MethodNotificationCancelled):
		return c.cancelRequest(f)
	default:
		c.server.handleNotification(c.ctx, c.server.newExchange(f, c.caller, c.peer, c.write))
		return true
	}
}

func (c *conn) writeError(problem *requestError) {
	if b, err := problem.encode(); err == nil {
		_ = c.write(b) // a client that is gone misses nothing
	}
}

// start starts a request in its own goroutine. Scripts send the next message
// without awaiting the answer to initialize, so that is handled in its turn.
func (c *conn) start(f *frame, caller tools.Session, end func()) {
	ctx, problem := c.admit(c.ctx, f)
	serve := func() {
		defer end()
		c.respond(ctx, f, caller)
	}
	switch {
	case problem != nil:
		c.writeError(problem)
		end()
	case f.method == string(mcp.MethodInitialize):
		serve()
	default:
		go serve()
	}
}

func (c *conn) respond(ctx context.Context, f *frame, caller tools.Session) {
	defer c.release(f)
	if r, wanted := c.runInSlot(ctx, f, caller, c.write); wanted {
		_ = c.write(r.json) // a client that is gone misses nothing
		c.server.recycle(r)
	}
}

// admit registers a request, unless its id is in use, there are too many, or the
// connection is closing. Each request admitted must be ended.
func (c *conn) admit(parent context.Context, f *frame) (context.Context, *requestError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := string(f.id)
	switch {
	case c.closing:
		return nil, &requestError{id: f.id, code: busyCode, message: errStopping.Error()}
	case c.inFlight[key] != nil:
		return nil, &requestError{id: f.id, code: mcp.INVALID_REQUEST, message: "a request with this id is still in progress"}
	case len(c.inFlight) >= maxInFlight:
		return nil, &requestError{id: f.id, code: busyCode,
			message: "the server is busy: too many requests are in progress; try again when some have been answered"}
	}
	ctx, cancel := context.WithCancelCause(parent)
	c.inFlight[key] = &pending{cancel: cancel}
	c.wg.Add(1)
	return ctx, nil
}

// runInSlot handles an admitted request, a bounded number of calls at a time. A
// request that its client has cancelled wants no answer.
func (c *conn) runInSlot(ctx context.Context, f *frame, caller tools.Session, send func([]byte) error) (r reply, wanted bool) {
	if f.method == string(mcp.MethodToolsCall) {
		turn, cancel := context.WithDeadline(ctx, f.arrived.Add(c.server.opts.CallTimeout))
		defer cancel()
		select {
		case c.slots <- struct{}{}:
			defer func() { <-c.slots }()
		case <-turn.Done():
		}
	}
	x := c.server.newExchange(f, caller, c.peer, send)
	x.onStart = func(effect tools.Effect) { c.noteEffect(string(f.id), effect) }
	r = c.server.handle(ctx, x)
	return r, !errors.Is(context.Cause(ctx), errCancelled)
}

// noteEffect notes what kind of tool a request runs, once it does.
func (c *conn) noteEffect(key string, effect tools.Effect) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.inFlight[key]; p != nil {
		p.write = effect != tools.Read
	}
	c.signalProgress()
}

// signalProgress tells that a request has got further. The caller holds the lock.
func (c *conn) signalProgress() {
	close(c.progress)
	c.progress = make(chan struct{})
}

// release forgets a request that was admitted.
func (c *conn) release(f *frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inFlight[string(f.id)].cancel(nil)
	delete(c.inFlight, string(f.id))
	c.signalProgress()
	c.wg.Done()
}

// cancelRequest ends the request that a cancellation means, if it is still in progress.
func (c *conn) cancelRequest(f *frame) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.inFlight[string(f.params.requestID)]
	if ok {
		p.cancel(errCancelled)
	}
	return ok
}

// cancelAll ends the reads, or everything, that is in progress.
func (c *conn) cancelAll(writesToo bool, cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.inFlight {
		if writesToo || !p.write {
			p.cancel(cause)
		}
	}
}

// drain admits no more requests and waits until those in progress have been
// answered. Reads that make no progress for the first duration are ended, and
// answered with the reason; writes are given the second. A client that does not
// take its answers after all that is left without them.
func (c *conn) drain(reads, writes time.Duration, cause error) error {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	done := make(chan struct{})
	go func() {
		c.wg.Wait()
		close(done)
	}()
	end, last, idle := time.NewTimer(writes+lastAnswersTime), time.NewTimer(writes), time.NewTimer(reads)
	defer end.Stop()
	defer last.Stop()
	defer idle.Stop()
	for {
		c.mu.Lock()
		progress := c.progress
		c.mu.Unlock()
		select {
		case <-done:
			return nil
		case <-progress:
			idle.Reset(reads)
		case <-idle.C:
			c.cancelAll(false, cause)
		case <-last.C:
			c.cancelAll(true, cause)
		case <-end.C:
			return errAnswersUnread
		}
	}
}
