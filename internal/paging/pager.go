// Package paging knows how the lists of vendors page: whether there is another page, how
// to ask for it, and where the records are in an answer. All JSON that it is given is valid.
package paging

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"sync"

	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/schemas"
)

// Page says whether there is more, and how to ask for it.
type Page struct {
	HasMore *bool             // nil: not known
	Next    schemas.Arguments // to merge into the same call; nil where the next page cannot be asked for
}

// JSON writes the page as results show it.
func (p *Page) JSON() []byte {
	out := []byte(`{"has_more":"unknown"`)
	if p.HasMore != nil {
		out = strconv.AppendBool([]byte(`{"has_more":`), *p.HasMore)
	}
	if p.Next != nil {
		out = append(append(out, `,"next":`...), p.Next.JSON()...)
	}
	return append(out, '}')
}

// Pager knows how an action pages. A nil Pager is that of an action without pages.
type Pager struct {
	*schemas.Pagination
	cursor    *schemas.Parameter // asks for a page; nil where none does
	listField string             // of an answer that is an envelope: where its records are
}

// Of is the Pager of an action, nil for one that does not list.
func Of(a *schemas.Action) *Pager {
	if a.Pagination == nil {
		return nil
	}
	p := &Pager{Pagination: a.Pagination, listField: a.Result.ListField}
	for _, param := range a.Params {
		if param.Name == a.Pagination.CursorParam {
			p.cursor = param
		}
	}
	return p
}

// OfSearch is how a Context Store search pages.
func OfSearch() *Pager {
	return &Pager{
		Pagination: &schemas.Pagination{Style: schemas.PagingCursor, CursorParam: "cursor", NextMeta: "cursor", MoreMeta: "has_more"},
		cursor:     &schemas.Parameter{Name: "cursor", Type: "string"},
	}
}

// OfUnknown is the Pager of a list of which no facts are known: whether there is more is
// read from the keys that vendors use; the next page cannot be asked for.
func OfUnknown() *Pager { return &Pager{Pagination: &schemas.Pagination{}} }

// Turns reports whether further pages can be asked for.
func (p *Pager) Turns() bool { return p != nil && p.cursor != nil }

// CursorName is the parameter that asks for a page, "" where none does.
func (p *Pager) CursorName() string {
	if !p.Turns() {
		return ""
	}
	return p.CursorParam
}

// answered is a page that was asked for and came.
type answered struct {
	*Pager

	args    schemas.Arguments
	meta    metadata
	records func() []json.RawMessage // nil where the answer has no list; long lists are not taken apart in vain
}

// Page works out the next page of a list from the catalog's paging facts and what
// the answer really holds.
func (p *Pager) Page(args schemas.Arguments, meta json.RawMessage, data rawjson.Surveyed) *Page {
	if p.Style == schemas.PagingNone {
		return &Page{HasMore: new(false)}
	}
	records := sync.OnceValue(func() []json.RawMessage { return p.Records(data) })
	a := &answered{p, args, p.readMetadata(meta, data), records}
	next := a.next()
	more := a.hasMore(next)
	page := &Page{HasMore: more}
	// Where nothing tells the end, asking for a page that can be counted to is the
	// only way to find it.
	if more == nil || *more {
		page.Next = a.arguments(next)
	}
	return page
}

// hasMore says whether there is a next page, nil if nothing tells.
func (a *answered) hasMore(next json.RawMessage) *bool {
	switch flag := a.meta.flag(a.Pagination); {
	case flag != nil:
		return flag
	case next != nil:
		return new(true)
	case a.meta.ended(a.Pagination):
		return new(false)
	}
	if more := a.counted(); more != nil {
		return more
	}
	if a.counts() && a.records() != nil && len(a.records()) == 0 {
		return new(false)
	}
	return nil
}

// counts reports whether a next page can be asked for without the answer's help.
func (a *answered) counts() bool {
	return a.Style == schemas.PagingPage || a.Style == schemas.PagingOffset || a.Style == schemas.PagingRecordID
}

// counted compares the page with the totals that the answer states, if any.
func (a *answered) counted() *bool {
	switch a.Style {
	case schemas.PagingPage:
		if pages, ok := a.meta.number(pagesKeys); ok {
			return new(a.position()-a.start()+1 < pages)
		}
	case schemas.PagingOffset:
		if total, ok := a.meta.number(totalKeys); ok && a.records() != nil {
			return new(a.position()+len(a.records()) < total)
		}
	}
	return nil
}

// start is the position of the first page: pages count from 1 unless the vendor's
// default says otherwise.
func (a *answered) start() int {
	if a.cursor != nil {
		if n, ok := integer(a.cursor.Default); ok {
			return n
		}
	}
	if a.Style == schemas.PagingPage {
		return 1
	}
	return 0
}

// position is the page number or offset that was asked for.
func (a *answered) position() int {
	if n, ok := integer(a.given()); ok {
		return n
	}
	return a.start()
}

// given is the page that was asked for, nil for the first.
func (a *answered) given() json.RawMessage {
	return a.args.Value(a.CursorParam)
}

// next is where the answer says that the next page begins, nil if it does not.
// Some vendors name the present position there, which leads nowhere.
func (a *answered) next() json.RawMessage {
	next := a.meta.next(a.Pager)
	if n, ok := integer(next); ok && a.counts() && n <= a.position() && a.Style != schemas.PagingRecordID {
		return nil
	}
	return next
}

// arguments is what to change in the call to get the next page. A page that was
// just asked for is never the next one.
func (a *answered) arguments(next json.RawMessage) schemas.Arguments {
	if a.cursor == nil {
		return nil
	}
	value := fit(a.cursor, a.nextPosition(next))
	if value == nil || string(value) == string(a.given()) {
		return nil
	}
	return schemas.Arguments{{Name: schemas.ArgumentName(a.CursorParam), Value: value}}
}

func (a *answered) nextPosition(next json.RawMessage) json.RawMessage {
	told := fromURL(a.CursorParam, next)
	switch n, isNumber := integer(told); {
	case a.Style == schemas.PagingCursor:
		return told
	case a.Style == schemas.PagingRecordID && told != nil:
		return told
	case a.Style == schemas.PagingRecordID:
		return lastID(a.records())
	case isNumber && n > a.position():
		return told
	case a.Style == schemas.PagingPage:
		return number(a.position() + 1)
	case a.Style == schemas.PagingOffset && len(a.records()) > 0:
		return number(a.position() + len(a.records()))
	default:
		return nil
	}
}

// Records finds the records of a valid answer: the answer itself, or a list in it; nil if
// there is none.
func (p *Pager) Records(data rawjson.Surveyed) []json.RawMessage { return p.First(data, math.MaxInt) }

// First are the first of the records of a valid answer, up to a number.
func (p *Pager) First(data rawjson.Surveyed, most int) []json.RawMessage {
	if data.IsList() {
		return data.Elements(most)
	}
	var lists [2]rawjson.Surveyed // where a name is given twice, the last one counts
	for _, m := range data.Members() {
		for i, key := range p.listKeys() {
			if m.Name == key {
				lists[i] = m
			}
		}
	}
	for _, list := range lists {
		if list.IsList() {
			return list.Elements(most)
		}
	}
	return nil
}

// listKeys are the members of an envelope that may hold the records.
func (p *Pager) listKeys() []string {
	if p == nil || p.listField == "" {
		return []string{"data"}
	}
	return []string{p.listField, "data"}
}

// lastID is the id of the last record of a list.
func lastID(records []json.RawMessage) json.RawMessage {
	if len(records) == 0 {
		return nil
	}
	record := members(records[len(records)-1])
	for _, key := range []string{"id", "gid", "sid", "uuid"} {
		if id := record[key]; !rawjson.IsEmpty(id) {
			return id
		}
	}
	return nil
}

// fit gives a value the form that a parameter takes, nil if there is none.
func fit(p *schemas.Parameter, value json.RawMessage) json.RawMessage {
	if len(value) == 0 {
		return nil
	}
	text, isText := unquote(value)
	switch {
	case p.Type == "string" && isText:
		return value
	case p.Type == "string" && strings.Trim(string(value), "-0123456789") == "":
		return quote(string(value))
	case p.Type == "integer" && isText:
		value = json.RawMessage(text)
	}
	if _, ok := integer(value); p.Type == "integer" && ok {
		return value
	}
	return nil
}
