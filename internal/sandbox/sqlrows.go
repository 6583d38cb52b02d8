package sandbox

import (
	"bytes"
	"encoding/json"
	"slices"
)

// sqlRow is what expressions are worked out from: a record, or a group of records.
type sqlRow struct {
	fields map[string]any // of a record
	known  map[string]any // of a group: keys and aggregates, by label
}

// of works an expression out for a row.
func (n *sqlNode) of(r *sqlRow) (any, error) {
	if value, ok := r.known[n.label]; ok {
		return value, nil
	}
	switch n.kind {
	case sqlLiteral:
		return n.value, nil
	case sqlColumn:
		return pathValue(r.fields, n.name), nil
	}
	args := make([]any, len(n.args))
	for i, arg := range n.args {
		var err error
		if args[i], err = arg.of(r); err != nil {
			return nil, err
		}
	}
	return n.run(args)
}

// allOfThem works several expressions out.
func allOfThem(nodes []*sqlNode, r *sqlRow) ([]any, error) {
	values := make([]any, len(nodes))
	for i, n := range nodes {
		var err error
		if values[i], err = n.of(r); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// sqlResult is one row of the answer with what it is sorted by.
type sqlResult struct{ values, keys []any }

// rows carries the statement out.
func (s *sqlScope) rows(records []map[string]any) ([]sqlResult, error) {
	rows := make([]*sqlRow, len(records))
	for i, fields := range records {
		rows[i] = &sqlRow{fields: fields}
	}
	rows, err := those(rows, s.where)
	if err == nil && s.grouped {
		if rows, err = s.group(rows); err == nil {
			rows, err = those(rows, s.having)
		}
	}
	if err != nil {
		return nil, err
	}
	results, err := s.project(rows)
	if err != nil {
		return nil, err
	}
	s.sort(results)
	results = results[min(s.offset, len(results)):]
	if s.limit >= 0 {
		results = results[:min(s.limit, len(results))]
	}
	return results, nil
}

// those keeps the rows for which a condition is true; no condition keeps all.
func those(rows []*sqlRow, condition *sqlNode) ([]*sqlRow, error) {
	if condition == nil {
		return rows, nil
	}
	kept := rows[:0]
	for _, r := range rows {
		value, err := condition.of(r)
		if err != nil {
			return nil, err
		}
		truth, err := truthOf(value)
		if err != nil {
			return nil, err
		}
		if truth != nil && *truth {
			kept = append(kept, r)
		}
	}
	return kept, nil
}

// group makes a row of each group. Without GROUP BY, all rows are one group, even
// if there are none.
func (s *sqlScope) group(rows []*sqlRow) ([]*sqlRow, error) {
	var order []string
	members := map[string][]*sqlRow{}
	if len(s.groups) == 0 {
		order, members[""] = []string{""}, rows
		rows = nil
	}
	for _, r := range rows {
		values, err := allOfThem(s.groups, r)
		if err != nil {
			return nil, err
		}
		key := rowKey(values...)
		if members[key] == nil {
			order = append(order, key)
		}
		members[key] = append(members[key], r)
	}
	groups := make([]*sqlRow, len(order))
	for i, key := range order {
		var err error
		if groups[i], err = s.summary(members[key]); err != nil {
			return nil, err
		}
	}
	return groups, nil
}

// summary works out what is known of a group.
func (s *sqlScope) summary(members []*sqlRow) (*sqlRow, error) {
	r := &sqlRow{known: map[string]any{}}
	if len(members) > 0 {
		values, err := allOfThem(s.groups, members[0])
		if err != nil {
			return nil, err
		}
		for i, key := range s.groups {
			r.known[key.label] = values[i]
		}
	}
	nodes := []*sqlNode{s.having}
	for _, item := range s.items {
		nodes = append(nodes, item.node)
	}
	for _, o := range s.orders {
		nodes = append(nodes, o.node)
	}
	for _, n := range nodes {
		if err := r.summarize(n, members); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// summarize works out the aggregates in an expression.
func (r *sqlRow) summarize(n *sqlNode, members []*sqlRow) (err error) {
	if n == nil {
		return nil
	}
	if n.kind == sqlAggregate {
		if _, done := r.known[n.label]; !done {
			r.known[n.label], err = n.aggregate(members)
		}
		return err
	}
	for _, arg := range n.args {
		if err := r.summarize(arg, members); err != nil {
			return err
		}
	}
	return nil
}

func (n *sqlNode) aggregate(members []*sqlRow) (any, error) {
	if len(n.args) == 0 {
		return wholeNumber(len(members)), nil
	}
	var values []any
	seen := map[string]bool{}
	for _, r := range members {
		value, err := n.args[0].of(r)
		if err != nil {
			return nil, err
		}
		if value == nil || n.distinct && seen[rowKey(value)] {
			continue
		}
		if n.distinct {
			seen[rowKey(value)] = true
		}
		values = append(values, value)
	}
	return sqlAggregates[n.name](values)
}

// project works out the columns of the answer and what it is sorted by.
func (s *sqlScope) project(rows []*sqlRow) ([]sqlResult, error) {
	columns := make([]*sqlNode, len(s.items))
	for i, item := range s.items {
		columns[i] = item.node
	}
	keys := make([]*sqlNode, len(s.orders))
	for i, o := range s.orders {
		keys[i] = o.node
	}
	var results []sqlResult
	seen := map[string]bool{}
	for _, r := range rows {
		values, err := allOfThem(columns, r)
		if err != nil {
			return nil, err
		}
		if s.distinct {
			key := rowKey(values...)
			if seen[key] {
				continue
			}
			seen[key] = true
		}
		sortedBy, err := allOfThem(keys, r)
		if err != nil {
			return nil, err
		}
		results = append(results, sqlResult{values, sortedBy})
	}
	return results, nil
}

// sort puts the rows in order. NULL comes last, unless the statement wants it first.
func (s *sqlScope) sort(results []sqlResult) {
	slices.SortStableFunc(results, func(a, b sqlResult) int {
		for i, o := range s.orders {
			n := compareValues(a.keys[i], b.keys[i], o.down)
			if o.nullsFirst && (a.keys[i] == nil || b.keys[i] == nil) {
				n = -n
			}
			if n != 0 {
				return n
			}
		}
		return 0
	})
}

// orderedRow is a JSON object that keeps its columns in order.
type orderedRow struct {
	columns []string
	values  map[string]any
}

// MarshalJSON writes the columns that have a value, be it null.
func (r orderedRow) MarshalJSON() ([]byte, error) {
	b := bytes.NewBufferString("{")
	for _, column := range r.columns {
		value, ok := r.values[column]
		if !ok {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		name, err := encode(column)
		if err != nil {
			return nil, err
		}
		raw, err := encode(value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(raw)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

var _ json.Marshaler = orderedRow{}
