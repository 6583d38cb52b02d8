package telemetry

import (
	"strconv"
	"time"
)

// CallBegan counts a tool call that is in flight until CallEnded.
func (m *Metrics) CallBegan() {
	if m != nil {
		m.families.inFlight.Inc()
	}
}

// CallEnded counts a tool call with its effect (read, create, update, delete, write),
// the slug of its connector ("" for the server's own tools), its outcome (ok,
// rejected, not_sent, unknown, asking) and its tenant, which is left out unless
// MetricsOptions ask for it.
func (m *Metrics) CallEnded(effect, connector, outcome, tenant string, took time.Duration) {
	if m == nil {
		return
	}
	effect, connector, outcome = m.labels.effect.label(effect), m.labels.connector.label(connector), m.labels.outcome.label(outcome)
	m.families.inFlight.Dec()
	m.families.calls.WithLabelValues(effect, connector, outcome).Inc()
	m.families.callSeconds.WithLabelValues(connector).Observe(took.Seconds())
	if m.families.tenantCalls != nil {
		m.families.tenantCalls.WithLabelValues(m.labels.tenant.label(tenant), effect, outcome).Inc()
	}
}

// UpstreamRequest counts one request to Airbyte's API: the name of its route, and the
// status of the answer, 0 if there was none.
func (m *Metrics) UpstreamRequest(route string, status int, took time.Duration) {
	if m == nil {
		return
	}
	route = m.labels.route.label(route)
	m.families.requests.WithLabelValues(route, statusClass(status)).Inc()
	m.families.upstreamSeconds.WithLabelValues(route).Observe(took.Seconds())
}

// statusClass is 1xx to 5xx, none for no answer, or other.
func statusClass(status int) string {
	switch {
	case status == 0:
		return none
	case status < 100 || status > 599:
		return other
	default:
		return strconv.Itoa(status/100) + "xx"
	}
}

// Retried counts a request to Airbyte's API that repeats an earlier one.
func (m *Metrics) Retried(route string) {
	if m != nil {
		m.families.retries.WithLabelValues(m.labels.route.label(route)).Inc()
	}
}

// TokenMinted counts an attempt to get a token of a kind (application, scoped,
// widget), with its result (ok, failed).
func (m *Metrics) TokenMinted(kind, result string) {
	if m != nil {
		m.families.mints.WithLabelValues(m.labels.kind.label(kind), m.labels.result.label(result)).Inc()
	}
}

// SessionOpened counts a session or stream of a transport (stdio, streamable, sse)
// that is open until SessionClosed.
func (m *Metrics) SessionOpened(transport string) {
	if m != nil {
		m.families.sessions.WithLabelValues(m.labels.transport.label(transport)).Inc()
	}
}

// SessionClosed takes back one SessionOpened of the transport.
func (m *Metrics) SessionClosed(transport string) {
	if m != nil {
		m.families.sessions.WithLabelValues(m.labels.transport.label(transport)).Dec()
	}
}

// LimitHit counts a request that a limit refused or delayed, such as rate, in_flight,
// sessions or body.
func (m *Metrics) LimitHit(kind string) {
	if m != nil {
		m.families.limits.WithLabelValues(m.labels.limit.label(kind)).Inc()
	}
}

// AuditFailed counts an audit record that could not be written.
func (m *Metrics) AuditFailed() {
	if m != nil {
		m.families.auditFailures.Inc()
	}
}
