package server

import (
	"strings"
	"testing"
	"testing/synctest"

	"airbyte-mcp-server/tools"
)

// TestAnswersOnce: every answer is text alone, and tools have no output schema, but for
// who asks and for clients that read nothing else.
func TestAnswersOnce(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		asked  tools.Structured
		client string
		want   bool
	}{
		{"", "test", false},
		{tools.StructuredAuto, "claude-ai", false},
		{tools.StructuredAuto, "openai-mcp", true},
		{tools.StructuredOff, "openai-mcp", false},
		{tools.StructuredOn, "test", true},
	} {
		t.Run(string(tt.asked)+" "+tt.client, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.session.Answers.Structured = tt.asked
				w := r.stdio(t)
				w.ask(strings.Replace(initialize("0"), `"test"`, `"`+tt.client+`"`, 1))
				modern := strings.Replace(modern(listIssues("2", "o")), `"test"`, `"`+tt.client+`"`, 1)
				for _, frame := range []string{listIssues("1", "o"), modern} {
					got := w.ask(frame).call(t)
					if (got.Structured != nil) != tt.want || got.text() == "" {
						t.Errorf("%.60s: structured content %.60s beside the text %.60s", frame, got.Structured, got.text())
					}
				}
				if got := strings.Contains(w.ask(request("3", "tools/list", `{}`)).raw, `"outputSchema"`); got != tt.want {
					t.Errorf("output schemas are listed: %t", got)
				}
			})
		})
	}
}

// TestStructuredByRequest: the header and the path ask for it, in both eras.
func TestStructuredByRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).web(t)
		for _, value := range []string{"on", "true", "ON"} {
			header := append(modernHeaders(t, listIssues("1", "o")), "X-MCP-Structured", value)
			if got := w.post(modern(listIssues("1", "o")), header...).last(t).call(t); got.Structured == nil {
				t.Errorf("%s gave no structured content", value)
			}
		}
		if got := w.postModern(listIssues("1", "o")).last(t).call(t); got.Structured != nil {
			t.Error("structured content for who did not ask")
		}
	})
}
