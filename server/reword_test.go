package server

import (
	"net/http"
	"regexp"
	"testing"
	"testing/synctest"

	"github.com/mark3labs/mcp-go/mcp"
)

// TestOddParams are refused in words of the protocol, without names of types of the program.
func TestOddParams(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ method, params, want string }{
		{"initialize", `{"capabilities":true}`, "params.capabilities: a boolean does not fit there"},
		{"initialize", `{"capabilities":{"roots":1}}`, "params.capabilities.roots: a number does not fit there"},
		{"initialize", `{"clientInfo":[]}`, "params.clientInfo: a list does not fit there"},
		{"initialize", `{"protocolVersion":7}`, "params.protocolVersion: a number does not fit there"},
		{"tools/list", `{"cursor":5}`, "params.cursor: a number does not fit there"},
		{"tools/list", `{"_meta":[]}`, "params._meta: a list does not fit there"},
		{"tools/call", `{"name":"github_issues_list","task":{"ttl":"x"}}`, "params.task.ttl: a string does not fit there"},
		{"tools/call", `{"name":"github_issues_list","requestState":4}`, "params.requestState: a number does not fit there"},
		{"resources/read", `{"uri":[1]}`, "params.uri: a list does not fit there"},
		{"resources/read", `{"uri":"x","arguments":{"a":1e400}}`,
			"params: a number is too large for a 64-bit float, which JSON readers make of it"},
		{"prompts/get", `{"name":"x","arguments":{"a":{}}}`, "params.arguments: an object does not fit there"},
		{"completion/complete", `{"ref":1}`, "params: a number does not fit there"},
		{"completion/complete", `{"ref":{"type":"x"}}`, "params: not of the form that completion/complete takes"},
		{"completion/complete", `{}`, "params: not of the form that completion/complete takes"},
	} {
		t.Run(tt.method+" "+tt.params, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newRig(t).web(t)
				reply := w.post(request("1", tt.method, tt.params), w.open()...)
				if got := reply.last(t).Error; got == nil || got.Code != mcp.INVALID_PARAMS || got.Message != tt.want {
					t.Errorf("got %s, want %s", reply.body, tt.want)
				}
			})
		})
	}
}

// TestNoTypeIsNamed tries each method with each kind of value in each member.
func TestNoTypeIsNamed(t *testing.T) {
	t.Parallel()
	library := regexp.MustCompile(`Go |json:|unmarshal|unparsable|mcp\.|struct|map\[|interface|Params|Request\b`)
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).web(t)
		session := w.open()
		for _, method := range []string{
			"initialize", "ping", "tools/list", "tools/call", "resources/list", "resources/read", "resources/templates/list",
			"resources/subscribe", "resources/unsubscribe", "prompts/list", "prompts/get", "completion/complete",
			"logging/setLevel", "server/discover", "subscriptions/listen", "tasks/get", "tasks/list", "tasks/cancel",
		} {
			for _, member := range []string{
				"capabilities", "clientInfo", "protocolVersion", "cursor", "uri", "name", "arguments", "ref", "argument", "level",
				"notifications", "task", "inputResponses", "requestState", "_meta", "context",
			} {
				for _, value := range []string{`true`, `1`, `1e400`, `"x"`, `[1]`, `{"a":1}`, `{"type":"ref/prompt","name":1}`, `null`} {
					params := `{"` + member + `":` + value + `}`
					got := w.post(request("1", method, params), session...).last(t).Error
					if got != nil && library.MatchString(got.Message) {
						t.Errorf("%s %s: %s", method, params, got.Message)
					}
				}
			}
		}
	})
}

// TestEncodedBodies are refused as such: they are not read as JSON.
func TestEncodedBodies(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).web(t)
		stream := w.stream()
		for coding, want := range map[string]int{"gzip": 415, "br": 415, "deflate, gzip": 415, "identity": 202, "": 202} {
			got, err := w.do(t.Context(), http.MethodPost, stream.endpoint, initialized, jsonHeaders([]string{"Content-Encoding", coding})...)
			if coding == "" {
				got, err = w.do(t.Context(), http.MethodPost, stream.endpoint, initialized, jsonHeaders(nil)...)
			}
			if err != nil || got.status != want || (got.header.Get("Accept-Encoding") == "identity") != (want == 415) {
				t.Errorf("%q: HTTP %d %v %s, %v; want %d", coding, got.status, got.header, got.body, err, want)
			}
		}
		if got := w.post("\x1f\x8b\x08", "Content-Encoding", "gzip"); got.status != http.StatusUnsupportedMediaType {
			t.Errorf("HTTP %d %s", got.status, got.body)
		}
	})
}
