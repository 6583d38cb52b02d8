package records

import (
	"maps"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
)

// pages reads all pages of a list or a search.
func (x *trial) pages(action string, params P, limit int) []P {
	x.t.Helper()
	a := x.spec.Action(action)
	p := a.Pagination
	params = maps.Clone(params)
	if params == nil {
		params = P{}
	}
	if p.LimitParam != "" {
		params[p.LimitParam] = limit
	}
	var out []P
	for range 100 {
		answer := x.do(action, params)
		rows := recordsOf(x.t, answer, a)
		for _, row := range rows {
			out = append(out, row.(P))
		}
		next := nextOf(answer, a, p, rows)
		if next == "" {
			return out
		}
		params[p.CursorParam] = numeric(a, p.CursorParam, next)
	}
	x.fail("%s: no end", action)
	return nil
}

func (x *trial) list() {
	x.t.Helper()
	rows := x.pages("list", nil, [...]int{7, 30, 100}[x.r.IntN(3)])
	x.compare("list", rows, x.keys, true)
}

// compare holds what was found against the keys of what should have been.
func (x *trial) compare(action string, rows []P, want []string, ordered bool) {
	x.t.Helper()
	var got []string
	for _, row := range rows {
		key := jsonvalue.AsText(row[x.key])
		got = append(got, key)
		if !slices.Contains(want, key) {
			x.fail("%s shows %s, which it should not: %v", action, key, row)
		}
		x.see(action, key, row)
	}
	if !ordered {
		slices.Sort(got)
		want = slices.Sorted(slices.Values(want))
	}
	if !slices.Equal(got, want) {
		x.fail("%s shows %d records %v, want %d %v", action, len(got), got, len(want), want)
	}
}

// having are the keys of records that have a text in a field.
func (x *trial) having(fits func(string) bool) []string {
	var out []string
	for _, key := range x.keys {
		if fits(jsonvalue.AsText(x.rows[key][x.text])) {
			out = append(out, key)
		}
	}
	return out
}

func (x *trial) search() {
	x.t.Helper()
	if x.query == nil {
		return
	}
	text := x.texts[x.r.IntN(len(x.texts))]
	rows := x.pages("api_search", P{"query": x.query(text)}, [...]int{7, 30}[x.r.IntN(2)])
	if !x.part {
		x.compare("api_search", rows, x.having(func(s string) bool { return s == text }), false)
		return
	}
	var want []string
	for _, key := range x.keys {
		if strings.Contains(asJSON(x.rows[key]), text) {
			want = append(want, key)
		}
	}
	x.compare("api_search", rows, want, false)
}

// store searches the Context Store: for a text, for a word, or for everything.
func (x *trial) store() {
	x.t.Helper()
	if !x.spec.Searchable() {
		return
	}
	text := x.texts[x.r.IntN(len(x.texts))]
	word, _, _ := strings.Cut(text, " ")
	filters := []struct {
		filter P
		fits   func(string) bool
	}{
		{P{"eq": P{x.text: text}}, func(s string) bool { return s == text }},
		{P{"fuzzy": P{x.text: word}}, func(s string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(word)) }},
		{P{"not": P{"eq": P{x.text: text}}}, func(s string) bool { return s != text }},
	}
	if len(x.where) > 0 {
		filters = filters[:2] // there are more in other places
	}
	chosen := filters[x.r.IntN(len(filters))]
	params := P{"query": P{"filter": chosen.filter}, "limit": [...]int{5, 40, 1000}[x.r.IntN(3)]}
	var rows []P
	for {
		a := x.do("context_store_search", params)
		for _, row := range a.list("result.data") {
			rows = append(rows, row.(P))
		}
		cursor := a.text("result.meta.cursor")
		if cursor == "" {
			break
		}
		params["cursor"] = cursor
	}
	x.compare("context_store_search", rows, x.having(chosen.fits), false)
}
