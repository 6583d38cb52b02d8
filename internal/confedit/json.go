package confedit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tailscale/hujson"

	"airbyte-mcp-server/internal/yamlfile"
)

// jsonSyntax is JSON with comments and trailing commas.
type jsonSyntax struct{}

// withRoot gives an empty file, or one of comments alone, an object to put members into.
func withRoot(text string) string {
	if strings.TrimSpace(text) == "" {
		return "{}\n"
	}
	if _, err := hujson.Parse(withEnd(text)); err == nil {
		return text
	}
	longer := strings.TrimRight(text, " \t\n") + "\n{}\n"
	if v, err := hujson.Parse([]byte(longer)); err == nil && v.Value.Kind() == '{' {
		return longer
	}
	return text
}

func (jsonSyntax) parse(text string) (any, error) {
	root, err := parseJSON(text)
	if err != nil {
		return nil, err
	}
	if err := checkNames(text, root); err != nil {
		return nil, err
	}
	root = root.Clone()
	root.Standardize()
	decoder := json.NewDecoder(bytes.NewReader(root.Pack()))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, &yamlfile.Error{Line: 1, Err: errors.New("not valid JSON")}
	}
	return tree, nil
}

// parseJSON reads the text with the offsets of its values.
func parseJSON(text string) (hujson.Value, error) {
	root, err := hujson.Parse(withEnd(text))
	if err == nil {
		return root, nil
	}
	line, column := 0, 0
	message := err.Error()
	if n, _ := fmt.Sscanf(message, "hujson: line %d, column %d:", &line, &column); n == 2 {
		_, message, _ = strings.Cut(message, ": line")
		_, message, _ = strings.Cut(message, ": ")
	}
	if what, quotes := strings.CutPrefix(message, "invalid literal"); quotes && what != "" {
		message = "invalid literal" // a value may be a secret
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		message = "it ends too early: a bracket, a brace or a quote is not closed"
	}
	return root, &yamlfile.Error{Line: min(line, lineAt(text, len(text))), Err: errors.New("not valid JSON: " + message)}
}

// withEnd ends the last line, without which the parser takes a comment for unfinished.
func withEnd(text string) []byte {
	if strings.HasSuffix(text, "\n") {
		return []byte(text)
	}
	return []byte(text + "\n")
}

// checkNames refuses a name that an object has twice: readers differ in which one counts.
func checkNames(text string, value hujson.Value) error {
	switch v := value.Value.(type) {
	case *hujson.Object:
		seen := map[string]int{}
		for _, m := range v.Members {
			name := nameOf(m)
			line := lineAt(text, m.Name.StartOffset)
			if before := seen[name]; before > 0 {
				return &yamlfile.Error{Line: line, Err: fmt.Errorf("the name %q is in line %d already", name, before)}
			}
			seen[name] = line
			if err := checkNames(text, m.Value); err != nil {
				return err
			}
		}
	case *hujson.Array:
		for _, item := range v.Elements {
			if err := checkNames(text, item); err != nil {
				return err
			}
		}
	}
	return nil
}

func nameOf(m hujson.ObjectMember) string {
	literal, _ := m.Name.Value.(hujson.Literal)
	return literal.String()
}

// part is a member or an item: where it begins, with its name, and its value.
type part struct {
	start int
	value hujson.Value
}

// parts are the members of an object or the items of a list.
func parts(value hujson.Value) []part {
	var list []part
	switch v := value.Value.(type) {
	case *hujson.Object:
		for _, m := range v.Members {
			list = append(list, part{m.Name.StartOffset, m.Value})
		}
	case *hujson.Array:
		for _, item := range v.Elements {
			list = append(list, part{item.StartOffset, item})
		}
	}
	return list
}

// stepInto is the index among the parts that a step leads to; -1 if there is none.
func stepInto(value hujson.Value, step Step) int {
	switch v := value.Value.(type) {
	case *hujson.Object:
		return slices.IndexFunc(v.Members, func(m hujson.ObjectMember) bool { return step.By == "" && nameOf(m) == step.Name })
	case *hujson.Array:
		return slices.IndexFunc(v.Elements, func(item hujson.Value) bool {
			object, ok := item.Value.(*hujson.Object)
			return ok && slices.ContainsFunc(object.Members, func(m hujson.ObjectMember) bool {
				literal, ok := m.Value.Value.(hujson.Literal)
				return ok && nameOf(m) == step.By && literal.Kind() == '"' && literal.String() == step.Name
			})
		})
	}
	return -1
}

// follow is the value that a path leads to, with what it is a part of and its index there.
func follow(text string, path Path) (parent, value hujson.Value, index int, err error) {
	value, err = parseJSON(text)
	index = -1
	for _, step := range path {
		if err != nil {
			break
		}
		parent = value
		index = stepInto(value, step)
		if index < 0 {
			return parent, value, index, errors.New("there is no such value")
		}
		value = parts(parent)[index].value
	}
	return parent, value, index, err
}

func (jsonSyntax) line(text string, path Path) int {
	parent, _, index, err := follow(text, path)
	if err != nil || index < 0 {
		return 0
	}
	return lineAt(text, parts(parent)[index].start)
}

func (jsonSyntax) splits(string, Path) bool { return true }

func (jsonSyntax) replace(text string, path Path, value any) (string, error) {
	parent, old, index, err := follow(text, path)
	if err != nil {
		return "", err
	}
	s := styleOf(text)
	if !strings.Contains(text[parent.StartOffset:parent.EndOffset], "\n") {
		s.unit = ""
	}
	return text[:old.StartOffset] + s.render(value, indentation(text, parts(parent)[index].start)) + text[old.EndOffset:], nil
}

func (jsonSyntax) insert(text string, path Path, step Step, value any) (string, error) {
	_, container, _, err := follow(text, path)
	if err != nil {
		return "", err
	}
	if kind := container.Value.Kind(); step.By == "" && kind != '{' || step.By != "" && kind != '[' {
		return "", errors.New("this holds a value of another kind")
	}
	s, list := styleOf(text), parts(container)
	inside := text[container.StartOffset:container.EndOffset]
	onOneLine := len(list) > 0 && !strings.Contains(inside, "\n")
	if onOneLine {
		s.unit = ""
	}
	base := indentation(text, container.StartOffset)
	child := base + s.unit
	if len(list) > 0 && !onOneLine {
		child = indentation(text, list[len(list)-1].start)
	}
	member := s.render(value, child)
	if step.By == "" {
		member = quoted(step.Name) + ": " + member
	}
	if len(list) == 0 {
		open, end := container.StartOffset+1, container.EndOffset-1
		comments := strings.TrimRight(text[open:end], " \t\n")
		return text[:open] + comments + "\n" + child + member + "\n" + base + text[end:], nil
	}
	end := list[len(list)-1].value.EndOffset
	after, trailing := commaAfter(text, end)
	if onOneLine {
		return text[:end] + ", " + member + text[end:], nil
	}
	if trailing {
		at := restOfComment(text, after)
		return text[:at] + "\n" + child + member + "," + text[at:], nil
	}
	at := restOfComment(text, end)
	return text[:end] + "," + text[end:at] + "\n" + child + member + text[at:], nil
}

// commaAfter looks for a comma behind a value: the offset behind it, or that of the value's
// end.
func commaAfter(text string, end int) (int, bool) {
	i := skipComments(text, end, false)
	if i < len(text) && text[i] == ',' {
		return i + 1, true
	}
	return end, false
}

// restOfComment is the end of the comments that stand behind a value on its line.
func restOfComment(text string, offset int) int {
	end := skipComments(text, offset, true)
	return offset + len(strings.TrimRight(text[offset:end], " \t"))
}

// skipComments is the offset of what follows white space and comments, on the line alone if
// so wanted.
func skipComments(text string, i int, onLine bool) int {
	for i < len(text) {
		switch {
		case text[i] == '\n' && onLine:
			return i
		case strings.IndexByte(" \t\r\n", text[i]) >= 0:
			i++
		case strings.HasPrefix(text[i:], "//"):
			i = lineEnd(text, i)
		case strings.HasPrefix(text[i:], "/*"):
			end := strings.Index(text[i+2:], "*/")
			if end < 0 {
				return len(text)
			}
			if onLine && strings.Contains(text[i:i+2+end], "\n") {
				return i
			}
			i += end + 4
		default:
			return i
		}
	}
	return i
}

func (jsonSyntax) remove(text string, path Path) (string, error) {
	parent, value, index, err := follow(text, path)
	if err != nil {
		return "", err
	}
	list := parts(parent)
	start := list[index].start
	end, comma := commaAfter(text, value.EndOffset)
	before := text[:start]
	if index == len(list)-1 && !comma && index > 0 {
		previous := list[index-1].value.EndOffset
		at, _ := commaAfter(text, previous) // it is behind the comma
		before = text[:at-1] + text[at:start]
	}
	after := text[end:]
	beginning := strings.TrimRight(before, " \t")
	rest := strings.TrimLeft(after, " \t")
	switch {
	case strings.HasSuffix(beginning, "\n") && strings.HasPrefix(rest, "\n"):
		before, after = beginning, rest[1:] // the whole line
	case strings.HasSuffix(beginning, "\n"):
		before = strings.TrimSuffix(before, " ")
	case len(list) == 1 || index == len(list)-1:
		before = beginning
	default:
		after = rest
	}
	return closedUp(before, after, len(list) == 1), nil
}

// closedUp joins what is around something removed; nothing is left between the braces of
// what is empty now.
func closedUp(before, after string, empty bool) string {
	if empty {
		b, a := strings.TrimRight(before, " \t\n"), strings.TrimLeft(after, " \t\n")
		if b != "" && strings.IndexByte("{[", b[len(b)-1]) >= 0 && a != "" && strings.IndexByte("}]", a[0]) >= 0 {
			return b + a
		}
	}
	return before + after
}
