package telemetry_test

import (
	"context"
	"net/http"
	"runtime"
	"testing"
	"time"

	"airbyte-mcp-server/internal/telemetry"
)

// oneCall is what every tool call costs in traces.
func oneCall(ctx context.Context, tracer *telemetry.Tracer, header http.Header) {
	ctx, call := tracer.Call(ctx, telemetry.Call{Tool: "github_issues_list", Connector: "github", Effect: "read", ArgumentBytes: 42})
	_, request := tracer.Request(ctx, telemetry.Request{Operation: "execute", Method: "POST", Host: "h"}, header)
	request.End("ok", telemetry.End{Status: 200})
	call.End("ok", telemetry.End{Bytes: 99})
}

// TestSwitchedOffCostsNothing: no goroutine, no allocation.
func TestSwitchedOffCostsNothing(t *testing.T) { //nolint:paralleltest // it counts goroutines and allocations
	before := runtime.NumGoroutine()
	tracer, err := telemetry.NewTracer(telemetry.TracerOptions{LookupEnv: variables{}.lookup})
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	ctx := t.Context()
	if got := testing.AllocsPerRun(100, func() { oneCall(ctx, tracer, header) }); got != 0 {
		t.Errorf("%.0f allocations per call", got)
	}
	var none *telemetry.Tracer
	if got := testing.AllocsPerRun(100, func() { oneCall(ctx, none, header) }); got != 0 {
		t.Errorf("%.0f allocations per call of no tracer", got)
	}
	if after := runtime.NumGoroutine(); after > before || len(header) > 0 {
		t.Errorf("%d goroutines, then %d; headers %v", before, after, header)
	}
}

func BenchmarkTraceOff(b *testing.B) {
	tracer, _ := telemetry.NewTracer(telemetry.TracerOptions{})
	b.ReportAllocs()
	for b.Loop() {
		oneCall(b.Context(), tracer, nil)
	}
}

// BenchmarkTraceOn records and drops: nobody listens, and nobody waits.
func BenchmarkTraceOn(b *testing.B) {
	tracer, err := telemetry.NewTracer(telemetry.TracerOptions{LookupEnv: variables{
		"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_EXPORTER_OTLP_TIMEOUT": "50",
	}.lookup})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		oneCall(b.Context(), tracer, http.Header{})
	}
	b.StopTimer()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = tracer.Close(ctx)
}

func BenchmarkMetrics(b *testing.B) {
	m := full()
	b.ReportAllocs()
	for b.Loop() {
		m.CallBegan()
		m.UpstreamRequest("execute", 200, time.Millisecond)
		m.CallEnded("read", "github", "ok", "acme", time.Millisecond)
	}
}
