package server

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"airbyte-mcp-server/tools"
)

// The list that is put together from cached bytes says what mcp-go would have
// said about the same tools.
func TestListMeansWhatTheLibraryWouldSay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		set, err := r.opts.Calls.Directory().Select(t.Context(), r.session)
		if err != nil || len(set.Tools) < 50 {
			t.Fatalf("%v tools, %v", set, err)
		}
		reference := mcpserver.NewMCPServer(Name, "test", mcpserver.WithToolCapabilities(false))
		for _, tool := range set.Tools {
			reference.AddTool(referenceTool(tool), nil)
		}
		frame := request("1", "tools/list", `{}`)
		want, err := json.Marshal(reference.HandleMessage(t.Context(), json.RawMessage(frame)))
		if err != nil {
			t.Fatal(err)
		}
		got := r.stdio(t).ask(frame)
		if !reflect.DeepEqual(withDefaults(t, []byte(got.raw)), withDefaults(t, want)) {
			t.Errorf("got %.500s…\nwant %.500s…", got.raw, want)
		}
	})
}

// withDefaults is a list with the annotations and titles filled in that are not sent
// because they say what is so without them.
func withDefaults(t *testing.T, raw []byte) any {
	t.Helper()
	list := decode(t, raw)
	for _, tool := range list.(map[string]any)["result"].(map[string]any)["tools"].([]any) {
		tool := tool.(map[string]any)
		hints := tool["annotations"].(map[string]any)
		isRead := hints["readOnlyHint"] == true
		for name, value := range map[string]bool{
			"readOnlyHint": false, "destructiveHint": !isRead, "idempotentHint": isRead, "openWorldHint": true,
		} {
			if _, ok := hints[name]; !ok {
				hints[name] = value
			}
		}
		delete(tool, "title")
	}
	return list
}

func referenceTool(tool *tools.Tool) mcp.Tool {
	isRead, openWorld := tool.Effect == tools.Read, tool.Connector != "" || tool.Reaches
	destructive, idempotent := tool.Destructive(), tool.Idempotent()
	return mcp.Tool{
		Name: tool.Name, Title: tool.Title, Description: tool.Description, RawInputSchema: tool.Input.Schema(),
		Annotations: mcp.ToolAnnotation{
			ReadOnlyHint: &isRead, DestructiveHint: &destructive, IdempotentHint: &idempotent, OpenWorldHint: &openWorld,
		},
	}
}

func TestListIsEncodedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		first, _ := r.list(t.Context(), r.session, nil)
		second, _ := r.list(t.Context(), r.session, nil)
		if &first[0][0] != &second[0][0] {
			t.Error("the second list has other bytes than the first")
		}
		readOnly := r.session
		readOnly.Policy.ReadOnly = true
		if other, _ := r.list(t.Context(), readOnly, nil); strings.Contains(string(bytes.Join(other, nil)), "github_issues_create") {
			t.Error("a read-only session is offered a write")
		}
	})
}

// names are the tools of an answer to tools/list.
func (m message) names(t *testing.T) []string {
	t.Helper()
	var result struct {
		Tools []struct {
			Name string `json:"name"`
		} `json:"tools"`
	}
	if err := json.Unmarshal(m.Result, &result); err != nil {
		t.Fatalf("%.200s: %v", m.raw, err)
	}
	var names []string
	for _, tool := range result.Tools {
		names = append(names, tool.Name)
	}
	return names
}

func isOfGitHub(name string) bool { return strings.HasPrefix(name, "github_") }

// Without the API the host still gets the tools that tell why; with it, all.
func TestListWhileTheAPIIsDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.up.setDown(true)
		w := r.stdio(t)
		for range 5 {
			w.send(request("1", "tools/list", `{}`))
			virtual(r.opts.CallTimeout)
			if got := w.take()[0].names(t); !slices.Contains(got, "list_connectors") || slices.ContainsFunc(got, isOfGitHub) {
				t.Errorf("offered %q, want the management tools alone", got)
			}
		}
		for _, frame := range []string{callTool("2", "list_connectors", `{}`), listIssues("2", "o")} {
			w.send(frame)
			virtual(r.opts.CallTimeout)
			got := w.take()[0].call(t)
			if !got.IsError || !strings.Contains(got.text(), "down for maintenance") || !strings.Contains(got.text(), `"default"`) {
				t.Errorf("%s was answered with %q; want what the API said about which workspace", frame, got.text())
			}
		}
		r.up.setDown(false)
		virtual(r.opts.CallTimeout)
		if got := w.ask(request("3", "tools/list", `{}`)).names(t); len(got) < 50 {
			t.Errorf("after the API is back: %q", got)
		}
	})
}

func TestCallOfToolsThatAreNotOffered(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, frame string
		readOnly    bool
		code        int // 0: a failed call
		want        string
	}{
		{"typing error", callTool("1", "github_isues_list", `{}`), false, mcp.INVALID_PARAMS, "github_issues_list"},
		{"nothing near", callTool("1", "zzzzzzzzzzzzzzz", `{}`), false, mcp.INVALID_PARAMS, "unknown tool"},
		{"empty name", callTool("1", "", `{}`), false, mcp.INVALID_PARAMS, "unknown tool"},
		{"hidden write", createIssue("1", "t"), true, 0, "read-only"},
		{"unknown argument", callTool("1", "github_issues_list", `{"owner":"o","repo":"r","sates":["OPEN"]}`), false, 0, "states"},
		{"no arguments", request("1", "tools/call", `{"name":"github_issues_list"}`), false, 0, "owner"},
		{"arguments are a list", callTool("1", "github_issues_list", `[]`), false, 0, "object"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.session.Policy.ReadOnly = tt.readOnly
				m := r.stdio(t).ask(tt.frame)
				if m.code() != tt.code || !strings.Contains(m.raw, tt.want) || tt.code == 0 && !m.call(t).IsError {
					t.Errorf("got %s, want error %d that says %q", m.raw, tt.code, tt.want)
				}
				if got := r.up.load().executed; got != 0 {
					t.Errorf("%d executes, want 0", got)
				}
			})
		})
	}
}

// An API that repeats what it was sent does not make us repeat it.
func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(o *Options) { o.Log = o.Log.Level(-1) })
		r.up.mux = http.NewServeMux()
		r.up.mux.HandleFunc("POST /api/v1/account/applications/token", newUpstream().mux.ServeHTTP)
		r.up.mux.HandleFunc("/", func(w http.ResponseWriter, q *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_ = json.NewEncoder(w).Encode(map[string]any{
				"message": "you sent " + q.Header.Get("Authorization") + " for " + testClientSecret,
				"errors":  []map[string]string{{"field": testAPIToken, "message": testClientSecret}},
			})
		})
		w := r.web(t, func(o *HTTPOptions) { o.Authenticator = static(testBearer) })
		session := w.open("Authorization", "Bearer "+testBearer)
		var said strings.Builder
		for _, frame := range []string{
			request("1", "tools/list", `{}`), callTool("2", "list_connectors", `{}`), listIssues("3", "o"), createIssue("4", "t"),
		} {
			said.WriteString(w.post(frame, session...).body)
		}
		for _, secret := range []string{testClientSecret, testAPIToken, testBearer} {
			if strings.Contains(said.String(), secret) {
				t.Errorf("an answer holds %s", secret)
			}
			if strings.Contains(r.log.String(), secret) {
				t.Errorf("the log holds %s", secret)
			}
		}
		if !strings.Contains(said.String(), "you sent Bearer REDACTED") {
			t.Errorf("the API's words are missing: %s", said.String())
		}
	})
}

// The log has a line for each call: names, sizes and times, never values.
func TestLogHasNoValues(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		w := r.stdio(t)
		w.ask(callTool("1", "github_issues_create", `{"owner":"canary-owner","repo":"r","title":"canary-title","body":"canary\nbody"}`))
		w.ask(listIssues("2", "canary-owner"))
		w.ask(callTool("3", "github_issues_list", `{"owner":"canary-owner","canary-name":"canary"}`))
		logged := r.log.String()
		if strings.Contains(logged, "canary") {
			t.Errorf("the log holds values: %s", logged)
		}
		if got := strings.Count(logged, `"message":"tool call"`); got != 3 {
			t.Errorf("%d lines about calls, want 3: %s", got, logged)
		}
	})
}
