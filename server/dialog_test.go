package server

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools/calls"
)

// newCautiousRig is a rig whose creates must be confirmed.
func newCautiousRig(t *testing.T) *rig {
	t.Helper()
	rules, err := calls.ParseRules([]string{"github.*.create=confirm"})
	if err != nil {
		t.Fatal(err)
	}
	up := newUpstream()
	return newRigWith(t, up, airbyte.Config{Host: "http://127.0.0.1:1", Transport: up}, calls.Options{Rules: rules})
}

const asksForms = `{"elicitation":{}}`

// greet opens a session over stdio whose client has capabilities.
func (w *wire) greet(capabilities string) {
	w.t.Helper()
	w.ask(strings.Replace(initialize("0"), `"capabilities":{}`, `"capabilities":`+capabilities, 1))
	w.send(initialized)
}

// TestConfirmInASession asks the user by a request of ours while the call waits.
func TestConfirmInASession(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer, want string
		executed     int
	}{
		"yes":                {`"result":{"action":"accept","content":{"confirm":true}}`, `{"result":`, 1},
		"no":                 {`"result":{"action":"accept","content":{"confirm":false}}`, "the user did not agree. Nothing was sent", 0},
		"declined":           {`"result":{"action":"decline"}`, "the user did not agree", 0},
		"closed":             {`"result":{"action":"cancel"}`, "the user did not agree", 0},
		"yes in one step":    {`"result":{"action":"accept"}`, `{"result":`, 1},
		"an empty form":      {`"result":{"action":"accept","content":{}}`, `{"result":`, 1},
		"not able after all": {`"error":{"code":-32601,"message":"no"}`, `"confirmation": "`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newCautiousRig(t)
				w := r.stdio(t)
				w.greet(asksForms)
				question := w.ask(createIssue("1", "canary"))
				var params mcp.ElicitationParams
				if err := json.Unmarshal(question.Params, &params); err != nil || question.Method != "elicitation/create" ||
					!strings.Contains(params.Message, "Shall it create issues of") || !strings.Contains(params.Message, "canary") {
					t.Fatalf("got %s, want the question with the arguments", question.raw)
				}
				virtual(askingTime - time.Second)
				w.send(`{"jsonrpc":"2.0","id":` + string(question.ID) + `,` + tt.answer + `}`)
				lines := w.take()
				if len(lines) != 1 || !strings.Contains(lines[0].call(t).text(), tt.want) || r.up.load().executed != tt.executed {
					t.Errorf("got %v with %d executes, want %q with %d", lines, r.up.load().executed, tt.want, tt.executed)
				}
			})
		})
	}
}

// TestConfirmWithoutAHostThatAsks gives the model a token, once.
func TestConfirmWithoutAHostThatAsks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newCautiousRig(t)
		w := r.stdio(t)
		w.greet(`{}`)
		answer := w.ask(createIssue("1", "t")).call(t)
		_, after, ok := strings.Cut(answer.text(), `"confirmation": "`)
		token, _, _ := strings.Cut(after, `"`)
		if !answer.IsError || !ok || r.up.load().executed != 0 {
			t.Fatalf("got %s with %d executes, want a question with a token", answer.text(), r.up.load().executed)
		}
		confirmed := callTool("2", "github_issues_create", `{"title":"t","repo":"r","owner":"o","confirmation":"`+token+`"}`)
		if got := w.ask(confirmed).call(t); got.IsError || r.up.load().executed != 1 {
			t.Errorf("with the token: got %s with %d executes, want one", got.text(), r.up.load().executed)
		}
		if got := w.ask(confirmed).call(t); !got.IsError || r.up.load().executed != 1 {
			t.Errorf("the token again: got %s with %d executes, want one", got.text(), r.up.load().executed)
		}
		if !strings.Contains(r.log.String(), "the model may have confirmed it by itself") {
			t.Error("the log does not say that this is weaker")
		}
	})
}

// TestConfirmOverJSONAlone has a client that can ask its user but takes no event
// stream, on which it would be asked: it gets a token.
func TestConfirmOverJSONAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newCautiousRig(t)
		w := r.web(t)
		hello := strings.Replace(initialize("0"), `"capabilities":{}`, `"capabilities":`+asksForms, 1)
		id := w.post(hello).header.Get(sessionHeader)
		reply, err := w.do(t.Context(), http.MethodPost, "/mcp", createIssue("1", "t"),
			"Content-Type", "application/json", "Accept", "application/json", sessionHeader, id)
		if err != nil {
			t.Fatal(err)
		}
		if got := reply.last(t).call(t); !got.IsError || !strings.Contains(got.text(), `"confirmation": "`) || r.up.load().executed != 0 {
			t.Errorf("got %s with %d executes, want a question with a token", got.text(), r.up.load().executed)
		}
	})
}

// inputRequired is a result of the stateless era that asks.
type inputRequired struct {
	ResultType    string                     `json:"resultType"`
	RequestState  string                     `json:"requestState"`
	InputRequests map[string]json.RawMessage `json:"inputRequests"`
}

// TestConfirmWithoutASession carries the question and the answer in results; the state
// belongs to the one call, once.
func TestConfirmWithoutASession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newCautiousRig(t)
		w := r.web(t)
		able := func(frame string) message {
			t.Helper()
			frame = strings.Replace(modern(frame), mcp.MetaKeyClientCapabilities+`":{}`, mcp.MetaKeyClientCapabilities+`":`+asksForms, 1)
			return w.post(frame, modernHeaders(t, frame)...).last(t)
		}
		asked := func() string {
			t.Helper()
			var q inputRequired
			if err := json.Unmarshal(able(createIssue("1", "t")).Result, &q); err != nil || q.ResultType != "input_required" ||
				len(q.InputRequests) != 1 {
				t.Fatalf("got %+v, %v, want a question", q, err)
			}
			return q.RequestState
		}
		again := func(title, state, action string) callResult {
			t.Helper()
			frame := callTool("2", "github_issues_create", `{"repo":"r","owner":"o","title":"`+title+`"},"requestState":"`+state+
				`","inputResponses":{"`+questionID+`":{"action":"`+action+`","content":{"confirm":true}}}`)
			return able(frame).call(t)
		}
		for name, got := range map[string]callResult{
			"other arguments": again("another", asked(), "accept"),
			"made up":         again("t", "AAAA", "accept"),
			"declined":        again("t", asked(), "decline"),
		} {
			if !got.IsError || r.up.load().executed != 0 {
				t.Errorf("%s: got %s with %d executes, want a refusal", name, got.text(), r.up.load().executed)
			}
		}
		state := asked()
		if got := again("t", state, "accept"); got.IsError || r.up.load().executed != 1 {
			t.Errorf("accepted: got %s with %d executes, want one", got.text(), r.up.load().executed)
		}
		if got := again("t", state, "accept"); !got.IsError || r.up.load().executed != 1 {
			t.Errorf("the same state again: got %s with %d executes, want one", got.text(), r.up.load().executed)
		}
	})
}

// TestProgressOfALongCall is told to a client that asks for it, before the answer.
func TestProgressOfALongCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		release := make(chan struct{})
		r.up.set(held(release))
		w := r.stdio(t)
		w.greet(`{}`)
		w.send(strings.Replace(listIssues("1", "o"), `"params":{`, `"params":{"_meta":{"progressToken":"p"},`, 1))
		virtual(16e9)
		close(release)
		lines := w.take()
		if len(lines) != 4 || lines[3].call(t).IsError {
			t.Fatalf("got %v, want three messages and the answer", lines)
		}
		for _, m := range lines[:3] {
			if m.Method != "notifications/progress" || !strings.Contains(string(m.Params), `"progressToken":"p"`) ||
				!strings.Contains(string(m.Params), "waiting for") || strings.Contains(string(m.Params), `"total"`) {
				t.Errorf("got %s, want progress towards no known total", m.raw)
			}
		}
	})
}
