package telemetry

import (
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// MetricsOptions is what the metrics need to know of the server.
type MetricsOptions struct {
	Version string
	// Connectors are the connectors' slugs that may be labels; all others are counted
	// as "other", and calls without one as "none".
	Connectors []string
	// TenantLabel counts calls by tenant too, in a family of its own: the first 200
	// tenants by name, the rest as "other".
	TenantLabel bool
	// StateReachable asks at each scrape whether the replicas' common store answers.
	// nil if there is none, and then there is no such metric.
	StateReachable func() bool
}

// Metrics are the server's own metrics, beside those of the Go runtime and the
// process. Their registry is their own, never the global one. Metrics are safe for
// concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	families families
	labels   labels
}

// families are the metrics that are told something; the rest look for themselves.
type families struct {
	calls           *prometheus.CounterVec
	tenantCalls     *prometheus.CounterVec // nil unless asked for
	callSeconds     *prometheus.HistogramVec
	inFlight        prometheus.Gauge
	requests        *prometheus.CounterVec
	upstreamSeconds *prometheus.HistogramVec
	retries         *prometheus.CounterVec
	mints           *prometheus.CounterVec
	sessions        *prometheus.GaugeVec
	limits          *prometheus.CounterVec
	auditFailures   prometheus.Counter
	memory          *held
	places          *held
}

// labels bound each label. What the program's own code chooses has a little room for
// names that are newer than this list.
type labels struct {
	effect, connector, outcome, tenant, route, kind, result, transport, limit *names
}

// mostTenants is how many tenants are counted by name.
const mostTenants = 200

// NewMetrics returns metrics that nothing has been counted in.
func NewMetrics(o MetricsOptions) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		families: newFamilies(),
		labels: labels{
			effect:    newNames(3, "read", "create", "update", "delete", "write"),
			connector: newNames(0, o.Connectors...),
			outcome:   newNames(8, "ok", "rejected", "not_sent", "unknown", "asking"),
			tenant:    newNames(mostTenants),
			route:     newNames(40, "execute"),
			kind:      newNames(4, "application", "scoped", "widget"),
			result:    newNames(6, "ok", "failed"),
			transport: newNames(4, "stdio", "streamable", "sse"),
			limit:     newNames(20),
		},
	}
	m.families.register(m.registry)
	if o.TenantLabel {
		m.families.tenantCalls = counters("tenant_tool_calls_total", "Tool calls that have ended, by tenant.", "tenant", "effect", "outcome")
		m.registry.MustRegister(m.families.tenantCalls)
	}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), buildInfo(o))
	if o.StateReachable != nil {
		m.registry.MustRegister(reachable(o.StateReachable))
	}
	return m
}

// Times of calls go up to the servers' own deadline, those of requests to the
// longest that an execute may take.
var (
	callBuckets    = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}
	requestBuckets = []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300}
)

func newFamilies() families {
	return families{
		calls:       counters("tool_calls_total", "Tool calls that have ended.", "effect", "connector", "outcome"),
		callSeconds: times("tool_call_duration_seconds", "Time from a tool call to its answer.", callBuckets, "connector"),
		inFlight:    prometheus.NewGauge(gaugeOpts("tool_calls_in_flight", "Tool calls that have begun and not ended.")),
		requests: counters("upstream_requests_total", "Requests to Airbyte's API, by the class of the answer's status.",
			"route", "status_class"),
		upstreamSeconds: times("upstream_request_duration_seconds", "Time from a request to Airbyte's API to the end of its answer.",
			requestBuckets, "route"),
		retries:  counters("upstream_retries_total", "Requests to Airbyte's API that repeated an earlier one.", "route"),
		mints:    counters("token_mints_total", "Attempts to get a token from Airbyte.", "kind", "result"),
		sessions: prometheus.NewGaugeVec(gaugeOpts("sessions_open", "Sessions and streams that are open."), []string{"transport"}),
		limits:   counters("limits_hit_total", "Requests that a limit of this server refused or delayed.", "kind"),
		auditFailures: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: namespace, Name: "audit_failures_total", Help: "Audit records that could not be written.",
		}),
		memory: newHeld("memory", "_bytes", "bytes of the memory budget"),
		places: newHeld("places", "", "places"),
	}
}

func (f *families) register(to *prometheus.Registry) {
	to.MustRegister(f.calls, f.callSeconds, f.inFlight, f.requests, f.upstreamSeconds,
		f.retries, f.mints, f.sessions, f.limits, f.auditFailures, f.memory, f.places)
}

const namespace = "airbyte_mcp"

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

func times(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels)
}

func gaugeOpts(name, help string) prometheus.GaugeOpts {
	return prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}
}

// buildInfo is always 1; its labels say what runs.
func buildInfo(o MetricsOptions) prometheus.Collector {
	opts := gaugeOpts("build_info", "What runs; the value is always 1.")
	opts.ConstLabels = prometheus.Labels{
		"version": nameOf(o.Version), "goversion": runtime.Version(),
	}
	return prometheus.NewGaugeFunc(opts, func() float64 { return 1 })
}

func reachable(ask func() bool) prometheus.Collector {
	return prometheus.NewGaugeFunc(gaugeOpts("state_reachable", "1 if the replicas' common store answers, else 0."), func() float64 {
		if ask() {
			return 1
		}
		return 0
	})
}

// Bounds of scrapes: each costs as much as there are series.
const (
	mostScrapes   = 4
	scrapeTimeout = 10 * time.Second
)

// Handler answers scrapes, in the form that the scraper asks for. It has no guard of
// its own. Of nil Metrics it answers 404.
func (m *Metrics) Handler() http.Handler {
	if m == nil {
		return http.NotFoundHandler()
	}
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		Registry: m.registry, MaxRequestsInFlight: mostScrapes, Timeout: scrapeTimeout, EnableOpenMetrics: true,
	})
}
