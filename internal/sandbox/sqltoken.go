package sandbox

import (
	"regexp"
	"strings"
)

// sqlToken is a word, a sign or a value of an SQL statement.
type sqlToken struct {
	kind sqlTokenKind
	text string // of names and texts without the quotes
	at   int    // where it begins in the statement; the first byte is 1
}

type sqlTokenKind int

const (
	sqlEnd sqlTokenKind = iota
	sqlWord
	sqlName // in double quotes, so never a keyword
	sqlText
	sqlNumber
	sqlSign
)

// sqlLexis has one group for each kind of token, in the order of the kinds. What
// is between tokens is in none.
var sqlLexis = regexp.MustCompile(`^(?:\s+|--[^\n]*|/\*(?s:.*?)\*/|` +
	`([\pL_][\pL\pN_]*)|` +
	`"((?:[^"]|"")+)"|` +
	`'((?:[^']|'')*)'|` +
	`((?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?)|` +
	`(<>|!=|<=|>=|\|\||[-+*/%=<>(),.;]))`)

// sqlQuotes are the doubled quotes within names and texts.
var sqlQuotes = map[sqlTokenKind][2]string{sqlName: {`""`, `"`}, sqlText: {`''`, `'`}}

// sqlTokens takes a statement apart.
func sqlTokens(statement string) ([]sqlToken, error) {
	var tokens []sqlToken
	for at := 0; at < len(statement); {
		found := sqlLexis.FindStringSubmatchIndex(statement[at:])
		if found == nil {
			return nil, strayCharacter(statement[at:], at+1)
		}
		for kind := sqlWord; kind <= sqlSign; kind++ {
			if start, end := found[2*kind], found[2*kind+1]; start >= 0 {
				text := statement[at+start : at+end]
				if quotes, ok := sqlQuotes[kind]; ok {
					text = strings.ReplaceAll(text, quotes[0], quotes[1])
				}
				tokens = append(tokens, sqlToken{kind, text, at + 1})
			}
		}
		at += found[1]
	}
	return append(tokens, sqlToken{at: len(statement) + 1}), nil
}

func strayCharacter(rest string, at int) error {
	if strings.ContainsAny(rest[:1], `'"`) {
		return badSQL("what begins at position %d has no end", at)
	}
	return badSQL("unexpected character '%c' at position %d", []rune(rest)[0], at)
}

// is reports whether the token is a keyword or a sign.
func (t sqlToken) is(text string) bool {
	return t.kind == sqlWord && strings.EqualFold(t.text, text) || t.kind == sqlSign && t.text == text
}

// unexpected is what to say of a token that has no place where it is.
func (t sqlToken) unexpected(wanted string) error {
	if t.kind == sqlEnd {
		return badSQL("the statement ends where %s should be", wanted)
	}
	hint := ""
	if t.kind == sqlWord && reserved(t.text) && strings.HasPrefix(wanted, "a ") {
		hint = " (a keyword is a name only in double quotes)"
	}
	return badSQL("unexpected '%s' at position %d; %s should be there%s", t.text, t.at, wanted, hint)
}
