package manual

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// page is a text of lines that fit a terminal.
type page struct{ strings.Builder }

func (p *page) linef(format string, parts ...any) {
	fmt.Fprintln(p, strings.TrimRight(fmt.Sprintf(format, parts...), " "))
}

// text writes a paragraph behind an indentation.
func (p *page) text(indent int, text string) {
	p.hanging(strings.Repeat(" ", indent), indent, text)
}

// hanging writes a text behind a beginning, and what does not fit on lines with a margin.
func (p *page) hanging(begin string, margin int, text string) {
	line, fresh := begin, true
	for word := range strings.FieldsSeq(text) {
		if !fresh && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > lineWidth {
			p.linef("%s", line)
			line, fresh = strings.Repeat(" ", margin), true
		}
		if !fresh {
			line += " "
		}
		line, fresh = line+word, false
	}
	p.linef("%s", line)
}

// widestName is how much of a line the names of a table may take. A wider one has its line.
const widestName = 30

// table writes names and what they are, in two columns.
func (p *page) table(rows [][2]string) {
	width := 0
	for _, row := range rows {
		if n := utf8.RuneCountInString(row[0]); n <= widestName {
			width = max(width, n)
		}
	}
	margin := width + 4
	for _, row := range rows {
		name := "  " + row[0]
		if utf8.RuneCountInString(row[0]) > width {
			p.linef("%s", name)
			name = ""
		}
		p.hanging(name+strings.Repeat(" ", margin-utf8.RuneCountInString(name)), margin, row[1])
	}
}
