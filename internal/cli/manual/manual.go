// Package manual writes the help of the program from the model of its command line: the
// commands by what they are for, one command, the settings by subject, and topics.
package manual

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/alecthomas/kong"

	"airbyte-mcp-server/internal/nearest"
)

const (
	program   = "airbyte-mcp-server"
	lineWidth = 100
)

// ErrUnknown is about a name that is neither a command nor a topic.
var ErrUnknown = errors.New("neither a command nor a topic of help")

// Manual has what help tells.
type Manual struct {
	Words     []string  // the command or topic to tell of; nil for what the command line names
	Serving   string    // name of the command whose page has the settings
	Secrets   []Setting // which have no flag
	ExitCodes []ExitCode
	Further   string // on exit codes, below their list

	model  *kong.Application
	helpOf func(*kong.Value) string // of a flag, with its environment names
}

// Setting is one that has no flag.
type Setting struct{ Group, Variable, Help string }

// ExitCode is one of the program's.
type ExitCode struct {
	Code    int
	Short   string // what it says in a list of several
	Meaning string // what it says in full, "" for Short
}

// Groups are what commands are for, in the order of the overview. A command names its key in
// the tag "group".
func Groups() []kong.Group {
	return []kong.Group{
		{Key: "start", Title: "Start here"},
		{Key: "services", Title: "Services"},
		{Key: "tools", Title: "Tools"},
		{Key: "operate", Title: "Serving others"},
		{Key: "extend", Title: "Catalog and tests"},
		{Key: "about", Title: "About this program"},
	}
}

// write writes the page about a command or a topic; about nothing, the overview.
func (m *Manual) write(w io.Writer, words []string) error {
	page, err := m.page(words)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, page.String())
	return err
}

func (m *Manual) page(words []string) (*page, error) {
	if len(words) == 0 {
		return m.overview(), nil
	}
	if p := m.topic(words); p != nil {
		return p, nil
	}
	node := m.model.Node
	for i, word := range words {
		next := child(node, word)
		if next == nil && i > 0 {
			break // what follows is an argument, as in help tools github_issues_list
		}
		if next == nil {
			return nil, fmt.Errorf("%q is %w%s", word, ErrUnknown, nearest.Hint(word, m.Names(m.model)))
		}
		node = next
	}
	return m.command(node), nil
}

func child(node *kong.Node, name string) *kong.Node {
	for _, c := range node.Children {
		if c.Name == name && !c.Hidden {
			return c
		}
	}
	return nil
}

// Names are what help knows a page of.
func (m *Manual) Names(model *kong.Application) []string {
	names := topicNames()
	for _, c := range model.Children {
		names = append(names, c.Name)
	}
	return names
}

// Print is how kong shows help: of the command that was given, unless a page is asked for.
func (m *Manual) Print(o kong.HelpOptions, kctx *kong.Context) error {
	m.helpOf = o.ValueFormatter
	m.model = kctx.Model
	node := kctx.Selected()
	if m.Words != nil || node == nil {
		return m.write(kctx.Stdout, m.Words)
	}
	if p := node.Parent; p != nil && p.DefaultCmd == node && !slices.Contains(kctx.Args, node.Name) {
		node = p
	}
	_, err := io.WriteString(kctx.Stdout, m.command(node).String())
	return err
}
