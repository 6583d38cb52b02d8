// Package yamlfile reads the YAML files that people write, and JSON as a kind of it,
// into values that know where in the file they are.
//
// A file costs little memory in proportion to its size, however it is damaged, and no
// error quotes a value, which may be a secret.
package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// Kind is what a value is.
type Kind uint8

// The kinds of values. Times, infinities and what is not a number are texts.
const (
	Null Kind = iota
	Bool
	Number
	Text
	List
	Map
)

// Node is a value. A value that aliases name is shared, not copied, and contains
// itself nowhere.
type Node struct {
	Kind   Kind
	Line   int // from 1
	Column int // from 1, in characters
	Text   string
	Number string // a number as JSON has it; its Text is as it was written
	Items  []*Node
	Pairs  []Pair
	Flow   bool // lists and maps: in brackets or braces
	Marked bool // has a tag or an anchor, or was named by an alias
}

// Pair is a key of a map and its value. No key is there twice.
type Pair struct {
	Name   string
	Line   int
	Column int
	Merge  bool // the key is << and means the maps to merge, which is up to the reader
	Value  *Node
}

// Pair returns the pair of a key; nil if there is none.
func (n *Node) Pair(name string) *Pair {
	for i := range n.Pairs {
		if n.Pairs[i].Name == name {
			return &n.Pairs[i]
		}
	}
	return nil
}

// Plain returns a value as it is written, so that ids and numbers stay what they are:
// empty for null. It reports false of lists, maps and whatever is marked.
func (n *Node) Plain() (string, bool) {
	switch {
	case n.Marked || n.Kind >= List:
		return "", false
	case n.Kind == Null:
		return "", true
	}
	return n.Text, true
}

const (
	// maxDepth bounds how values are nested. No real file comes near.
	maxDepth = 100
	// maxValues bounds the values of a file. Airbyte's largest file has 20,000.
	maxValues = 400_000
	// manyValues is the number from which they have to be as far apart as in a file
	// that people write, on average: each takes some 240 bytes of memory.
	manyValues    = 10_000
	bytesPerValue = 10
)

// Parse reads a file of one document. It returns nil if there is nothing in it but
// comments. Errors are of type *Error.
func Parse(data []byte) (*Node, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if values := marks(data); values > maxValues || values > manyValues && values > len(data)/bytesPerValue {
		return nil, &Error{0, errors.New("the file holds too many values")}
	}
	// Without the defaults of version 3, which quote lines of the file in errors.
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthFunc(checkDepth))))
	if err != nil {
		return nil, &Error{0, err}
	}
	var root *Node
	for {
		var document yaml.Node
		err := loader.Load(&document)
		switch {
		case errors.Is(err, io.EOF):
			return root, nil
		case err != nil:
			return nil, syntaxError(err, 1+bytes.Count(bytes.TrimRight(data, " \r\n\t"), []byte("\n")))
		case isEmpty(&document):
			continue
		case root != nil:
			return nil, &Error{document.Content[0].Line, errors.New("want one YAML document: remove the `---`")}
		}
		if root, err = newConverter().convert(document.Content[0]); err != nil {
			return nil, err
		}
	}
}

// isEmpty reports whether a document has nothing but comments.
func isEmpty(document *yaml.Node) bool {
	if len(document.Content) == 0 {
		return true
	}
	body := document.Content[0]
	return body.Kind == yaml.ScalarNode && body.Value == "" && body.Style&^yaml.TaggedStyle == 0
}

// marks counts the characters that stand between values: a file has not more values
// than these and one.
func marks(data []byte) int {
	count := 0
	for _, b := range data {
		switch b {
		case '\n', ',', ':', '[', '{', '?', '-', '!', '&':
			count++
		}
	}
	return count
}

var errTooDeep = errors.New("nested too deeply")

func checkDepth(depth int, _ *loaderlimits.DepthContext) error {
	if depth > maxDepth {
		return errTooDeep
	}
	return nil
}

// syntaxError says what the parser found, unless its words quote a value.
func syntaxError(err error, lines int) error {
	at, ok := errors.AsType[*yaml.LoadError](err)
	switch {
	case !ok:
		return &Error{0, errors.New("not valid YAML")}
	case strings.Contains(at.Message, errTooDeep.Error()):
		return &Error{at.Mark.Line, errTooDeep}
	case strings.HasPrefix(at.Message, "unknown anchor"):
		return &Error{at.Mark.Line, errors.New("an alias names nothing before it: put a text that begins with * between quotes")}
	case strings.Contains(at.Message, "`"):
		return &Error{at.Mark.Line, errors.New("not valid YAML: a tag does not fit its value")}
	case at.ContextMark.Line > 0 && (at.Mark.Line > lines || strings.Contains(at.Message, "end of stream")):
		// A bracket or a quote that is never closed is missed at the end of the file.
		return &Error{at.ContextMark.Line, fmt.Errorf("not valid YAML: %s: %s", at.ContextMsg, at.Message)}
	}
	return &Error{at.Mark.Line, fmt.Errorf("not valid YAML: %s", at.Message)}
}
