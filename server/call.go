package server

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/telemetry"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// A tool call, in the order in which it happens.
//
// 1. offer finds the tool, and leaves what runs it with the exchange. A server that
// registered its tools with mcp-go would need a registry for each caller.
//
// 2. answerPlainly runs it, if the message has nothing that only mcp-go knows what to do
// with. Most calls end here, without a second decoding of their message.
//
// 3. mcp-go gets every other call, and every call whose tool asks its user something: it
// decodes the message, finds the tool in the exchange, and runs it. It may run it twice for
// one message: where the tool answers with a question for the user, mcp-go asks a client of
// the session era itself (exchange.RequestElicitation), and runs the tool again with the
// answer. A client of the stateless era gets the question as the result and sends the call
// again with the answer: then this is another exchange, with an offer of its own. So a tool
// must find out from its request alone whether it has an answer (newDialog), and what a
// first run does must be fit to be done twice: a write is sent only by the run that has the
// answer.
//
// 4. call runs the tool, with a record, a span and one line in the log for each run.

// runTool makes one run of the tool that an exchange calls, within the deadline of its context.
type runTool func(context.Context, *mcp.CallToolParams) *mcp.CallToolResult

// offer finds the tool that an exchange calls. A tool that does not exist is left to mcp-go
// to refuse; one that exists but cannot be used now is answered with the reason.
func (s *Server) offer(ctx context.Context, x *exchange) {
	x.answerBy = s.deadline(x.frame, 0)
	name := x.frame.params.name
	found, err := s.find(ctx, x)
	if unknown, ok := errors.AsType[*tools.UnknownToolError](err); ok {
		x.refusal = &refusal{mcp.INVALID_PARAMS, mcp.INVALID_PARAMS, unknown.Error()}
		return
	}
	x.run = func(ctx context.Context, p *mcp.CallToolParams) *mcp.CallToolResult {
		if err != nil {
			s.opts.Calls.Note(x.caller, &tools.Tool{Name: name}, x.frame.params.arguments, err)
			return s.failure(x.caller, &tools.Tool{Name: name}, err)
		}
		return s.call(ctx, x, found, p)
	}
}

// answerPlainly makes a call of the session era that has a name, arguments and _meta alone,
// and nil where the call has more, or the tool asks its user something. The result of a run
// that asks is kept for mcp-go, which puts the question.
func (x *exchange) answerPlainly(ctx context.Context) *mcp.CallToolResult {
	p := &x.frame.params
	if x.run == nil || x.frame.isModern() || p.others || p.meta != nil && p.told == nil {
		return nil
	}
	result := x.run(ctx, &mcp.CallToolParams{Name: p.name, Meta: p.told})
	if len(result.InputRequests) == 0 && result.RequestState == "" {
		return result
	}
	run := x.run
	x.run = func(ctx context.Context, p *mcp.CallToolParams) *mcp.CallToolResult {
		if first := result; first != nil {
			result = nil
			return first
		}
		return run(ctx, p)
	}
	return nil
}

// find resolves what an exchange calls, unless its transport had to do so already.
func (s *Server) find(ctx context.Context, x *exchange) (*tools.Found, error) {
	if f := x.frame.found; f != nil {
		found := *f // by a transport that does not know the host
		found.Session.Listing.Host = x.caller.Listing.Host
		return &found, nil
	}
	return s.opts.Calls.Directory().Find(ctx, x.caller, x.frame.params.name, x.frame.params.arguments)
}

// call runs a tool and logs one line about it: names, sizes and times, never values.
func (s *Server) call(ctx context.Context, x *exchange, found *tools.Found, p *mcp.CallToolParams) (result *mcp.CallToolResult) {
	tool := found.Tool
	if x.onStart != nil {
		x.onStart(tool.Effect)
	}
	start := time.Now()
	var answer *calls.Result
	var err error
	ctx, span := s.opts.Tracer.Call(ctx, telemetry.Call{
		Tool: tool.Name, Connector: tool.Connector, Entity: tool.Entity, Action: tool.Action, Effect: string(tool.Effect),
		Tenant: x.caller.Workspace, ArgumentBytes: len(found.Arguments), Meta: x.frame.params.meta, Header: x.frame.header,
	})
	s.opts.Metrics.CallBegan()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			result = s.failure(x.caller, tool, err)
		}
		took, outcome := time.Since(start), tools.Outcome(err)
		s.opts.Metrics.CallEnded(string(tool.Effect), tool.Connector, outcome, x.caller.Workspace, took)
		end := telemetry.End{Bytes: bytesOf(answer)}
		if err != nil {
			end.Failure = tools.Kind(err)
		}
		span.End(outcome, end)
		s.logCall(x, tool, answer, err, took, span.TraceID())
	}()
	var d *dialog
	d, err = s.newDialog(x, tool, p)
	if err != nil {
		s.opts.Calls.Note(x.caller, tool, x.frame.params.arguments, err)
		return s.failure(x.caller, tool, err)
	}
	answer, err = s.opts.Calls.Run(ctx, d, found)
	if pending, ok := errors.AsType[*calls.PendingError](err); ok {
		return s.pending(d, tool, pending.Question)
	}
	if err != nil {
		return s.failure(x.caller, tool, stopped(ctx, err))
	}
	return success(answer, x.caller.Answers.Structured == tools.StructuredOn)
}

// stopped names the true cause of a call that ended because the server stops.
func stopped(ctx context.Context, err error) error {
	var api *airbyte.Error
	if errors.As(err, &api) && api.Code == airbyte.CodeCanceled && errors.Is(context.Cause(ctx), errStopping) {
		ended := *api
		ended.Message = errStopping.Error()
		return &ended
	}
	return err
}

func bytesOf(answer *calls.Result) int {
	if answer == nil {
		return 0
	}
	return answer.Bytes
}

func (s *Server) logCall(x *exchange, tool *tools.Tool, answer *calls.Result, err error, took time.Duration, trace string) {
	line := s.log.Info()
	if answer != nil {
		line.Int("bytes", answer.Bytes)
	}
	if trace != "" {
		line.Str("trace_id", trace)
	}
	if id := x.frame.header.Get(requestIDHeader); id != "" {
		line.Str("request_id", id)
	}
	if err != nil {
		line.Str("failure", tools.Kind(err))
	}
	line.Str("tool", tool.Name).Str("effect", string(tool.Effect)).Str("workspace", x.caller.Workspace).
		Str("principal", x.caller.Principal).Int("argument_bytes", len(x.frame.params.arguments)).
		Dur("ms", took).Msg("tool call")
}
