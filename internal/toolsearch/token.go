package toolsearch

import (
	"strings"
	"unicode"
)

// token is a piece of a question: a word, or a value that stands for something.
type token struct {
	text   string // as written, without the punctuation around it
	lower  string
	value  string // what kind of value it is: see valueOf, or "" for a word
	quoted bool
	opens  byte // a comma, colon or stop before it, with which a clause begins; or 0
}

// quotes are what opens and closes a quotation.
var quotes = []struct{ opens, closes string }{{"\"", "\""}, {"“", "”"}, {"`", "`"}, {" '", "'"}}

// tokens cuts a question into words and values.
func (x *Index) tokens(text string) []token {
	c := cutter{valueOf: x.valueOf}
	for {
		before, inside, after := quotation(text)
		c.cut(before, false)
		if inside == "" {
			return c.list
		}
		c.cut(inside, true)
		text = after
	}
}

// cutter gathers tokens, and knows what punctuation came last.
type cutter struct {
	valueOf func(string) string
	list    []token
	opens   byte
}

func (c *cutter) add(t token) {
	t.opens, c.opens = c.opens, 0
	c.list = append(c.list, t)
}

// quotation finds the first quoted part of a text. An apostrophe opens none, for
// there is no space before it.
func quotation(text string) (before, inside, after string) {
	first := len(text)
	before = text
	for _, q := range quotes {
		i := strings.Index(text, q.opens)
		if i < 0 || i >= first {
			continue
		}
		rest := text[i+len(q.opens):]
		if n := strings.Index(rest, q.closes); n > 0 {
			first, before, inside, after = i, text[:i], rest[:n], rest[n+len(q.closes):]
		}
	}
	return before, inside, after
}

func (c *cutter) cut(text string, quoted bool) {
	for field := range strings.FieldsSeq(text) {
		mark := punctuation(field)
		field = strings.ReplaceAll(field, "’", "'")
		field = strings.TrimLeft(strings.TrimRight(field, "?!.,;:)]}>'\""), "([{<'\",.;:?")
		field = strings.TrimSuffix(strings.TrimSuffix(field, "'s"), "'")
		if field != "" {
			c.field(field, quoted)
		}
		if mark != 0 && !quoted {
			c.opens = mark
		}
	}
}

// field adds what stands between two spaces.
func (c *cutter) field(field string, quoted bool) {
	if value := c.valueOf(field); value != "" {
		c.add(token{text: field, lower: strings.ToLower(field), value: value, quoted: quoted})
		return
	}
	for _, word := range strings.FieldsFunc(field, between) {
		for _, part := range scripts(word) {
			c.add(token{text: part, lower: strings.ToLower(part), quoted: quoted})
		}
	}
}

// punctuation is the mark that ends a clause with a field; a dash is like a comma.
func punctuation(field string) byte {
	switch field {
	case "-", "–", "—":
		return ','
	}
	switch last := field[len(field)-1]; last {
	case ',', ';':
		return ','
	case ':':
		return ':'
	case '.', '?', '!':
		return '.'
	}
	return 0
}

// between cuts follow-up and opens/clicks, but not incident.io.
func between(r rune) bool {
	return r != '.' && r != '\'' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}
