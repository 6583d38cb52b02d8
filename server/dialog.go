package server

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

const (
	// questionID names the one question that a call may have open.
	questionID = "question"
	// What a question asked for: a yes, that a page be opened, or a text.
	askedForYes, askedForPage, askedForText = "yes", "page", "text"
	// confirmField is the field of the form by which a user says yes or no, and textField that
	// of a text.
	confirmField, textField = "confirm", "text"
	// maxTyped bounds a text, in characters.
	maxTyped = 100
	// questionLife is how long an answer may take that comes with another call.
	questionLife = 5 * time.Minute
)

// dialog is how the tool of one exchange talks with the client's user. In the
// stateless era a question travels in the result, and the client sends the call
// again with the answer; mcp-go does the same towards clients of the session era by
// asking them and running the call again. So there is one way for both.
type dialog struct {
	exchange *exchange
	request  *mcp.CallToolParams
	reply    *calls.Reply // to the question of the run before
	cannot   error        // why the question of the run before has no reply, nil if it has, or there was none
}

// newDialog reads the answer that a call brings, if it brings one. An answer that
// was not given to this very call is an error.
func (s *Server) newDialog(x *exchange, t *tools.Tool, r *mcp.CallToolParams) (*dialog, error) {
	d := &dialog{exchange: x, request: r}
	if r.RequestState == "" {
		return d, nil
	}
	memory, err := s.seal.Open(r.RequestState, d.binding(t))
	if err != nil {
		return nil, calls.ForeignAnswer(err)
	}
	if answer := mcpserver.ElicitationResponse(r.InputResponses, questionID); answer != nil {
		kind, memory, _ := strings.Cut(memory, ":")
		d.reply = &calls.Reply{Accepted: d.accepted(answer, kind == askedForYes), Memory: memory}
		if kind == askedForText && d.reply.Accepted {
			d.reply.Text = typed(answer)
		}
	}
	switch x.questioned {
	case questionFailed:
		d.cannot = calls.ErrHostFailed
	case questionForgotten:
		d.cannot = calls.ErrHostSilent
	case questionUnheard:
		d.cannot = calls.ErrNoAnswer
	}
	if d.cannot != nil && d.reply != nil {
		d.reply = &calls.Reply{Memory: d.reply.Memory, Missing: d.cannot}
	}
	return d, nil
}

// typed is the text that was typed into a form.
func typed(answer *mcp.ElicitationResult) string {
	fields, _ := answer.Content.(map[string]any)
	text, _ := fields[textField].(string)
	return strings.ToValidUTF8(text[:min(len(text), utf8.UTFMax*maxTyped)], "")
}

// accepted reports whether a person has agreed: to a page by opening it, to a form by
// accepting it. A form of one step has no field; where a field came all the same, it must
// say yes.
func (d *dialog) accepted(answer *mcp.ElicitationResult, isForm bool) bool {
	if answer.Action != mcp.ElicitationResponseActionAccept || !isForm {
		return answer.Action == mcp.ElicitationResponseActionAccept
	}
	fields, isObject := answer.Content.(map[string]any)
	if len(fields) == 0 && (isObject || answer.Content == nil) {
		return !d.acceptsAlone()
	}
	yes, _ := fields[confirmField].(bool)
	return yes
}

// acceptsAlone reports whether the host may accept questions without showing them, with empty
// content. It is asked for the field of a form, which it does not fill in by itself.
func (d *dialog) acceptsAlone() bool {
	return knownHost(d.exchange.frame, d.exchange.peer).AcceptsAlone
}

// Listens implements [calls.Dialog].
func (d *dialog) Listens() bool { return d.request.Meta != nil && d.request.Meta.ProgressToken != nil }

// Progress implements [calls.Dialog].
func (d *dialog) Progress(done, total float64, message string) {
	if !d.Listens() {
		return
	}
	params := map[string]any{"progressToken": d.request.Meta.ProgressToken, "progress": done, "message": message}
	if total > 0 {
		params["total"] = total
	}
	d.exchange.tell("notifications/progress", params)
}

// Recall implements [calls.Dialog].
func (d *dialog) Recall() (calls.Reply, bool) {
	if d.reply == nil {
		return calls.Reply{}, false
	}
	return *d.reply, true
}

// Ask implements [calls.Dialog].
func (d *dialog) Ask(q calls.Question) (calls.Reply, error) {
	if d.cannot != nil {
		return calls.Reply{}, d.cannot
	}
	if reply, ok := d.Recall(); ok && !q.Next {
		return reply, nil
	}
	if q.Field != "" && d.exchange.hasLittleTime() {
		return calls.Reply{}, calls.ErrNoDialog
	}
	if err := d.exchange.habit.reason(modeOf(q.URL)); err != nil {
		return calls.Reply{}, err
	}
	caps := d.capabilities()
	if caps == nil || q.URL != "" && caps.URL == nil || q.URL == "" && caps.Form == nil && caps.URL != nil {
		return calls.Reply{}, calls.ErrNoDialog
	}
	return calls.Reply{}, &calls.PendingError{Question: q}
}

// capabilities are what the client can ask of its user, nil for nothing.
func (d *dialog) capabilities() *mcp.ElicitationCapability {
	if d.exchange.frame.isModern() {
		caps := d.request.Meta.ClientCapabilities()
		if caps == nil {
			return nil
		}
		return caps.Elicitation
	}
	if d.exchange.frame.jsonOnly {
		return nil
	}
	return d.exchange.GetClientCapabilities().Elicitation
}

// binding is to what an answer must belong: this call, as it is made.
func (d *dialog) binding(t *tools.Tool) string {
	return calls.Binding(d.exchange.caller, t.Name, d.exchange.frame.params.arguments)
}

// pending turns a question into the result that puts it.
func (s *Server) pending(d *dialog, t *tools.Tool, q calls.Question) *mcp.CallToolResult {
	kind, ask := askedForYes, mcp.ElicitationParams{Message: q.Text, RequestedSchema: d.form()}
	if q.Field != "" {
		kind, ask.RequestedSchema = askedForText, textForm(q.Field)
	}
	if q.URL != "" {
		kind, ask = askedForPage, mcp.ElicitationParams{Mode: mcp.ElicitationModeURL, Message: q.Text, URL: q.URL}
		if !d.exchange.frame.isModern() { // later revisions have no such field
			ask.ElicitationID = d.exchange.id
		}
	}
	state := s.seal.Close(kind+":"+q.Memory, d.binding(t), questionLife+time.Minute) // an answer at the last moment still counts
	return mcpserver.NewInputRequestBuilder(state).Elicit(questionID, ask).ToolResult()
}

// form is an empty form, whose acceptance is the yes; for clients that accept by themselves,
// one with a field to fill in.
func (d *dialog) form() map[string]any {
	if !d.acceptsAlone() {
		return map[string]any{"type": "object", "properties": map[string]any{}}
	}
	return map[string]any{
		"type":       "object",
		"properties": map[string]any{confirmField: map[string]any{"type": "boolean", "title": "Do it"}},
		"required":   []string{confirmField},
	}
}

// textForm is a form with one field for a text.
func textForm(name string) map[string]any {
	return map[string]any{
		"type":       "object",
		"properties": map[string]any{textField: map[string]any{"type": "string", "title": name, "minLength": 1, "maxLength": maxTyped}},
		"required":   []string{textField},
	}
}

// tell sends the client a notification of this exchange; it is delivered before the
// answer, or, if too many wait, dropped.
func (x *exchange) tell(method string, params map[string]any) {
	n := mcp.JSONRPCNotification{
		JSONRPC:      mcp.JSONRPC_VERSION,
		Notification: mcp.Notification{Method: method, Params: mcp.NotificationParams{AdditionalFields: params}},
	}
	select {
	case x.NotificationChannel() <- n:
	default:
	}
}
