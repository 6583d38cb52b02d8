package server

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// newRecordedRig is a cautious rig with the records of its calls.
func newRecordedRig(t *testing.T, change ...func(*Options)) (*rig, func() []calls.Record) {
	t.Helper()
	rules, err := calls.ParseRules([]string{"github.*.create=confirm"})
	if err != nil {
		t.Fatal(err)
	}
	up := newUpstream()
	records := make(chan calls.Record, 100)
	r := newRigWith(t, up, airbyte.Config{Host: "http://127.0.0.1:1", Transport: up},
		calls.Options{Rules: rules, Audit: func(r calls.Record) { records <- r }}, change...)
	return r, func() (list []calls.Record) {
		for len(records) > 0 {
			list = append(list, <-records)
		}
		return list
	}
}

const yes = `"result":{"action":"accept","content":{}}`

// answer sends the host's answer to a question.
func (w *wire) answer(question message, body string) {
	w.send(`{"jsonrpc":"2.0","id":` + string(question.ID) + `,` + body + `}`)
}

// TestNobodyAnswers says so before the call's time is up; the question is void.
func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ timeout, within time.Duration }{
		"as usual":      {DefaultCallTimeout, askingTime},
		"hasty call":    {10 * time.Second, 9 * time.Second},
		"hastiest call": {time.Second, time.Second / 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r, records := newRecordedRig(t, func(o *Options) { o.CallTimeout = tt.timeout })
				w := r.stdio(t)
				w.greet(asksForms)
				question := w.ask(createIssue("1", "t"))
				virtual(tt.within - time.Millisecond)
				if early := w.take(); len(early) != 0 {
					t.Fatalf("got %v before the time was up", early)
				}
				virtual(2 * time.Millisecond)
				lines := w.take()
				if len(lines) != 1 || !strings.Contains(lines[0].call(t).text(), "Nobody has answered") ||
					!strings.Contains(lines[0].call(t).text(), "Nothing was sent") ||
					!strings.Contains(lines[0].call(t).text(), "call github_issues_create again") {
					t.Fatalf("got %v, want to hear that nobody answered", lines)
				}
				w.answer(question, yes)
				if late := w.take(); len(late) != 0 || r.up.load().executed != 0 {
					t.Errorf("a late yes: got %v with %d executes, want neither", late, r.up.load().executed)
				}
				if list := records(); list[len(list)-1].Unasked != "no_answer" || list[len(list)-1].Outcome != "not_sent" {
					t.Errorf("the audit has %+v", list)
				}
			})
		})
	}
}

// TestSilentHost is taken as unable to ask after two questions, unless somebody has ever
// answered one.
func TestSilentHost(t *testing.T) {
	t.Parallel()
	for name, answered := range map[string]bool{"never": false, "once": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r, records := newRecordedRig(t)
				w := r.stdio(t)
				w.greet(asksForms)
				if answered {
					w.answer(w.ask(createIssue("0", "first")), `"result":{"action":"decline"}`)
					w.take()
				}
				unheard := func(id string) string {
					t.Helper()
					if question := w.ask(createIssue(id, "t")); question.Method != string(mcp.MethodElicitationCreate) {
						t.Fatalf("got %s, want a question", question.raw)
					}
					virtual(askingTime)
					return w.take()[0].call(t).text()
				}
				if first := unheard("1"); strings.Contains(first, "confirmation") {
					t.Errorf("the first: got %s, want no token", first)
				}
				second := unheard("2")
				if strings.Contains(second, `"confirmation": "`) == answered || !strings.Contains(second, "Nobody has answered") {
					t.Errorf("the second: got %s", second)
				}
				list := records()
				if got := list[len(list)-1].Unasked; got != map[bool]string{true: "no_answer", false: "host_silent"}[answered] {
					t.Errorf("the audit has %q", got)
				}
				if third := w.ask(createIssue("3", "t")); (third.Method == "") == answered {
					t.Errorf("the third: got %s", third.raw)
				}
			})
		})
	}
}

// TestHostAnswersWithAnError cannot ask: the token is offered at once, and from then on.
func TestHostAnswersWithAnError(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"-32601", "-32600", "-32603", "1"} {
		synctest.Test(t, func(t *testing.T) {
			r, records := newRecordedRig(t)
			w := r.stdio(t)
			w.greet(asksForms)
			w.answer(w.ask(createIssue("1", "t")), `"error":{"code":`+code+`,"message":"Method not found"}`)
			text := w.take()[0].call(t).text()
			if strings.Contains(text, "did not agree") || !strings.Contains(text, `"confirmation": "`) {
				t.Fatalf("got %s, want a token", text)
			}
			if list := records(); list[len(list)-1].Unasked != "host_error" {
				t.Errorf("the audit has %+v", list)
			}
			_, after, _ := strings.Cut(text, `"confirmation": "`)
			token, _, _ := strings.Cut(after, `"`)
			confirmed := callTool("2", "github_issues_create", `{"title":"t","repo":"r","owner":"o","confirmation":"`+token+`"}`)
			if got := w.ask(confirmed).call(t); got.IsError || r.up.load().executed != 1 {
				t.Errorf("with the token: got %s with %d executes", got.text(), r.up.load().executed)
			}
			if again := w.ask(createIssue("3", "u")); again.Method != "" {
				t.Errorf("got %s, want no second question", again.raw)
			}
		})
	}
}

// TestFormOfTheQuestion: accepting is the yes, but where clients accept by themselves.
func TestFormOfTheQuestion(t *testing.T) {
	t.Parallel()
	for client, oneStep := range map[string]bool{"claude-code": true, "codex-mcp-client": false, "Codex Desktop": false} {
		synctest.Test(t, func(t *testing.T) {
			r := newCautiousRig(t)
			w := r.stdio(t)
			hello := strings.Replace(initialize("0"), `"capabilities":{}`, `"capabilities":`+asksForms, 1)
			w.ask(strings.Replace(hello, `"name":"test"`, `"name":"`+client+`"`, 1))
			w.send(initialized)
			question := w.ask(createIssue("1", "t"))
			var params struct {
				Mode            *string
				ElicitationID   *string
				RequestedSchema struct{ Properties map[string]json.RawMessage }
			}
			if err := json.Unmarshal(question.Params, &params); err != nil || params.ElicitationID != nil {
				t.Fatalf("got %s, %v", question.raw, err)
			}
			if (len(params.RequestedSchema.Properties) == 0) != oneStep {
				t.Errorf("%s: got the form %v", client, params.RequestedSchema)
			}
			w.answer(question, yes)
			if got := w.take()[0].call(t); got.IsError == oneStep || (r.up.load().executed == 1) != oneStep {
				t.Errorf("%s accepts with nothing: got %s with %d executes", client, got.text(), r.up.load().executed)
			}
		})
	}
}

// TestTwoStepsOnTheSearchSurface: the words fit how the tool was called, and the token is
// taken beside the arguments as well as in them.
func TestTwoStepsOnTheSearchSurface(t *testing.T) {
	t.Parallel()
	for name, place := range map[string]string{
		"in":     `{"name":"github_issues_create","arguments":{"title":"t","repo":"r","owner":"o","confirmation":"TOKEN"}}`,
		"beside": `{"name":"github_issues_create","arguments":{"title":"t","repo":"r","owner":"o"},"confirmation":"TOKEN"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newCautiousRig(t)
				r.session.Listing.Surface = tools.Auto
				w := r.stdio(t)
				w.greet(`{}`)
				plain := `{"name":"github_issues_create","arguments":{"title":"t","repo":"r","owner":"o"}}`
				text := w.ask(callTool("1", "call_write_tool", plain)).call(t).text()
				if !strings.Contains(text, `call call_write_tool again with {"name": "github_issues_create", "arguments": {`) {
					t.Fatalf("got %s", text)
				}
				_, after, _ := strings.Cut(text, `"confirmation": "`)
				token, _, _ := strings.Cut(after, `"`)
				confirmed := w.ask(callTool("2", "call_write_tool", strings.Replace(place, "TOKEN", token, 1))).call(t)
				if confirmed.IsError || r.up.load().executed != 1 {
					t.Errorf("got %s with %d executes", confirmed.text(), r.up.load().executed)
				}
			})
		})
	}
}
