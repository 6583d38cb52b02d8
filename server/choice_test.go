package server

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/internal/workbound"
	"airbyte-mcp-server/tools"
)

// listModern asks for the tools at a path, with headers.
func (w *web) listModern(t *testing.T, path string, header ...string) webReply {
	t.Helper()
	frame := request("1", "tools/list", `{}`)
	reply, err := w.do(t.Context(), http.MethodPost, path, modern(frame), jsonHeaders(append(modernHeaders(t, frame), header...))...)
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

type choiceCase struct {
	name    string
	session tools.Session
	path    string
	header  []string
	status  int
	want    string   // in the body of a refusal
	has     []string // tools that are listed
	lacks   []string // and that are not
}

func choiceCases() []choiceCase {
	all := tools.Session{Workspace: "default", Listing: tools.Listing{Surface: tools.Auto, MaxTools: 500, MaxTokens: 1e6}}
	narrow := all
	narrow.Policy = tools.Policy{ReadOnly: true, Connectors: []string{"github"}, Tools: []string{"github_*_list", "github_*_get"}}
	narrow.Listing.Surface = tools.Search
	searchOnly := []string{"call_read_tool", "describe_tool", "find_tools", "list_connectors", "read_result"}
	return []choiceCase{
		{"nothing", all, "/mcp", nil, 200, "", []string{"github_issues_list", "github_issues_create", "find_tools"}, nil},
		{"the connector that there is", all, "/mcp/connectors/github", nil, 200, "", []string{"github_issues_list"}, []string{"find_tools"}},
		{"read-only", all, "/mcp", []string{"X-MCP-Readonly", "true"}, 200, "", []string{"github_issues_list"},
			[]string{"github_issues_create"}},
		{"read-only by path", all, "/mcp/readonly", nil, 200, "", []string{"github_issues_list"}, []string{"github_issues_create"}},
		{"effects", all, "/mcp", []string{"X-MCP-Effects", "write, delete"}, 200, "", []string{"github_issues_create"},
			[]string{"github_issues_list"}},
		{"globs", all, "/mcp", []string{"X-MCP-Tools", "github_issues_*"}, 200, "", []string{"github_issues_list", "list_connectors"},
			[]string{"github_labels_list", "connect_connector"}},
		{"several headers", all, "/mcp", []string{"X-MCP-Tools", "github_issues_*", "X-MCP-Tools", "github_labels_list"}, 200, "",
			[]string{"github_issues_list", "github_labels_list"}, []string{"github_commits_list"}},
		{"less", all, "/mcp/exclude-tools/github_issues_*,github_labels_list", nil, 200, "", []string{"github_commits_list"},
			[]string{"github_issues_list", "github_labels_list"}},
		{"both", all, "/mcp/connectors/github/tools/github_issues_*", []string{"X-MCP-Readonly", "1"}, 200, "",
			[]string{"github_issues_list"}, []string{"github_issues_create", "github_labels_list"}},
		{"surface", all, "/mcp/surface/search", nil, 200, "", []string{"find_tools", "call_write_tool"}, []string{"github_issues_list"}},
		{"another connector", all, "/mcp/connectors/slack", nil, 200, "", []string{"list_connectors"}, []string{"github_issues_list"}},
		{"what it has anyway", narrow, "/mcp", []string{"X-MCP-Connectors", "github", "X-MCP-Readonly", "true"}, 200, "", searchOnly,
			[]string{"call_write_tool"}},

		{"an unknown connector", all, "/mcp/connectors/githb", nil, 400, "did you mean github or gitlab?", nil, nil},
		{"an unknown tool", all, "/mcp", []string{"X-MCP-Tools", "github_isues_list"}, 400, "did you mean github_issues_list", nil, nil},
		{"an unknown effect", all, "/mcp", []string{"X-MCP-Effects", "erase"}, 400, "want read, write (creates and updates) or delete", nil,
			nil},
		{"an unknown surface", all, "/mcp", []string{"X-MCP-Surface", "wide"}, 400, "want auto, direct or search", nil, nil},
		{"neither true nor false", all, "/mcp", []string{"X-MCP-Readonly", "perhaps"}, 400, "want true or false", nil, nil},
		{"an unknown path", all, "/mcp/conectors/github", nil, 404, "/connectors/VALUE,VALUE", nil, nil},
		{"a path without a value", all, "/mcp/connectors", nil, 404, "wants a value behind it", nil, nil},

		{"writes of a read-only server", narrow, "/mcp", []string{"X-MCP-Readonly", "false"}, 403, "would widen", nil, nil},
		{"its effects", narrow, "/mcp", []string{"X-MCP-Effects", "read,delete"}, 403, "can only narrow", nil, nil},
		{"its tools", narrow, "/mcp", []string{"X-MCP-Tools", "github_issues_create"}, 403, "can only narrow", nil, nil},
		{"its connectors", narrow, "/mcp", []string{"X-MCP-Connectors", "stripe"}, 403, "can only narrow", nil, nil},
		{"its surface", narrow, "/mcp", []string{"X-MCP-Surface", "direct"}, 403, "more than this server gives", nil, nil},
		{"its surface by path", narrow, "/mcp/surface/auto", nil, 403, "more than this server gives", nil, nil},
	}
}

// A client over HTTP may ask for less, by headers or by the path, never for more.
func TestChoice(t *testing.T) {
	t.Parallel()
	for _, tt := range choiceCases() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newRig(t).web(t, func(o *HTTPOptions) { o.Caller = tt.session })
				reply := w.listModern(t, tt.path, tt.header...)
				if reply.status != tt.status || !strings.Contains(reply.body, tt.want) {
					t.Fatalf("got HTTP %d %.200q, want %d %q", reply.status, reply.body, tt.status, tt.want)
				}
				if tt.status != 200 {
					return
				}
				listed := reply.last(t).names(t)
				for _, name := range tt.has {
					if !slices.Contains(listed, name) {
						t.Errorf("%s is missing among %q", name, listed)
					}
				}
				for _, name := range tt.lacks {
					if slices.Contains(listed, name) {
						t.Errorf("%s is listed", name)
					}
				}
			})
		})
	}
}

// What a choice leaves out cannot be called by its name, in no era and on no transport.
func TestChoiceHoldsForCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		w := r.web(t)
		create := createIssue("2", "x")
		viaSearch := callTool("2", "call_write_tool", `{"name":"github_issues_create","arguments":{"owner":"o","repo":"r","title":"x"}}`)
		for _, frame := range []string{create, viaSearch} {
			reply := w.post(modern(frame), append(modernHeaders(t, frame), "X-MCP-Readonly", "true", "X-MCP-Surface", "search")...)
			if !strings.Contains(reply.body, "read-only") {
				t.Errorf("stateless: %s", reply.body)
			}
		}
		// A session keeps what it was begun with, and a request may ask for still less.
		begun := w.post(initialize("1"), "X-MCP-Tools", "github_issues_*")
		id := begun.header.Get(sessionHeader)
		if id == "" {
			t.Fatalf("no session: %s", begun.body)
		}
		for name, tt := range map[string]struct {
			frame  string
			header []string
			want   string
		}{
			"as begun":   {createIssue("3", "x"), nil, `"title":"x"`},
			"not chosen": {callTool("4", "github_labels_list", `{"owner":"o","repo":"r"}`), nil, "set up without it"},
			"not chosen again": {callTool("5", "github_labels_list", `{"owner":"o","repo":"r"}`), []string{"X-MCP-Tools", "github_*"},
				"set up without it"},
			"less": {createIssue("6", "x"), []string{"X-MCP-Readonly", "true"}, "read-only"},
		} {
			reply := w.post(tt.frame, append([]string{sessionHeader, id, mcp.HeaderProtocolVersion, "2025-11-25"}, tt.header...)...)
			if text := strings.ReplaceAll(reply.body, `\"`, `"`); !strings.Contains(text, tt.want) {
				t.Errorf("%s: got %s, want %s", name, reply.body, tt.want)
			}
		}
		if got := r.up.executed; got != 1 {
			t.Errorf("%d executes, want 1", got)
		}
	})
}

// FuzzChoice: whatever stands in the path, the answer is one of these.
func FuzzChoice(f *testing.F) {
	for _, path := range []string{"connectors/github", "readonly", "tools/*", "surface/search/readonly", "connectors/%2e%2e/x", "tools/[",
		"effects/read,", "tools/" + strings.Repeat("*", 20_000), "connectors/" + strings.Repeat("a,", 20_000),
		strings.Repeat("/readonly", 5_000), "exclude-tools/" + strings.Repeat("a*b,", 10_000)} {
		f.Add(path)
	}
	r := newRig(f)
	h := r.HTTP(HTTPOptions{Caller: r.session})
	f.Fuzz(func(t *testing.T, path string) {
		req, err := http.NewRequest(http.MethodPost, "http://127.0.0.1/mcp", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.SetPathValue("choice", path)
		var choices []choice
		session := r.session
		workbound.Check(t, "a path", len(path), 2000, func() {
			session = r.session
			choices, err = h.choices(req)
			for _, c := range choices {
				if err == nil {
					session, err = h.choose(t.Context(), session, c)
				}
			}
		})
		refused, ok := err.(*choiceError) //nolint:errorlint // never wrapped
		if err != nil && (!ok || refused.status < 400 || refused.message == "") {
			t.Errorf("%q: %v", path, err)
		}
		if err == nil && session.Workspace != r.session.Workspace {
			t.Errorf("%q changed the workspace", path)
		}
	})
}
