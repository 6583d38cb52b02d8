package server

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/internal/stack"
	"airbyte-mcp-server/tools"
)

// The way of one message through a connection:
//
//	receive            bytes become a frame (frame.go), or an error goes back
//	route, routeFor    a request is started, a notification or an answer is handled at once
//	start              admits the request and runs respond in a goroutine; initialize is handled in its turn
//	admit              registers the JSON-RPC id of the request, so that it can be cancelled
//	respond            runs the request and writes the answer
//	runInSlot          waits for a slot where the request is a tool call, then makes an exchange of it
//	Server.handle      lets mcp-go dispatch the exchange (server.go)
//	noteEffect         notes, when the tool starts, whether it writes
//	release            forgets the JSON-RPC id
//
// Requests of the streamable transport come in at admit: each has its own way back.

const (
	// maxInFlight bounds the unanswered requests of one connection. Those beyond it are
	// refused at once.
	maxInFlight = 1024
	// busyCode is the JSON-RPC code of such a refusal, from the range for servers' own codes.
	busyCode = -32000
)

// lastAnswersTime is the time in which a client must read the last answers of a
// connection that is being closed.
const lastAnswersTime = time.Second

var (
	// errCancelled is the cause of a request's end after a cancellation by its client.
	errCancelled     = errors.New("cancelled by the client")
	errAnswersUnread = errors.New("the client has stopped reading; answers are lost")
)

// conn is one client: a connection with messages in both directions (stdio, or an SSE
// stream with its POSTs) or a session of the streamable transport. It keeps the requests
// in progress by their JSON-RPC ids, so that a cancellation finds a request of its own
// client and no other.
type conn struct {
	server *Server
	caller tools.Session
	peer   *peer
	write  func([]byte) error // one message; safe for concurrent use

	ctx   context.Context // of all requests that have no HTTP request of their own
	slots chan struct{}   // one for each running tool call
	wg    sync.WaitGroup

	mu       sync.Mutex
	closing  bool
	inFlight map[string]*pending // by the bytes of the JSON-RPC id
	progress chan struct{}       // closed when a request starts its tool or ends; nil while nobody waits for it
}

// pending is an unanswered request.
type pending struct {
	cancel  context.CancelCauseFunc
	write   bool // its tool may change something
	listens bool // it waits for changes, as long as the client is there
}

func (s *Server) newConn(ctx context.Context, caller tools.Session, write func([]byte) error) *conn {
	return &conn{
		server: s, caller: caller, peer: &peer{}, write: write, ctx: ctx,
		slots:    make(chan struct{}, s.opts.MaxConcurrent),
		inFlight: map[string]*pending{},
	}
}

// receive decodes one message of the client and routes it. A message without a question,
// such as a malformed notification, is dropped without an error.
func (c *conn) receive(raw []byte) {
	f, problem := parseFrame(raw)
	switch {
	case problem == nil:
		c.route(f)
	case !problem.silent:
		c.writeError(problem)
	}
}

// route handles a message for the connection's own caller. It returns at once, except
// for initialize, notifications and answers, which are handled in their turn.
func (c *conn) route(f *frame) { c.routeFor(f, c.caller, func() {}) }

// routeFor is route for a caller with fewer rights than the connection's. It calls done
// when the message has been handled, and closes its account.
func (c *conn) routeFor(f *frame, caller tools.Session, handled func()) {
	done := func() {
		f.account.Close()
		handled()
	}
	if f.wantsAnswer() {
		c.start(f, caller, done)
		return
	}
	defer done()
	_ = c.routeNotification(f)
}

// routeNotification handles a notification, or an answer to a question of ours. It
// reports false where the request or the question is unknown to this connection.
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

// start runs a request in its own goroutine. initialize is handled in its turn: scripts
// send the next message without waiting for its answer.
func (c *conn) start(f *frame, caller tools.Session, done func()) {
	ctx, problem := c.admit(c.ctx, f)
	run := func() {
		defer done()
		c.respond(ctx, f, caller)
	}
	switch {
	case problem != nil:
		c.writeError(problem)
		done()
	case f.method == string(mcp.MethodInitialize):
		run()
	default:
		go func() {
			stack.Grow()
			run()
		}()
	}
}

// respond runs an admitted request and writes its answer.
func (c *conn) respond(ctx context.Context, f *frame, caller tools.Session) {
	defer c.release(f)
	if r, wanted := c.runInSlot(ctx, f, caller, c.write); wanted {
		_ = c.write(r.json) // a client that is gone misses nothing
		c.server.recycle(r)
	}
}

// admit registers a request, unless its JSON-RPC id is in use, too many requests are in
// progress, or the connection is closing. Each admitted request must be released.
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
	c.inFlight[key] = &pending{cancel: cancel, listens: f.method == string(mcp.MethodSubscriptionsListen)}
	c.wg.Add(1)
	return ctx, nil
}

// runInSlot runs an admitted request; a tool call first waits for one of the connection's
// slots, or for the end of its time. A cancelled request wants no answer.
func (c *conn) runInSlot(ctx context.Context, f *frame, caller tools.Session, send func([]byte) error) (r reply, wanted bool) {
	if f.method == string(mcp.MethodToolsCall) {
		defer c.takeSlot(ctx, f)()
	}
	x := c.server.newExchange(f, caller, c.peer, send)
	x.onStart = func(effect tools.Effect) { c.noteEffect(string(f.id), effect) }
	r = c.server.handle(ctx, x)
	return r, !errors.Is(context.Cause(ctx), errCancelled)
}

// takeSlot waits for a slot, or for the end of the request's time. The function that it
// returns gives the slot back.
func (c *conn) takeSlot(ctx context.Context, f *frame) (giveBack func()) {
	giveBack = func() { <-c.slots }
	select {
	case c.slots <- struct{}{}:
		return giveBack
	default:
	}
	ctx, cancel := context.WithDeadline(ctx, c.server.deadline(f, 0))
	defer cancel()
	select {
	case c.slots <- struct{}{}:
		return giveBack
	case <-ctx.Done():
		return func() {}
	}
}

// noteEffect notes that the tool of a request starts, and whether it writes: drain gives
// writes more time.
func (c *conn) noteEffect(key string, effect tools.Effect) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.inFlight[key]; p != nil {
		p.write = effect != tools.Read
	}
	c.signalProgress()
}

// isBusy reports whether a request is in progress.
func (c *conn) isBusy() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.inFlight) > 0
}

// nextProgress is closed when a request starts its tool or ends.
func (c *conn) nextProgress() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.progress == nil {
		c.progress = make(chan struct{})
	}
	return c.progress
}

// signalProgress wakes drain. The caller holds the lock.
func (c *conn) signalProgress() {
	if c.progress != nil {
		close(c.progress)
		c.progress = nil
	}
}

// release forgets an admitted request.
func (c *conn) release(f *frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inFlight[string(f.id)].cancel(nil)
	delete(c.inFlight, string(f.id))
	c.signalProgress()
	c.wg.Done()
}

// cancelRequest ends the request named by a cancellation, and reports whether it is in
// progress here.
func (c *conn) cancelRequest(f *frame) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.inFlight[string(f.params.requestID)]
	if ok {
		p.cancel(errCancelled)
	}
	return ok
}

// cancelAll ends all reads in progress, and, if wanted, all writes.
func (c *conn) cancelAll(writesToo bool, cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.inFlight {
		if writesToo || !p.write {
			p.cancel(cause)
		}
	}
}

// drain admits no more requests and waits for the answers to those in progress. When no
// request has made progress for the duration of reads, all reads are ended and answered
// with the cause; after the duration of writes everything is. A client that still does
// not read its answers loses them.
func (c *conn) drain(reads, writes time.Duration, cause error) error {
	c.mu.Lock()
	c.closing = true
	for _, p := range c.inFlight {
		if p.listens {
			p.cancel(cause)
		}
	}
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
		select {
		case <-done:
			return nil
		case <-c.nextProgress():
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
