package paging

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/schemas"
)

// Keys under which vendors tell whether there is more, where it begins and how much
// there is, for answers that do not keep to the catalog's facts.
var (
	moreKeys   = []string{"has_more", "has_next_page", "hasNextPage", "more_records"}
	cursorKeys = []string{
		"cursor", "end_cursor", "endCursor", "next_cursor", "nextCursor", "nextPageToken",
		"next_page_token", "next_page", "nextRecordsUrl", "offset", "next_offset",
	}
	pagesKeys = []string{"total_pages", "totalPages", "total_page", "page_count"}
	totalKeys = []string{"total", "total_count", "totalCount", "total_items", "total_records", "totalRecords"}
)

// metadata is what an answer says about its paging, by key.
type metadata map[string]json.RawMessage

// readMetadata gathers it from all places that are in use, the likeliest first: the
// result's own metadata, the connector's, an older form of that, which nests the
// paging keys, and the envelope around the records.
func (p *Pager) readMetadata(raw json.RawMessage, data rawjson.Surveyed) metadata {
	envelope := map[string]json.RawMessage{}
	for _, m := range data.Members() {
		envelope[m.Name] = m.Value
	}
	meta := metadata{}
	meta.add(members(envelope["meta"]))
	meta.add(members(raw))
	meta.add(members(meta["pagination"]))
	if p.Style == schemas.PagingPage || p.Style == schemas.PagingOffset {
		meta.add(members(meta[p.NextMeta]))
	}
	meta.add(envelope)
	return meta
}

func (m metadata) add(more map[string]json.RawMessage) {
	for key, value := range more {
		if _, known := m[key]; !known {
			m[key] = value
		}
	}
}

// flag is what the metadata says about there being more, nil if nothing.
func (m metadata) flag(p *schemas.Pagination) *bool {
	if flag, ok := m.bool(p.MoreMeta); ok {
		return new(flag != p.MoreMetaInverted)
	}
	for _, key := range moreKeys {
		if flag, ok := m.bool(key); ok {
			return &flag
		}
	}
	if done, ok := m.bool("done"); ok {
		return new(!done)
	}
	return nil
}

func (m metadata) bool(key string) (value, ok bool) {
	ok = !rawjson.IsEmpty(m[key]) && json.Unmarshal(m[key], &value) == nil
	return value, ok
}

// number is the first of the keys that holds a whole number.
func (m metadata) number(keys []string) (int, bool) {
	for _, key := range keys {
		if n, ok := integer(m[key]); ok {
			return n, true
		}
	}
	return 0, false
}

// Beyond is the metadata of an answer without what its page says: the flag and the place of
// the next page.
func (p *Pager) Beyond(raw json.RawMessage) json.RawMessage {
	list, ok := rawjson.MembersOfObject(raw)
	if p == nil || !ok {
		return raw
	}
	rest := make(schemas.Arguments, 0, len(list))
	for _, m := range list {
		switch {
		case m.Name == p.MoreMeta, m.Name == p.NextMeta, slices.Contains(moreKeys, m.Name), slices.Contains(cursorKeys, m.Name):
		case m.Name == "pagination":
			if inner := p.Beyond(m.Value); !rawjson.IsEmpty(inner) {
				rest = append(rest, schemas.Argument{Name: m.Name, Value: inner})
			}
		default:
			rest = append(rest, schemas.Argument(m))
		}
	}
	if len(rest) == len(list) {
		return raw
	}
	return rest.JSON()
}

// next is where the next page begins, nil if the metadata does not say.
func (m metadata) next(p *Pager) json.RawMessage {
	for _, key := range append([]string{p.NextMeta}, cursorKeys...) {
		if next := p.pointer(m[key]); next != nil {
			return next
		}
	}
	return nil
}

// ended reports that the metadata has the key for the next page, and it is empty.
func (m metadata) ended(p *schemas.Pagination) bool {
	raw, ok := m[p.NextMeta]
	return ok && p.NextMeta != "" && rawjson.IsEmpty(raw)
}

// pointer reads where a value points to: a token, a number or a URL, bare, or in an
// object, or in the one of several links that is called "next".
func (p *Pager) pointer(raw json.RawMessage) json.RawMessage {
	raw = bytes.TrimSpace(raw)
	if rawjson.IsEmpty(raw) {
		return nil
	}
	switch raw[0] {
	case '{':
		return p.pointerIn(members(raw))
	case '[':
		links, _ := rawjson.ElementsOf(raw)
		for _, link := range links {
			if l := members(link); string(l["rel"]) == `"next"` {
				return p.pointer(l["href"])
			}
		}
		return nil
	case 't', 'f':
		return nil
	default:
		return raw
	}
}

// pointerIn reads an object. A position in it counts only as text: numbers describe
// the present page.
func (p *Pager) pointerIn(object map[string]json.RawMessage) json.RawMessage {
	for _, key := range append([]string{p.CursorParam}, cursorKeys...) {
		if _, isText := unquote(object[key]); isText && !rawjson.IsEmpty(object[key]) {
			return object[key]
		}
	}
	return nil
}

// fromURL takes a parameter out of a value that is a URL; other values are what
// they are.
func fromURL(param string, next json.RawMessage) json.RawMessage {
	text, isText := unquote(next)
	if !isText || !strings.HasPrefix(text, "/") && !strings.Contains(text, "://") && !strings.HasPrefix(text, "?") {
		return next
	}
	u, err := url.Parse(text)
	if err != nil || u.Query().Get(param) == "" {
		return nil
	}
	return quote(u.Query().Get(param))
}

// members takes an object apart; nil for anything else. The values are parts of raw.
func members(raw json.RawMessage) map[string]json.RawMessage {
	list, ok := rawjson.MembersOfObject(raw)
	if !ok {
		return nil
	}
	object := make(map[string]json.RawMessage, len(list))
	for _, m := range list {
		object[m.Name] = m.Value
	}
	return object
}

// integer reads a whole number, bare or as text.
func integer(raw json.RawMessage) (int, bool) {
	text, isText := unquote(raw)
	if !isText {
		text = string(raw)
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

func unquote(raw json.RawMessage) (text string, isText bool) {
	if len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	return text, json.Unmarshal(raw, &text) == nil
}

func quote(s string) json.RawMessage {
	b, err := json.Marshal(s)
	if err != nil {
		return nil
	}
	return b
}

func number(n int) json.RawMessage { return json.RawMessage(strconv.Itoa(n)) }
