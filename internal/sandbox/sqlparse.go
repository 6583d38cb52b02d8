package sandbox

import (
	"slices"
	"strconv"
	"strings"
)

// sqlSelect is a SELECT statement as written.
type sqlSelect struct {
	distinct      bool
	items         []sqlItem
	table, alias  string
	where, having *sqlNode
	groups        []*sqlNode
	orders        []sqlOrder
	limit, offset int // limit is -1 if there is none
}

// sqlItem is one entry of the list behind SELECT.
type sqlItem struct {
	node *sqlNode // nil for *
	name string   // the alias; once resolved, the name of the column in the answer
}

// sqlOrder is one entry of the list behind ORDER BY.
type sqlOrder struct {
	node       *sqlNode
	down       bool
	nullsFirst bool
}

// sqlParser reads a statement by recursive descent. After the first error it only
// sees the end of the statement, so that the rules need not look for errors.
type sqlParser struct {
	tokens []sqlToken
	next   int
	depth  int
	err    error
}

// Bounds of a statement.
const (
	maxStatement = 20_000 // bytes
	maxSQLDepth  = 100    // of expressions in expressions
	maxColumns   = 500    // of a row
)

// parseSQL reads one SELECT statement.
func parseSQL(statement string) (*sqlSelect, error) {
	if len(statement) > maxStatement {
		return nil, badSQL("a statement may have %d bytes at most", maxStatement)
	}
	tokens, err := sqlTokens(statement)
	if err != nil {
		return nil, err
	}
	p := &sqlParser{tokens: tokens}
	q := p.statement()
	return q, p.err
}

func (p *sqlParser) peek() sqlToken { return p.tokens[p.next] }

func (p *sqlParser) fail(err error) {
	if p.err == nil {
		p.err, p.next = err, len(p.tokens)-1
	}
}

// take steps over the words or signs if they come next, one after the other.
func (p *sqlParser) take(texts ...string) bool {
	for i, text := range texts {
		if p.next+i >= len(p.tokens) || !p.tokens[p.next+i].is(text) {
			return false
		}
	}
	p.next += len(texts)
	return true
}

func (p *sqlParser) expect(text string) {
	if !p.take(text) {
		p.fail(p.peek().unexpected(text))
	}
}

func (p *sqlParser) statement() *sqlSelect {
	q := &sqlSelect{limit: -1}
	if first := p.peek(); !p.take("SELECT") {
		p.fail(notSelect(first))
	}
	q.distinct = p.take("DISTINCT")
	q.items = listOf(p, p.item)
	p.expect("FROM")
	p.from(q)
	if p.take("WHERE") {
		q.where = p.expression()
	}
	if p.take("GROUP", "BY") {
		q.groups = listOf(p, p.expression)
	}
	if p.take("HAVING") {
		q.having = p.expression()
	}
	if p.take("ORDER", "BY") {
		q.orders = listOf(p, p.order)
	}
	p.window(q)
	p.end()
	return q
}

func notSelect(first sqlToken) error {
	if first.kind == sqlWord {
		return badSQL("only SELECT is allowed, since the Context Store is read-only; got %s", strings.ToUpper(first.text))
	}
	return first.unexpected("SELECT")
}

// listOf reads entries between commas.
func listOf[T any](p *sqlParser, entry func() T) []T {
	list := []T{entry()}
	for p.take(",") {
		list = append(list, entry())
	}
	return list
}

func (p *sqlParser) item() sqlItem {
	if p.take("*") {
		return sqlItem{}
	}
	node := p.expression()
	return sqlItem{node: node, name: p.alias()}
}

// alias reads a name with or without AS before it.
func (p *sqlParser) alias() string {
	if p.take("AS") {
		return p.name()
	}
	if t := p.peek(); t.kind == sqlName || t.kind == sqlWord && !reserved(t.text) {
		return p.name()
	}
	return ""
}

// name reads one name.
func (p *sqlParser) name() string {
	t := p.peek()
	if t.kind != sqlName && (t.kind != sqlWord || reserved(t.text)) {
		p.fail(t.unexpected("a name"))
		return ""
	}
	p.next++
	return t.text
}

// joinWords combine tables, setWords statements; with the others they are no names
// unless they are quoted.
var (
	joinWords  = []string{"JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL"}
	setWords   = []string{"UNION", "INTERSECT", "EXCEPT"}
	otherWords = []string{
		"ALL", "AND", "AS", "ASC", "BETWEEN", "BY", "CASE", "DESC", "DISTINCT", "FALSE", "FROM", "GROUP", "HAVING", "ILIKE", "IN", "IS", "LIKE",
		"LIMIT", "NOT", "NULL", "OFFSET", "ON", "OR", "ORDER", "OVER", "SELECT", "TRUE", "USING", "WHERE", "WITH",
	}
)

func reserved(word string) bool {
	upper := strings.ToUpper(word)
	return slices.Contains(joinWords, upper) || slices.Contains(setWords, upper) || slices.Contains(otherWords, upper)
}

// from reads the name of the table.
func (p *sqlParser) from(q *sqlSelect) {
	if p.peek().is("(") {
		p.fail(badSQL("subqueries are not supported; a statement reads one table"))
	}
	q.table = p.path()
	q.alias = p.alias()
	if next := p.peek(); next.is(",") || next.kind == sqlWord && slices.Contains(joinWords, strings.ToUpper(next.text)) {
		p.fail(badSQL("JOIN is not supported; a statement reads one table"))
	}
}

// path reads names with dots between them. Behind a dot, keywords are names too.
func (p *sqlParser) path() string {
	path := []string{p.name()}
	for p.take(".") {
		t := p.peek()
		if t.kind != sqlWord && t.kind != sqlName {
			p.fail(t.unexpected("a name"))
			return ""
		}
		p.next++
		path = append(path, t.text)
	}
	return strings.Join(path, ".")
}

func (p *sqlParser) order() sqlOrder {
	o := sqlOrder{node: p.expression()}
	if !p.take("ASC") {
		o.down = p.take("DESC")
	}
	if !p.take("NULLS", "LAST") {
		o.nullsFirst = p.take("NULLS", "FIRST")
	}
	return o
}

// window reads LIMIT and OFFSET, in either order.
func (p *sqlParser) window(q *sqlSelect) {
	for range 2 {
		switch {
		case q.limit < 0 && p.take("LIMIT"):
			q.limit = p.count()
		case q.offset == 0 && p.take("OFFSET"):
			q.offset = p.count()
		}
	}
}

// count reads a number of rows.
func (p *sqlParser) count() int {
	t := p.peek()
	n, err := strconv.Atoi(t.text)
	if t.kind != sqlNumber || err != nil {
		p.fail(t.unexpected("a whole number of rows"))
		return 0
	}
	p.next++
	return n
}

// end makes sure that nothing follows.
func (p *sqlParser) end() {
	semicolon := p.take(";")
	t := p.peek()
	switch {
	case t.kind == sqlEnd:
	case semicolon:
		p.fail(badSQL("only one statement is allowed; another begins at position %d", t.at))
	case t.kind == sqlWord && slices.Contains(setWords, strings.ToUpper(t.text)):
		p.fail(badSQL("%s is not supported; a statement is one SELECT", strings.ToUpper(t.text)))
	default:
		p.fail(badSQL("unexpected '%s' at position %d", t.text, t.at))
	}
}
