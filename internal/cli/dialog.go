package cli

import (
	"context"

	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/tools"
)

// terminal returns nil if standard input is no terminal, so that nobody could answer.
func (a *app) terminal() *terminal.Terminal { return terminal.Open(a.Stdin, a.Stderr) }

// dialog is the [tools.Dialog] of one call from a command line.
type dialog struct {
	tools.Silent

	ctx      context.Context    //nolint:containedctx // a Dialog serves one call
	terminal *terminal.Terminal // nil if there is none
	agreed   bool               // to whatever is asked
}

// dialog is the Dialog of a call; agreed answers every question with yes.
func (a *app) dialog(ctx context.Context, agreed bool) dialog {
	return dialog{ctx: ctx, terminal: a.terminal(), agreed: agreed}
}

// Ask implements [tools.Dialog].
func (d dialog) Ask(q tools.Question) (tools.Reply, error) {
	switch {
	case q.URL != "":
		return tools.Reply{}, tools.ErrNoDialog // the page would end with the command
	case d.agreed:
		return tools.Reply{Accepted: true, Memory: q.Memory}, nil
	case d.terminal == nil:
		return tools.Reply{}, tools.ErrNoDialog
	}
	yes, err := d.terminal.Confirm(d.ctx, q.Text+" [yes/no] ")
	return tools.Reply{Accepted: yes, Memory: q.Memory}, err
}
