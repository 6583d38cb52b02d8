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
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
	"github.com/rs/zerolog"

	"airbyte-mcp-server/internal/seal"
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
)

// Options is what a Server needs to know. Box is required; every other zero value
// means its default.
type Options struct {
	Box           *tools.Box
	Log           zerolog.Logger
	Version       string
	Instructions  string        // for the model, sent once per session
	CallTimeout   time.Duration // of one tool call
	MaxConcurrent int           // calls that run at once for one connection; others wait their turn
	MaxMessage    int64         // bytes of one message of a client
	Grace         time.Duration // for calls in progress when the server is told to stop
	EOFGrace      time.Duration // for a silent read when standard input has ended
}

// Server offers the tools of a Box to MCP clients. It is safe for concurrent use.
type Server struct {
	opts  Options
	log   zerolog.Logger
	mcp   *mcpserver.MCPServer
	lists toolLists
	seal  *seal.Seal
	seq   atomic.Uint64
}

// New returns a Server.
func New(opts Options) *Server {
	opts.setDefaults()
	s := &Server{
		opts: opts,
		log:  opts.Log,
		seal: seal.New(),
		mcp: mcpserver.NewMCPServer(Name, opts.Version,
			mcpserver.WithTitle("Airbyte connectors"),
			mcpserver.WithToolCapabilities(false),
			mcpserver.WithResourceCapabilities(false, false),
			mcpserver.WithInstructions(opts.Instructions)),
	}
	s.addResources()
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
	if o.Version == "" {
		o.Version = "dev"
	}
}

// reply is the answer to a request.
type reply struct {
	json []byte // one message, without a line break
	code int    // of a JSON-RPC error, 0 for a result
}

// handle lets mcp-go answer one request. All notifications of the exchange have
// been delivered when it returns.
func (s *Server) handle(ctx context.Context, x *exchange) reply {
	message := s.dispatch(ctx, x)
	x.finish()
	if x.notFound != nil {
		message = renameNotFound(message, x.notFound)
	}
	answer, err := encodeAnswer(x.frame.id, message, x.list)
	if err != nil {
		message = mcp.JSONRPCError{Error: s.internal(x, err)}
		answer, _ = encodeAnswer(x.frame.id, message, nil) // a constant text
	}
	failed, _ := message.(mcp.JSONRPCError)
	return reply{answer, failed.Error.Code}
}

// dispatch prepares what the method needs and hands the message to mcp-go. A
// panic becomes an error with an id that the log explains.
func (s *Server) dispatch(ctx context.Context, x *exchange) (message mcp.JSONRPCMessage) {
	defer func() {
		if p := recover(); p != nil {
			message = mcp.JSONRPCError{Error: s.internal(x, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))}
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
		x.list = s.list(ctx, x.caller)
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
	thought := time.Duration(x.thought.Load())
	return context.WithDeadline(ctx, x.frame.arrived.Add(thought+s.opts.CallTimeout))
}

// notice lets mcp-go take a notification. Nothing is answered, whatever happens.
func (s *Server) notice(ctx context.Context, x *exchange) {
	s.dispatch(ctx, x)
	x.finish()
}

// internal logs a fault of ours and words it for the client by an id alone: its
// text may hold anything.
func (s *Server) internal(x *exchange, err error) mcp.JSONRPCErrorDetails {
	id := uuid.NewString()
	s.log.Error().Str("error_id", id).Str("method", x.frame.method).Err(err).Msg("internal error")
	return mcp.JSONRPCErrorDetails{Code: mcp.INTERNAL_ERROR, Message: "internal error " + id + "; the server's log has the details"}
}

// renameNotFound gives the error about an unknown tool the nearest names.
func renameNotFound(message mcp.JSONRPCMessage, cause error) mcp.JSONRPCMessage {
	if e, ok := message.(mcp.JSONRPCError); ok && e.Error.Code == mcp.INVALID_PARAMS {
		e.Error.Message = cause.Error()
		return e
	}
	return message
}
