package confedit

import (
	"errors"
	"strings"

	"airbyte-mcp-server/internal/yamlfile"
)

func (s yamlSyntax) insert(text string, path Path, step Step, value any) (string, error) {
	p, err := newPage(text)
	if err != nil {
		return "", err
	}
	frames, err := p.follow(path)
	if err != nil {
		return "", err
	}
	container := p.root
	if len(frames) > 0 {
		container = frames[len(frames)-1].value
	}
	switch {
	case container == nil:
		before := strings.TrimRight(text, " \t\n")
		if before != "" {
			before += "\n"
		}
		return before + strings.Join(yamlLines(nested(Path{step}, value), ""), "\n") + "\n", nil
	case step.By == "" && container.Kind != yamlfile.Map || step.By != "" && container.Kind != yamlfile.List:
		return "", errors.New("this holds a value of another kind")
	case len(container.Pairs)+len(container.Items) == 0 && len(path) > 0:
		return s.replace(text, path, nested(Path{step}, value))
	case container.Flow:
		return p.insertInBrackets(container, step, value)
	}
	last := lastOf(container)
	at := p.end(append(frames, last))
	indent := strings.Repeat(" ", last.column-1)
	if step.By != "" {
		indent = indentation(p.lines[p.dashLine(last.value)-1], 0)
	}
	lines := yamlLines(nested(Path{step}, value), indent)
	if at > len(p.lines) {
		lines = append(lines, "") // the last line had no end
		if p.lines[len(p.lines)-1] == "" {
			at, lines = at-1, lines[:len(lines)-1]
		}
	}
	p.splice(at, at, lines...)
	return p.text(), nil
}

// insertInBrackets puts a member before the others of a map or list in one piece, as JSON.
func (p *page) insertInBrackets(container *yamlfile.Node, step Step, value any) (string, error) {
	at := p.offset(container.Line, container.Column)
	line := p.lines[container.Line-1]
	if at >= len(line) || line[at] != '{' && line[at] != '[' {
		return "", errUnsafe
	}
	member := style{}.render(value, "")
	if step.By == "" {
		member = quoted(step.Name) + ": " + member
	}
	if len(container.Pairs)+len(container.Items) > 0 {
		member += ", "
	}
	p.lines[container.Line-1] = line[:at+1] + member + line[at+1:]
	return p.text(), nil
}

func (yamlSyntax) replace(text string, path Path, value any) (string, error) {
	p, err := newPage(text)
	if err != nil {
		return "", err
	}
	frames, err := p.follow(path)
	if err != nil {
		return "", err
	}
	if len(frames) == 0 {
		return "", errUnsafe
	}
	f := frames[len(frames)-1]
	if f.container.Flow || f.container.Kind != yamlfile.Map {
		return "", errUnsafe
	}
	end := p.end(frames)
	line := p.lines[f.line-1]
	before := line[:p.offset(f.line, f.column)]
	indent := strings.Repeat(" ", f.column-1)
	lines := yamlLines(Object{{path[len(path)-1].Name, value}}, indent)
	lines[0] = before + strings.TrimPrefix(lines[0], indent)
	if end == f.line+1 {
		lines[0] += commentBehind(line[len(before):])
	}
	p.splice(f.line, end, lines...)
	return p.text(), nil
}

// commentBehind is the comment at the end of a line, with the white space before it.
func commentBehind(line string) string {
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case (c == '"' || c == '\'') && (i == 0 || line[i-1] == ' '):
			i = stringEnd(line, i) - 1
		case c == '#' && i > 0 && (line[i-1] == ' ' || line[i-1] == '\t'):
			return line[len(strings.TrimRight(line[:i], " \t")):]
		}
	}
	return ""
}

func (yamlSyntax) remove(text string, path Path) (string, error) {
	p, err := newPage(text)
	if err != nil {
		return "", err
	}
	frames, err := p.follow(path)
	if err != nil {
		return "", err
	}
	f := frames[len(frames)-1]
	if f.container.Flow {
		return "", errUnsafe
	}
	start, end := f.line, p.end(frames)
	if f.container.Kind == yamlfile.List {
		start = p.dashLine(f.value)
	}
	only := len(f.container.Pairs)+len(f.container.Items) == 1
	before := p.lines[start-1][:p.offset(f.line, f.column)]
	if f.container.Kind == yamlfile.Map && strings.Contains(before, "-") {
		return p.removeAfterDash(f, before, end)
	}
	p.splice(start, end)
	if only && len(frames) > 1 {
		p.empty(frames[len(frames)-2], f.container.Kind)
	}
	return p.text(), nil
}

// removeAfterDash takes the first member of an item away, whose line has the dash: the next
// one takes its place.
func (p *page) removeAfterDash(f frame, before string, end int) (string, error) {
	if f.index+1 >= len(f.container.Pairs) || f.container.Pairs[f.index+1].Line != end {
		return "", errUnsafe
	}
	next := p.lines[end-1]
	p.splice(f.line, end+1, before+next[p.offset(end, f.container.Pairs[f.index+1].Column):])
	return p.text(), nil
}

// empty writes that a value holds nothing any more: null is not the same to all readers.
func (p *page) empty(f frame, kind yamlfile.Kind) {
	none := " {}"
	if kind == yamlfile.List {
		none = " []"
	}
	line := p.lines[f.line-1]
	comment := commentBehind(line)
	p.lines[f.line-1] = strings.TrimRight(strings.TrimSuffix(line, comment), " \t") + none + comment
}

// yamlLines writes a value as a block of lines.
func yamlLines(value any, indent string) []string {
	var lines []string
	switch v := value.(type) {
	case Object:
		for _, m := range v {
			lines = append(lines, yamlMember(m, indent)...)
		}
	case []string:
		for _, item := range v {
			lines = append(lines, indent+"- "+yamlScalar(item))
		}
	case []any:
		for _, item := range v {
			inner := yamlLines(item, indent+"  ")
			inner[0] = indent + "- " + strings.TrimPrefix(inner[0], indent+"  ")
			lines = append(lines, inner...)
		}
	default:
		lines = append(lines, indent+yamlScalar(value))
	}
	return lines
}

func yamlMember(m Member, indent string) []string {
	name := indent + yamlScalar(m.Name) + ":"
	switch v := m.Value.(type) {
	case Object:
		if len(v) == 0 {
			return []string{name + " {}"}
		}
		return append([]string{name}, yamlLines(v, indent+"  ")...)
	case []string:
		if len(v) == 0 {
			return []string{name + " []"}
		}
		return append([]string{name}, yamlLines(v, indent+"  ")...)
	case []any:
		return append([]string{name}, yamlLines(v, indent+"  ")...)
	}
	return []string{name + " " + yamlScalar(m.Value)}
}

// yamlScalar quotes a text unless every reader takes it for one as it is.
func yamlScalar(value any) string {
	text, ok := value.(string)
	if !ok {
		return tomlText(value)
	}
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_/.=-", r)
	}
	isLetter := text != "" && (text[0] == '/' || text[0] >= 'A' && text[0] <= 'Z' || text[0] >= 'a' && text[0] <= 'z')
	isFlag := strings.HasPrefix(text, "--") && len(text) > 3
	if !isLetter && !isFlag || strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) >= 0 || isWord(text) {
		return quoted(text)
	}
	return text
}

// isWord reports whether some readers take a text for a truth or for nothing.
func isWord(text string) bool {
	switch strings.ToLower(text) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null":
		return true
	}
	return false
}
