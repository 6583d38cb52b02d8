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
}

// quotes are what opens and closes a quotation.
var quotes = []struct{ opens, closes string }{{"\"", "\""}, {"“", "”"}, {"`", "`"}, {" '", "'"}}

// tokens cuts a question into words and values.
func tokens(text string) []token {
	var list []token
	for {
		before, inside, after := quotation(text)
		list = append(list, pieces(before, false)...)
		if inside == "" {
			return list
		}
		list = append(list, pieces(inside, true)...)
		text = after
	}
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

func pieces(text string, quoted bool) []token {
	var list []token
	for field := range strings.FieldsSeq(text) {
		field = strings.ReplaceAll(field, "’", "'")
		field = strings.TrimLeft(strings.TrimRight(field, "?!.,;:)]}>'\""), "([{<'\",.;:?")
		field = strings.TrimSuffix(strings.TrimSuffix(field, "'s"), "'")
		if field == "" {
			continue
		}
		if value := valueOf(field); value != "" {
			list = append(list, token{text: field, lower: strings.ToLower(field), value: value, quoted: quoted})
			continue
		}
		for _, word := range strings.FieldsFunc(field, between) {
			list = append(list, token{text: word, lower: strings.ToLower(word), quoted: quoted})
		}
	}
	return list
}

// between cuts follow-up and opens/clicks, but not incident.io.
func between(r rune) bool {
	return r != '.' && r != '\'' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}
