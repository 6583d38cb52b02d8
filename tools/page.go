package tools

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"airbyte-mcp-server/schemas"
)

// Page says whether there is more, and how to ask for it.
type Page struct {
	HasMore *bool             // nil: not known
	Next    schemas.Arguments // to merge into the same call; nil where the next page cannot be asked for
}

func (p *Page) json() []byte {
	out := []byte(`{"has_more":"unknown"`)
	if p.HasMore != nil {
		out = strconv.AppendBool([]byte(`{"has_more":`), *p.HasMore)
	}
	if p.Next != nil {
		out = append(append(out, `,"next":`...), p.Next.JSON()...)
	}
	return append(out, '}')
}

// Keys under which vendors tell whether there is more, and where it begins, for
// answers that do not keep to the catalog's facts.
var (
	moreKeys   = []string{"has_more", "has_next_page", "hasNextPage", "more_records"}
	cursorKeys = []string{
		"cursor", "end_cursor", "endCursor", "next_cursor", "nextCursor", "nextPageToken",
		"next_page_token", "next_page", "nextRecordsUrl", "offset", "next_offset",
	}
)

// nextPage works out the next page of a list from the catalog's paging facts and
// what the answer's metadata really holds.
func nextPage(p *schemas.Pagination, args schemas.Arguments, metadata, data json.RawMessage) *Page {
	if p.Style == schemas.PagingNone {
		return &Page{HasMore: new(false)}
	}
	meta := readMetadata(metadata)
	more, next := meta.flag(p), meta.value(p)
	if more == nil && next != nil {
		more = new(true)
	}
	if more == nil && meta.ended(p) {
		more = new(false)
	}
	page := &Page{HasMore: more}
	if more != nil && *more {
		page.Next = nextArguments(p, args, next, data)
	}
	return page
}

// nextArguments is what to change in the call to get the next page.
func nextArguments(p *schemas.Pagination, args schemas.Arguments, next, data json.RawMessage) schemas.Arguments {
	if p.CursorParam == "" {
		return nil
	}
	var value json.RawMessage
	switch p.Style {
	case schemas.PagingPage:
		value = pageNumber(p.CursorParam, next)
		if value == nil {
			value = number(argument(args, p.CursorParam, 1) + 1)
		}
	case schemas.PagingOffset:
		value = pageNumber(p.CursorParam, next)
		if value == nil {
			value = number(argument(args, p.CursorParam, 0) + len(elements(data)))
		}
	case schemas.PagingRecordID:
		value = lastID(data)
	default:
		value = fromURL(p.CursorParam, next)
	}
	if value == nil {
		return nil
	}
	return schemas.Arguments{{Name: p.CursorParam, Value: value}}
}

// vendorMetadata is the metadata of an answer by key; an older form nests the
// paging keys under "pagination".
type vendorMetadata map[string]json.RawMessage

func readMetadata(raw json.RawMessage) vendorMetadata {
	meta := vendorMetadata{}
	if json.Unmarshal(raw, &meta) != nil {
		return vendorMetadata{}
	}
	var nested vendorMetadata
	if json.Unmarshal(meta["pagination"], &nested) == nil {
		for key, value := range nested {
			if meta[key] == nil {
				meta[key] = value
			}
		}
	}
	return meta
}

// flag is what the metadata says about there being more, nil if nothing.
func (m vendorMetadata) flag(p *schemas.Pagination) *bool {
	keys := moreKeys
	if p.MoreMeta != "" {
		keys = append([]string{p.MoreMeta}, moreKeys...)
	}
	for _, key := range keys {
		var flag bool
		if raw := m[key]; raw != nil && json.Unmarshal(raw, &flag) == nil {
			return new(flag != (p.MoreMetaInverted && key == p.MoreMeta))
		}
	}
	var done bool
	if raw := m["done"]; raw != nil && json.Unmarshal(raw, &done) == nil {
		return new(!done)
	}
	return nil
}

// value is where the next page begins, nil if the metadata does not say.
func (m vendorMetadata) value(p *schemas.Pagination) json.RawMessage {
	keys := cursorKeys
	if p.NextMeta != "" {
		keys = append([]string{p.NextMeta}, cursorKeys...)
	}
	for _, key := range keys {
		if raw := m[key]; !isEmpty(raw) {
			return raw
		}
	}
	return nil
}

// ended reports that the metadata has the key for the next page, and it is empty.
func (m vendorMetadata) ended(p *schemas.Pagination) bool {
	raw, ok := m[p.NextMeta]
	return ok && p.NextMeta != "" && isEmpty(raw)
}

// fromURL takes the parameter out of a next value that is a URL.
func fromURL(param string, next json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(next, &text) != nil || !strings.Contains(text, "?") {
		return next
	}
	u, err := url.Parse(text)
	if err != nil || u.Query().Get(param) == "" {
		return next
	}
	return quote(u.Query().Get(param))
}

// pageNumber reads a page number or offset from a next value: a number, digits,
// or a URL with the parameter.
func pageNumber(param string, next json.RawMessage) json.RawMessage {
	text := strings.Trim(string(fromURL(param, next)), `"`)
	if _, err := strconv.Atoi(text); err != nil {
		return nil
	}
	return json.RawMessage(text)
}

// argument is an integer argument of the call, or its default.
func argument(args schemas.Arguments, name string, otherwise int) int {
	for _, a := range args {
		if n, err := strconv.Atoi(string(a.Value)); a.Name == name && err == nil {
			return n
		}
	}
	return otherwise
}

func elements(data json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	_ = json.Unmarshal(data, &list) // no array: no elements
	return list
}

// lastID is the id of the last record of a list.
func lastID(data json.RawMessage) json.RawMessage {
	list := elements(data)
	if len(list) == 0 {
		return nil
	}
	var record map[string]json.RawMessage
	if json.Unmarshal(list[len(list)-1], &record) != nil {
		return nil
	}
	for _, key := range []string{"id", "gid", "sid", "uuid"} {
		if id := record[key]; !isEmpty(id) {
			return slices.Clone(id)
		}
	}
	return nil
}

func quote(s string) json.RawMessage {
	b, err := json.Marshal(s)
	if err != nil {
		return nil
	}
	return b
}

func number(n int) json.RawMessage { return json.RawMessage(strconv.Itoa(n)) }
