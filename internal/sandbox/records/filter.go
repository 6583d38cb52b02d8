package records

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/schemas"
)

// test is a condition on a record.
type test func(*record) bool

// filter keeps the records that fit the caller's parameters, as far as these speak
// of fields of the record. Others have no effect.
func (c *Call) filter(records []*record) []*record {
	tests := c.tests()
	if len(tests) == 0 {
		return records
	}
	var out []*record
	for _, r := range records {
		if !slices.ContainsFunc(tests, func(t test) bool { return !t(r) }) {
			out = append(out, r)
		}
	}
	return out
}

func (c *Call) tests() []test {
	var tests []test
	for _, p := range c.action.Params {
		value, given := c.Params[p.Name]
		if !given || value == nil || c.neutral(p, value) {
			continue
		}
		if t := c.test(p, value); t != nil {
			tests = append(tests, t)
		}
	}
	return tests
}

// neutral reports whether a parameter has no part in choosing records: it steers
// paging, says where to look, or has its usual value.
func (c *Call) neutral(p *schemas.Parameter, value any) bool {
	if isPaging(c.action.Pagination, p.Name) || p.Name == fieldsParam || c.isScopeParam(p) || steersOrder(p, value) {
		return true
	}
	var usual any
	return p.Default != nil && jsonvalue.Decode(p.Default,
		&usual) == nil && jsonvalue.AsText(usual) == jsonvalue.AsText(value) && jsonvalue.AsText(usual) != ""
}

func (c *Call) isScopeParam(p *schemas.Parameter) bool {
	if c.Action != schemas.ActionList {
		return false
	}
	return slices.ContainsFunc(c.m.scope, func(s scopeParam) bool { return s.name == p.Name })
}

// test makes the condition that a parameter expresses, nil if it expresses none.
func (c *Call) test(p *schemas.Parameter, value any) test {
	if isSearchText(p.Name) && p.Type == "string" {
		return c.parseSearch(jsonvalue.AsText(value)).test(c.m)
	}
	if f := c.m.fieldOf(p.Name); f != nil {
		return fieldTest(f, value)
	}
	if name, after, ok := rangeOf(p.Name); ok {
		if f := c.m.timeField(name); f != nil {
			return timeTest(f, value, after)
		}
	}
	return nil
}

// fieldTest compares a field with a wanted value, with one of several, or with
// bounds such as {"gte": 1700000000}.
func fieldTest(f *schemas.Field, value any) test {
	switch v := value.(type) {
	case map[string]any:
		return boundsTest(f, v)
	case []any:
		wanted := make([]string, len(v))
		for i, item := range v {
			wanted[i] = jsonvalue.AsText(item)
		}
		return anyOf(f, wanted)
	case string:
		if everything[strings.ToLower(v)] {
			return nil
		}
		return anyOf(f, append(strings.Split(v, ","), v))
	}
	return anyOf(f, []string{jsonvalue.AsText(value)})
}

func anyOf(f *schemas.Field, wanted []string) test {
	return func(r *record) bool {
		return slices.ContainsFunc(wanted, func(w string) bool { return holds(r.fields[f.Name], strings.TrimSpace(w)) })
	}
}

// holds reports whether a value is, or has among its parts, the wanted text.
func holds(value any, wanted string) bool {
	switch v := value.(type) {
	case map[string]any:
		for _, inner := range v {
			if holds(inner, wanted) {
				return true
			}
		}
		return false
	case []any:
		return slices.ContainsFunc(v, func(inner any) bool { return holds(inner, wanted) })
	}
	return value != nil && strings.EqualFold(jsonvalue.AsText(value), wanted)
}

func boundsTest(f *schemas.Field, bounds map[string]any) test {
	var tests []test
	for key, value := range bounds {
		switch key {
		case "gt", "gte":
			tests = append(tests, timeTest(f, value, true))
		case "lt", "lte":
			tests = append(tests, timeTest(f, value, false))
		case "include": // the list form of a vendor's filter objects
			tests = append(tests, fieldTest(f, value))
		}
	}
	if len(tests) == 0 {
		return nil
	}
	return func(r *record) bool {
		return !slices.ContainsFunc(tests, func(t test) bool { return t != nil && !t(r) })
	}
}

// rangeOf takes a parameter such as created_after, since or updated_at_max apart:
// the time it speaks of and whether it is a lower bound.
func rangeOf(param string) (name string, after, ok bool) {
	parts := naming.Words(param)
	for i, w := range parts {
		if after, ok := rangeWords[w]; ok {
			return strings.Join(append(slices.Clone(parts[:i]), parts[i+1:]...), "_"), after, true
		}
	}
	return "", false, false
}

// rangeWords turn a name into a bound; true marks lower bounds.
var rangeWords = map[string]bool{
	"after": true, "since": true, "gte": true, "gt": true, "min": true, "from": true, "start": true, "oldest": true,
	"before": false, "until": false, "lte": false, "lt": false, "max": false, "to": false, "end": false, "latest": false,
}

// timeField is the field that a range speaks of: one of that name, else the last
// change, else the creation.
func (m *model) timeField(name string) *schemas.Field {
	for _, candidate := range []string{name, name + "_at", name + "_time", "date_" + name} {
		if f := m.byFold[naming.Fold(candidate)]; f != nil && roleOf(f, f.Name) != roleNone {
			return f
		}
	}
	wanted, known := naming.BySuffix(roles, name)
	if !known || name == "" || name == "time" || name == "date" {
		wanted = roleUpdated
	}
	var created *schemas.Field
	for _, f := range m.fields {
		switch r := roleOf(f, f.Name); {
		case r == wanted && r != roleNone:
			return f
		case r == roleCreated && created == nil:
			created = f
		}
	}
	return created
}

// timeTest compares a point in time; bounds are inclusive. Values that are no
// times match everything, as vendors ignore what they cannot read.
func timeTest(f *schemas.Field, value any, after bool) test {
	bound, ok := parseTime(jsonvalue.AsText(value))
	if !ok {
		return nil
	}
	return func(r *record) bool {
		at, ok := parseTime(jsonvalue.AsText(r.fields[f.Name]))
		if !ok {
			return false
		}
		if after {
			return !at.Before(bound)
		}
		return !at.After(bound)
	}
}

// parseTime reads the forms of time in use: RFC 3339, days, and seconds or
// milliseconds since 1970.
func parseTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		return time.Time{}, false
	case n > 1e11:
		return time.UnixMilli(int64(n)), true
	}
	return time.Unix(int64(n), 0), true
}
