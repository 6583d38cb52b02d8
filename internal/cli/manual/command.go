package manual

import (
	"strings"

	"github.com/alecthomas/kong"
)

// overview names all commands by what they are for.
func (m *Manual) overview() *page {
	p := &page{}
	p.linef("%s: %s\n", program, m.model.Help)
	p.linef("Usage: %s COMMAND [FLAGS]", program)
	width := 0
	for _, c := range m.model.Children {
		width = max(width, len(c.Name))
	}
	for _, g := range Groups() {
		title := "\n" + g.Title
		for _, c := range m.model.Children {
			if c.Hidden || c.Group == nil || c.Group.Key != g.Key {
				continue
			}
			if title != "" {
				p.linef("%s", title)
				title = ""
			}
			p.hanging("  "+c.Name+strings.Repeat(" ", width+2-len(c.Name)), width+4, c.Help)
		}
	}
	p.linef("\nExamples")
	m.examples(p, overviewExamples())
	p.linef("\n%s help COMMAND tells more, help settings lists the settings, help topics the further pages.", program)
	return p
}

// command is the page about one command.
func (m *Manual) command(node *kong.Node) *page {
	p := &page{}
	p.linef("Usage: %s", usage(node))
	p.text(0, node.Help)
	for paragraph := range strings.SplitSeq(node.Detail, "\n\n") {
		if paragraph != "" {
			p.text(0, paragraph)
		}
	}
	m.subcommands(p, node)
	m.flags(p, node)
	if node.Name == m.Serving {
		m.allSettings(p)
	}
	if list := examplesOf(node.Path()); len(list) > 0 {
		p.linef("\nExamples")
		m.examples(p, list)
	}
	p.linef("")
	if codes := exitsOf(node); codes != "" {
		p.text(0, "Exit codes: "+m.exits(strings.Split(codes, ",")))
	}
	if node.Name != m.Serving {
		p.linef("Settings such as --workspace, --sandbox and --config: %s help settings", program)
	}
	return p
}

// usage is how a command is written.
func usage(node *kong.Node) string {
	parts := []string{program, node.Path()}
	switch {
	case len(node.Children) > 0 && node.DefaultCmd != nil:
		parts = append(parts, "[COMMAND]")
	case len(node.Children) > 0:
		parts = append(parts, "COMMAND")
	}
	for _, arg := range node.Positional {
		parts = append(parts, arg.Summary())
	}
	return strings.Join(append(parts, "[FLAGS]"), " ")
}

func (m *Manual) subcommands(p *page, node *kong.Node) {
	var rows [][2]string
	for _, c := range node.Children {
		if c.Hidden {
			continue
		}
		parts := []string{c.Name}
		for _, arg := range c.Positional {
			parts = append(parts, arg.Summary())
		}
		rows = append(rows, [2]string{strings.Join(parts, " "), c.Help})
	}
	if len(rows) > 0 {
		p.linef("\nCommands")
		p.table(rows)
	}
}

// flags are the command's own, and its arguments.
func (m *Manual) flags(p *page, node *kong.Node) {
	var rows [][2]string
	for _, arg := range node.Positional {
		rows = append(rows, [2]string{arg.Summary(), m.helpOf(arg)})
	}
	list := node.Flags
	if node.DefaultCmd != nil { // its flags need no command before them
		list = node.DefaultCmd.Flags
	}
	for _, flag := range list {
		if !flag.Hidden && flag.Name != "help" {
			rows = append(rows, m.row(flag))
		}
	}
	if len(rows) > 0 {
		p.linef("")
		p.table(rows)
	}
}

// row is a flag as a table has it.
func (m *Manual) row(flag *kong.Flag) [2]string {
	name := "--" + flag.Name
	if flag.Short != 0 {
		name = "-" + string(flag.Short) + ", " + name
	}
	if !flag.IsBool() {
		kinds := strings.NewReplacer("STRING", "TEXT", "FLOAT-64", "NUMBER", "INT", "NUMBER")
		name += "=" + kinds.Replace(flag.FormatPlaceHolder())
	}
	return [2]string{name, m.helpOf(flag.Value)}
}

// exitsOf are the exit codes of a command, or of the one that it is a part of.
func exitsOf(node *kong.Node) string {
	for ; node != nil && node.Tag != nil; node = node.Parent {
		if codes := node.Tag.Get("exits"); codes != "" {
			return codes
		}
	}
	return ""
}
