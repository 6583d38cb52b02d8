package manage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// WrongCodeError says that a code is not that of a page, which may be tried again.
type WrongCodeError struct{ Left int } // tries

func (e *WrongCodeError) Error() string {
	return fmt.Sprintf("that is not the code that the page shows; %d more tries", e.Left)
}

// codeOf begins the memory of the question for the code of a page, before the page's id.
const codeOf = "code of "

// handed is a code on its way to a page.
type handed struct {
	code    string
	byForm  bool  // of the host, which can ask again
	missing error // why nobody has typed it into the form that was shown, nil if somebody has, or there was none
}

// openPage finds the page that a call is about, nil for none yet, with the code that the
// call brings.
func (m *Manager) openPage(c *calls.Call, id, code string) (Ticket, handed, error) {
	reply, asked := c.Recall()
	memory, isCode := strings.CutPrefix(reply.Memory, codeOf)
	refused := func(reason string) (Ticket, handed, error) {
		return nil, handed{}, &tools.RefusedError{Tool: c.Tool().Name, Reason: reason}
	}
	switch {
	case asked && !reply.Accepted && reply.Missing == nil && isCode:
		return refused("the user did not give the code of the page, so nothing was created; the page waits for it until it expires")
	case asked && !reply.Accepted && reply.Missing == nil:
		return refused("the user did not open the page")
	}
	if id = cmp.Or(memory, id); id == "" {
		return nil, handed{}, nil
	}
	ticket, ok := m.forms().Ticket(c.CallerKey(), id)
	if !ok {
		return refused("that page has expired; call again without `ticket`")
	}
	if isCode {
		return ticket, handed{reply.Text, true, reply.Missing}, nil
	}
	return ticket, handed{code: code, missing: reply.Missing}, nil
}

// goOn hands over the code, if there is one, and waits for what comes of the page.
func (m *Manager) goOn(ctx context.Context, c *calls.Call, ticket Ticket, h handed) (*calls.Result, error) {
	switch {
	case h.byForm && h.code == "": // nobody has typed anything
		return needsCode(ticket)
	case h.missing != nil:
		return linked(ticket)
	case h.code != "":
		err := ticket.Redeem(ctx, h.code)
		if wrong, isWrong := errors.AsType[*WrongCodeError](err); isWrong && h.byForm {
			return m.askCode(ctx, c, ticket, "That is not the code that the page shows now ("+tries(wrong.Left)+"). ")
		}
		if err != nil {
			return nil, &tools.RefusedError{Tool: c.Tool().Name, Reason: err.Error()}
		}
	}
	return m.wait(ctx, c, ticket)
}

func tries(left int) string {
	if left == 1 {
		return "one more try"
	}
	return fmt.Sprint(left, " more tries")
}

// askCode asks the user for the code by a form of the host, or has the model ask.
func (m *Manager) askCode(ctx context.Context, c *calls.Call, ticket Ticket, before string) (*calls.Result, error) {
	_, asked := c.Recall()
	reply, err := c.Ask(calls.Question{
		Text: before + "The page for the credentials was filled in, and shows a code of six characters to whoever did it. " +
			"Nothing is created before you give it here. If you have not filled in the page yourself, give none.",
		Field: "Code that the page shows", Memory: codeOf + ticket.ID(), Next: asked,
	})
	switch {
	case err == nil && reply.Accepted:
		return m.goOn(ctx, c, ticket, handed{code: reply.Text, byForm: true})
	case err == nil || unasked(err):
		return needsCode(ticket)
	default:
		return nil, err
	}
}

// needsCode has the model ask the user for the code.
func needsCode(ticket Ticket) (*calls.Result, error) {
	return calls.Made(map[string]string{"status": "needs_code", "ticket": ticket.ID(), "next": "" +
		"The page was filled in and shows the user a code of six characters; nothing is created yet. " +
		"Ask the user for the code, then call connect_connector again with the ticket and `code`."})
}

// aboutCode announces the code of a page that will show one.
func aboutCode(t Ticket) string {
	if !t.NeedsCode() {
		return ""
	}
	return " The page then shows a code of six characters: ask the user for it, and pass it as `code`."
}
