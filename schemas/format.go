package schemas

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	// lineWidth is how long a line of a catalog file may get: a value that fits
	// stands on one line, so that a changed parameter is a changed line.
	lineWidth = 150
	// outerLevels are the levels of objects that are always broken up.
	outerLevels = 3
)

// Format writes a connector as a catalog file. Equal connectors give equal bytes.
func Format(c *Connector) ([]byte, error) {
	var compact bytes.Buffer
	enc := json.NewEncoder(&compact)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(c); err != nil {
		return nil, fmt.Errorf("encoding connector %s: %w", c.Name, err)
	}
	dec := json.NewDecoder(&compact)
	dec.UseNumber()
	root, err := readNode(dec)
	if err != nil {
		return nil, fmt.Errorf("encoding connector %s: %w", c.Name, err)
	}
	var out strings.Builder
	root.print(&out, 0)
	out.WriteByte('\n')
	return []byte(out.String()), nil
}

// node is a JSON value with its members in order.
type node struct {
	scalar   string // JSON of a value that is neither object nor array
	brackets string // "{}" or "[]"
	names    []string
	children []*node
}

func readNode(dec *json.Decoder) (*node, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		err := enc.Encode(token)
		return &node{scalar: strings.TrimSuffix(b.String(), "\n")}, err
	}
	n := &node{brackets: "[]"}
	if delim == '{' {
		n.brackets = "{}"
	}
	for dec.More() {
		if err := n.readChild(dec); err != nil {
			return nil, err
		}
	}
	_, err = dec.Token() // the closing bracket
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (n *node) readChild(dec *json.Decoder) error {
	if n.brackets == "{}" {
		name, err := readNode(dec)
		if err != nil {
			return err
		}
		n.names = append(n.names, name.scalar)
	}
	child, err := readNode(dec)
	n.children = append(n.children, child)
	return err
}

// print writes the value on one line if it fits, else a member a line.
func (n *node) print(out *strings.Builder, level int) {
	line := n.line()
	fits := level > 0 && len(line)+level <= lineWidth && (n.brackets != "{}" || level >= outerLevels)
	if n.brackets == "" || len(n.children) == 0 || fits {
		out.WriteString(line)
		return
	}
	indent := "\n" + strings.Repeat(" ", level+1)
	out.WriteByte(n.brackets[0])
	for i, child := range n.children {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(indent)
		if n.names != nil {
			out.WriteString(n.names[i] + ": ")
		}
		child.print(out, level+1)
	}
	out.WriteString(indent[:len(indent)-1])
	out.WriteByte(n.brackets[1])
}

// line is the value on one line.
func (n *node) line() string {
	if n.brackets == "" {
		return n.scalar
	}
	parts := make([]string, len(n.children))
	for i, child := range n.children {
		parts[i] = child.line()
		if n.names != nil {
			parts[i] = n.names[i] + ": " + parts[i]
		}
	}
	return n.brackets[:1] + strings.Join(parts, ", ") + n.brackets[1:]
}
