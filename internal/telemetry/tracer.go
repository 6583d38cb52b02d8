package telemetry

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	otelsdk "go.opentelemetry.io/otel/sdk"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.41.0"
	"go.opentelemetry.io/otel/trace"
)

// serviceName is what traces are filed under unless OTEL_SERVICE_NAME says otherwise.
const serviceName = "airbyte-mcp-server"

// TracerOptions is what a Tracer needs to know.
type TracerOptions struct {
	// LookupEnv reads the environment: OTEL_EXPORTER_OTLP_ENDPOINT and the further
	// variables that OpenTelemetry has standardized. Those that tune batches and the
	// limits of spans (OTEL_BSP_…, OTEL_SPAN_…) are read by its SDK itself.
	LookupEnv func(string) (string, bool)
	Version   string
	// Tenants lets spans say whose calls they are.
	Tenants bool
	// Report is told of variables that are ignored, and of the first of a row of
	// failures to send; perhaps from another goroutine. nil for nobody.
	Report func(error)
}

// Tracer makes spans and sends them to the OTLP endpoint that the environment names.
// Without one it is switched off: it starts and allocates nothing. A Tracer is safe
// for concurrent use.
type Tracer struct {
	tracer   trace.Tracer // nil if switched off
	provider *sdk.TracerProvider
	out      *exporter
	carried  propagation.TextMapPropagator
	tenants  bool
}

// NewTracer returns a Tracer that must be closed. Its error names the variable whose
// value makes it impossible to send anything; the Tracer is then switched off.
func NewTracer(o TracerOptions) (*Tracer, error) {
	if o.Report == nil {
		o.Report = func(error) {}
	}
	e := environment{lookup: o.LookupEnv, report: o.Report}
	if e.lookup == nil || !e.enabled() {
		return &Tracer{}, nil
	}
	e.checkKinds()
	out, err := newExporter(context.Background(), e)
	if err != nil {
		return &Tracer{}, err
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(out), sdk.WithSampler(e.sampler()), sdk.WithResource(e.resource(o.Version)))
	return &Tracer{
		tracer:   provider.Tracer(serviceName, trace.WithInstrumentationVersion(o.Version), trace.WithSchemaURL(semconv.SchemaURL)),
		provider: provider, out: out, carried: e.propagators(), tenants: o.Tenants,
	}, nil
}

// Enabled reports whether spans are made.
func (t *Tracer) Enabled() bool { return t != nil && t.tracer != nil }

// Close sends what has not been sent, as long as ctx lasts, and ends the Tracer.
func (t *Tracer) Close(ctx context.Context) error {
	if !t.Enabled() {
		return nil
	}
	// When ctx ends first, an attempt to send would else go on behind the caller's back.
	defer t.out.stop()
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("sending the last traces: %w", err)
	}
	return nil
}

// resource describes this process: what the program knows, then what the operator says.
func (e environment) resource(version string) *resource.Resource {
	facts := []attribute.KeyValue{
		semconv.ServiceName(serviceName), semconv.ServiceVersion(version), semconv.ServiceInstanceID(uuid.NewString()),
		semconv.TelemetrySDKName("opentelemetry"), semconv.TelemetrySDKLanguageGo, semconv.TelemetrySDKVersion(otelsdk.Version()),
	}
	for key, value := range e.pairs("OTEL_RESOURCE_ATTRIBUTES", e.get("OTEL_RESOURCE_ATTRIBUTES")) {
		facts = append(facts, attribute.String(key, value))
	}
	if name := e.get("OTEL_SERVICE_NAME"); name != "" {
		facts = append(facts, semconv.ServiceName(name))
	}
	return resource.NewSchemaless(facts...) // the SDK joins it with one of its own schema
}

// parent puts the caller's trace and baggage into ctx. What an MCP request says of itself
// goes before the headers of the HTTP request that carries it, which may be a proxy's;
// of a trace that the headers belong to the span then only keeps a link.
func (t *Tracer) parent(ctx context.Context, c Call) (context.Context, []trace.Link) {
	ctx = t.carried.Extract(ctx, headerCarrier(c.Header))
	outer := trace.SpanContextFromContext(ctx)
	ctx = t.carried.Extract(ctx, metaCarrier(c.Meta))
	if inner := trace.SpanContextFromContext(ctx); outer.IsValid() && !outer.Equal(inner) {
		return ctx, []trace.Link{{SpanContext: outer}}
	}
	return ctx, nil
}
