package importer

import (
	"github.com/goccy/go-yaml/token"
)

// What a file may hold before it is parsed. The parser calls itself for each level
// and compares each key of a block with all others, so depth and width would
// cost it the stack and the square of their time. No real file comes near.
const (
	maxDepth  = 100
	maxWidth  = 4000
	maxTokens = 400_000
)

// guard measures tokens without parsing them.
type guard struct {
	flow    int         // open brackets and braces
	entries int         // "-" so far on the line
	line    int         // of the last "-"
	keys    map[int]int // keys of the open blocks, by column
	deepest int         // column of the innermost open block
}

// check returns the first token that goes too far, and why; nil if none does.
func check(tokens token.Tokens) (at *token.Token, reason string) {
	if len(tokens) > maxTokens {
		return tokens[maxTokens], "the file holds too many values"
	}
	g := guard{keys: map[int]int{}}
	var seen documents
	for _, tk := range tokens {
		switch {
		case seen.another(tk):
			return tk, "want one YAML document: remove the `---` or `...`"
		case g.depth(tk) > maxDepth:
			return tk, "nested too deeply"
		case g.width(tk) > maxWidth:
			return tk, "too many keys in one block"
		}
	}
	return nil, ""
}

// documents tells where a second document begins.
type documents struct{ begun, ended bool }

func (d *documents) another(tk *token.Token) bool {
	switch tk.Type {
	case token.CommentType, token.DirectiveType:
		return false
	case token.DocumentHeaderType:
		again := d.begun
		d.begun = true
		return again
	case token.DocumentEndType:
		d.ended = true
		return false
	}
	if tk.PreviousType() != token.DirectiveType { // the words of a directive are no content
		d.begun = true
	}
	return d.ended
}

// depth is how deeply a token is nested at least: in brackets, in "- - -" on one
// line, or by indentation, which needs a column per level.
func (g *guard) depth(tk *token.Token) int {
	switch tk.Type {
	case token.SequenceStartType, token.MappingStartType:
		g.flow++
	case token.SequenceEndType, token.MappingEndType:
		g.flow--
	case token.SequenceEntryType, token.MappingKeyType:
		if tk.Position.Line != g.line {
			g.line, g.entries = tk.Position.Line, 0
		}
		g.entries++
		return max(g.entries, tk.Position.Column/2)
	case token.MappingValueType:
		if g.flow == 0 && tk.Prev != nil {
			return tk.Prev.Position.Column / 2
		}
	}
	return g.flow
}

// width counts the keys of the block that a token's key belongs to.
func (g *guard) width(tk *token.Token) int {
	if tk.Type != token.MappingValueType || g.flow > 0 || tk.Prev == nil {
		return 0
	}
	column := tk.Prev.Position.Column
	for ; g.deepest > column; g.deepest-- {
		delete(g.keys, g.deepest)
	}
	g.deepest = column
	g.keys[column]++
	return g.keys[column]
}
