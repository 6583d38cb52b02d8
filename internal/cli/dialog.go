package cli

import (
	"context"
	"errors"
	"os"

	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/tools/calls"
)

// terminal returns nil if standard input is no terminal, so that nobody could answer.
func (a *app) terminal() *terminal.Terminal { return terminal.Open(a.Stdin, a.Stderr) }

// dialog is the [calls.Dialog] of one call from a command line.
type dialog struct {
	calls.Silent

	ctx      context.Context    //nolint:containedctx // a Dialog serves one call
	terminal *terminal.Terminal // nil if there is none
	agreed   bool               // to whatever is asked
	status   *terminal.Status   // nil where nobody looks
}

// dialog is the Dialog of a call; agreed answers every question with yes.
func (a *app) dialog(ctx context.Context, agreed bool) dialog {
	return dialog{ctx: ctx, terminal: a.terminal(), agreed: agreed, status: a.status}
}

// Progress implements [calls.Dialog].
func (d dialog) Progress(_, _ float64, message string) { d.status.Show("%s", message) }

// Watched implements [calls.Watched].
func (d dialog) Watched() bool { return d.status != nil }

// withStatus lets a person at a terminal see what is being waited for, below all that is
// written to the terminal.
func (p Process) withStatus(wanted bool) (Process, *terminal.Status) {
	kind, _ := p.lookup("TERM")
	if !wanted || kind == "dumb" {
		return p, nil
	}
	status := terminal.OpenStatus(p.Stderr)
	if status == nil {
		return p, nil
	}
	p.Stderr = status
	if file, ok := p.Stdout.(*os.File); ok {
		p.Stdout = status.Around(file)
	}
	return p, status
}

func (p Process) lookup(name string) (string, bool) {
	if p.LookupEnv == nil {
		return "", false
	}
	return p.LookupEnv(name)
}

// Ask implements [calls.Dialog].
func (d dialog) Ask(q calls.Question) (calls.Reply, error) {
	switch {
	case q.URL != "", q.Field != "":
		return calls.Reply{}, calls.ErrNoDialog // the page would end with the command, and so has no code
	case d.agreed:
		return calls.Reply{Accepted: true, Memory: q.Memory}, nil
	case d.terminal == nil:
		return calls.Reply{}, calls.ErrNoDialog
	}
	yes, err := d.terminal.Confirm(d.ctx, q.Text+" [yes/no] ")
	if errors.Is(err, terminal.ErrNoAnswer) {
		err = nil // whoever ends the input does not agree
	}
	return calls.Reply{Accepted: yes, Memory: q.Memory}, err
}
