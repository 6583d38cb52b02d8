package telemetry_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/otel"

	"airbyte-mcp-server/internal/telemetry"
)

// sendOne makes one span and returns what was reported.
func sendOne(t *testing.T, v variables, c telemetry.Call) []string {
	t.Helper()
	tracer, finish := newTracer(t, v, false)
	ctx, call := tracer.Call(t.Context(), c)
	_, request := tracer.Request(ctx, telemetry.Request{Operation: "execute"}, http.Header{})
	request.End("ok", telemetry.End{})
	call.End("ok", telemetry.End{})
	return finish()
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		variables [2]string
		want      string
	}{
		"common":              {[2]string{"OTEL_EXPORTER_OTLP_ENDPOINT", ""}, "/v1/traces"},
		"common with a slash": {[2]string{"OTEL_EXPORTER_OTLP_ENDPOINT", "/"}, "/v1/traces"},
		"common with a path":  {[2]string{"OTEL_EXPORTER_OTLP_ENDPOINT", "/otlp"}, "/otlp/v1/traces"},
		"for traces":          {[2]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "/own/path"}, "/own/path"},
		"for traces, bare":    {[2]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", ""}, "/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t)
			told := sendOne(t, variables{test.variables[0]: r.URL + test.variables[1]}, telemetry.Call{Tool: "x"})
			if len(told) > 0 || !slices.Equal(r.paths, []string{test.want}) || len(r.spans) != 2 {
				t.Errorf("%d spans at %q, reported %q; want them at %s", len(r.spans), r.paths, told, test.want)
			}
		})
	}
}

func TestWhatCannotBeSentTo(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	for _, v := range []variables{
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "localhost:4318"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "ftp://localhost"},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://user:" + secret + "@localhost:4318"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318/%zz" + secret},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318?key=" + secret},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "https://localhost:4318", "OTEL_EXPORTER_OTLP_CERTIFICATE": "no/such/file"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "https://localhost:4318", "OTEL_EXPORTER_OTLP_CERTIFICATE": "environment_test.go"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT": "https://localhost:4318", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": "no/such/file"},
	} {
		tracer, err := telemetry.NewTracer(telemetry.TracerOptions{LookupEnv: v.lookup})
		if err == nil || !strings.HasPrefix(err.Error(), "OTEL_EXPORTER_OTLP_") || strings.Contains(err.Error(), secret) {
			t.Errorf("%v: error %v", v, err)
		}
		if tracer.Enabled() {
			t.Errorf("%v: the tracer is on", v)
		}
		_, span := tracer.Call(t.Context(), telemetry.Call{})
		span.End("ok", telemetry.End{})
	}
}

func TestSwitchedOff(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	for name, v := range map[string]variables{
		"no endpoint":    {},
		"empty endpoint": {"OTEL_EXPORTER_OTLP_ENDPOINT": " "},
		"disabled":       r.at("OTEL_SDK_DISABLED", "TRUE"),
		"no exporter":    r.at("OTEL_TRACES_EXPORTER", "none"),
	} {
		if told := sendOne(t, v, telemetry.Call{Tool: "x"}); len(told) > 0 || len(r.spans) > 0 {
			t.Errorf("%s: %d spans, reported %q", name, len(r.spans), told)
		}
	}
	if told := sendOne(t, r.at("OTEL_SDK_DISABLED", "false"), telemetry.Call{Tool: "x"}); len(told) > 0 || len(r.spans) != 2 {
		t.Errorf("not disabled: %d spans, reported %q", len(r.spans), told)
	}
}

func TestResource(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	told := sendOne(t, r.at("OTEL_SERVICE_NAME", "mine",
		"OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=prod%20eu, "+
			"service.name=other,service.instance.id=pod-1,broken"), telemetry.Call{})
	for key, want := range map[string]string{
		"service.name": "mine", "deployment.environment.name": "prod eu", "service.instance.id": "pod-1", "telemetry.sdk.language": "go",
	} {
		if r.about[key] != want {
			t.Errorf("%s is %q, want %q", key, r.about[key], want)
		}
	}
	if len(told) != 1 || !strings.Contains(told[0], "OTEL_RESOURCE_ATTRIBUTES") {
		t.Errorf("reported %q", told)
	}
}

func TestHeadersCompressionAndEncoding(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	told := sendOne(t, r.at("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%3Db, x-team = blue", "OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
		telemetry.Call{})
	if len(told) > 0 || r.headers.Get("Api-Key") != "a=b" || r.headers.Get("X-Team") != "blue" ||
		r.headers.Get("Content-Encoding") != "gzip" || len(r.spans) != 2 {
		t.Errorf("headers %v, %d spans, reported %q", r.headers, len(r.spans), told)
	}
	told = sendOne(t, r.at("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "api-key=own"), telemetry.Call{})
	if len(told) > 0 || r.headers.Get("Content-Type") != "application/json" || r.headers.Get("Api-Key") != "own" ||
		!strings.Contains(string(r.raw), `"resourceSpans"`) {
		t.Errorf("headers %v, reported %q", r.headers, told)
	}
}

func TestSamplers(t *testing.T) {
	t.Parallel()
	recorded, unrecorded := parent1, strings.TrimSuffix(parent1, "01")+"00"
	for _, test := range []struct {
		sampler, argument, parent string
		want                      int
	}{
		{"", "", "", 2}, {"", "", recorded, 2}, {"", "", unrecorded, 0},
		{"always_on", "", unrecorded, 2}, {"always_off", "", recorded, 0},
		{"parentbased_always_off", "", "", 0}, {"parentbased_always_off", "", recorded, 2},
		{"traceidratio", "0", recorded, 0}, {"traceidratio", "1", unrecorded, 2}, {"traceidratio", "", "", 2},
		{"parentbased_traceidratio", "0", "", 0}, {"parentbased_traceidratio", "0", recorded, 2},
		{"PARENTBASED_ALWAYS_ON", "", unrecorded, 0},
	} {
		r := newReceiver(t)
		c := telemetry.Call{Tool: "x", Header: http.Header{"Traceparent": {test.parent}}}
		told := sendOne(t, r.at("OTEL_TRACES_SAMPLER", test.sampler, "OTEL_TRACES_SAMPLER_ARG", test.argument), c)
		if len(told) > 0 || len(r.spans) != test.want {
			t.Errorf("%+v: %d spans, reported %q", test, len(r.spans), told)
		}
	}
}

// TestWhatMakesNoSenseIsReported and ignored, as the specification asks.
func TestWhatMakesNoSenseIsReported(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"OTEL_TRACES_SAMPLER": "jaeger_remote", "OTEL_TRACES_EXPORTER": "console", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
		"OTEL_EXPORTER_OTLP_TIMEOUT": "10s", "OTEL_EXPORTER_OTLP_COMPRESSION": "zstd", "OTEL_EXPORTER_OTLP_HEADERS": "canary",
		"OTEL_PROPAGATORS": "b3",
	} {
		r := newReceiver(t)
		told := sendOne(t, r.at(name, value), telemetry.Call{})
		if len(told) != 1 || !strings.Contains(told[0], name+" is ignored: want ") || strings.Contains(told[0], "canary") || len(r.spans) != 2 {
			t.Errorf("%s=%s: %d spans, reported %q", name, value, len(r.spans), told)
		}
	}
	for _, ratio := range []string{"2", "-1", "NaN", "half"} {
		r := newReceiver(t)
		told := sendOne(t, r.at("OTEL_TRACES_SAMPLER", "traceidratio", "OTEL_TRACES_SAMPLER_ARG", ratio), telemetry.Call{})
		if len(told) != 1 || len(r.spans) != 2 {
			t.Errorf("ratio %s: %d spans, reported %q", ratio, len(r.spans), told)
		}
	}
}

func TestPropagators(t *testing.T) {
	t.Parallel()
	for names, want := range map[string][2]bool{ // trace, baggage
		"": {true, true}, "tracecontext": {true, false}, "baggage": {false, true}, "none": {false, false}, "tracecontext, baggage": {true, true},
	} {
		r := newReceiver(t)
		tracer, finish := newTracer(t, r.at("OTEL_PROPAGATORS", names), false)
		header := http.Header{}
		ctx, _ := tracer.Call(t.Context(), telemetry.Call{Meta: meta(t, map[string]any{"traceparent": parent1, "baggage": "a=1"})})
		_, _ = tracer.Request(ctx, telemetry.Request{Operation: "execute"}, header)
		finish()
		if got := [2]bool{strings.Contains(header.Get("Traceparent"), trace1), header.Get("Baggage") == "a=1"}; got != want {
			t.Errorf("%q: sent %v", names, header)
		}
	}
}

// TestCollectorIsAway: one report for a row of failures, and another after it was back.
func TestCollectorIsAway(t *testing.T) {
	t.Parallel()
	var status atomic.Int32
	status.Store(http.StatusBadRequest)
	elsewhere := newReceiver(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", elsewhere.URL)
		w.WriteHeader(int(status.Load()))
	}))
	t.Cleanup(s.Close)
	v := variables{"OTEL_EXPORTER_OTLP_ENDPOINT": s.URL, "OTEL_EXPORTER_OTLP_HEADERS": "api-key=canary"}
	tracer, finish := newTracer(t, v, false)
	for _, code := range []int32{400, 400, 200, 307, 307} {
		status.Store(code)
		_, span := tracer.Call(t.Context(), telemetry.Call{})
		span.End("ok", telemetry.End{})
		telemetry.Flush(t.Context(), tracer)
	}
	told := finish()
	if len(told) != 2 || !strings.HasPrefix(told[0], "sending traces: ") || strings.Contains(strings.Join(told, ""), "canary") {
		t.Errorf("reported %q", told)
	}
	if len(elsewhere.paths) > 0 {
		t.Error("spans and their headers followed a redirect")
	}
}

// TestCloseEnds in time though the collector hangs, and the SDK tells its global handler nothing.
func TestCloseEnds(t *testing.T) { //nolint:paralleltest // it looks at a global handler
	told := &reports{}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(told.add))
	t.Cleanup(func() { otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {})) })
	hang := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	t.Cleanup(func() { close(hang); s.Close() })
	v := variables{"OTEL_EXPORTER_OTLP_ENDPOINT": s.URL, "OTEL_EXPORTER_OTLP_TIMEOUT": "200"}
	tracer, _ := newTracer(t, v, false)
	_, span := tracer.Call(t.Context(), telemetry.Call{Header: http.Header{"Baggage": {"=canary;;;"}}})
	span.End("ok", telemetry.End{})
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := tracer.Close(ctx); err == nil || time.Since(began) > soon {
		t.Errorf("closed after %s: %v", time.Since(began), err)
	}
	if len(told.list) > 0 {
		t.Errorf("told the global handler: %q", told.list)
	}
}
