package calls

import (
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
	Question string
	Argument string // name of the argument that takes the token
	Token    string
}

func (e *ConfirmationError) Error() string { return e.Tool + " must be confirmed: " + e.Question }

// Kind is that of writes that must be confirmed.
func (e *ConfirmationError) Kind() string { return tools.KindUnconfirmed }

// Words asks the model to ask. That is weaker than asking the user ourselves, which this
// host has no way for.
func (e *ConfirmationError) Words(string, string) string {
	return fmt.Sprintf("Nothing was sent yet: %s must be confirmed. %s Show the user the question and the arguments; "+
		"only if the user agrees, call %s again with the same arguments and %q: %q (valid once, for 5 minutes).",
		e.Tool, e.Question, e.Tool, e.Argument, e.Token)
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
	switch {
	case errors.Is(err, ErrNoDialog):
		return c.unconfirmed(question, stamp)
	case err != nil:
		return err
	case !reply.Accepted:
		return &tools.RefusedError{Tool: c.tool.Name, Reason: "the user did not agree"}
	}
	c.trace.Confirmed = "elicited"
	return nil
}

func (c *Call) unconfirmed(question, stamp string) error {
	return &ConfirmationError{c.tool.Name, question, c.tool.Options.Confirmation, c.runner.opts.Seal.Close(stamp, c.binding(), tokenLife)}
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
