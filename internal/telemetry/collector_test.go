package telemetry

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// answers are what a collector says, one after the other; the last one stays.
type answers struct {
	list []http.Response
	told []string // bodies that it was sent
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	answer := a.list[min(len(a.told), len(a.list)-1)]
	a.told = append(a.told, string(body))
	if answer.Body == nil {
		answer.Body = http.NoBody
	}
	return &answer, nil
}

func (a *answers) collector(asJSON bool) *collector {
	stopped, stop := context.WithCancel(context.Background())
	return &collector{url: "http://collector.example/v1/traces", http: &http.Client{Transport: a}, json: asJSON, stopped: stopped, stop: stop}
}

func spansToSend() []*tracepb.ResourceSpans {
	span := &tracepb.Span{
		TraceId: []byte("0123456789abcdef"), SpanId: []byte("01234567"), ParentSpanId: []byte("76543210"), Name: "call",
		Kind: tracepb.Span_SPAN_KIND_SERVER, StartTimeUnixNano: 1<<63 + 1,
	}
	return []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{span}}}}}
}

// TestSendingAgain: as long as the collector asks for it, and no longer than a minute.
func TestSendingAgain(t *testing.T) {
	t.Parallel()
	busy := http.Response{StatusCode: http.StatusServiceUnavailable, Status: "503 busy"}
	slow := http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"20"}}}
	fine, wrong := http.Response{StatusCode: http.StatusOK}, http.Response{StatusCode: http.StatusBadRequest, Status: "400 wrong"}
	for name, c := range map[string]struct {
		list  []http.Response
		times int
		took  time.Duration
		says  string
	}{
		"at once":        {[]http.Response{fine}, 1, 0, ""},
		"after a while":  {[]http.Response{busy, busy, fine}, 3, 15 * time.Second, ""},
		"when told":      {[]http.Response{slow, fine}, 2, 20 * time.Second, ""},
		"no use":         {[]http.Response{wrong, fine}, 1, 0, "400 wrong"},
		"not for ever":   {[]http.Response{busy}, 4, 35 * time.Second, "503 busy"},
		"refused, then!": {[]http.Response{busy, wrong}, 2, 5 * time.Second, "400 wrong"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a, began := &answers{list: c.list}, time.Now()
				err := a.collector(false).UploadTraces(t.Context(), spansToSend())
				if len(a.told) != c.times || time.Since(began) != c.took || (err == nil) != (c.says == "") ||
					err != nil && !strings.Contains(err.Error(), c.says) {
					t.Errorf("sent %d times in %s: %v", len(a.told), time.Since(began), err)
				}
			})
		})
	}
}

// TestStopGivesUp: a pause between two attempts ends with the program.
func TestStopGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &answers{list: []http.Response{{StatusCode: http.StatusBadGateway}}}
		c, began := a.collector(false), time.Now()
		time.AfterFunc(time.Second, func() { _ = c.Stop(context.Background()) })
		if err := c.UploadTraces(t.Context(), spansToSend()); err == nil || time.Since(began) != time.Second {
			t.Errorf("gave up after %s: %v", time.Since(began), err)
		}
	})
}

// TestIDsAreHexadecimal, as OTLP in JSON wants them.
func TestIDsAreHexadecimal(t *testing.T) {
	t.Parallel()
	a := &answers{list: []http.Response{{StatusCode: http.StatusOK}}}
	if err := a.collector(true).UploadTraces(t.Context(), spansToSend()); err != nil {
		t.Fatal(err)
	}
	var sent struct {
		ResourceSpans []struct {
			ScopeSpans []struct{ Spans []map[string]any }
		}
	}
	if err := json.Unmarshal([]byte(a.told[0]), &sent); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"traceId": "30313233343536373839616263646566", "spanId": "3031323334353637", "parentSpanId": "3736353433323130",
		"name": "call", "kind": 2.0, "startTimeUnixNano": "9223372036854775809",
	} {
		if got := sent.ResourceSpans[0].ScopeSpans[0].Spans[0][name]; got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

// TestSomeSpansAreRefused: a success that took not everything is told.
func TestSomeSpansAreRefused(t *testing.T) {
	t.Parallel()
	const inProtobuf, inJSON = "application/x-protobuf", "application/json; charset=utf-8"
	for _, c := range []struct {
		body, kind string
		refused    bool
	}{
		{"\x0a\x0b\x08\x03\x12\x07too old", inProtobuf, true},
		{`{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}`, inJSON, true},
		{`{"partialSuccess":{"rejectedSpans":3}}`, inJSON, true},
		{`{"partialSuccess":{}}`, inJSON, false},
		{"\x0a\x00", inProtobuf, false},
		{"\x0a\xff", inProtobuf, false},
		{"fine", inJSON, false},
		{"\x0a\x0b\x08\x03\x12\x07too old", "text/plain", false},
	} {
		a := &answers{list: []http.Response{{
			StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {c.kind}}, Body: io.NopCloser(strings.NewReader(c.body)),
		}}}
		err := a.collector(false).UploadTraces(t.Context(), spansToSend())
		if (err != nil) != c.refused || err != nil && !strings.Contains(err.Error(), "refused 3 spans") {
			t.Errorf("%q was understood as %v", c.body, err)
		}
	}
}
