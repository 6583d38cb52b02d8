package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"

	"airbyte-mcp-server/tools"
)

// terminal is where a person is asked. Questions go to standard error: standard
// output is for results.
type terminal struct {
	in  io.Reader
	fd  int
	out io.Writer
}

// terminal returns nil if standard input is no terminal, so that nobody could answer.
func (a *app) terminal() *terminal {
	file, ok := a.Stdin.(interface{ Fd() uintptr })
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil
	}
	return &terminal{a.Stdin, int(file.Fd()), a.Stderr}
}

// ask puts a question and reads one line, which is not echoed if it is hidden. The
// terminal is left as it was, also when ctx ends meanwhile.
func (t *terminal) ask(ctx context.Context, question string, hidden bool) (string, error) {
	read := readLine
	if hidden {
		// Before the question is put: who answers at once must not be echoed either.
		before, err := term.MakeRaw(t.fd)
		if err != nil {
			return "", fmt.Errorf("hiding what is typed: %w", err)
		}
		defer func() {
			_ = term.Restore(t.fd, before) // there is nobody to be told
			fmt.Fprintln(t.out)
		}()
		read = readHidden
	}
	fmt.Fprint(t.out, question)
	type line struct {
		text string
		err  error
	}
	lines := make(chan line, 1)
	go func() {
		text, err := read(t.in)
		lines <- line{text, err}
	}()
	select {
	case l := <-lines:
		if errors.Is(l.err, io.EOF) {
			return "", errNoAnswer
		}
		return strings.TrimSpace(l.text), l.err
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.Canceled) {
			return "", errInterrupted
		}
		return "", ctx.Err()
	}
}

// Questions that were not answered: the input ended, or the person left.
var (
	errNoAnswer    = errors.New("the input ended before the question was answered; nothing was done")
	errInterrupted = errors.New("interrupted; nothing was done")
)

// readLine reads byte by byte: what comes after the line belongs to the next question.
func readLine(r io.Reader) (string, error) {
	var line []byte
	for b := make([]byte, 1); ; {
		n, err := r.Read(b)
		switch {
		case n == 1 && b[0] == '\n':
			return string(line), nil
		case n == 1:
			line = append(line, b[0])
		case err != nil && len(line) > 0 && errors.Is(err, io.EOF):
			return string(line), nil
		case err != nil:
			return "", err
		}
	}
}

// Keys that a terminal acts upon by itself unless it hides what is typed.
const (
	interruptKey = 0x03 // ^C
	endKey       = 0x04 // ^D
	eraseKey     = 0x7f
	backspaceKey = '\b'
	killKey      = 0x15 // ^U
)

// readHidden reads a line from a terminal that does nothing by itself.
func readHidden(r io.Reader) (string, error) {
	var line []byte
	for b := make([]byte, 1); ; {
		if _, err := io.ReadFull(r, b); err != nil {
			return "", err
		}
		switch b[0] {
		case '\r', '\n':
			return string(line), nil
		case interruptKey:
			return "", errInterrupted
		case endKey:
			if len(line) == 0 {
				return "", io.EOF
			}
		case eraseKey, backspaceKey:
			_, last := utf8.DecodeLastRune(line)
			line = line[:len(line)-last]
		case killKey:
			line = nil
		default:
			line = append(line, b[0])
		}
	}
}

// agrees asks for a yes; everything else is a no. The further words mean yes too.
func (t *terminal) agrees(ctx context.Context, question string, words ...string) (bool, error) {
	answer, err := t.ask(ctx, question, false)
	if err != nil {
		return false, err
	}
	for _, yes := range append(words, "yes", "y") {
		if strings.EqualFold(answer, yes) && answer != "" {
			return true, nil
		}
	}
	return false, nil
}

// console is the [tools.Dialog] of one call from a command line.
type console struct {
	tools.Silent

	ctx      context.Context //nolint:containedctx // a Dialog serves one call
	terminal *terminal       // nil if there is none
	agreed   bool            // to whatever is asked
}

// console is the Dialog of a call; agreed answers every question with yes.
func (a *app) console(ctx context.Context, agreed bool) console {
	return console{ctx: ctx, terminal: a.terminal(), agreed: agreed}
}

// Ask implements [tools.Dialog].
func (c console) Ask(q tools.Question) (tools.Reply, error) {
	switch {
	case q.URL != "":
		return tools.Reply{}, tools.ErrNoDialog // the page would end with the command
	case c.agreed:
		return tools.Reply{Accepted: true, Memory: q.Memory}, nil
	case c.terminal == nil:
		return tools.Reply{}, tools.ErrNoDialog
	}
	yes, err := c.terminal.agrees(c.ctx, plain(q.Text)+" [yes/no] ")
	return tools.Reply{Accepted: yes, Memory: q.Memory}, err
}

// plain is a text from elsewhere without what would command the terminal.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return '�'
		}
		return r
	}, text)
}
