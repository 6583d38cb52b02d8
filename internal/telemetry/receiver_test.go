package telemetry_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"airbyte-mcp-server/internal/telemetry"
)

// receiver is an OTLP/HTTP endpoint that keeps what it gets.
type receiver struct {
	*httptest.Server

	mu      sync.Mutex
	spans   []*tracepb.Span
	about   map[string]string // attributes of the resource
	headers http.Header
	paths   []string
	raw     []byte // every body
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{about: map[string]string{}}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body := io.Reader(req.Body)
	if req.Header.Get("Content-Encoding") == "gzip" {
		body, _ = gzip.NewReader(body)
	}
	raw, _ := io.ReadAll(body)
	var batch tracepb.TracesData
	r.mu.Lock()
	defer r.mu.Unlock()
	r.headers, r.paths, r.raw = req.Header, append(r.paths, req.URL.Path), append(r.raw, raw...)
	if req.Header.Get("Content-Type") == "application/json" {
		return
	}
	if err := proto.Unmarshal(raw, &batch); err != nil {
		http.Error(w, "no protobuf", http.StatusBadRequest)
		return
	}
	for _, from := range batch.GetResourceSpans() {
		for _, a := range from.GetResource().GetAttributes() {
			r.about[a.GetKey()] = a.GetValue().GetStringValue()
		}
		for _, scope := range from.GetScopeSpans() {
			r.spans = append(r.spans, scope.GetSpans()...)
		}
	}
}

// attributesOf is a span's attributes: texts and numbers.
func attributesOf(s *tracepb.Span) map[string]any {
	all := map[string]any{}
	for _, a := range s.GetAttributes() {
		if n, isNumber := a.GetValue().GetValue().(*common.AnyValue_IntValue); isNumber {
			all[a.GetKey()] = n.IntValue
		} else {
			all[a.GetKey()] = a.GetValue().GetStringValue()
		}
	}
	return all
}

// variables is an environment.
type variables map[string]string

func (v variables) lookup(name string) (string, bool) {
	value, ok := v[name]
	return value, ok
}

// reports collects what the operator is told.
type reports struct {
	mu   sync.Mutex
	list []string
}

func (r *reports) add(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, err.Error())
}

// newTracer returns a tracer for an environment; finish closes it and returns what it
// has reported.
func newTracer(t *testing.T, v variables, tenants bool) (tracer *telemetry.Tracer, finish func() []string) {
	t.Helper()
	told := &reports{}
	tracer, err := telemetry.NewTracer(telemetry.TracerOptions{LookupEnv: v.lookup, Version: "v1.2.3", Tenants: tenants, Report: told.add})
	if err != nil {
		t.Fatal(err)
	}
	return tracer, func() []string {
		if err := tracer.Close(t.Context()); err != nil {
			t.Error(err)
		}
		told.mu.Lock()
		defer told.mu.Unlock()
		return told.list
	}
}

// at points an environment at the receiver.
func (r *receiver) at(more ...string) variables {
	v := variables{"OTEL_EXPORTER_OTLP_ENDPOINT": r.URL}
	for i := 0; i+1 < len(more); i += 2 {
		v[more[i]] = more[i+1]
	}
	return v
}

// meta is an MCP request's _meta.
func meta(t *testing.T, members map[string]any) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const soon = 5 * time.Second
