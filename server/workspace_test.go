package server

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools"
)

// withoutWorkspace is an API that does not have the caller's workspace, but others.
type withoutWorkspace struct {
	*upstream
	requests atomic.Int64
	lists    string // what the route of the connectors answers with 404; "" for what the upstream answers
}

func (a *withoutWorkspace) RoundTrip(r *http.Request) (*http.Response, error) {
	a.requests.Add(1)
	if a.lists != "" && strings.HasSuffix(r.URL.Path, "/integrations/connectors") {
		return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Request: r,
			Body: io.NopCloser(strings.NewReader(a.lists))}, nil
	}
	return a.upstream.RoundTrip(r)
}

// foreignWords are what no tenant is told.
var foreignWords = regexp.MustCompile("acme-corp|Big Bank|workspaces create|AIRBYTE_WORKSPACE")

// TestNamesOfOtherTenants are told to nobody over HTTP: whoever comes for a workspace that
// does not exist is answered with 403, at first and, without a request, again.
func TestNamesOfOtherTenants(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		scope airbyte.TokenScope
		lists string
	}{
		"found out here":       {airbyte.ScopeWorkspace, ""},
		"found out by the API": {airbyte.ScopeApplication, `{"message":"Workspace not found; did you mean acme-corp?"}`},
	} {
		for method, frame := range map[string]string{
			"initialize": initialize("1"), "tools/call": listIssues("1", "o"), "tools/list": request("1", "tools/list", `{}`),
			"list_connector_types": request("1", "tools/call", `{"name":"list_connector_types","arguments":{}}`),
			"resources/read":       request("1", "resources/read", `{"uri":"airbyte://connectors"}`),
		} {
			t.Run(name+": "+method, func(t *testing.T) {
				t.Parallel()
				api := &withoutWorkspace{upstream: newUpstream(), lists: test.lists}
				api.mux.HandleFunc("GET /api/v1/workspaces", func(w http.ResponseWriter, _ *http.Request) {
					_, _ = io.WriteString(w, `{"data":[{"id":"w-1","name":"acme-corp"},{"id":"w-2","name":"Big Bank (confidential pilot)"}]}`)
				})
				r := newRigOver(t, api.upstream, airbyte.Config{Host: "http://127.0.0.1:1", Transport: api, TokenScope: test.scope})
				w := r.web(t, func(o *HTTPOptions) { o.Caller = tools.Session{Workspace: "acme-cor"} })
				send := w.post
				if method != "initialize" {
					send = func(frame string, _ ...string) webReply {
						header := modernHeaders(t, frame)
						if method == "resources/read" {
							header = append(header, "Mcp-Name", "airbyte://connectors")
						}
						return w.post(modern(frame), header...)
					}
				}
				reply := send(frame)
				asked := api.requests.Load()
				again := send(frame)
				for _, got := range []webReply{reply, again} {
					if got.status != http.StatusForbidden || !strings.Contains(got.body, noWorkspace) || foreignWords.MatchString(got.body) {
						t.Errorf("got HTTP %d %.300s, want 403", got.status, got.body)
					}
				}
				if n := api.requests.Load(); n != asked {
					t.Errorf("the second time cost %d requests, want none", n-asked)
				}
			})
		}
	}
}

// TestOperatorsAreHelped: over stdio the operator reads which workspaces there are.
func TestOperatorsAreHelped(t *testing.T) {
	t.Parallel()
	unknown := &airbyte.UnknownWorkspaceError{Name: "acme-cor", Known: []string{"acme-corp"}}
	r, tool := newRig(t), &tools.Tool{Name: "list_connectors"}
	failure := &airbyte.Error{Code: airbyte.CodeNotFound, Message: unknown.Error()}
	if got := r.words(tools.Session{Operator: true}, tool, failure); !strings.Contains(got, "did you mean acme-corp?") {
		t.Errorf("the operator reads %s", got)
	}
	failure.Message = "Workspace not found"
	if got := r.words(tools.Session{}, tool, failure); !strings.HasPrefix(got, noWorkspace) {
		t.Errorf("a tenant reads %s", got)
	}
}
