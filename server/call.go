package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/telemetry"
	"airbyte-mcp-server/tools"
)

// offer puts the tool that an exchange calls within mcp-go's reach. A tool that
// does not exist is left to mcp-go to refuse; one that exists but cannot be used
// now is answered with the reason.
func (s *Server) offer(ctx context.Context, x *exchange) {
	name := x.frame.params.name
	ctx, cancel := s.inTime(ctx, x)
	defer cancel()
	tool, arguments, err := s.opts.Box.Find(ctx, x.caller, name, x.frame.params.arguments)
	if unknown, ok := errors.AsType[*tools.UnknownToolError](err); ok {
		x.refusal = &refusal{mcp.INVALID_PARAMS, mcp.INVALID_PARAMS, unknown.Error()}
		return
	}
	handler := func(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		if err != nil {
			s.opts.Box.Note(x.caller, &tools.Tool{Name: name}, x.frame.params.arguments, err)
			return s.failure(&tools.Tool{Name: name}, err), nil
		}
		ctx, cancel := s.inTime(ctx, x)
		defer cancel()
		return s.call(ctx, x, tool, arguments, r.Params), nil
	}
	x.toolToCall = map[string]mcpserver.ServerTool{name: {
		Tool:    mcp.Tool{Name: name, InputSchema: mcp.ToolInputSchema{Type: "object"}},
		Handler: handler,
	}}
}

// call runs a tool and logs one line about it: names, sizes
// and times, never values.
func (s *Server) call(ctx context.Context, x *exchange, tool *tools.Tool, arguments json.RawMessage, p mcp.CallToolParams) (result *mcp.CallToolResult) {
	if x.onStart != nil {
		x.onStart(tool.Effect)
	}
	start := time.Now()
	var answer *tools.Result
	var err error
	ctx, span := s.opts.Tracer.Call(ctx, telemetry.Call{
		Tool: tool.Name, Connector: tool.Connector, Entity: tool.Entity, Action: tool.Action, Effect: string(tool.Effect),
		Tenant: x.caller.Workspace, ArgumentBytes: len(arguments), Meta: x.frame.params.meta, Header: x.frame.header,
	})
	s.opts.Metrics.CallBegan()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			result = s.failure(tool, err)
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
		s.opts.Box.Note(x.caller, tool, x.frame.params.arguments, err)
		return s.failure(tool, err)
	}
	answer, err = s.opts.Box.Run(ctx, x.caller, d, tool, arguments)
	if pending, ok := errors.AsType[*tools.PendingError](err); ok {
		return s.pending(d, tool, pending.Question)
	}
	if err != nil {
		return s.failure(tool, stopped(ctx, err))
	}
	return success(answer)
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

func bytesOf(answer *tools.Result) int {
	if answer == nil {
		return 0
	}
	return answer.Bytes
}

func (s *Server) logCall(x *exchange, tool *tools.Tool, answer *tools.Result, err error, took time.Duration, trace string) {
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
