package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// stdioHost is a host with a person who fills in pages.
type stdioHost struct {
	t       *testing.T
	in      io.Writer
	out     *bufio.Reader
	last    int
	notices int // of changed tools
}

// ask sends a request and reads up to its answer.
func (h *stdioHost) ask(method, params string) gjson.Result {
	h.t.Helper()
	h.last++
	fmt.Fprintf(h.in, `{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`+"\n", h.last, method, params)
	for {
		line, err := h.out.ReadBytes('\n')
		if err != nil {
			h.t.Fatal(err)
		}
		m := gjson.ParseBytes(line)
		switch {
		case m.Get("method").Str == "notifications/tools/list_changed":
			h.notices++
		case m.Get("id").Int() == int64(h.last):
			return m.Get("result")
		}
	}
}

// call calls a tool whose answer is JSON.
func (h *stdioHost) call(name string, arguments map[string]any) gjson.Result {
	h.t.Helper()
	return gjson.Parse(h.text(name, arguments))
}

// text calls a tool and returns the text of the answer.
func (h *stdioHost) text(name string, arguments map[string]any) string {
	h.t.Helper()
	params, err := json.Marshal(map[string]any{"name": name, "arguments": arguments})
	if err != nil {
		h.t.Fatal(err)
	}
	return h.ask("tools/call", string(params)).Get("content.0.text").Str
}

// tools are the names that are listed.
func (h *stdioHost) tools() []string {
	h.t.Helper()
	var names []string
	for _, t := range h.ask("tools/list", `{}`).Get("tools").Array() {
		names = append(names, t.Get("name").Str)
	}
	return names
}

// fillIn gives a token on a page.
func (h *stdioHost) fillIn(page string) {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	send := func(method string, form url.Values) string {
		req, err := http.NewRequestWithContext(h.t.Context(), method, page, strings.NewReader(form.Encode()))
		if err != nil {
			h.t.Fatal(err)
		}
		if method == http.MethodPost {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		resp, err := browser.Do(req)
		if err != nil {
			h.t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			h.t.Fatal(err)
		}
		return string(body)
	}
	form := send(http.MethodGet, nil)
	find := func(pattern string) string {
		found := regexp.MustCompile(pattern).FindStringSubmatch(form)
		if found == nil {
			h.t.Fatalf("no %s in %s", pattern, form[max(0, len(form)-6000):])
		}
		return found[1]
	}
	send(http.MethodPost, url.Values{
		"token": {find(`name="token" value="([^"]+)"`)}, "method": {find(`value="(githubPAT[^"]*)"`)},
		"name": {"mine"}, "m0.token": {"ghp_e2e"}, "m1.token": {"ghp_e2e"}, "m2.token": {"ghp_e2e"}, "s.repositories": {"acme/widgets"},
	})
}

// The first connection that is made in a chat works on: the host is told, the answer says
// what is new, and a host that keeps its old list has a way to the new tools.
func TestFirstConnection(t *testing.T) {
	t.Parallel()
	cmd := program(t, "serve", "--sandbox", "--workspace", "empty", "--log-level", "error")
	in, out := pipes(t, cmd)
	h := &stdioHost{t: t, in: in, out: bufio.NewReader(out)}
	hello := h.ask("initialize", `{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}`)
	if !hello.Get("capabilities.tools.listChanged").Bool() {
		t.Errorf("changes are not declared: %s", hello.Get("capabilities"))
	}
	before := h.tools()
	for _, name := range []string{"find_tools", "describe_tool", "call_read_tool", "call_write_tool", "connect_connector"} {
		if !slices.Contains(before, name) {
			t.Errorf("without connectors %s is not listed: %q", name, before)
		}
	}
	asked := h.call("connect_connector", map[string]any{"type": "github"})
	h.fillIn(asked.Get("result.url").Str)
	done := h.call("connect_connector", map[string]any{"ticket": asked.Get("result.ticket").Str})
	if done.Get("result.status").Str != "connected" || done.Get("result.tools.number").Int() < 60 ||
		len(done.Get("result.tools.names").Array()) > 12 ||
		!strings.Contains(done.Get("result.tools.next").Str, "call_read_tool") {
		t.Fatalf("connecting is answered with %s", done)
	}
	if h.notices != 1 {
		t.Errorf("%d notices of changed tools, want 1", h.notices)
	}
	read := h.call("call_read_tool", map[string]any{
		"name": "github_issues_list", "arguments": map[string]any{"owner": "acme", "repo": "widgets", "per_page": 1},
	})
	if !read.Get("result.0.number").Exists() {
		t.Errorf("a host with the old list gets %s", read)
	}
	if after := h.tools(); !slices.Contains(after, "github_issues_list") {
		t.Errorf("listed afterwards: %q", after)
	}
	question := h.text("delete_connector", map[string]any{"connector": "github"})
	token := regexp.MustCompile(`"confirmation": "([^"]+)"`).FindStringSubmatch(question)
	if token == nil {
		t.Fatalf("nobody is asked: %s", question)
	}
	if deleted := h.text("delete_connector", map[string]any{"connector": "github", "confirmation": token[1]}); h.notices != 2 {
		t.Errorf("%d notices after the deletion, want 2: %s", h.notices, deleted)
	}
}
