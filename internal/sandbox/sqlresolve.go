package sandbox

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"airbyte-mcp-server/schemas"
)

// sqlScope knows what the names of a statement mean.
type sqlScope struct {
	*sqlSelect
	entity  *schemas.Entity
	columns *compiler
	grouped bool // rows are those of groups
}

// resolveSQL finds what names mean, and refuses statements that mean nothing.
func resolveSQL(q *sqlSelect, e *schemas.Entity) (*sqlScope, error) {
	s := &sqlScope{sqlSelect: q, entity: e, columns: newCompiler(e.ContextStore)}
	for _, step := range []func() error{s.resolveItems, s.resolveWhere, s.resolveGroups, s.resolveOrders, s.checkGrouping, s.checkDistinct} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	s.nameItems()
	return s, nil
}

// aliasUse says whether a name may be that of an entry of the SELECT list.
type aliasUse int

const (
	aliasNever aliasUse = iota
	aliasLast           // columns of the table come first
	aliasFirst
)

// resolveItems writes * out and resolves the list behind SELECT.
func (s *sqlScope) resolveItems() error {
	var items []sqlItem
	for _, item := range s.items {
		if len(items) > maxColumns {
			return badSQL("a row may have %d columns at most", maxColumns)
		}
		if item.node == nil {
			items = append(items, s.allColumns()...)
			continue
		}
		node, err := s.resolve(item.node, aliasNever)
		if err != nil {
			return err
		}
		items = append(items, sqlItem{node, item.name})
	}
	s.items = items
	return nil
}

func (s *sqlScope) allColumns() []sqlItem {
	items := make([]sqlItem, len(s.entity.ContextStore.Fields))
	for i, f := range s.entity.ContextStore.Fields {
		items[i].node = &sqlNode{kind: sqlColumn, name: f.Name, label: f.Name}
	}
	return items
}

func (s *sqlScope) resolveWhere() (err error) {
	if s.where == nil {
		return nil
	}
	if s.where, err = s.resolve(s.where, aliasLast); err == nil && s.where.has(sqlAggregate) {
		return badSQL("WHERE cannot contain aggregates; use HAVING")
	}
	return err
}

func (s *sqlScope) resolveGroups() (err error) {
	for i, node := range s.groups {
		if s.groups[i], err = s.resolvePosition("GROUP BY", node, aliasLast); err != nil {
			return err
		}
		if s.groups[i].has(sqlAggregate) {
			return badSQL("GROUP BY cannot contain aggregates")
		}
	}
	if s.having != nil {
		s.having, err = s.resolve(s.having, aliasLast)
	}
	return err
}

func (s *sqlScope) resolveOrders() (err error) {
	for i, o := range s.orders {
		if s.orders[i].node, err = s.resolvePosition("ORDER BY", o.node, aliasFirst); err != nil {
			return err
		}
	}
	return nil
}

// resolvePosition also knows numbers, which count the entries of the SELECT list.
func (s *sqlScope) resolvePosition(clause string, n *sqlNode, use aliasUse) (*sqlNode, error) {
	position, isNumber := n.value.(json.Number)
	if n.kind != sqlLiteral || !isNumber {
		return s.resolve(n, use)
	}
	i, err := strconv.Atoi(position.String())
	if err != nil || i < 1 || i > len(s.items) {
		return nil, badSQL("%s %s is no position in the SELECT list, which has %d", clause, position, len(s.items))
	}
	return s.items[i-1].node, nil
}

// resolve finds the columns that an expression names and labels it.
func (s *sqlScope) resolve(n *sqlNode, use aliasUse) (*sqlNode, error) {
	if n.kind == sqlColumn {
		return s.resolveName(n, use)
	}
	for i, arg := range n.args {
		var err error
		if n.args[i], err = s.resolve(arg, use); err != nil {
			return nil, err
		}
		if n.kind == sqlAggregate && n.args[i].has(sqlAggregate) {
			return nil, badSQL("%s cannot contain another aggregate", n.name)
		}
	}
	n.describe()
	return n, nil
}

func (s *sqlScope) resolveName(n *sqlNode, use aliasUse) (*sqlNode, error) {
	item := slices.IndexFunc(s.items, func(i sqlItem) bool { return i.name != "" && strings.EqualFold(i.name, n.name) })
	if item >= 0 && use == aliasFirst {
		return s.items[item].node, nil
	}
	column, ok := s.column(n.name)
	switch {
	case ok:
		return &sqlNode{kind: sqlColumn, name: column, label: column}, nil
	case item >= 0 && use == aliasLast:
		return s.items[item].node, nil
	}
	return nil, badSQL("column '%s' does not exist in table '%s'. Known columns: %s", n.name, s.entity.Name, pyList(s.columns.names()))
}

// column finds a column by a name as SQL reads it: the table may stand before it,
// and the case of letters does not matter.
func (s *sqlScope) column(name string) (string, bool) {
	if found, ok := s.spelled(name); ok {
		return found, true
	}
	table := s.alias
	if table == "" {
		table = s.entity.Name
	}
	head, rest, qualified := strings.Cut(name, ".")
	if !qualified || !strings.EqualFold(head, table) {
		return "", false
	}
	return s.spelled(rest)
}

// spelled is the name as the store spells it.
func (s *sqlScope) spelled(name string) (string, bool) {
	if s.columns.fields[name] {
		return name, true
	}
	for _, known := range s.columns.names() {
		if strings.EqualFold(known, name) {
			return known, true
		}
	}
	return name, s.columns.known(name) == nil
}

// checkGrouping makes sure that each column of a grouped statement has one value.
func (s *sqlScope) checkGrouping() error {
	nodes := []*sqlNode{s.having}
	for _, item := range s.items {
		nodes = append(nodes, item.node)
	}
	for _, o := range s.orders {
		nodes = append(nodes, o.node)
	}
	s.grouped = len(s.groups) > 0 || s.having != nil || slices.ContainsFunc(nodes, func(n *sqlNode) bool { return n.has(sqlAggregate) })
	if !s.grouped {
		return nil
	}
	for _, n := range nodes {
		if column := s.loose(n); column != "" {
			return badSQL("column '%s' must appear in GROUP BY or be part of an aggregate", column)
		}
	}
	return nil
}

// loose is a column in the expression that has many values in a group.
func (s *sqlScope) loose(n *sqlNode) string {
	if n == nil || n.kind == sqlAggregate || slices.ContainsFunc(s.groups, func(key *sqlNode) bool { return key.label == n.label }) {
		return ""
	}
	if n.kind == sqlColumn {
		return n.name
	}
	for _, arg := range n.args {
		if column := s.loose(arg); column != "" {
			return column
		}
	}
	return ""
}

// checkDistinct makes sure that rows which are shown once have one place.
func (s *sqlScope) checkDistinct() error {
	for _, o := range s.orders {
		if s.distinct && !slices.ContainsFunc(s.items, func(i sqlItem) bool { return i.node.label == o.node.label }) {
			return badSQL("with DISTINCT, ORDER BY can only name what is in the SELECT list; '%s' is not", o.node.label)
		}
	}
	return nil
}

// nameItems gives the columns of the answer their names; a name that is taken gets
// a number.
func (s *sqlScope) nameItems() {
	taken := map[string]bool{}
	for i := range s.items {
		item := &s.items[i]
		if item.name == "" {
			item.name = s.title(item.node)
		}
		name := item.name
		for n := 1; taken[item.name]; n++ {
			item.name = name + "_" + strconv.Itoa(n)
		}
		taken[item.name] = true
	}
}

// title is the name of a column without an alias: the last part of a path.
func (s *sqlScope) title(n *sqlNode) string {
	whole := slices.ContainsFunc(s.entity.ContextStore.Fields, func(f *schemas.Field) bool { return f.Name == n.name })
	if n.kind != sqlColumn || whole {
		return n.label
	}
	return n.name[strings.LastIndexByte(n.name, '.')+1:]
}
