package telemetry

import (
	"encoding/json"
	"net/http"
	"strings"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
)

// Keys of the W3C's trace context and baggage, as headers and as members of _meta.
const (
	traceparent = "traceparent"
	tracestate  = "tracestate"
	baggageKey  = "baggage"
)

// longestCarried are the bytes up to which a caller's values are read.
func longestCarried(key string) int {
	switch key {
	case traceparent:
		return 256 // 55 today; later versions may be longer
	case tracestate:
		return 512
	default:
		return 8192
	}
}

// metaCarrier reads the three keys of an MCP request's _meta, without a prefix.
func metaCarrier(meta json.RawMessage) propagation.MapCarrier {
	if len(meta) == 0 {
		return nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(meta, &members) != nil {
		return nil
	}
	return carry(func(key string) string {
		var text string
		if json.Unmarshal(members[key], &text) != nil {
			return ""
		}
		return text
	})
}

// headerCarrier reads the three headers. A list may be spread over several headers; two
// parents, joined, are none.
func headerCarrier(h http.Header) propagation.MapCarrier {
	return carry(func(key string) string { return strings.Join(h.Values(key), ",") })
}

// carry takes what is there, is not too long and makes sense. Of baggage that does not,
// the library would quote a piece to a global handler, which writes to standard error.
func carry(get func(string) string) propagation.MapCarrier {
	carrier := propagation.MapCarrier{}
	for _, key := range []string{traceparent, tracestate, baggageKey} {
		value := get(key)
		if value == "" || len(value) > longestCarried(key) {
			continue
		}
		if key == baggageKey && !isBaggage(value) {
			continue
		}
		carrier[key] = value
	}
	return carrier
}

func isBaggage(text string) bool {
	_, err := baggage.Parse(text)
	return err == nil
}

// propagators read and write what OTEL_PROPAGATORS names: the trace context and the
// baggage unless told otherwise. Those of vendors are not known.
func (e environment) propagators() propagation.TextMapPropagator {
	var list []propagation.TextMapPropagator
	names := e.get("OTEL_PROPAGATORS")
	if names == "" {
		names = "tracecontext,baggage"
	}
	for name := range strings.SplitSeq(names, ",") {
		switch strings.TrimSpace(name) {
		case "tracecontext":
			list = append(list, propagation.TraceContext{})
		case "baggage":
			list = append(list, propagation.Baggage{})
		case "none", "":
		default:
			e.ignore("an item of OTEL_PROPAGATORS", "tracecontext, baggage or none")
		}
	}
	return propagation.NewCompositeTextMapPropagator(list...)
}
