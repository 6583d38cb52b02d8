package telemetry

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
	"go.opentelemetry.io/otel/trace"
)

// Call is a tool call as a span has it: names and sizes. What is empty is left out.
type Call struct {
	Tool, Connector, Entity, Action, Effect string

	Tenant        string // only shown if TracerOptions ask for it
	ArgumentBytes int

	// Meta and Header are where the caller's trace is looked for: the request's _meta as
	// it came, and the headers of the HTTP request. nil for none.
	Meta   json.RawMessage
	Header http.Header
}

// Request is one HTTP request to Airbyte as a span has it.
type Request struct {
	Operation string // what the span is called: execute, token, …
	Method    string
	Host      string
	Repeats   int // of the same request before this one
}

// End is what came of a span, besides its outcome. What is zero is left out.
type End struct {
	Failure string // the kind, such as timeout; it makes the span an error
	Status  int    // of the HTTP answer
	Bytes   int    // of the result, or of the answer's body
}

// Span is something that is going on. The zero Span does nothing.
type Span struct {
	span trace.Span
}

// Names of attributes that OpenTelemetry has no convention for.
const (
	keyConnector     = attribute.Key("airbyte.connector")
	keyEntity        = attribute.Key("airbyte.entity")
	keyAction        = attribute.Key("airbyte.action")
	keyEffect        = attribute.Key("airbyte_mcp.effect")
	keyOutcome       = attribute.Key("airbyte_mcp.outcome")
	keyTenant        = attribute.Key("airbyte_mcp.tenant")
	keyArgumentBytes = attribute.Key("airbyte_mcp.argument.size")
	keyResultBytes   = attribute.Key("airbyte_mcp.result.size")
)

// method is the MCP method that is traced.
const method = "tools/call"

// Call begins the span "tools/call NAME" of a tool call that this server answers, as a
// part of the caller's trace if there is one. The context is for what the call causes.
func (t *Tracer) Call(ctx context.Context, c Call) (context.Context, Span) {
	if !t.Enabled() {
		return ctx, Span{}
	}
	ctx, links := t.parent(ctx, c)
	name := method
	if isToolName(c.Tool) {
		name += " " + c.Tool
	} else {
		c.Tool = other
	}
	if !t.tenants {
		c.Tenant = ""
	}
	ctx, span := t.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer), trace.WithLinks(links...),
		trace.WithAttributes(c.attributes()...))
	return ctx, Span{span}
}

// isToolName reports whether MCP lets a tool be called so; a stranger may call for
// anything. (A regular expression would cost half a millisecond of every start.)
func isToolName(text string) bool {
	const allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
	return text != "" && len(text) <= longestName && strings.Trim(text, allowed) == ""
}

func (c *Call) attributes() []attribute.KeyValue {
	list := attributes{semconv.McpMethodNameToolsCall, semconv.GenAIOperationNameExecuteTool}
	list.text(semconv.GenAIToolNameKey, c.Tool)
	list.text(keyConnector, c.Connector)
	list.text(keyEntity, c.Entity)
	list.text(keyAction, c.Action)
	list.text(keyEffect, c.Effect)
	list.text(keyTenant, c.Tenant)
	list.number(keyArgumentBytes, c.ArgumentBytes)
	return list
}

// Request begins the span of a request to Airbyte, named by its operation, and writes
// the trace into the request's headers. It is called once per attempt.
func (t *Tracer) Request(ctx context.Context, r Request, header http.Header) (context.Context, Span) {
	if !t.Enabled() {
		return ctx, Span{}
	}
	var list attributes
	list.text(semconv.HTTPRequestMethodKey, r.Method)
	list.text(semconv.ServerAddressKey, r.Host)
	list.number(semconv.HTTPRequestResendCountKey, r.Repeats)
	ctx, span := t.tracer.Start(ctx, nameOf(r.Operation), trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(list...))
	if header != nil {
		t.carried.Inject(ctx, propagation.HeaderCarrier(header))
	}
	return ctx, Span{span}
}

// End ends a span with its outcome: ok, rejected, not_sent, unknown, asking. Only the
// first End counts.
func (s Span) End(outcome string, e End) {
	if s.span == nil {
		return
	}
	var list attributes
	list.text(keyOutcome, outcome)
	list.text(semconv.ErrorTypeKey, e.Failure)
	list.number(semconv.HTTPResponseStatusCodeKey, e.Status)
	list.number(keyResultBytes, e.Bytes)
	s.span.SetAttributes(list...)
	if e.Failure != "" {
		s.span.SetStatus(codes.Error, "") // words might quote what was sent
	}
	s.span.End()
}

// TraceID is the trace's id as 32 hexadecimal digits, for log lines; "" of the zero Span.
func (s Span) TraceID() string {
	if s.span == nil {
		return ""
	}
	return s.span.SpanContext().TraceID().String()
}

// attributes are collected without what is empty.
type attributes []attribute.KeyValue

func (a *attributes) text(key attribute.Key, text string) {
	if text != "" {
		*a = append(*a, key.String(nameOf(text)))
	}
}

func (a *attributes) number(key attribute.Key, n int) {
	if n != 0 {
		*a = append(*a, key.Int(n))
	}
}
