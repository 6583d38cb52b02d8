package deploy_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// rules are the alert rules that are shipped.
func rules(t *testing.T) []any {
	t.Helper()
	file := documents(t, "alerts.yaml", read(t, "deploy/monitoring/alerts.yaml"))[0]
	list, _ := at(file, "groups/0/rules").([]any)
	if len(list) < 6 {
		t.Fatalf("%d alert rules", len(list))
	}
	return list
}

// dashboard is what the tests look at in dashboard.json.
type dashboard struct {
	UID    string
	Title  string
	Panels []dashboardPanel
}

type dashboardPanel struct {
	ID          int
	Type        string
	Title       string
	Description string
	Datasource  struct{ UID string }
	GridPos     struct{ X, Y, W, H int }
	FieldConfig struct{ Defaults struct{ Unit string } }
	Targets     []struct{ Expr string }
}

func readDashboard(t *testing.T) (d dashboard) {
	t.Helper()
	if err := json.Unmarshal([]byte(read(t, "deploy/monitoring/dashboard.json")), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// queries are all that the dashboard and the rules ask Prometheus, by where it stands.
func queries(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, rule := range rules(t) {
		name, _ := at(rule, "alert").(string)
		all["alert "+name], _ = at(rule, "expr").(string)
	}
	for _, panel := range readDashboard(t).Panels {
		for i, target := range panel.Targets {
			all[fmt.Sprintf("panel %s, query %d", panel.Title, i)] = target.Expr
		}
	}
	return all
}

// scrape serves, lets happen what makes each metric appear, and returns the page.
func scrape(t *testing.T) string {
	t.Helper()
	const full = "/dev/full"
	if _, err := os.Stat(full); err != nil {
		t.Skip("skipped: this system has no " + full)
	}
	running := startSandbox(t)
	url := serve(t, running, "AIRBYTE_MCP_STATE=redis://"+freePort(t), "AIRBYTE_MCP_TENANT_METRICS=true", "AIRBYTE_MCP_TENANT_RATE=1",
		"AIRBYTE_MCP_TENANT_BURST=3", "AIRBYTE_MCP_AUDIT_LOG="+full)
	// One failure of a read, which is repeated.
	faults, err := http.Post(running.URL+"/__sandbox/faults", "application/json",
		strings.NewReader(`{"rules": ["route=execute,nth=1,status=503"]}`))
	if err != nil {
		t.Fatal(err)
	}
	faults.Body.Close()
	_, session := post(t, url, "", `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},`+
		`"clientInfo":{"name":"test","version":"1"}}}`)
	const call = `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":` +
		`{"name":"github_issues_list","arguments":{"owner":"acme","repo":"widgets"}}}`
	limited := false
	for range 20 {
		status, _ := post(t, url, session, call)
		limited = limited || status == http.StatusTooManyRequests
	}
	if !limited {
		t.Error("no limit was hit")
	}
	failed := regexp.MustCompile(`(?m)^airbyte_mcp_audit_failures_total [1-9]`)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		_, page := fetch(t, url, "/metrics")
		if failed.MatchString(page) {
			return page
		}
		if time.Now().After(deadline) {
			t.Fatalf("an audit log that cannot be written is not counted:\n%s", page)
		}
	}
}

// TestMetricsExist: each metric and label that the dashboard and the rules name is on
// the page of the program that runs.
func TestMetricsExist(t *testing.T) {
	t.Parallel()
	metrics, labels := map[string]bool{}, map[string]bool{"job": true, "instance": true}
	for _, found := range regexp.MustCompile(`(?m)^([a-z_]+)(?:\{(.*)\})? \S+$`).FindAllStringSubmatch(scrape(t), -1) {
		metrics[found[1]] = true
		for _, label := range regexp.MustCompile(`([a-z_]+)="`).FindAllStringSubmatch(found[2], -1) {
			labels[label[1]] = true
		}
	}
	named := regexp.MustCompile(`\b(?:airbyte|process|go|promhttp)_[a-z_]+\b`)
	used := map[string]bool{}
	for where, query := range queries(t) {
		found := named.FindAllString(query, -1)
		if len(found) == 0 {
			t.Errorf("%s asks for no metric: %s", where, query)
		}
		for _, metric := range found {
			if used[metric] = true; !metrics[metric] {
				t.Errorf("%s: the program has no metric %s", where, metric)
			}
		}
		for _, label := range labelsIn(query) {
			if !labels[label] {
				t.Errorf("%s: no metric has the label %s", where, label)
			}
		}
	}
	for metric := range metrics {
		base := strings.TrimSuffix(strings.TrimSuffix(metric, "_sum"), "_count")
		if strings.HasPrefix(metric, "airbyte_mcp_") && !used[metric] && !used[base+"_bucket"] {
			t.Errorf("%s is on no panel and in no rule", metric)
		}
	}
}

// labelsIn are the labels that a query matches or groups by.
func labelsIn(query string) (list []string) {
	for _, found := range regexp.MustCompile(`([a-z_]+)(?:=~|!~|!=|=)"`).FindAllStringSubmatch(query, -1) {
		list = append(list, found[1])
	}
	for _, found := range regexp.MustCompile(`\b(?:by|on) \(([a-z_, ]+)\)`).FindAllStringSubmatch(query, -1) {
		list = append(list, strings.Split(found[1], ", ")...)
	}
	return list
}

// TestAlertsSayWhatToDo: each rule has a severity and two texts, and is tried.
func TestAlertsSayWhatToDo(t *testing.T) {
	t.Parallel()
	tried := read(t, "deploy/monitoring/alerts.test.yaml")
	var names []string
	for _, rule := range rules(t) {
		name, _ := at(rule, "alert").(string)
		severity, _ := at(rule, "labels/severity").(string)
		summary, _ := at(rule, "annotations/summary").(string)
		description, _ := at(rule, "annotations/description").(string)
		if !slices.Contains([]string{"critical", "warning", "info"}, severity) || summary == "" || description == "" ||
			slices.Contains(names, name) {
			t.Errorf("%s: severity %q, summary %q, description %q", name, severity, summary, description)
		}
		if !strings.Contains(tried, `alertname="`+name+`"`) {
			t.Errorf("%s is raised by no test", name)
		}
		names = append(names, name)
	}
}

// promtool runs Prometheus' own judge, where it is installed.
func promtool(t *testing.T, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("promtool"); err != nil {
		t.Skip("skipped: promtool is not installed")
	}
	if said, err := exec.CommandContext(t.Context(), "promtool", args...).CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", args, err, said)
	}
}

func TestAlertsRaise(t *testing.T) {
	t.Parallel()
	promtool(t, "check", "rules", "--lint=all", "--lint-fatal", "monitoring/alerts.yaml")
	promtool(t, "test", "rules", "monitoring/alerts.test.yaml")
}

// TestDashboardQueriesParse lets promtool read the queries of the panels as rules.
func TestDashboardQueriesParse(t *testing.T) {
	t.Parallel()
	var list []string
	variables := strings.NewReplacer("$__rate_interval", "5m", "$job", ".*", "$instance", ".*")
	for _, panel := range readDashboard(t).Panels {
		for _, target := range panel.Targets {
			text, err := json.Marshal(variables.Replace(target.Expr))
			if err != nil || strings.Contains(string(text), "$") {
				t.Fatalf("panel %s: %s, %v", panel.Title, text, err)
			}
			list = append(list, fmt.Sprintf("{record: 'panel:query:%d', expr: %s}", len(list), text))
		}
	}
	file := filepath.Join(t.TempDir(), "queries.yaml")
	text := "groups: [{name: panels, rules: [" + strings.Join(list, ", ") + "]}]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", file)
}

// TestDashboard: panels have what is needed to read them, and do not lie upon each other.
func TestDashboard(t *testing.T) {
	t.Parallel()
	d := readDashboard(t)
	taken, ids := map[[2]int]string{}, map[int]bool{}
	for _, p := range d.Panels {
		if ids[p.ID] || p.Title == "" {
			t.Errorf("panel %d %q: no id or title of its own", p.ID, p.Title)
		}
		ids[p.ID] = true
		complete := p.Description != "" && p.FieldConfig.Defaults.Unit != "" || p.Type == "table"
		if p.Type != "row" && (!complete || p.Datasource.UID != "${datasource}" || len(p.Targets) == 0) {
			t.Errorf("panel %s lacks a description, unit, query or the chosen data source", p.Title)
		}
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("panel %s lies upon %q at %d, %d", p.Title, other, x, y)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
	if d.UID != "airbyte-mcp-server" || d.Title == "" || len(ids) < 20 {
		t.Errorf("%s %s has %d panels", d.UID, d.Title, len(ids))
	}
}
