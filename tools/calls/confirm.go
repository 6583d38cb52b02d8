package calls

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/tools"
)

// tokenLife is how long a confirmation that was asked for may take.
const tokenLife = 5 * time.Minute

// ConfirmationError ends a write that somebody must confirm first, towards a host
// that cannot ask its user. Nothing was sent. The token confirms it.
type ConfirmationError struct {
	Tool     string
	By       string // the tool by which it is called, "" for itself
	Question string
	Argument string // name of the argument that takes the token
	Token    string
	Silent   bool // the host was asked before, and nobody has answered
}

func (e *ConfirmationError) Error() string { return "this must be confirmed: " + e.Question }

// Kind is that of writes that must be confirmed.
func (e *ConfirmationError) Kind() string { return tools.KindUnconfirmed }

// Words asks the model to ask. That is weaker than asking the user ourselves, which this
// host has no way for.
func (e *ConfirmationError) Words(string, string) string {
	unheard := ""
	if e.Silent {
		unheard = "Nobody has answered the questions that this host was given. "
	}
	again := fmt.Sprintf("call %s again with the same arguments and %q: %q", e.Tool, e.Argument, e.Token)
	if e.By != "" {
		again = fmt.Sprintf(`call %s again with {"name": %q, "arguments": {… the same …, %q: %q}}`, e.By, e.Tool, e.Argument, e.Token)
	}
	return fmt.Sprintf("%sNothing was sent yet: %s must be confirmed. %s Show the user the question and the arguments; "+
		"only if the user agrees, %s (valid once, for 5 minutes).", unheard, e.Tool, e.Question, again)
}

// UnansweredError ends a write about which the host was asked, and nobody has answered. The
// question is void: a late yes does nothing.
type UnansweredError struct{ Tool, By, Question string }

func (e *UnansweredError) Error() string {
	return "nobody has answered whether " + e.Tool + " may be run; nothing was sent"
}

// Kind is that of writes that must be confirmed.
func (e *UnansweredError) Kind() string { return tools.KindUnconfirmed }

// Words asks the model to ask.
func (e *UnansweredError) Words(string, string) string {
	return fmt.Sprintf("Nobody has answered the question of %s in time (%s). Nothing was sent, and a late answer does nothing. "+
		"Ask the user in the chat; only if the user agrees, call %s again with the same arguments.",
		e.Tool, e.Question, cmp.Or(e.By, e.Tool))
}

// confirm asks a person, by the host where it can, else by a token that the model has
// to bring back. Everything but a yes is a no. The stamp says which earlier write the
// question is about: a yes to one question is none to another.
func (c *Call) confirm(question, stamp string) error {
	if c.chosen.confirmation != "" {
		agreed, err := c.runner.opts.Seal.Open(c.chosen.confirmation, c.binding())
		if err != nil {
			return &tools.RefusedError{Tool: c.tool.Name, Reason: "" +
				"the confirmation does not belong to these arguments, has expired or was used before"}
		}
		if stamp != "" && agreed != stamp {
			return c.unconfirmed(question, stamp)
		}
		c.trace.Confirmed = "two_step"
		c.runner.opts.Log.Warn().Str("tool", c.tool.Name).Str("workspace", c.Workspace).
			Msg("a write was confirmed by token: the host cannot ask its user, so the model may have confirmed it by itself")
		return nil
	}
	if before, ok := c.Recall(); ok && before.Accepted && stamp != "" && before.Memory != stamp {
		return &tools.RefusedError{Tool: c.tool.Name, Reason: "" +
			"while the user was asked, the same request was made by another call; call again if it shall be made once more"}
	}
	reply, err := c.Ask(Question{Text: question + c.argumentsInWords(), Memory: stamp})
	c.trace.Unasked = unasked(err)
	switch {
	case errors.Is(err, ErrNoDialog):
		return c.unconfirmed(question, stamp)
	case errors.Is(err, ErrNoAnswer):
		return &UnansweredError{c.tool.Name, c.by, question}
	case err != nil:
		return err
	case !reply.Accepted:
		return &tools.RefusedError{Tool: c.tool.Name, Reason: "the user did not agree"}
	}
	c.trace.Confirmed = "elicited"
	return nil
}

// unasked names for the audit why nobody was asked by a host that says that it can.
func unasked(err error) string {
	switch {
	case errors.Is(err, ErrHostFailed):
		return "host_error"
	case errors.Is(err, ErrHostSilent):
		return "host_silent"
	case errors.Is(err, ErrNoAnswer):
		return "no_answer"
	default:
		return ""
	}
}

func (c *Call) unconfirmed(question, stamp string) error {
	return &ConfirmationError{
		Tool: c.tool.Name, By: c.by, Question: question, Argument: c.tool.Options.Confirmation,
		Token: c.runner.opts.Seal.Close(stamp, c.binding(), tokenLife), Silent: c.trace.Unasked == "host_silent",
	}
}

// maxShown bounds the arguments that a question shows, in bytes.
const maxShown = 1000

// argumentsInWords shows a person what is about to be sent.
func (c *Call) argumentsInWords() string {
	_, visible := cleantext.JSON(canonical(c.args.JSON())) // nobody agrees to what nobody sees
	text := string(visible)
	if len(text) > maxShown {
		text = strings.ToValidUTF8(text[:maxShown], "") + "…"
	}
	return " " + text
}
