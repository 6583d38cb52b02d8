// Package server speaks the Model Context Protocol over stdio, streamable HTTP and
// HTTP+SSE, in the session era (2025-11-25 and before) and the stateless one
// (2026-07-28).
//
// mcp-go decodes and dispatches; the transports, the concurrency and the wire form
// of large answers are ours. The unit is the exchange: one message of a client,
// with its own mcp-go session, its own cancellation and its own way back. Nothing
// that belongs to one exchange can be reached from another, so a cancellation, a
// progress message or an answer cannot go astray between clients.
package server

import (
	"bytes"
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
	"github.com/rs/zerolog"

	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/internal/peers"
	"airbyte-mcp-server/internal/seal"
	"airbyte-mcp-server/internal/telemetry"
	"airbyte-mcp-server/tools/calls"
)

// Name is how the server introduces itself to clients.
const Name = "airbyte-mcp-server"

// Defaults of Options.
const (
	DefaultCallTimeout   = 50 * time.Second // hosts give up after 60 s
	DefaultMaxConcurrent = 64
	DefaultMaxMessage    = 4 << 20
	DefaultGrace         = 10 * time.Second
	DefaultEOFGrace      = 900 * time.Millisecond
	DefaultSessionLife   = 24 * time.Hour
)

// Options configure a Server. Calls is required; every other zero value means its default.
type Options struct {
	Calls         *calls.Runner
	Log           zerolog.Logger
	Version       string
	Seal          *seal.Seal         // of questions' states; default: one with a key of this process alone
	SessionSeal   *seal.Seal         // of session ids; default: Seal
	Metrics       *telemetry.Metrics // nil for none
	Tracer        *telemetry.Tracer  // nil for none
	CallTimeout   time.Duration      // of one tool call
	MaxConcurrent int                // running calls of one connection; further ones wait
	MaxMessage    int64              // bytes of one message of a client
	Memory        *budget.Memory     // for bodies and answers; nil for no bound
	Peers         *peers.Peers       // other replicas, which have files too; nil for none
	Grace         time.Duration      // for calls in progress when the server is told to stop
	EOFGrace      time.Duration      // for a silent read when standard input has ended
}

// Server offers tools to MCP clients. It is safe for concurrent use.
type Server struct {
	opts Options
	log  zerolog.Logger
	mcp  *mcpserver.MCPServer
	seal *seal.Seal
	seq  atomic.Uint64

	keepers keepers
	buffers sync.Pool // of *[]byte
}

// New returns a Server.
func New(opts Options) *Server {
	opts.setDefaults()
	s := &Server{
		opts: opts,
		log:  opts.Log,
		seal: opts.Seal,

		keepers: keepers{byWorkspace: map[string]map[*keeper]struct{}{}},
	}
	opts.Calls.Directory().OnChange(s.keepers.compare)
	s.mcp = mcpserver.NewMCPServer(Name, opts.Version,
		mcpserver.WithTitle("Airbyte connectors"),
		mcpserver.WithToolCapabilities(true),
		mcpserver.WithResourceCapabilities(false, false),
		mcpserver.WithPromptCapabilities(false),
		mcpserver.WithCompletions(),
		mcpserver.WithPromptCompletionProvider(completer{s}),
		mcpserver.WithResourceCompletionProvider(completer{s}),
		mcpserver.WithHooks(s.hooks()),
		mcpserver.WithWebsiteURL(website),
		mcpserver.WithMethodCacheHints(mcp.MethodToolsList, listLife.Milliseconds(), mcp.CacheScopePrivate),
		mcpserver.WithMethodCacheHints(mcp.MethodPromptsList, listLife.Milliseconds(), mcp.CacheScopePrivate),
		mcpserver.WithMethodCacheHints(mcp.MethodResourcesTemplatesList, listLife.Milliseconds(), mcp.CacheScopePrivate))
	s.addResources()
	s.addPrompts()
	if opts.Peers != nil {
		opts.Peers.Answer(downloadQuestion, s.answerDownload)
	}
	return s
}

func (o *Options) setDefaults() {
	if o.CallTimeout <= 0 {
		o.CallTimeout = DefaultCallTimeout
	}
	if o.MaxConcurrent <= 0 {
		o.MaxConcurrent = DefaultMaxConcurrent
	}
	if o.MaxMessage <= 0 {
		o.MaxMessage = DefaultMaxMessage
	}
	if o.Grace <= 0 {
		o.Grace = DefaultGrace
	}
	if o.EOFGrace <= 0 {
		o.EOFGrace = DefaultEOFGrace
	}
	if o.Seal == nil {
		o.Seal = seal.New()
	}
	if o.SessionSeal == nil {
		o.SessionSeal = o.Seal
	}
	if o.Version == "" {
		o.Version = "dev"
	}
}

// reply is the answer to a request.
type reply struct {
	json []byte // one message, without a line break
	code int    // of a JSON-RPC error, 0 for a result
}

// maxBuffer bounds the buffers for reuse, in bytes.
const maxBuffer = 4 << 20

// reusedBuffer is a recycled buffer, or nil. Without reuse, large answers would be most of
// the garbage collector's work.
func (s *Server) reusedBuffer() []byte {
	if b, ok := s.buffers.Get().(*[]byte); ok {
		return *b
	}
	return nil
}

// recycle puts the buffer of a reply back for reuse. The reply must not be used after it.
func (s *Server) recycle(r reply) {
	if cap(r.json) <= maxBuffer {
		s.buffers.Put(&r.json)
	}
}

// handle lets mcp-go answer one request. It returns after all notifications of the
// exchange have been delivered.
func (s *Server) handle(ctx context.Context, x *exchange) reply {
	ctx = budget.WithAccount(ctx, x.frame.account)
	message := s.dispatch(ctx, x)
	x.flushNotifications()
	if err := s.holdList(ctx, x); err != nil {
		message = mcp.JSONRPCError{Error: mcp.JSONRPCErrorDetails{Code: busyCode, Message: busyAnswer}}
	}
	if e, ok := message.(mcp.JSONRPCError); ok {
		message = x.rewordError(e)
	}
	answer, err := encodeAnswer(s.reusedBuffer(), x.frame.id, message, x.listEntries)
	if err != nil {
		message = mcp.JSONRPCError{Error: s.internalError(x, err)}
		answer, _ = encodeAnswer(nil, x.frame.id, message, nil) // a constant text
	}
	failed, _ := message.(mcp.JSONRPCError)
	return reply{s.fit(answer), failed.Error.Code}
}

// slack is what a buffer may have beside its answer, and so much again as the answer.
const slack = 64 << 10

// fit moves a small answer out of a large buffer, which goes back for reuse. Memory for
// answers is counted by their size, and one that nobody reads is held for long.
func (s *Server) fit(answer []byte) []byte {
	if cap(answer) <= 2*len(answer)+slack {
		return answer
	}
	small := bytes.Clone(answer)
	s.recycle(reply{json: answer})
	return small
}

// dispatch prepares tools/list and tools/call, then passes the message to mcp-go. A panic
// becomes an internal error, with an id under which the log has the details.
func (s *Server) dispatch(ctx context.Context, x *exchange) (message mcp.JSONRPCMessage) {
	defer func() {
		if p := recover(); p != nil {
			message = mcp.JSONRPCError{Error: s.internalError(x, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))}
		}
	}()
	if x.frame.wantsAnswer() {
		var cancel context.CancelFunc
		ctx, cancel = s.prepare(ctx, x)
		defer cancel()
	}
	if x.plainly != nil {
		return mcp.JSONRPCResponse{Result: x.plainly}
	}
	return s.mcp.HandleMessage(s.mcp.WithContext(ctx, x), x.frame.forDispatch())
}

// prepare finds the entries for tools/list, or the one tool for tools/call, which it runs if
// mcp-go has nothing to do with it, within the call's deadline.
func (s *Server) prepare(ctx context.Context, x *exchange) (context.Context, context.CancelFunc) {
	switch x.frame.method {
	case string(mcp.MethodToolsList):
		ctx, cancel := s.inTime(ctx, x)
		x.listEntries, x.listIsSure = s.list(ctx, x.caller, x.lister())
		return ctx, cancel
	case string(mcp.MethodSubscriptionsListen):
		return ctx, s.listen(ctx, x)
	case string(mcp.MethodToolsCall):
		timed, cancel := s.inTime(ctx, x)
		defer cancel()
		s.offer(timed, x)
		x.plainly = x.answerPlainly(timed)
		return ctx, func() {} // what mcp-go runs has a deadline of its own
	default:
		return ctx, func() {}
	}
}

// inTime sets the deadline of a message: CallTimeout from its arrival, since the client
// has been waiting from then on, plus the time in which its user answered questions.
func (s *Server) inTime(ctx context.Context, x *exchange) (context.Context, context.CancelFunc) {
	return context.WithDeadline(ctx, s.deadline(x.frame, time.Duration(x.waitedForUser.Load())))
}

// deadline is when a message must be answered whose user took some time for answers.
func (s *Server) deadline(f *frame, waitedForUser time.Duration) time.Time {
	return f.arrived.Add(waitedForUser + s.opts.CallTimeout)
}

// handleNotification passes a notification to mcp-go. It is never answered.
func (s *Server) handleNotification(ctx context.Context, x *exchange) {
	s.dispatch(ctx, x)
	x.flushNotifications()
}

// internalError logs a fault of ours and returns an error with nothing but its id: the
// text of the fault may hold secrets.
func (s *Server) internalError(x *exchange, err error) mcp.JSONRPCErrorDetails {
	id := uuid.NewString()
	s.log.Error().Str("error_id", id).Str("method", x.frame.method).Err(err).Msg("internal error")
	return mcp.JSONRPCErrorDetails{Code: mcp.INTERNAL_ERROR, Message: "internal error " + id + "; the server's log has the details"}
}

// sessionCounter counts the sessions of a transport in the metrics.
func (s *Server) sessionCounter(transport string) func(opened bool) {
	return func(opened bool) {
		if opened {
			s.opts.Metrics.SessionOpened(transport)
		} else {
			s.opts.Metrics.SessionClosed(transport)
		}
	}
}

// introductionTime bounds the wait for Airbyte during initialize: hosts start many servers
// at once and wait for all of them.
const introductionTime = 3 * time.Second

// introduce writes the instructions for the caller into an answer of mcp-go.
func (s *Server) introduce(ctx context.Context, instructions *string) {
	x, ok := exchangeOf(ctx)
	if !ok {
		return
	}
	caller := x.caller
	caller.Listing.Host = knownHost(x.frame, x.peer) // which initialize has just told
	ctx, cancel := context.WithTimeout(ctx, introductionTime)
	defer cancel()
	*instructions = s.opts.Calls.Directory().Instructions(ctx, caller)
}

// hooks put the caller's own instructions into the answers to initialize and discover.
func (s *Server) hooks() *mcpserver.Hooks {
	h := &mcpserver.Hooks{}
	h.AddAfterInitialize(func(ctx context.Context, _ any, _ *mcp.InitializeRequest, r *mcp.InitializeResult) {
		s.introduce(ctx, &r.Instructions)
	})
	h.AddAfterListTools(func(ctx context.Context, _ any, _ *mcp.ListToolsRequest, r *mcp.ListToolsResult) {
		if x, ok := exchangeOf(ctx); ok && x.frame.isModern() && !x.listIsSure {
			r.SetCacheHints(0, mcp.CacheScopePrivate) // the next list may have all tools
		}
	})
	h.AddAfterDiscover(func(ctx context.Context, _ any, _ *mcp.DiscoverRequest, r *mcp.DiscoverResult) {
		s.introduce(ctx, &r.Instructions)
	})
	return h
}
