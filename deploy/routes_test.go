package deploy_test

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// public are paths that callers use, and inner those for operators.
var (
	public = []string{
		"/mcp", "/mcp/", "/mcp/readonly", "/mcp/connectors/github,slack", "/mcp/tools/github_issues_*", "/mcp/effects/read,write/surface/search",
		"/sse", "/sse/readonly", "/message", "/downloads/x", "/connect/x", "/connect/x/back", "/healthz",
		"/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp",
	}
	inner = []string{"/metrics", "/readyz", "/", "/debug/pprof/", "/mcpx", "/ssex", "/messages", "/connected", "/downloadsx", "/healthz/x",
		"/.well-known/x"}
)

// pathMatch is one rule of an Ingress or HTTPRoute.
type pathMatch struct {
	path   string
	prefix bool
}

// matches compares by whole segments, as both APIs say.
func (m pathMatch) matches(path string) bool {
	if !m.prefix {
		return path == m.path
	}
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(m.path, "/"))
	return ok && (rest == "" || rest[0] == '/')
}

// ingressPaths are the rules of ingress.yaml; each leads to the service.
func ingressPaths(t *testing.T) (list []pathMatch) {
	t.Helper()
	rules, _ := at(cluster(t)["Ingress"], "spec/rules/0/http/paths").([]any)
	for _, rule := range rules {
		path, _ := at(rule, "path").(string)
		kind := at(rule, "pathType")
		if kind != "Prefix" && kind != "Exact" || at(rule, "backend/service/name") != "airbyte-mcp-server" ||
			at(rule, "backend/service/port/name") != "http" {
			t.Errorf("rule of the Ingress: %v", rule)
		}
		list = append(list, pathMatch{path, kind == "Prefix"})
	}
	return list
}

// routePaths are the rules of httproute.yaml.
func routePaths(t *testing.T) (list []pathMatch) {
	t.Helper()
	rules, _ := at(cluster(t)["HTTPRoute"], "spec/rules/0/matches").([]any)
	for _, rule := range rules {
		path, _ := at(rule, "path/value").(string)
		kind := at(rule, "path/type")
		if kind != "PathPrefix" && kind != "Exact" {
			t.Errorf("rule of the HTTPRoute: %v", rule)
		}
		list = append(list, pathMatch{path, kind == "PathPrefix"})
	}
	return list
}

// documented are the paths of the server that the documents name.
func documented(t *testing.T) (list []string) {
	t.Helper()
	named := regexp.MustCompile("`(?:https?://[a-z0-9.:]+)?" +
		"(/(?:mcp|sse|message|downloads|connect|healthz|readyz|metrics|\\.well-known)\\b[^` ]*)`")
	files, _ := filepath.Glob("../docs/*.md")
	for _, file := range append(files, "../README.md") {
		for _, found := range named.FindAllStringSubmatch(read(t, file[len("../"):]), -1) {
			list = append(list, found[1])
		}
	}
	if len(list) < 20 {
		t.Errorf("only these paths were seen: %q", list)
	}
	return list
}

// TestRoutesPassWhatIsDocumented holds both manifests to the documents, and shows that
// nothing for operators passes.
func TestRoutesPassWhatIsDocumented(t *testing.T) {
	t.Parallel()
	for name, rules := range map[string][]pathMatch{"Ingress": ingressPaths(t), "HTTPRoute": routePaths(t)} {
		passes := func(path string) bool {
			for _, rule := range rules {
				if rule.matches(path) {
					return true
				}
			}
			return false
		}
		for _, path := range append(documented(t), public...) {
			if want := path != "/metrics" && path != "/readyz"; passes(path) != want {
				t.Errorf("%s: %s passes: %v", name, path, !want)
			}
		}
		for _, path := range inner {
			if passes(path) {
				t.Errorf("%s: %s passes", name, path)
			}
		}
	}
}

// TestRoutesAreServed asks the program itself: each public path means something to it,
// and no way through a public prefix leads to metrics or readiness.
func TestRoutesAreServed(t *testing.T) {
	t.Parallel()
	url := serve(t, startSandbox(t))
	for _, path := range public {
		if strings.HasSuffix(path, "/x") || strings.HasSuffix(path, "/back") || strings.HasPrefix(path, "/.well-known") {
			continue // there is no such file or page, and no identity provider
		}
		if status, _ := fetch(t, url, path); status == http.StatusNotFound {
			t.Errorf("%s is not served", path)
		}
	}
	for _, path := range []string{
		"/mcp/../metrics", "/mcp/%2e%2e/metrics", "/connect/..%2fmetrics", "/downloads/../readyz", "/sse//metrics", "/mcp/..;/metrics",
	} {
		if status, body := fetch(t, url, path); status == http.StatusOK || strings.Contains(body, "go_goroutines") {
			t.Errorf("%s: status %d", path, status)
		}
	}
	if status, body := fetch(t, url, "/metrics"); status != http.StatusOK || !strings.Contains(body, "go_goroutines") {
		t.Errorf("/metrics: status %d", status)
	}
}

// TestHTTPRoute: it leads to the service, for as long as a stream lives, without what
// only a gateway that is trusted may say.
func TestHTTPRoute(t *testing.T) {
	t.Parallel()
	objects := cluster(t)
	rule := at(objects["HTTPRoute"], "spec/rules/0")
	port, _ := at(rule, "backendRefs/0/port").(int)
	offered, _ := at(objects["Service"], "spec/ports/0/port").(int)
	if at(rule, "backendRefs/0/name") != at(objects["Service"], "metadata/name") || port != offered || port == 0 {
		t.Errorf("it leads to %v", at(rule, "backendRefs"))
	}
	if at(rule, "timeouts/request") != "0s" || at(rule, "timeouts/backendRequest") != "0s" {
		t.Errorf("streams end after %v", at(rule, "timeouts"))
	}
	removed, _ := at(rule, "filters/0/requestHeaderModifier/remove").([]any)
	for i, want := range []string{"Forwarded", "X-Forwarded-User", "X-Workspace"} {
		if len(removed) != 3 || removed[i] != want {
			t.Errorf("removed are %v", removed)
		}
	}
	if at(objects["HTTPRoute"], "spec/hostnames/0") != at(objects["Ingress"], "spec/rules/0/host") {
		t.Error("the HTTPRoute and the Ingress are for different names")
	}
}
