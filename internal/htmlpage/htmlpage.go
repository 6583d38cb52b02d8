// Package htmlpage fills in HTML pages that are written like those of html/template, with
// the part of its language that a few pages need: fields, if, with, range, template and
// six functions, and never a method. html/template may call any method by its name, for
// which the linker keeps all methods of all types of a program: 10 MB of this one.
//
// Values are texts and whole numbers. Each is escaped for its place, as html/template does it; a place that
// is none of the known ones is an error: an attribute without quotes, a script, a style.
package htmlpage

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"text/template/parse"
)

// Pages are parsed pages by their names. They are safe for concurrent use.
type Pages struct {
	trees map[string]*parse.Tree
	raw   map[string]string
}

// Parse reads texts that define pages. Raw texts stand where a page calls them by name;
// they are not escaped.
func Parse(raw map[string]string, texts ...string) (*Pages, error) {
	p := &Pages{trees: map[string]*parse.Tree{}, raw: raw}
	known := map[string]any{}
	for name := range functions {
		known[name] = name
	}
	for name := range raw {
		known[name] = name
	}
	for _, text := range texts {
		trees, err := parse.Parse("pages", text, "{{", "}}", known)
		if err != nil {
			return nil, err
		}
		maps.Copy(p.trees, trees)
	}
	return p, nil
}

// Execute fills in a page.
func (p *Pages) Execute(out *bytes.Buffer, name string, data any) error {
	return (&page{pages: p, out: out}).call(name, data)
}

// ExecuteText fills in a page that is plain text: nothing is escaped.
func (p *Pages) ExecuteText(out *bytes.Buffer, name string, data any) error {
	return (&page{pages: p, out: out, isText: true}).call(name, data)
}

// maxDepth bounds pages within pages.
const maxDepth = 20

var errDepth = errors.New("pages call each other without end")

// page is one page while it is filled in.
type page struct {
	pages  *Pages
	out    *bytes.Buffer
	isText bool
	depth  int
}

// call fills in a page that may stand within another.
func (p *page) call(name string, data any) error {
	tree := p.pages.trees[name]
	if tree == nil {
		return fmt.Errorf("there is no page %q", name)
	}
	if p.depth++; p.depth > maxDepth {
		return errDepth
	}
	defer func() { p.depth-- }()
	if err := p.list(tree.Root, scope{dot: data, variables: map[string]any{"$": data}}); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	return nil
}

func (p *page) list(nodes *parse.ListNode, s scope) error {
	if nodes == nil {
		return nil
	}
	for _, node := range nodes.Nodes {
		if err := p.node(node, s); err != nil {
			return err
		}
	}
	return nil
}

func (p *page) node(node parse.Node, s scope) error {
	switch n := node.(type) {
	case *parse.TextNode:
		p.out.Write(n.Text)
		return nil
	case *parse.ActionNode:
		return p.print(n, s)
	case *parse.IfNode:
		return p.branch(&n.BranchNode, s, false)
	case *parse.WithNode:
		return p.branch(&n.BranchNode, s, true)
	case *parse.RangeNode:
		return p.each(&n.BranchNode, s)
	case *parse.TemplateNode:
		data, err := s.pipe(n.Pipe)
		if err != nil {
			return err
		}
		return p.call(n.Name, data)
	}
	return fmt.Errorf("%s is no part of this language", node)
}

// branch fills in one of two lists. With moves, the first is about the value that decides.
func (p *page) branch(n *parse.BranchNode, s scope, moves bool) error {
	value, err := s.pipe(n.Pipe)
	if err != nil {
		return err
	}
	if !isTrue(value) {
		return p.list(n.ElseList, s)
	}
	if moves {
		s.dot = value
	}
	return p.list(n.List, s)
}

// each fills in a list once for each element.
func (p *page) each(n *parse.BranchNode, s scope) error {
	value, err := s.pipe(n.Pipe)
	if err != nil {
		return err
	}
	elements, err := elementsOf(value)
	if err != nil {
		return err
	}
	for i, element := range elements {
		if err := p.list(n.List, s.within(n.Pipe.Decl, i, element)); err != nil {
			return err
		}
	}
	if len(elements) == 0 {
		return p.list(n.ElseList, s)
	}
	return nil
}

// print writes a value where it stands.
func (p *page) print(n *parse.ActionNode, s scope) error {
	if len(n.Pipe.Cmds) == 1 && len(n.Pipe.Cmds[0].Args) == 1 {
		if name, ok := n.Pipe.Cmds[0].Args[0].(*parse.IdentifierNode); ok {
			if raw, ok := p.pages.raw[name.Ident]; ok {
				p.out.WriteString(raw)
				return nil
			}
		}
	}
	value, err := s.pipe(n.Pipe)
	if err != nil {
		return err
	}
	text, ok := textOf(value)
	if !ok {
		return fmt.Errorf("%s is a %T, not a text", n, value)
	}
	if p.isText {
		p.out.WriteString(text)
		return nil
	}
	escaped, err := placeOf(p.out.Bytes()).escape(text)
	if err != nil {
		return fmt.Errorf("%s: %w", n, err)
	}
	p.out.WriteString(escaped)
	return nil
}
