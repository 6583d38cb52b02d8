package server

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"airbyte-mcp-server/tools"
)

// hostCase is what a host is shown of a workspace with two connectors.
type hostCase struct {
	client, version string
	surface         tools.Surface
	says            string // the instructions, about why
	most            int    // tools listed
}

var hostCases = []hostCase{
	{"claude-code", "2.1.150", tools.Direct, "Claude Code searches the ", 1000},
	{"claude-code", "2.0.14", tools.Folded, "are more than the 110 of --max-tools; with one search for each connector they are", 110},
	{"test", "1", tools.Folded, "are more than the 110 of --max-tools; with one search for each connector they are", 110},
	{"cursor-vscode", "1.0.0", tools.Search, "are more than the 80 of Cursor", 10},
}

// as is a frame of a host that calls itself so.
func (h hostCase) as(frame string) string {
	return strings.NewReplacer(`"name":"test"`, `"name":"`+h.client+`"`, `"version":"1"`, `"version":"`+h.version+`"`).Replace(frame)
}

// TestHosts shows each host what fits it, in both eras, and resolves the folded search of all.
func TestHosts(t *testing.T) {
	t.Parallel()
	for _, tt := range hostCases {
		t.Run(tt.client+" "+tt.version, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				everything(t, r.up)
				r.session.Listing.Surface = tools.Auto
				r.session.Policy.Connectors = []string{"github", "intercom", "airtable", "amplitude"}
				w := r.stdio(t)
				if got := w.ask(tt.as(initialize("0"))).instructions(t); !strings.Contains(got, tt.says) {
					t.Errorf("the instructions are %q, want %q in them", got, tt.says)
				}
				for _, list := range []string{request("1", "tools/list", `{}`), tt.as(modern(request("2", "tools/list", `{}`)))} {
					tt.check(t, w.ask(list).names(t))
				}
				call := request("3", "tools/call", `{"name":"github_search","arguments":{"entity":"issues","limit":1}}`)
				for _, frame := range []string{call, tt.as(modern(strings.Replace(call, `"id":3`, `"id":4`, 1)))} {
					if got := w.ask(frame).call(t); got.IsError {
						t.Errorf("%s: %s", frame, got.text())
					}
				}
			})
		})
	}
}

func (h hostCase) check(t *testing.T, names []string) {
	t.Helper()
	has := map[string]bool{
		"github_issues_list":   h.surface != tools.Search,
		"github_issues_search": h.surface == tools.Direct,
		"github_search":        h.surface == tools.Folded,
		"describe_tool":        h.surface != tools.Direct,
		"find_tools":           h.surface == tools.Search,
	}
	for name, want := range has {
		if slices.Contains(names, name) != want {
			t.Errorf("%s is listed: %t, want %t", name, !want, want)
		}
	}
	if len(names) > h.most {
		t.Errorf("%d tools are listed, at most %d fit", len(names), h.most)
	}
}

// listedMeta are the hints of the tools of a list, by name.
func (m message) listedMeta(t *testing.T) map[string]map[string]any {
	t.Helper()
	var result struct {
		Tools []struct {
			Name string         `json:"name"`
			Meta map[string]any `json:"_meta"`
		} `json:"tools"`
	}
	if err := json.Unmarshal(m.Result, &result); err != nil {
		t.Fatalf("%.200s: %v", m.raw, err)
	}
	hints := map[string]map[string]any{}
	for _, tool := range result.Tools {
		hints[tool.Name] = tool.Meta
	}
	return hints
}

// TestHints: hints are sent to the host that reads them, where they help.
func TestHints(t *testing.T) {
	t.Parallel()
	const alwaysLoad, size, asks = "anthropic/alwaysLoad", "anthropic/maxResultSizeChars", "anthropic/requiresUserInteraction"
	for _, tt := range []struct {
		client, elicits string
		surface         tools.Surface
		has             map[string]string // hint by tool
	}{
		{"test", "", tools.Search, nil},
		{"claude-code", `"elicitation":{}`, tools.Search, map[string]string{
			"find_tools": alwaysLoad, "describe_tool": alwaysLoad, "call_read_tool": alwaysLoad, "call_write_tool": alwaysLoad,
			"read_result": size,
		}},
		{"claude-code", `"elicitation":{}`, tools.Auto, map[string]string{"read_result": size}},
		{"claude-code", "", tools.Direct, map[string]string{
			"read_result": size, "execute_action": asks, "update_connector": asks, "delete_connector": asks,
		}},
	} {
		t.Run(tt.client+" "+string(tt.surface), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.session.Listing.Surface = tt.surface
				w := r.stdio(t)
				host := hostCase{client: tt.client, version: "2.1.200"}
				capable := func(frame string) string {
					return strings.Replace(host.as(frame), `apabilities":{}`, `apabilities":{`+tt.elicits+`}`, 1)
				}
				w.ask(capable(initialize("0")))
				for _, list := range []string{request("1", "tools/list", `{}`), capable(modern(request("2", "tools/list", `{}`)))} {
					hints := map[string]string{}
					for name, meta := range w.ask(list).listedMeta(t) {
						for hint := range meta {
							hints[name] += hint
						}
					}
					if !maps.Equal(hints, tt.has) {
						t.Errorf("the hints are %v, want %v", hints, tt.has)
					}
				}
			})
		})
	}
}

// TestCacheHints: a list may be kept for a while by its own caller; one that lacks tools may not.
func TestCacheHints(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		w := r.stdio(t)
		list := func(id string) string { return w.ask(modern(request(id, "tools/list", `{}`))).raw }
		if got := list("1"); !strings.Contains(got, `"ttlMs":60000`) || !strings.Contains(got, `"cacheScope":"private"`) {
			t.Errorf("got %.300s…%s", got, got[max(0, len(got)-300):])
		}
		if got := w.ask(request("2", "tools/list", `{}`)).raw; strings.Contains(got, "ttlMs") {
			t.Error("a client of the session era is told how long to keep a list")
		}
		down := newRig(t)
		down.up.setDown(true)
		if got := down.web(t).postModern(request("3", "tools/list", `{}`)).last(t).raw; !strings.Contains(got, `"ttlMs":0`) {
			t.Errorf("a list without the tools of the connectors may be kept: %s", got[max(0, len(got)-300):])
		}
	})
}
