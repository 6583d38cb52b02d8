package telemetry_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"airbyte-mcp-server/internal/telemetry"
)

// scrape is what Prometheus would see.
func scrape(t *testing.T, m *telemetry.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// everything tells each metric something.
func everything(m *telemetry.Metrics) {
	m.CallBegan()
	m.CallBegan()
	m.CallEnded("read", "github", "ok", "acme", 30*time.Millisecond)
	m.UpstreamRequest("execute", 503, 2*time.Second)
	m.UpstreamRequest("execute", 0, time.Second)
	m.Retried("execute")
	m.TokenMinted("application", "ok")
	m.SessionOpened("sse")
	m.SessionOpened("sse")
	m.SessionClosed("sse")
	m.LimitHit("rate")
	m.AuditFailed()
	m.WatchMemory("bodies", func() telemetry.Held { return telemetry.Held{Size: 100, Held: 40, Waiting: 2, Refused: 3} })
	m.WatchPlaces("messages", func() telemetry.Held { return telemetry.Held{Size: 1024, Held: 7} })
}

func full() *telemetry.Metrics {
	return telemetry.NewMetrics(telemetry.MetricsOptions{
		Version: "v1.2.3", Connectors: []string{"github", "stripe"}, TenantLabel: true,
		StateReachable: func() bool { return false },
	})
}

func TestMetricsCount(t *testing.T) {
	t.Parallel()
	m := full()
	everything(m)
	got := scrape(t, m)
	for _, want := range []string{
		`airbyte_mcp_memory_limit_bytes{kind="bodies"} 100`,
		`airbyte_mcp_memory_held_bytes{kind="bodies"} 40`,
		`airbyte_mcp_memory_waiting{kind="bodies"} 2`,
		`airbyte_mcp_memory_refused_total{kind="bodies"} 3`,
		`airbyte_mcp_places_held{kind="messages"} 7`,
		`airbyte_mcp_tool_calls_total{connector="github",effect="read",outcome="ok"} 1`,
		`airbyte_mcp_tenant_tool_calls_total{effect="read",outcome="ok",tenant="acme"} 1`,
		`airbyte_mcp_tool_call_duration_seconds_bucket{connector="github",le="0.025"} 0`,
		`airbyte_mcp_tool_call_duration_seconds_bucket{connector="github",le="0.05"} 1`,
		`airbyte_mcp_tool_calls_in_flight 1`,
		`airbyte_mcp_upstream_requests_total{route="execute",status_class="5xx"} 1`,
		`airbyte_mcp_upstream_requests_total{route="execute",status_class="none"} 1`,
		`airbyte_mcp_upstream_request_duration_seconds_sum{route="execute"} 3`,
		`airbyte_mcp_upstream_retries_total{route="execute"} 1`,
		`airbyte_mcp_token_mints_total{kind="application",result="ok"} 1`,
		`airbyte_mcp_sessions_open{transport="sse"} 1`,
		`airbyte_mcp_limits_hit_total{kind="rate"} 1`,
		`airbyte_mcp_audit_failures_total 1`,
		`airbyte_mcp_state_reachable 0`,
		`version="v1.2.3"} 1`,
		"\ngo_goroutines ", "\nprocess_open_fds ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing: %s", want)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}

func TestMetricsKeepPrometheusConventions(t *testing.T) {
	t.Parallel()
	m := full()
	everything(m)
	problems, err := promlint.New(strings.NewReader(scrape(t, m))).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	ours := regexp.MustCompile(`(?m)^# TYPE (\S+)`)
	for _, found := range ours.FindAllStringSubmatch(scrape(t, m), -1) {
		if !regexp.MustCompile(`^(airbyte_mcp|go|process|promhttp)_`).MatchString(found[1]) {
			t.Errorf("%s has no prefix", found[1])
		}
	}
}

// TestHostileNamesStayBounded lets a stranger choose every name there is.
func TestHostileNamesStayBounded(t *testing.T) {
	t.Parallel()
	m := full()
	for i := range 3000 {
		name := fmt.Sprintf("hostile-%d\n\"} 1", i)
		if i%2 == 0 {
			name = fmt.Sprintf("hostile-%d-%s", i, strings.Repeat("x", i%200))
		}
		m.CallBegan()
		m.CallEnded(name, name, name, name, 0)
		m.UpstreamRequest(name, i, 0)
		m.Retried(name)
		m.TokenMinted(name, name)
		m.SessionOpened(name)
		m.LimitHit("\xff" + name)
	}
	series := map[string]int{}
	for line := range strings.Lines(scrape(t, m)) {
		if family, _, ok := strings.Cut(line, "{"); ok && strings.HasPrefix(family, "airbyte_mcp_") {
			series[family]++
		}
	}
	for family, most := range map[string]int{
		"airbyte_mcp_tool_calls_total":                      4 * 9, // effects × outcomes; one connector
		"airbyte_mcp_tool_call_duration_seconds_bucket":     14,
		"airbyte_mcp_tenant_tool_calls_total":               201 + 36,
		"airbyte_mcp_upstream_requests_total":               41 * 7,
		"airbyte_mcp_upstream_request_duration_seconds_sum": 41,
		"airbyte_mcp_upstream_retries_total":                41,
		"airbyte_mcp_token_mints_total":                     5 * 7,
		"airbyte_mcp_sessions_open":                         5,
		"airbyte_mcp_limits_hit_total":                      21,
	} {
		if series[family] == 0 || series[family] > most {
			t.Errorf("%s has %d series; at most %d are allowed", family, series[family], most)
		}
	}
}

func TestTenantsAreCountedOnlyIfAskedFor(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics(telemetry.MetricsOptions{})
	everything(m)
	if got := scrape(t, m); strings.Contains(got, "tenant") || strings.Contains(got, "acme") || strings.Contains(got, "state_reachable") {
		t.Error("a tenant is named, or a store that there is not:\n" + got)
	}
	m = full()
	for i := range 300 {
		m.CallEnded("read", "", "ok", fmt.Sprintf("tenant %03d", i), 0)
	}
	got := scrape(t, m)
	for _, want := range []string{`tenant="tenant 000"} 1`, `tenant="tenant 199"} 1`, `tenant="other"} 100`} {
		if !strings.Contains(got, want) {
			t.Errorf("missing: %s", want)
		}
	}
	if strings.Contains(got, "tenant 200") {
		t.Error("a 201st tenant is named")
	}
}

func TestKnownNamesKeepTheirPlace(t *testing.T) {
	t.Parallel()
	m := full()
	for i := range 500 {
		m.CallEnded(fmt.Sprint("e", i), fmt.Sprint("c", i), fmt.Sprint("o", i), "", 0)
	}
	m.CallEnded("delete", "stripe", "unknown", "", 0)
	if want := `{connector="stripe",effect="delete",outcome="unknown"} 1`; !strings.Contains(scrape(t, m), want) {
		t.Errorf("missing: %s", want)
	}
}

func TestNilMetricsDoNothing(t *testing.T) {
	t.Parallel()
	var m *telemetry.Metrics
	everything(m)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("status %d, want 404", w.Code)
	}
}

func TestMetricsAreSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	m := full()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 200 {
				m.CallBegan()
				m.CallEnded("read", "github", "ok", fmt.Sprint(i, j), time.Millisecond)
			}
			_ = scrape(t, m)
		})
	}
	all.Wait()
	if got, want := scrape(t, m), `airbyte_mcp_tool_calls_total{connector="github",effect="read",`+
		`outcome="ok"} 1600`; !strings.Contains(got, want) {
		t.Errorf("missing: %s", want)
	}
}
