// Package confedit changes single values in configuration files of other programs, JSON
// with comments, TOML and YAML, and leaves everything else in their text as it is:
// comments, order, indentation, ends of lines, byte order marks.
//
// Each change is made in the text and proven by reading the result again: it must mean
// what the file meant before, with that one value changed. Text in which that does not
// work is refused, not damaged. No error quotes a value, which may be a secret.
package confedit

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"airbyte-mcp-server/internal/yamlfile"
)

// Format is how a file is written.
type Format string

// The formats. JSON may have comments and trailing commas.
const (
	JSON Format = "json"
	TOML Format = "toml"
	YAML Format = "yaml"
)

// Step leads from a value into one of its members: that of a name, or with By, of a list,
// the item whose member By is Name.
type Step struct{ Name, By string }

// Path leads to a value.
type Path []Step

// Keys is a path of names.
func Keys(names ...string) Path {
	path := make(Path, len(names))
	for i, name := range names {
		path[i] = Step{Name: name}
	}
	return path
}

// Then is a longer path.
func (p Path) Then(steps ...Step) Path { return append(append(Path{}, p...), steps...) }

// String is for messages.
func (p Path) String() string {
	names := make([]string, len(p))
	for i, step := range p {
		names[i] = step.Name
	}
	return strings.Join(names, ".")
}

// Object is members in the order in which they are written. Values are texts, booleans,
// ints, lists of texts and objects.
type Object []Member

// Member is a name and its value.
type Member struct {
	Name  string
	Value any
}

// syntax is what a format needs to know. The text has no byte order mark, and no positions
// outlive a change.
type syntax interface {
	// parse reads maps, lists, texts, booleans and numbers.
	parse(text string) (any, error)
	// line is where a value stands, from 1; 0 if it is not known.
	line(text string, path Path) int
	// splits reports whether the members of an object can be changed one by one.
	splits(text string, path Path) bool
	// insert adds a member or an item to the value that path leads to.
	insert(text string, path Path, step Step, value any) (string, error)
	replace(text string, path Path, value any) (string, error)
	remove(text string, path Path) (string, error)
}

// Document is the text of a file, and what it means.
type Document struct {
	syntax syntax
	text   string // with the ends of lines of Unix if all are those of Windows
	marked bool   // it began with a byte order mark
	crlf   bool
	tree   any
}

const (
	// maxSize bounds files, in bytes: hosts keep histories in theirs.
	maxSize = 64 << 20
	// maxDepth bounds how values are nested. No real file comes near.
	maxDepth = 500
)

const mark = "\ufeff"

// Parse reads a file. Errors are of type *yamlfile.Error.
func Parse(format Format, data []byte) (*Document, error) {
	d := &Document{syntax: syntaxOf(format)}
	if len(data) > maxSize {
		return nil, &yamlfile.Error{Err: fmt.Errorf("larger than %d MiB", maxSize>>20)}
	}
	d.text, d.marked = strings.CutPrefix(string(data), mark)
	if !utf8.ValidString(d.text) || strings.ContainsRune(d.text, 0) {
		return nil, &yamlfile.Error{Line: lineOfBadByte(d.text), Err: errors.New("not UTF-8")}
	}
	if n := strings.Count(d.text, "\n"); n > 0 && n == strings.Count(d.text, "\r\n") {
		d.crlf, d.text = true, strings.ReplaceAll(d.text, "\r\n", "\n")
	}
	if err := checkDepth(format, d.text); err != nil {
		return nil, err
	}
	if format == JSON {
		d.text = withRoot(d.text)
	}
	var err error
	d.tree, err = d.syntax.parse(d.text)
	if err != nil {
		return nil, err
	}
	if _, isMap := d.tree.(map[string]any); !isMap {
		return nil, &yamlfile.Error{Line: 1, Err: errors.New("want an object, or names with values")}
	}
	return d, nil
}

func syntaxOf(format Format) syntax {
	switch format {
	case TOML:
		return tomlSyntax{}
	case YAML:
		return yamlSyntax{}
	default:
		return jsonSyntax{}
	}
}

// Bytes is the text of the file.
func (d *Document) Bytes() []byte {
	text := d.text
	if d.crlf {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if d.marked {
		text = mark + text
	}
	return []byte(text)
}

// Get returns a value as maps, lists, texts, booleans and numbers.
func (d *Document) Get(path Path) (any, bool) { return find(d.tree, path) }

// Line is where a value stands, from 1; 0 if it is not known.
func (d *Document) Line(path Path) int { return d.syntax.line(d.text, path) }

// Set gives a value to a path, which is made as far as it is not there. Members of an
// object that is there already, and of which value says nothing, are removed.
func (d *Document) Set(path Path, value any) error {
	old, exists := find(d.tree, path)
	object, wantsObject := value.(Object)
	members, isObject := old.(map[string]any)
	switch {
	case exists && same(old, plain(value)):
		return nil
	case exists && wantsObject && isObject && d.syntax.splits(d.text, path):
		return d.setMembers(path, members, object)
	case exists:
		return d.change(path, value, func() (string, error) { return d.syntax.replace(d.text, path, value) })
	}
	at := len(path) - 1 // the first step that leads to nothing
	for at > 0 {
		if _, there := find(d.tree, path[:at]); there {
			break
		}
		at--
	}
	parent, _ := find(d.tree, path[:at])
	if parent == nil && at > 0 {
		return d.Set(path[:at], nested(path[at:], value)) // null, which holds nothing
	}
	inner := nested(path[at+1:], value)
	return d.change(path, value, func() (string, error) { return d.syntax.insert(d.text, path[:at], path[at], inner) })
}

// setMembers makes an object what is wanted, member by member.
func (d *Document) setMembers(path Path, old map[string]any, wanted Object) error {
	for _, name := range sortedKeys(old) {
		if _, kept := plain(wanted).(map[string]any)[name]; kept {
			continue
		}
		if err := d.Remove(path.Then(Step{Name: name})); err != nil {
			return err
		}
	}
	for _, member := range wanted {
		if err := d.Set(path.Then(Step{Name: member.Name}), member.Value); err != nil {
			return err
		}
	}
	return nil
}

// Remove takes a value away, if it is there.
func (d *Document) Remove(path Path) error {
	if _, exists := find(d.tree, path); !exists {
		return nil
	}
	return d.change(path, nil, func() (string, error) { return d.syntax.remove(d.text, path) })
}

// change takes an edited text if it means what is wanted; value is nil for a removal.
func (d *Document) change(path Path, value any, edit func() (string, error)) error {
	text, err := edit()
	if err != nil {
		return yamlfile.At(d.nearestLine(path), err)
	}
	tree, err := d.syntax.parse(text)
	wanted := withValue(d.tree, path, value)
	isWanted := err == nil && (same(tree, wanted) || value == nil && same(tree, withoutEmpty(wanted, path)))
	if !isWanted {
		return &yamlfile.Error{Line: d.nearestLine(path), Err: errUnsafe}
	}
	d.text, d.tree = text, tree
	return nil
}

var errUnsafe = errors.New("what is written here cannot be changed without touching other things: change it by hand")

// nearestLine is that of a value, or of what it would be in.
func (d *Document) nearestLine(path Path) int {
	for ; len(path) > 0; path = path[:len(path)-1] {
		if line := d.syntax.line(d.text, path); line > 0 {
			return line
		}
	}
	return 1
}

// lineOfBadByte is where a text stops being UTF-8.
func lineOfBadByte(text string) int {
	at := 0
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				at = i
				break
			}
		}
		if r == 0 {
			at = i
			break
		}
	}
	return lineAt(text, at)
}

// lineAt is the line of an offset, from 1.
func lineAt(text string, offset int) int {
	return 1 + strings.Count(text[:min(max(offset, 0), len(text))], "\n")
}

// lineStart is the offset at which the line of an offset begins.
func lineStart(text string, offset int) int { return strings.LastIndexByte(text[:offset], '\n') + 1 }

// lineEnd is the offset of the end of a line, before its line feed.
func lineEnd(text string, offset int) int {
	if i := strings.IndexByte(text[offset:], '\n'); i >= 0 {
		return offset + i
	}
	return len(text)
}

// indentation is the white space at the beginning of the line of an offset.
func indentation(text string, offset int) string {
	line := text[lineStart(text, offset):]
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}
