package sandbox

import (
	"encoding/json"
	"strconv"
	"strings"
)

// sqlNode is an expression of a statement.
type sqlNode struct {
	kind     sqlNodeKind
	name     string // path of a column; name of a function or an operator, in lower case
	value    any    // of a literal
	distinct bool   // an aggregate counts equal values once
	args     []*sqlNode
	run      func(args []any) (any, error) // of a call
	label    string                        // tells expressions apart, once resolved
}

type sqlNodeKind int

const (
	sqlLiteral sqlNodeKind = iota
	sqlColumn
	sqlCall // of a function or an operator
	sqlAggregate
)

// applied is the application of an operator.
func applied(name string, args ...*sqlNode) *sqlNode {
	return &sqlNode{kind: sqlCall, name: name, args: args, run: sqlOperators[name]}
}

// negated is the opposite of an expression, if not says so.
func negated(not bool, n *sqlNode) *sqlNode {
	if not {
		return applied("not", n)
	}
	return n
}

// expression reads what OR joins.
func (p *sqlParser) expression() *sqlNode {
	if p.depth++; p.depth > maxSQLDepth {
		p.fail(badSQL("expressions are nested more than %d deep", maxSQLDepth))
	}
	defer func() { p.depth-- }()
	return p.joined("or", p.conjunction)
}

func (p *sqlParser) conjunction() *sqlNode { return p.joined("and", p.negation) }

// joined reads conditions with the same word between them.
func (p *sqlParser) joined(word string, condition func() *sqlNode) *sqlNode {
	parts := []*sqlNode{condition()}
	for p.take(word) {
		parts = append(parts, condition())
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return applied(word, parts...)
}

func (p *sqlParser) negation() *sqlNode {
	not := false
	for p.take("NOT") {
		not = !not
	}
	return negated(not, p.predicate())
}

// predicate reads a value and what it is compared with.
func (p *sqlParser) predicate() *sqlNode {
	left := p.operand()
	for _, sign := range []string{"=", "<>", "!=", "<=", ">=", "<", ">"} {
		if p.take(sign) {
			return applied(strings.Replace(sign, "!=", "<>", 1), left, p.operand())
		}
	}
	if p.take("IS") {
		not := p.take("NOT")
		p.expect("NULL")
		return negated(not, applied("is null", left))
	}
	not := p.take("NOT")
	switch {
	case p.take("IN"):
		p.expect("(")
		values := listOf(p, p.operand)
		p.expect(")")
		return negated(not, applied("in", append([]*sqlNode{left}, values...)...))
	case p.take("BETWEEN"):
		low := p.operand()
		p.expect("AND")
		return negated(not, applied("between", left, low, p.operand()))
	case p.take("LIKE"):
		return negated(not, applied("like", left, p.operand()))
	case p.take("ILIKE"):
		return negated(not, applied("ilike", left, p.operand()))
	case not:
		p.fail(p.peek().unexpected("IN, BETWEEN, LIKE or ILIKE"))
	}
	return left
}

// constants are the words that stand for values.
var constants = map[string]any{"TRUE": true, "FALSE": false, "NULL": nil}

// operand reads a value, a column, a call or what is in parentheses.
func (p *sqlParser) operand() *sqlNode {
	t := p.peek()
	switch {
	case t.kind == sqlText:
		p.next++
		return &sqlNode{value: t.text}
	case t.kind == sqlNumber || t.is("-"):
		return p.number()
	case p.take("("):
		n := p.expression()
		p.expect(")")
		return n
	case t.is("SELECT"):
		p.fail(badSQL("subqueries are not supported; a statement reads one table"))
	case t.kind == sqlWord && p.tokens[p.next+1].is("(") && !reserved(t.text):
		return p.call()
	case t.kind == sqlName || t.kind == sqlWord && !reserved(t.text):
		return &sqlNode{kind: sqlColumn, name: p.path()}
	}
	if value, ok := constants[strings.ToUpper(t.text)]; ok && t.kind == sqlWord {
		p.next++
		return &sqlNode{value: value}
	}
	p.fail(t.unexpected("a column or a value"))
	return &sqlNode{}
}

// number reads a number with its sign.
func (p *sqlParser) number() *sqlNode {
	sign := ""
	if p.take("-") {
		sign = "-"
	}
	t := p.peek()
	if _, err := strconv.ParseFloat(t.text, 64); t.kind != sqlNumber || err != nil {
		p.fail(t.unexpected("a number"))
		return &sqlNode{}
	}
	p.next++
	return &sqlNode{value: json.Number(sign + plainNumber(t.text))}
}

// plainNumber writes a number as JSON does: SQL also knows 1. and .5 and 007.
func plainNumber(text string) string {
	if json.Valid([]byte(text)) {
		return text
	}
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(text), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if scientific {
		whole += "e" + exponent
	}
	return whole
}

// call reads a function or an aggregate with its arguments.
func (p *sqlParser) call() *sqlNode {
	n := &sqlNode{kind: sqlCall, name: strings.ToLower(p.name())}
	p.expect("(")
	_, aggregate := sqlAggregates[n.name]
	function, known := sqlFunctions[n.name]
	switch {
	case aggregate:
		n.kind = sqlAggregate
		n.distinct = p.take("DISTINCT")
	case !known:
		p.fail(badSQL("function '%s' does not exist. Known functions: %s", n.name, pyList(sqlFunctionNames())))
	}
	if !n.takesAll() || !p.take("*") {
		n.args = listOf(p, p.expression)
	}
	p.expect(")")
	if len(n.args) > 1 && !function.many {
		p.fail(badSQL("%s takes one argument; got %d", n.name, len(n.args)))
	}
	n.run = function.run
	return n
}

// takesAll reports whether * may stand for the argument.
func (n *sqlNode) takesAll() bool { return n.name == "count" && !n.distinct }

// has reports whether the expression or a part of it is of that kind.
func (n *sqlNode) has(kind sqlNodeKind) bool {
	if n == nil || n.kind == kind {
		return n != nil
	}
	for _, arg := range n.args {
		if arg.has(kind) {
			return true
		}
	}
	return false
}

// describe works the label out: the name that an answer gives to a column without
// an alias.
func (n *sqlNode) describe() {
	labels := make([]string, len(n.args))
	for i, arg := range n.args {
		labels[i] = arg.label
	}
	list := strings.Join(labels, ", ")
	switch {
	case n.kind == sqlColumn:
		n.label = n.name
	case n.kind == sqlLiteral:
		n.label = literalText(n.value)
	case n.kind == sqlAggregate && len(n.args) == 0:
		n.label = "count_star()"
	case sqlOperators[n.name] != nil && len(n.args) == 2:
		n.label = "(" + labels[0] + " " + strings.ToUpper(n.name) + " " + labels[1] + ")"
	case n.distinct:
		n.label = n.name + "(DISTINCT " + list + ")"
	default:
		n.label = n.name + "(" + list + ")"
	}
}

func literalText(value any) string {
	switch v := value.(type) {
	case string:
		return "'" + strings.ReplaceAll(v, "'", "''") + "'"
	case nil:
		return "NULL"
	case bool:
		return strings.ToUpper(strconv.FormatBool(v))
	}
	return asText(value)
}
