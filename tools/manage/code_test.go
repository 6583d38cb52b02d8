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

	form manage.Form
	done bool
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
	if code != "ABC234" {
		return errors.New("that is not the code")
	}
	p.done = true
	return nil
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
