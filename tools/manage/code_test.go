package manage_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
	"airbyte-mcp-server/tools/manage"
)

// codePage was filled in and waits for its code.
type codePage struct {
	noTicket

	form  manage.Form
	done  bool
	tries int
}

func (p *codePage) Open(_ string, f manage.Form) (manage.Ticket, error) {
	p.form = f
	return p, nil
}

func (p *codePage) Ticket(string, string) (manage.Ticket, bool) { return p, true }

func (p *codePage) NeedsCode() bool { return true }

func (p *codePage) Wait(context.Context) (*manage.Connected, error) {
	if !p.done {
		return nil, manage.ErrNeedsCode
	}
	return &manage.Connected{ID: "c-9", Name: "made"}, nil
}

func (p *codePage) Redeem(_ context.Context, code string) error {
	if code == "ABC234" {
		p.done = true
		return nil
	}
	if p.tries++; p.tries == 5 {
		return errors.New("the page is void")
	}
	return &manage.WrongCodeError{Left: 5 - p.tries}
}

// TestConnectAsksForTheCode of a page that may have reached somebody else, and connects
// when it is handed over.
func TestConnectAsksForTheCode(t *testing.T) {
	t.Parallel()
	p := &codePage{}
	m := manage.New(schemas.Embedded(), nil, manage.Options{Forms: p})
	t.Cleanup(m.Close)
	s := tools.Session{Workspace: "everything", Principal: "ann"}
	for _, step := range []struct{ arguments, want, problem string }{
		{`{}`, "", "`type` is required, unless `ticket` is given"},
		{`{"type":"github"}`, "pass it as `code`", ""},
		{`{"ticket":"t-1"}`, `"status":"needs_code"`, ""},
		{`{"ticket":"t-1","code":"XYZ234"}`, "", "that is not the code"},
		{`{"ticket":"t-1","code":"ABC234"}`, `"status":"connected"`, ""},
	} {
		result, err := m.Calls().Call(t.Context(), s, calls.Silent{}, "connect_connector", json.RawMessage(step.arguments))
		if (err == nil) != (step.problem == "") || err != nil && !strings.Contains(err.Error(), step.problem) {
			t.Fatalf("%s: got %v, want %q", step.arguments, err, step.problem)
		}
		if err == nil && !strings.Contains(string(result.Data), step.want) {
			t.Errorf("%s: got %s, want %s", step.arguments, result.Data, step.want)
		}
	}
	if !p.form.Remote || p.form.Principal != "ann" {
		t.Errorf("the page was opened as %+v, want one that may reach a stranger, for ann", p.form)
	}
}

// asker is the Dialog of a host whose answers come with another run.
type asker struct {
	calls.Silent

	reply  *calls.Reply // to the question of the run before
	cannot error        // why nobody can be asked
}

func (a *asker) Ask(q calls.Question) (calls.Reply, error) {
	if a.cannot != nil {
		return calls.Reply{}, a.cannot
	}
	if a.reply != nil && !q.Next {
		return *a.reply, nil
	}
	return calls.Reply{}, &calls.PendingError{Question: q}
}

func (a *asker) Recall() (calls.Reply, bool) {
	if a.reply == nil {
		return calls.Reply{}, false
	}
	return *a.reply, true
}

// TestCodeByForm: a host that can ask is asked for the code itself, again after a wrong one;
// where nobody answers the model is told to ask.
func TestCodeByForm(t *testing.T) {
	t.Parallel()
	typed := func(text string) asker {
		return asker{reply: &calls.Reply{Accepted: true, Text: text, Memory: "code of t-1"}}
	}
	opened, declined := asker{reply: &calls.Reply{Accepted: true, Memory: "t-1"}}, asker{reply: &calls.Reply{Memory: "code of t-1"}}
	const byType, byTicket = `{"type":"github"}`, `{"ticket":"t-1"}`
	for name, tt := range map[string]struct {
		arguments string
		dialog    asker
		want      string // of the answer, the question or the refusal
		tries     int
	}{
		"filled in":            {byTicket, asker{}, "asked: The page for the credentials was filled in", 0},
		"after the page":       {byType, opened, "asked: The page", 0},
		"the code":             {byTicket, typed("ABC234"), `"status":"connected"`, 0},
		"a wrong one":          {byType, typed("XYZ234"), "asked: That is not the code that the page shows now (4", 1},
		"nothing typed":        {byTicket, typed(""), `"status":"needs_code"`, 0},
		"declined":             {byTicket, declined, "refused: the user did not give the code", 0},
		"cannot be asked":      {byTicket, asker{cannot: calls.ErrNoDialog}, `"status":"needs_code"`, 0},
		"nobody answers":       {byTicket, asker{cannot: calls.ErrNoAnswer}, `"status":"needs_code"`, 0},
		"nobody has answered":  {byType, missing("code of t-1"), `"status":"needs_code"`, 0},
		"nobody has opened it": {byType, missing("t-1"), `"status":"waiting_for_user","ticket":"t-1"`, 0},
		"a code of the model":  {`{"ticket":"t-1","code":"XYZ234"}`, asker{}, "refused: that is not the code that the page shows; 4", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &codePage{}
			m := manage.New(schemas.Embedded(), nil, manage.Options{Forms: p})
			t.Cleanup(m.Close)
			result, err := m.Calls().Call(t.Context(), tools.Session{Workspace: "everything", Principal: "ann"}, &tt.dialog,
				"connect_connector", json.RawMessage(tt.arguments))
			got := told(t, result, err)
			if !strings.Contains(got, tt.want) || p.tries != tt.tries {
				t.Errorf("got %s after %d wrong codes, want %s after %d", got, p.tries, tt.want, tt.tries)
			}
		})
	}
}

func missing(memory string) asker {
	return asker{reply: &calls.Reply{Memory: memory, Missing: calls.ErrNoAnswer}, cannot: calls.ErrNoAnswer}
}

// told is what came of a call: a question, a refusal or an answer.
func told(t *testing.T, result *calls.Result, err error) string {
	t.Helper()
	pending, isPending := errors.AsType[*calls.PendingError](err)
	refused, isRefused := errors.AsType[*tools.RefusedError](err)
	switch {
	case isPending:
		if pending.Question.Field == "" || pending.Question.Memory != "code of t-1" {
			t.Errorf("the question is %+v", pending.Question)
		}
		return "asked: " + pending.Question.Text
	case isRefused:
		return "refused: " + refused.Reason
	case err != nil:
		t.Fatal(err)
	}
	return string(result.Data)
}
