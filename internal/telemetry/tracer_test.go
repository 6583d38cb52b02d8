package telemetry_test

import (
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"airbyte-mcp-server/internal/telemetry"
)

const (
	trace1  = "0af7651916cd43dd8448eb211c80319c"
	parent1 = "00-" + trace1 + "-b7ad6b7169203331-01"
	trace2  = "4bf92f3577b34da6a3ce929d0e0e4736"
	parent2 = "00-" + trace2 + "-00f067aa0ba902b7-01"
)

// TestOneCall follows one call from its caller to Airbyte.
func TestOneCall(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	tracer, finish := newTracer(t, r.at(), false)
	ctx, call := tracer.Call(t.Context(), telemetry.Call{
		Tool: "github_issues_list", Connector: "github", Entity: "issues", Action: "list", Effect: "read",
		Tenant: "acme", ArgumentBytes: 42,
		Meta: meta(t, map[string]any{"traceparent": parent1, "tracestate": "vendor=1", "baggage": "team=blue"}),
	})
	header := http.Header{}
	_, request := tracer.Request(ctx, telemetry.Request{
		Operation: "execute", Method: "POST", Host: "api.airbyte.ai", Repeats: 1,
	}, header)
	request.End("rejected", telemetry.End{Failure: "rate_limited", Status: 429, Bytes: 17})
	call.End("ok", telemetry.End{Bytes: 99})
	if got := call.TraceID(); got != trace1 {
		t.Errorf("trace id %s, want the caller's", got)
	}
	if told := finish(); len(told) > 0 {
		t.Errorf("reported: %s", told)
	}
	if len(r.spans) != 2 {
		t.Fatalf("%d spans, want 2", len(r.spans))
	}
	client, server := r.spans[0], r.spans[1]
	checkSpan(t, server, "tools/call github_issues_list", tracepb.Span_SPAN_KIND_SERVER, tracepb.Status_STATUS_CODE_UNSET, map[string]any{
		"mcp.method.name": "tools/call", "gen_ai.operation.name": "execute_tool",
		"gen_ai.tool.name":  "github_issues_list",
		"airbyte.connector": "github", "airbyte.entity": "issues", "airbyte.action": "list",
		"airbyte_mcp.effect": "read", "airbyte_mcp.outcome": "ok",
		"airbyte_mcp.argument.size": int64(42), "airbyte_mcp.result.size": int64(99),
	})
	checkSpan(t, client, "execute", tracepb.Span_SPAN_KIND_CLIENT, tracepb.Status_STATUS_CODE_ERROR, map[string]any{
		"http.request.method": "POST", "server.address": "api.airbyte.ai",
		"http.request.resend_count": int64(1), "http.response.status_code": int64(429), "error.type": "rate_limited",
		"airbyte_mcp.outcome": "rejected", "airbyte_mcp.result.size": int64(17),
	})
	checkFamily(t, server, client, header)
	if r.about["service.name"] != "airbyte-mcp-server" || r.about["service.version"] != "v1.2.3" || r.about["service.instance.id"] == "" {
		t.Errorf("the resource is %v", r.about)
	}
}

func checkSpan(t *testing.T, s *tracepb.Span, name string, kind tracepb.Span_SpanKind, status tracepb.Status_StatusCode,
	want map[string]any) {
	t.Helper()
	if s.GetName() != name || s.GetKind() != kind || s.GetStatus().GetCode() != status {
		t.Errorf("span %q, %s, %s; want %q, %s, %s", s.GetName(), s.GetKind(), s.GetStatus().GetCode(), name, kind, status)
	}
	got := attributesOf(s)
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s: %s is %v, want %v", name, key, got[key], value)
		}
	}
	for key := range got {
		if _, wanted := want[key]; !wanted {
			t.Errorf("%s: %s is not wanted", name, key)
		}
	}
}

// checkFamily looks at who descends from whom, and what Airbyte is told.
func checkFamily(t *testing.T, server, client *tracepb.Span, sent http.Header) {
	t.Helper()
	if got := hex.EncodeToString(server.GetTraceId()); got != trace1 {
		t.Errorf("trace %s, want %s", got, trace1)
	}
	if got := hex.EncodeToString(server.GetParentSpanId()); got != "b7ad6b7169203331" {
		t.Errorf("parent %s", got)
	}
	if string(client.GetParentSpanId()) != string(server.GetSpanId()) {
		t.Error("the request is no child of the call")
	}
	want := "00-" + trace1 + "-" + hex.EncodeToString(client.GetSpanId()) + "-01"
	if got := sent.Get("Traceparent"); got != want {
		t.Errorf("traceparent %q, want %q", got, want)
	}
	if sent.Get("Tracestate") != "vendor=1" || sent.Get("Baggage") != "team=blue" {
		t.Errorf("sent %v", sent)
	}
}

// TestParents are the places where the caller's trace may stand.
func TestParents(t *testing.T) {
	t.Parallel()
	long := "00-" + trace1 + "-b7ad6b7169203331-01" + strings.Repeat("-00", 200)
	for name, test := range map[string]struct {
		meta   map[string]any
		header http.Header
		want   string // trace; "" for one of its own
		link   string
	}{
		"nowhere": {},
		"meta":    {meta: map[string]any{"traceparent": parent1}, want: trace1},
		"header":  {header: http.Header{"Traceparent": {parent2}}, want: trace2},
		"both": {meta: map[string]any{"traceparent": parent1}, header: http.Header{"Traceparent": {parent2}}, want: trace1,
			link: trace2},
		"both the same":          {meta: map[string]any{"traceparent": parent1}, header: http.Header{"Traceparent": {parent1}}, want: trace1},
		"meta without sense":     {meta: map[string]any{"traceparent": "00-xyz"}, header: http.Header{"Traceparent": {parent2}}, want: trace2},
		"a number":               {meta: map[string]any{"traceparent": 7}},
		"another case":           {meta: map[string]any{"Traceparent": parent1}},
		"with a prefix":          {meta: map[string]any{"example.com/traceparent": parent1}},
		"too long":               {meta: map[string]any{"traceparent": long}},
		"two headers":            {header: http.Header{"Traceparent": {parent1, parent2}}},
		"all zeros":              {meta: map[string]any{"traceparent": "00-00000000000000000000000000000000-0000000000000000-01"}},
		"meta with other things": {meta: map[string]any{"progressToken": "p", "traceparent": parent1}, want: trace1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t)
			tracer, finish := newTracer(t, r.at(), false)
			c := telemetry.Call{Tool: "x", Header: test.header}
			if test.meta != nil {
				c.Meta = meta(t, test.meta)
			}
			_, span := tracer.Call(t.Context(), c)
			span.End("ok", telemetry.End{})
			finish()
			checkParent(t, r.spans[0], test.want, test.link)
		})
	}
}

func checkParent(t *testing.T, s *tracepb.Span, want, link string) {
	t.Helper()
	got := hex.EncodeToString(s.GetTraceId())
	if isForeign := got == trace1 || got == trace2; isForeign != (want != "") || isForeign && got != want {
		t.Errorf("trace %s, want %q", got, want)
	}
	var linked []byte
	for _, l := range s.GetLinks() {
		linked = append(linked, l.GetTraceId()...)
	}
	if got := hex.EncodeToString(linked); got != link {
		t.Errorf("linked to %q, want %q", got, link)
	}
}

// TestSpansNameNoValues looks for what must be in no span.
func TestSpansNameNoValues(t *testing.T) {
	t.Parallel()
	const canary = "canary-7f3a"
	for _, tenants := range []bool{false, true} {
		r := newReceiver(t)
		tracer, finish := newTracer(t, r.at(), tenants)
		ctx, call := tracer.Call(t.Context(), telemetry.Call{
			Tool: "stripe " + canary + "\nx", Tenant: "acme", Connector: canary + strings.Repeat("x", 500),
			Meta:   meta(t, map[string]any{"baggage": "secret=" + canary, "progressToken": canary}),
			Header: http.Header{"Authorization": {"Bearer " + canary}, "Baggage": {canary + "=" + canary}, "Mcp-Session-Id": {canary}},
		})
		_, request := tracer.Request(ctx, telemetry.Request{Operation: "execute"}, http.Header{"Authorization": {canary}})
		request.End("ok", telemetry.End{})
		call.End("ok", telemetry.End{})
		finish()
		if strings.Contains(string(r.raw), canary) {
			t.Errorf("a value was sent: %q", r.raw)
		}
		if got := attributesOf(r.spans[1])["airbyte_mcp.tenant"]; (got == "acme") != tenants {
			t.Errorf("the tenant is %v, asked for: %v", got, tenants)
		}
		if got := r.spans[1].GetName(); got != "tools/call" {
			t.Errorf("the span is called %q", got)
		}
	}
}
