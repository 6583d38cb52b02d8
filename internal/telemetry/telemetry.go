// Package telemetry counts and traces what the server does: metrics in Prometheus'
// form and OpenTelemetry traces. It gets names, sizes and times, never a value; the
// names that may become labels are bounded, whoever chooses them.
//
// A nil *Metrics and a Tracer that is switched off take every call and do nothing, so
// that their users need not ask.
package telemetry
