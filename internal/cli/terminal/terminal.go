// Package terminal asks a person at a terminal, and keeps texts from elsewhere from
// commanding it.
package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/term"
)

// Terminal is where a person is asked. Questions go to the output for errors: standard
// output is for results.
type Terminal struct {
	in  io.Reader
	fd  int
	out io.Writer
}

// Questions without an answer: the input ended, or the person left.
var (
	ErrNoAnswer    = errors.New("the input ended before the question was answered; nothing was done")
	ErrInterrupted = errors.New("interrupted; nothing was done")
)

// Open returns nil if the input is no terminal, so that nobody could answer.
func Open(in io.Reader, out io.Writer) *Terminal {
	file, ok := in.(interface{ Fd() uintptr })
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil
	}
	return &Terminal{in, int(file.Fd()), out}
}

// Printf shows a text without what would command the terminal.
func (t *Terminal) Printf(format string, parts ...any) {
	fmt.Fprint(t.out, Plain(fmt.Sprintf(format, parts...)))
}

// Ask puts a question and reads one line. The terminal is left as it was, also when ctx
// ends meanwhile.
func (t *Terminal) Ask(ctx context.Context, question string) (string, error) {
	t.Printf("%s", question)
	return await(ctx, func() (string, error) { return readLine(t.in) })
}

// AskHidden is Ask without an echo of the answer.
func (t *Terminal) AskHidden(ctx context.Context, question string) (string, error) {
	// Before the question is put: a quick answer must not be echoed either.
	before, err := term.MakeRaw(t.fd)
	if err != nil {
		return "", fmt.Errorf("hiding what is typed: %w", err)
	}
	answer, err := await(ctx, func() (string, error) {
		return term.NewTerminal(&keyboard{in: t.in, out: t.out}, "").ReadPassword(Plain(question))
	})
	_ = term.Restore(t.fd, before) // there is nobody to be told
	switch {
	case err != nil:
		fmt.Fprintln(t.out) // the answer would have ended the line
	case len(answer) >= longestHidden:
		return "", fmt.Errorf("more than %d characters cannot be typed here: give them in a file", longestHidden-1)
	}
	return answer, err
}

// longestHidden is where [term.Terminal] drops the rest of a line without a word.
const longestHidden = 4096

// Confirm asks for a yes; everything else is a no. The further words mean yes too.
func (t *Terminal) Confirm(ctx context.Context, question string, words ...string) (bool, error) {
	answer, err := t.Ask(ctx, question)
	if err != nil || answer == "" {
		return false, err
	}
	for _, yes := range append(words, "yes", "y") {
		if strings.EqualFold(answer, yes) {
			return true, nil
		}
	}
	return false, nil
}

// await returns what is read, or the reason why nobody waits for it any more.
func await(ctx context.Context, read func() (string, error)) (string, error) {
	type line struct {
		text string
		err  error
	}
	lines := make(chan line, 1)
	go func() {
		text, err := read()
		lines <- line{text, err}
	}()
	select {
	case l := <-lines:
		if errors.Is(l.err, io.EOF) {
			return "", ErrNoAnswer
		}
		return strings.TrimSpace(l.text), l.err
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.Canceled) {
			return "", ErrInterrupted
		}
		return "", ctx.Err()
	}
}

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

// Plain is a text from elsewhere without what would command the terminal.
func Plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return '�'
		}
		return r
	}, text)
}
