package confedit

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/yamlfile"
)

// yamlSyntax is YAML of one document.
type yamlSyntax struct{}

func (yamlSyntax) parse(text string) (any, error) {
	root, err := yamlfile.Parse([]byte(text))
	if err != nil {
		return nil, err
	}
	if root == nil {
		return map[string]any{}, nil
	}
	return treeOf(root), nil
}

func treeOf(n *yamlfile.Node) any {
	switch n.Kind {
	case yamlfile.Map:
		members := map[string]any{}
		for _, pair := range n.Pairs {
			members[pair.Name] = treeOf(pair.Value)
		}
		return members
	case yamlfile.List:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			list[i] = treeOf(item)
		}
		return list
	case yamlfile.Bool:
		return strings.EqualFold(n.Text, "true")
	case yamlfile.Number:
		return json.Number(n.Number)
	case yamlfile.Null:
		return nil
	}
	return n.Text
}

// page is a YAML text by its lines.
type page struct {
	lines []string
	root  *yamlfile.Node
}

func newPage(text string) (*page, error) {
	// YAML knows further ends of lines, by which the lines would be counted otherwise.
	if strings.ContainsAny(strings.ReplaceAll(text, "\r\n", ""), "\r\u0085\u2028\u2029") {
		return nil, errUnsafe
	}
	root, err := yamlfile.Parse([]byte(text))
	return &page{strings.Split(text, "\n"), root}, err
}

func (p *page) text() string { return strings.Join(p.lines, "\n") }

// frame is a member of a map or an item of a list, and what it is in.
type frame struct {
	container    *yamlfile.Node
	index        int
	line, column int // of the key, or of the item; from 1
	value        *yamlfile.Node
}

// follow is the frames that a path leads through.
func (p *page) follow(path Path) ([]frame, error) {
	frames := make([]frame, 0, len(path))
	value := p.root
	for _, step := range path {
		f, ok := frameOf(value, step)
		if !ok {
			return nil, errors.New("there is no such value")
		}
		frames, value = append(frames, f), f.value
	}
	return frames, nil
}

func frameOf(container *yamlfile.Node, step Step) (frame, bool) {
	if container == nil {
		return frame{}, false
	}
	if step.By == "" {
		for i, pair := range container.Pairs {
			if pair.Name == step.Name {
				return frame{container, i, pair.Line, pair.Column, pair.Value}, true
			}
		}
		return frame{}, false
	}
	for i, item := range container.Items {
		if pair := item.Pair(step.By); pair != nil && pair.Value.Kind == yamlfile.Text && pair.Value.Text == step.Name {
			return frame{container, i, item.Line, item.Column, item}, true
		}
	}
	return frame{}, false
}

// lastOf is the frame of the last member or item of a container.
func lastOf(container *yamlfile.Node) frame {
	if n := len(container.Pairs); n > 0 {
		pair := container.Pairs[n-1]
		return frame{container, n - 1, pair.Line, pair.Column, pair.Value}
	}
	n := len(container.Items)
	item := container.Items[n-1]
	return frame{container, n - 1, item.Line, item.Column, item}
}

// end is the number of the line behind what the last frame holds. Blank lines and comments
// at its end go with what follows.
func (p *page) end(frames []frame) int {
	start := frames[len(frames)-1].line
	end := p.documentEnd(start)
	for _, f := range slices.Backward(frames) {
		if f.index+1 < len(f.container.Pairs) {
			end = f.container.Pairs[f.index+1].Line
			break
		}
		if f.index+1 < len(f.container.Items) {
			end = p.dashLine(f.container.Items[f.index+1])
			break
		}
	}
	for end-1 > start {
		text := strings.TrimSpace(p.lines[end-2])
		if text != "" && text[0] != '#' {
			break
		}
		end--
	}
	return end
}

// documentEnd is the number of the line behind the document.
func (p *page) documentEnd(from int) int {
	for i := from; i < len(p.lines); i++ {
		if p.lines[i] == "..." || strings.HasPrefix(p.lines[i], "---") {
			return i + 1
		}
	}
	return len(p.lines) + 1
}

// dashLine is the number of the line of an item's dash.
func (p *page) dashLine(item *yamlfile.Node) int {
	for line := item.Line; line > 1; line-- {
		text := p.lines[line-1]
		if line == item.Line {
			text = text[:p.offset(line, item.Column)]
		}
		if strings.HasPrefix(strings.TrimLeft(text, " "), "-") {
			return line
		}
	}
	return item.Line
}

// offset is that of a column in its line, in bytes.
func (p *page) offset(line, column int) int {
	text, seen := p.lines[line-1], 1
	for i := range text {
		if seen == column {
			return i
		}
		seen++
	}
	return len(text)
}

// splice puts lines in the place of those from one number up to another.
func (p *page) splice(from, to int, lines ...string) {
	p.lines = slices.Replace(p.lines, from-1, to-1, lines...)
}

func (yamlSyntax) line(text string, path Path) int {
	p, err := newPage(text)
	if err != nil {
		return 0
	}
	frames, err := p.follow(path)
	if err != nil || len(frames) == 0 {
		return 0
	}
	return frames[len(frames)-1].line
}

func (yamlSyntax) splits(text string, path Path) bool {
	p, err := newPage(text)
	if err != nil {
		return false
	}
	frames, err := p.follow(path)
	return err == nil && len(frames) > 0 && !frames[len(frames)-1].value.Flow
}
