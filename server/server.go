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
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
	"github.com/rs/zerolog"

	"airbyte-mcp-server/internal/seal"
	"airbyte-mcp-server/internal/telemetry"
	"airbyte-mcp-server/tools"
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

// Options is what a Server needs to know. Box is required; every other zero value
// means its default.
type Options struct {
	Box           *tools.Box
	Log           zerolog.Logger
	Version       string
	Seal          *seal.Seal         // for what clients carry between requests; by default of this process alone
	Metrics       *telemetry.Metrics // nil for none
	Tracer        *telemetry.Tracer  // nil for none
	CallTimeout   time.Duration      // of one tool call
	MaxConcurrent int                // calls that run at once for one connection; others wait their turn
	MaxMessage    int64              // bytes of one message of a client
	Grace         time.Duration      // for calls in progress when the server is told to stop
	EOFGrace      time.Duration      // for a silent read when standard input has ended
}

// Server offers the tools of a Box to MCP clients. It is safe for concurrent use.
type Server struct {
	opts Options
	log  zerolog.Logger
	mcp  *mcpserver.MCPServer
	seal *seal.Seal
	seq  atomic.Uint64

	buffers sync.Pool // of *[]byte
}

// New returns a Server.
func New(opts Options) *Server {
	opts.setDefaults()
	s := &Server{
		opts: opts,
		log:  opts.Log,
		seal: opts.Seal,
	}
	s.mcp = mcpserver.NewMCPServer(Name, opts.Version,
		mcpserver.WithTitle("Airbyte connectors"),
		mcpserver.WithToolCapabilities(false),
		mcpserver.WithResourceCapabilities(false, false),
		mcpserver.WithPromptCapabilities(false),
		mcpserver.WithCompletions(),
		mcpserver.WithPromptCompletionProvider(completer{s}),
		mcpserver.WithResourceCompletionProvider(completer{s}),
		mcpserver.WithHooks(s.hooks()))
	s.addResources()
	s.addPrompts()
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
	if o.Version == "" {
		o.Version = "dev"
	}
}

// reply is the answer to a request.
type reply struct {
	json []byte // one message, without a line break
	code int    // of a JSON-RPC error, 0 for a result
}

// maxBuffer bounds the buffers that are used again, in bytes.
const maxBuffer = 4 << 20

// reusedBuffer is one that was used before, or nil. Large answers would otherwise be most of
// what the garbage collector has to do.
func (s *Server) reusedBuffer() []byte {
	if b, ok := s.buffers.Get().(*[]byte); ok {
		return *b
	}
	return nil
}

// recycle gives the buffer of a reply back. Nobody may look at the reply any more.
func (s *Server) recycle(r reply) {
	if cap(r.json) <= maxBuffer {
		s.buffers.Put(&r.json)
	}
}

// handle lets mcp-go answer one request. All notifications of the exchange have
// been delivered when it returns.
func (s *Server) handle(ctx context.Context, x *exchange) reply {
	message := s.dispatch(ctx, x)
	x.flushNotifications()
	if e, ok := message.(mcp.JSONRPCError); ok {
		message = x.rewordError(e)
	}
	answer, err := encodeAnswer(s.reusedBuffer(), x.frame.id, message, x.listEntries)
	if err != nil {
		message = mcp.JSONRPCError{Error: s.internalError(x, err)}
		answer, _ = encodeAnswer(nil, x.frame.id, message, nil) // a constant text
	}
	failed, _ := message.(mcp.JSONRPCError)
	return reply{answer, failed.Error.Code}
}

// dispatch prepares what the method needs and hands the message to mcp-go. A
// panic becomes an error with an id that the log explains.
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
	return s.mcp.HandleMessage(s.mcp.WithContext(ctx, x), x.frame.raw)
}

// prepare gets what mcp-go needs to list tools or to call one, within the time
// that the call has.
func (s *Server) prepare(ctx context.Context, x *exchange) (context.Context, context.CancelFunc) {
	switch x.frame.method {
	case string(mcp.MethodToolsList):
		ctx, cancel := s.inTime(ctx, x)
		x.listEntries = s.list(ctx, x.caller)
		return ctx, cancel
	case string(mcp.MethodToolsCall):
		s.offer(ctx, x)
		return ctx, func() {} // the call has its own time, which questions may prolong
	default:
		return ctx, func() {}
	}
}

// inTime bounds what is done for a message. The client's patience began when it
// sent the message, so the time counts from there, but for that which its user took
// to answer questions.
func (s *Server) inTime(ctx context.Context, x *exchange) (context.Context, context.CancelFunc) {
	waited := time.Duration(x.waitedForUser.Load())
	return context.WithDeadline(ctx, x.frame.arrived.Add(waited+s.opts.CallTimeout))
}

// handleNotification lets mcp-go take a notification. Nothing is answered, whatever happens.
func (s *Server) handleNotification(ctx context.Context, x *exchange) {
	s.dispatch(ctx, x)
	x.flushNotifications()
}

// internalError logs a fault of ours and words it for the client by an id alone: its
// text may hold anything.
func (s *Server) internalError(x *exchange, err error) mcp.JSONRPCErrorDetails {
	id := uuid.NewString()
	s.log.Error().Str("error_id", id).Str("method", x.frame.method).Err(err).Msg("internal error")
	return mcp.JSONRPCErrorDetails{Code: mcp.INTERNAL_ERROR, Message: "internal error " + id + "; the server's log has the details"}
}

// refusal is why a request is answered with an error, where mcp-go's own words would
// not help.
type refusal struct {
	instead int // the code of mcp-go's own; an error with another one is about something else
	code    int
	message string
}

// rewordError words an error as the refusal has it. One about a resource names it.
func (x *exchange) rewordError(e mcp.JSONRPCError) mcp.JSONRPCError {
	if x.refusal != nil && x.refusal.instead == e.Error.Code {
		e.Error.Code, e.Error.Message = x.refusal.code, x.refusal.message
	}
	if x.frame.method == string(mcp.MethodResourcesRead) && e.Error.Code == x.noSuchResourceCode() {
		var asked struct {
			URI string `json:"uri"`
		}
		if json.Unmarshal(x.frame.params.raw, &asked) == nil && asked.URI != "" {
			e.Error.Data = map[string]string{"uri": asked.URI}
		}
	}
	return e
}

// noSuchResourceCode is the code for a resource that does not exist, in the client's era.
func (x *exchange) noSuchResourceCode() int {
	if x.frame.isModern() {
		return mcp.INVALID_PARAMS
	}
	return mcp.RESOURCE_NOT_FOUND
}

// sessionCounter tells the metrics about the sessions of a transport.
func (s *Server) sessionCounter(transport string) func(opened bool) {
	return func(opened bool) {
		if opened {
			s.opts.Metrics.SessionOpened(transport)
		} else {
			s.opts.Metrics.SessionClosed(transport)
		}
	}
}

// introductionTime bounds the wait for Airbyte where a client only wants to know what
// there is: hosts start many servers at once.
const introductionTime = 3 * time.Second

// introduce gives the instructions of a caller.
func (s *Server) introduce(ctx context.Context, instructions *string) {
	caller, ok := callerOf(ctx)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, introductionTime)
	defer cancel()
	*instructions = s.opts.Box.Instructions(ctx, caller)
}

// hooks fill in what mcp-go would answer alike to everybody.
func (s *Server) hooks() *mcpserver.Hooks {
	h := &mcpserver.Hooks{}
	h.AddAfterInitialize(func(ctx context.Context, _ any, _ *mcp.InitializeRequest, r *mcp.InitializeResult) {
		s.introduce(ctx, &r.Instructions)
	})
	h.AddAfterDiscover(func(ctx context.Context, _ any, _ *mcp.DiscoverRequest, r *mcp.DiscoverResult) {
		s.introduce(ctx, &r.Instructions)
	})
	return h
}
