package sqlstore

import (
	"slices"
	"strings"
	"unicode"

	"airbyte-mcp-server/internal/lazyregexp"
)

// maxStatement is the length of a statement in bytes.
const maxStatement = 20_000

// ILIKE is written as an operator of SQLite that has no meaning of its own: it calls
// the function.
const (
	ilikeOperator = "REGEXP"
	ilikeFunction = "regexp"
)

// statement is a statement as SQLite gets it.
type statement struct {
	text      string
	tables    []Table           // that exist
	used      []Table           // that the statement names
	lastParts map[string]string // of paths, by what they were replaced with
	written   []string          // pairs of replacements and what they replaced
}

// token is a word, a sign or a value. Its group in lexis tells which.
type token struct {
	kind     int
	text     string // of names without the quotes
	from, to int
}

const (
	word = iota + 1
	quotedName
	literal
	sign
)

// lexis has one group for each kind of token. What is between tokens is in none.
var lexis = lazyregexp.New(`^(?:\s+|--[^\n]*|/\*(?s:.*?)\*/|` +
	`([\pL_][\pL\pN_$]*)|` +
	`("(?:[^"]|"")+"|` + "`(?:[^`]|``)+`" + `|\[[^\]]+\])|` +
	`([xX]?'(?:[^']|'')*'|(?:[0-9][0-9a-zA-Z_.]*|\.[0-9][0-9a-zA-Z_]*)(?:[-+][0-9]+)?)|` +
	`(->>?|<>|!=|<=|>=|==|<<|>>|\|\||[-+*/%=<>(),.;&|~]))`)

// parse checks that a statement is one SELECT and translates what SQLite does not
// know.
func parse(text string, tables []Table) (*statement, error) {
	if len(text) > maxStatement {
		return nil, refused("a statement may have %d bytes at most", maxStatement)
	}
	tokens, err := tokenize(text)
	if err != nil {
		return nil, err
	}
	if err := checkOne(tokens); err != nil {
		return nil, err
	}
	s := &statement{tables: tables, lastParts: map[string]string{}}
	for _, t := range tables {
		if slices.ContainsFunc(tokens, func(x token) bool { return x.isName() && strings.EqualFold(x.text, t.Name) }) {
			s.used = append(s.used, t)
		}
	}
	return s, s.translate(text, tokens)
}

func tokenize(text string) ([]token, error) {
	var tokens []token
	for at := 0; at < len(text); {
		found := lexis.FindStringSubmatchIndex(text[at:])
		if found == nil || strings.HasPrefix(text[at:], "/*") && found[1] == 1 {
			return nil, strayCharacter(text[at:], at+1)
		}
		for kind := word; kind <= sign; kind++ {
			if start, end := found[2*kind], found[2*kind+1]; start >= 0 {
				t := token{kind, text[at+start : at+end], at + start, at + end}
				if kind == quotedName {
					quote := t.text[len(t.text)-1:]
					t.text = strings.ReplaceAll(t.text[1:len(t.text)-1], quote+quote, quote)
				}
				tokens = append(tokens, t)
			}
		}
		at += found[1]
	}
	return tokens, nil
}

func strayCharacter(rest string, position int) error {
	if strings.ContainsAny(rest[:1], "'\"`[") || strings.HasPrefix(rest, "/*") {
		return refused("what begins at position %d has no end", position)
	}
	return refused("unexpected character '%c' at position %d", []rune(rest)[0], position)
}

// checkOne refuses all but one SELECT.
func checkOne(tokens []token) error {
	if len(tokens) == 0 {
		return refused("the statement ends where SELECT should be")
	}
	if first := tokens[0]; !first.is("SELECT") && !first.is("WITH") {
		return refused("only SELECT is allowed, since the Context Store is read-only; got %s", strings.ToUpper(first.text))
	}
	end := slices.IndexFunc(tokens, func(t token) bool { return t.kind == sign && t.text == ";" })
	if end >= 0 && end < len(tokens)-1 {
		return refused("only one statement is allowed; another begins at position %d", tokens[end+1].from+1)
	}
	return nil
}

func (t token) is(keyword string) bool  { return t.kind == word && strings.EqualFold(t.text, keyword) }
func (t token) isName() bool            { return t.kind == word || t.kind == quotedName }
func (t token) isSign(text string) bool { return t.kind == sign && t.text == text }

// edit replaces a part of a statement.
type edit struct {
	from, to int
	text     string
}

// translate writes the statement as SQLite understands it.
func (s *statement) translate(text string, tokens []token) error {
	edits := nullsLast(tokens)
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		switch {
		case t.is("REGEXP"):
			return refused("unexpected 'REGEXP' at position %d; not supported by the emulator", t.from+1)
		case t.is("ILIKE"):
			edits = append(edits, edit{t.from, t.to, ilikeOperator})
		case t.isName():
			path := pathAt(tokens[i:])
			i += 2 * (len(path) - 1)
			if replacement := s.resolve(path); replacement != "" {
				edits = append(edits, edit{t.from, tokens[i].to, replacement})
				s.lastParts[replacement] = path[len(path)-1]
			}
		}
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return a.from - b.from })
	at := 0
	var b strings.Builder
	for _, e := range edits {
		b.WriteString(text[at:e.from] + e.text)
		s.written = append(s.written, e.text, text[e.from:e.to])
		at = e.to
	}
	s.text = b.String() + text[at:]
	return nil
}

// pathAt reads the names with dots between them.
func pathAt(tokens []token) []string {
	path := []string{tokens[0].text}
	for i := 2; i < len(tokens) && tokens[i-1].isSign(".") && tokens[i].isName(); i += 2 {
		path = append(path, tokens[i].text)
	}
	return path
}

// resolve writes a path that leads to a column with dots in its name or into an
// object, behind the name of a table or not. It is "" for others.
func (s *statement) resolve(path []string) string {
	if len(path) < 2 {
		return ""
	}
	isTable := slices.ContainsFunc(s.used, func(t Table) bool { return strings.EqualFold(t.Name, path[0]) })
	if !isTable {
		if column := s.column(path); column != "" {
			return column
		}
	}
	if column := s.column(path[1:]); column != "" {
		return quoteName(path[0]) + "." + column
	}
	return ""
}

// column writes a path within a row.
func (s *statement) column(path []string) string {
	if len(path) < 2 {
		return ""
	}
	whole := strings.Join(path, ".")
	for _, t := range s.used {
		for _, c := range t.Columns {
			if strings.EqualFold(c.Name, whole) {
				return quoteName(c.Name)
			}
		}
	}
	for _, t := range s.used {
		for _, c := range t.Columns {
			if c.Type == JSON && strings.EqualFold(c.Name, path[0]) {
				return quoteName(c.Name) + " ->> " + jsonPath(path[1:])
			}
		}
	}
	return ""
}

// jsonPath writes names as SQLite's path into JSON.
func jsonPath(names []string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString(`."` + strings.ReplaceAll(name, `"`, ``) + `"`)
	}
	return "'$" + strings.ReplaceAll(b.String(), "'", "''") + "'"
}

// restore puts the caller's words back into a text of SQLite.
func (s *statement) restore(text string) string {
	return strings.NewReplacer(s.written...).Replace(text)
}

func (s *statement) tableNames() []string {
	names := make([]string, len(s.tables))
	for i, t := range s.tables {
		names[i] = t.Name
	}
	return names
}

func (s *statement) columnNames() []string {
	var names []string
	for _, t := range s.used {
		for _, c := range t.Columns {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// fold is the letter case in which texts are compared without regard to it.
func fold(text string) []rune { return []rune(strings.Map(unicode.ToLower, text)) }
