package doctor

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	screenWidth = 100
	nameWidth   = len(layerConfiguration) + 2
)

// marks stand for statuses where the terminal can show them, words elsewhere.
var (
	marks = map[Status]string{OK: "✓", Warn: "!", Problem: "✗", Skipped: "-"}
	words = map[Status]string{OK: "ok     ", Warn: "warn   ", Problem: "problem", Skipped: "skipped"}
)

// Screen writes for a person, with a line or more for each layer. After an error it does
// nothing.
type Screen struct {
	w             io.Writer
	verbose       bool
	marks         map[Status]string
	told          string // what the mark says already
	bullet, arrow string
	err           error
}

// NewScreen makes a Screen. Details are shown of what is not well, and of everything if
// verbose.
func NewScreen(w io.Writer, symbols, verbose bool) *Screen {
	p := &Screen{w: w, verbose: verbose, marks: words, told: skippedWord, bullet: "- ", arrow: "-> "}
	if symbols {
		p.marks, p.told, p.bullet, p.arrow = marks, "", "· ", "→ "
	}
	return p
}

// Verdict ends the screen.
func (p *Screen) Verdict(r *Report) error {
	p.line("")
	p.line(r.Verdict)
	return p.err
}

// Layer shows one layer.
func (p *Screen) Layer(l Layer) {
	head := p.marks[l.Status] + "  " + l.Name + strings.Repeat(" ", nameWidth-len(l.Name))
	margin := utf8.RuneCountInString(head)
	p.wrapped(head, margin, strings.TrimPrefix(l.Text, p.told))
	for _, d := range l.shown(p.verbose) {
		p.wrapped(strings.Repeat(" ", margin)+p.bullet, margin+2, d)
	}
	for line := range strings.Lines(l.Advice) {
		p.wrapped(strings.Repeat(" ", margin)+p.arrow, margin+utf8.RuneCountInString(p.arrow), line)
	}
}

// mostDetails is how many details a screen has room for.
const mostDetails = 10

// shown are the details that are worth a line.
func (l *Layer) shown(verbose bool) []string {
	switch {
	case verbose:
		return l.Details
	case l.Status != Problem && l.Status != Warn:
		return nil
	}
	list := l.Details[:len(l.Details)-l.healthyDetails]
	if more := len(list) - mostDetails; more > 0 {
		return append(slices.Clone(list[:mostDetails]), fmt.Sprintf("and %d more; --verbose shows all", more))
	}
	return list
}

// wrapped writes a text behind a beginning, and what does not fit on further lines
// with a margin.
func (p *Screen) wrapped(begin string, margin int, text string) {
	line, width := begin, utf8.RuneCountInString(begin)
	fresh := true
	for word := range strings.FieldsSeq(printable(text)) {
		n := utf8.RuneCountInString(word)
		if !fresh && width+1+n > screenWidth {
			p.line(line)
			line, width, fresh = strings.Repeat(" ", margin), margin, true
		}
		if !fresh {
			line += " "
			width++
		}
		line, width, fresh = line+word, width+n, false
	}
	p.line(line)
}

// printable drops what could steer a terminal: some of the words come from outside.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		default:
			return r
		}
	}, text)
}

func (p *Screen) line(text string) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, strings.TrimRight(text, " "))
	}
}
