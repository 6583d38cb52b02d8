package server

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"airbyte-mcp-server/tools"
)

// TestLyingClients answer questions that they were not asked, twice, or with something
// else: nothing is sent without a yes to this very question.
func TestLyingClients(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"a list":             `"result":[]`,
		"nothing":            `"result":null`,
		"a text for a yes":   `"result":{"action":"accept","content":{"confirm":"true"}}`,
		"a number for a yes": `"result":{"action":"accept","content":{"confirm":1}}`,
		"content of a list":  `"result":{"action":"accept","content":[true]}`,
		"in capitals":        `"result":{"action":"ACCEPT","content":{"confirm":true}}`,
		"both":               `"result":{"action":"accept","content":{"confirm":true}},"error":{"code":1,"message":"no"}`,
		"another field":      `"result":{"action":"accept","content":{"Confirm":true}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newCautiousRig(t)
				w := r.stdio(t)
				w.greet(asksForms)
				// Before there is any question.
				w.send(`{"jsonrpc":"2.0","id":"server-1","result":{"action":"accept","content":{"confirm":true}}}`)
				question := w.ask(createIssue("1", "t"))
				w.send(`{"jsonrpc":"2.0","id":` + string(question.ID) + `,` + answer + `}`)
				virtual(askingTime)
				lines := w.take()
				if len(lines) != 1 || !lines[0].call(t).IsError || r.up.load().executed != 0 {
					t.Errorf("got %v with %d executes, want a refusal", lines, r.up.load().executed)
				}
				// The question is closed: a yes after the end changes nothing.
				w.send(`{"jsonrpc":"2.0","id":` + string(question.ID) + `,"result":{"action":"accept","content":{"confirm":true}}}`)
				if later := w.take(); len(later) != 0 || r.up.load().executed != 0 {
					t.Errorf("after the end: got %v with %d executes", later, r.up.load().executed)
				}
			})
		})
	}
}

// TestClientLeavesWhileAsked ends the call, and nothing is sent.
func TestClientLeavesWhileAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newCautiousRig(t)
		w := r.stdio(t)
		w.greet(asksForms)
		w.ask(createIssue("1", "t"))
		w.in.Close()
		if answers, err := w.rest(); err != nil || r.up.load().executed != 0 {
			t.Errorf("got %v, %v with %d executes, want an end without any", answers, err, r.up.load().executed)
		}
	})
}

// TestAnswersOfAnotherSession: what one session was asked, another cannot answer.
func TestAnswersOfAnotherSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newCautiousRig(t)
		w := r.web(t)
		hello := strings.Replace(initialize("0"), `"capabilities":{}`, `"capabilities":`+asksForms, 1)
		asked, other := w.post(hello).header.Get(sessionHeader), w.post(hello).header.Get(sessionHeader)
		ended := make(chan []message, 1)
		go func() {
			reply, err := w.do(t.Context(), http.MethodPost, "/mcp", createIssue("1", "t"),
				"Content-Type", "application/json", "Accept", "application/json, text/event-stream", sessionHeader, asked)
			if err != nil {
				t.Error(err)
			}
			ended <- reply.messages
		}()
		synctest.Wait()
		for id := range 5 {
			w.post(`{"jsonrpc":"2.0","id":"server-`+string(rune('0'+id))+`","result":{"action":"accept","content":{"confirm":true}}}`,
				sessionHeader, other)
		}
		virtual(askingTime)
		messages := <-ended
		if last := messages[len(messages)-1]; !last.call(t).IsError || r.up.load().executed != 0 {
			t.Errorf("got %s with %d executes, want a refusal", last.raw, r.up.load().executed)
		}
	})
}

// TestEveryResultFitsItsSchema: what a tool publishes of its results holds for results of
// ours, too, and text and structured content say the same.
func TestEveryResultFitsItsSchema(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.session.Answers.Structured = tools.StructuredOn
		w := r.stdio(t)
		w.greet(`{}`)
		r.up.set(always(`[{"id":1,"body":"` + strings.Repeat("x", 9<<20) + `"}]`))
		var large struct{ Truncated struct{ Handle string } }
		if err := json.Unmarshal([]byte(w.ask(listIssues("0", "o")).call(t).text()), &large); err != nil || large.Truncated.Handle == "" {
			t.Fatalf("got %+v, %v, want a handle", large, err)
		}
		r.up.set(echo)
		for _, frame := range []string{
			listIssues("1", "o"), createIssue("2", "t"), callTool("3", "list_connectors", `{}`),
			callTool("4", "read_result", `{"handle":"`+large.Truncated.Handle+`","fields":["id"]}`),
			callTool("5", "read_result", `{"handle":"`+large.Truncated.Handle+`","path":"[0].body","limit":5}`),
			callTool("6", "describe_connector_setup", `{"type":"github"}`),
			callTool("7", "delete_connector", `{"connector":"github","dry_run":true}`),
			callTool("8", "github_issues_create", `{"owner":"o","repo":"r","title":"x","dry_run":true}`),
		} {
			got := w.ask(frame).call(t)
			var structured, text struct {
				Result json.RawMessage
				Source string
				Page   *json.RawMessage
			}
			if got.IsError || json.Unmarshal(got.Structured, &structured) != nil || json.Unmarshal([]byte(got.text()), &text) != nil ||
				structured.Result == nil || structured.Source == "" || string(structured.Result) != string(text.Result) ||
				structured.Page != nil && !strings.HasPrefix(string(*structured.Page), "{") {
				t.Errorf("%.100s: got %.300s and %.300s", frame, got.Structured, got.text())
			}
		}
	})
}
