package manual

import (
	_ "embed"
	"strings"
)

// exampleFile has a line for each example: the arguments, and behind "  # " what comes of
// them. Those of the overview come first; an empty line ends them.
//
//go:embed examples.txt
var exampleFile string

// mostExamples is how many a page has room for.
const mostExamples = 2

// example is a command line without the program, and what comes of it.
type example struct{ line, about string }

func readExamples(text string) []example {
	var list []example
	for line := range strings.Lines(text) {
		args, about, _ := strings.Cut(strings.TrimSpace(line), "  # ")
		list = append(list, example{args, about})
	}
	return list
}

func overviewExamples() []example {
	text, _, _ := strings.Cut(exampleFile, "\n\n")
	return readExamples(text)
}

// examplesOf are the first that begin with the words of a command.
func examplesOf(command string) []example {
	_, text, _ := strings.Cut(exampleFile, "\n\n")
	var list []example
	for _, e := range readExamples(text) {
		if len(list) < mostExamples && strings.HasPrefix(e.line+" ", command+" ") {
			list = append(list, e)
		}
	}
	return list
}

// Examples are the command lines of all examples.
func Examples() []string {
	var lines []string
	for _, e := range readExamples(exampleFile) {
		if e.line != "" {
			lines = append(lines, e.line)
		}
	}
	return lines
}

// examples has a line for each, and one for what comes of it.
func (m *Manual) examples(p *page, list []example) {
	for _, e := range list {
		p.linef("  %s %s", program, e.line)
		if e.about != "" {
			p.text(6, e.about)
		}
	}
}
