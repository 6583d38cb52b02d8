package records

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/internal/sandbox/random"
	"airbyte-mcp-server/schemas"
)

// page is a part of a list.
type page struct {
	records []*record
	start   int // of the page in the list
	total   int
	limit   int
	more    bool
	next    string // value for the next request
}

// defaultLimit is the size of pages where the catalog states none.
const defaultLimit = 25

// isPaging reports whether a parameter steers paging.
func isPaging(p *schemas.Pagination, name string) bool {
	return p != nil && (name == p.CursorParam || name == p.LimitParam || name == p.BackwardParam || slices.Contains(p.OtherCursorParams, name))
}

// translatePaging lets callers page all vendors alike, with limit and cursor: what
// the vendor calls them is filled in.
func (c *Call) translatePaging() {
	p := c.action.Pagination
	if p == nil || c.Choices.Is("common_paging_params", "ignored") {
		return
	}
	for common, own := range map[string]string{"limit": p.LimitParam, "cursor": p.CursorParam} {
		if value := c.Params[common]; value != nil && own != "" && c.param(common) == nil && c.Params[own] == nil {
			c.Params[own] = value
		}
	}
}

// paginate cuts the page that the caller asks for.
func (c *Call) paginate(records []*record) (*page, error) {
	p := c.action.Pagination
	if p == nil || p.Style == schemas.PagingNone {
		return &page{records: records, total: len(records), limit: len(records)}, nil
	}
	pg := &page{total: len(records), limit: c.limit(p)}
	start, end, err := c.bounds(p, records, pg.limit)
	if err != nil {
		return nil, err
	}
	pg.start, pg.records, pg.more = start, records[start:end], end < len(records)
	if pg.more {
		pg.next = c.next(p, pg)
	}
	return pg, nil
}

func (c *Call) limit(p *schemas.Pagination) int {
	if n, err := strconv.Atoi(c.text(p.LimitParam)); err == nil {
		return n
	}
	switch {
	case p.LimitDefault > 0:
		return p.LimitDefault
	case p.LimitMax > 0:
		return min(p.LimitMax, defaultLimit)
	}
	return defaultLimit
}

// bounds finds where the page begins and ends.
func (c *Call) bounds(p *schemas.Pagination, records []*record, limit int) (start, end int, err error) {
	if id := c.text(p.BackwardParam); id != "" {
		i, err := c.indexOf(records, id)
		return max(0, i-limit), i, err
	}
	if position := c.text(p.CursorParam); position != "" {
		if start, err = c.seek(p, records, position, limit); err != nil {
			return 0, 0, err
		}
	}
	start = min(start, len(records))
	return start, min(start+limit, len(records)), nil
}

// seek finds the first record of the page at a position.
func (c *Call) seek(p *schemas.Pagination, records []*record, position string, limit int) (int, error) {
	switch p.Style {
	case schemas.PagingPage:
		n, err := strconv.Atoi(position)
		if err != nil || n < c.firstPage(p) {
			return 0, c.badPosition(p, position)
		}
		return (n - c.firstPage(p)) * limit, nil
	case schemas.PagingOffset:
		n, err := strconv.Atoi(position)
		if err != nil || n < 0 {
			return 0, c.badPosition(p, position)
		}
		return n, nil
	}
	if namesRecord(p) {
		i, err := c.indexOf(records, position)
		return i + 1, err
	}
	return c.seekCursor(p, records, position)
}

// namesRecord reports whether positions are records. So are cursors in both
// directions that no answer gives: the client has them from the records.
func namesRecord(p *schemas.Pagination) bool {
	return p.Style == schemas.PagingRecordID || p.Style == schemas.PagingCursor && p.NextMeta == "" && p.BackwardParam != ""
}

func (c *Call) badPosition(p *schemas.Pagination, position string) error {
	return c.Account.Upstream(http.StatusBadRequest, fmt.Sprintf("Invalid value '%s' for parameter '%s'", position, p.CursorParam))
}

// firstPage is the number of the first page: 0 where the catalog says so.
func (c *Call) firstPage(p *schemas.Pagination) int {
	if param := c.param(p.CursorParam); param != nil && (string(param.Default) == "0" || param.Minimum == "0") {
		return 0
	}
	return 1
}

// indexOf finds the record that an identifier names.
func (c *Call) indexOf(records []*record, id string) (int, error) {
	for i, r := range records {
		if jsonvalue.AsText(r.fields[r.blueprint.m.key]) == id {
			return i, nil
		}
	}
	return 0, c.Account.Upstream(http.StatusBadRequest, fmt.Sprintf("No such record: '%s'", id))
}

// Cursors name the last record seen, so that records which come or go meanwhile
// neither repeat nor hide others. Its place in the list is the fallback if it was
// deleted. A cursor only fits the query that it came from.
func (c *Call) cursor(last *record, index int) string {
	text := fmt.Sprintf("%08x:%016x:%d", uint32(c.fingerprint()), uint64(last.blueprint.seed), index)
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

func (c *Call) seekCursor(p *schemas.Pagination, records []*record, position string) (int, error) {
	raw, err := base64.RawURLEncoding.DecodeString(position)
	parts := strings.Split(string(raw), ":")
	if err != nil || len(parts) != 3 || parts[0] != fmt.Sprintf("%08x", uint32(c.fingerprint())) {
		return 0, c.badPosition(p, position)
	}
	last, err := strconv.ParseUint(parts[1], 16, 64)
	index, err2 := strconv.Atoi(parts[2])
	if err != nil || err2 != nil || index < 0 {
		return 0, c.badPosition(p, position)
	}
	if i := slices.IndexFunc(records, func(r *record) bool { return uint64(r.blueprint.seed) == last }); i >= 0 {
		return i + 1, nil
	}
	return index, nil
}

// fingerprint identifies the query apart from its paging.
func (c *Call) fingerprint() random.Seed {
	names := []string{c.Entity, c.Action}
	for _, p := range c.action.Params {
		if value, ok := c.Params[p.Name]; ok && value != nil && !isPaging(c.action.Pagination, p.Name) && p.Name != fieldsParam {
			raw, err := jsonvalue.Encode(value)
			if err != nil {
				continue // it came from JSON
			}
			names = append(names, p.Name, string(raw))
		}
	}
	return c.Account.seed.Of(names...)
}

// next is the value that asks for the next page.
func (c *Call) next(p *schemas.Pagination, pg *page) string {
	end := pg.start + len(pg.records)
	last := pg.records[len(pg.records)-1]
	switch p.Style {
	case schemas.PagingPage:
		return strconv.Itoa(c.firstPage(p) + pg.start/max(pg.limit, 1) + 1)
	case schemas.PagingOffset:
		return strconv.Itoa(end)
	case schemas.PagingRecordID:
		return jsonvalue.AsText(last.fields[last.blueprint.m.key])
	}
	return c.cursor(last, end)
}

// metadata is what the vendor says about a page, under the vendor's names.
func (c *Call) metadata(pg *page) map[string]any {
	out := map[string]any{}
	for _, f := range c.action.Result.Meta {
		out[f.Name] = c.metaValue(f, pg)
	}
	if p := c.action.Pagination; p != nil && c.action.Result.ListField == "" {
		if p.NextMeta != "" && out[p.NextMeta] == nil {
			out[p.NextMeta] = c.metaValue(&schemas.Field{Name: p.NextMeta, Type: schemas.Types{"string"}}, pg)
		}
		if p.MoreMeta != "" && out[p.MoreMeta] == nil {
			out[p.MoreMeta] = c.metaValue(&schemas.Field{Name: p.MoreMeta, Type: schemas.Types{"boolean"}}, pg)
		}
	}
	return out
}

// metaValue makes one value that describes a page.
func (c *Call) metaValue(f *schemas.Field, pg *page) any {
	p := c.action.Pagination
	if p == nil {
		p = &schemas.Pagination{}
	}
	name := naming.Fold(f.Name)
	switch {
	case f.Name == p.MoreMeta || f.Type.Has("boolean") && moreNames[name]:
		return pg.more != (p.MoreMetaInverted || overNames[name])
	case f.Name == p.NextMeta || NextNames[name] && !f.Type.Has("integer"):
		return c.nextValue(p, f, pg)
	case NextNames[name] && pg.more:
		return typed(f, pg.next)
	case totalNames[name]:
		return pg.total
	case sizeNames[name]:
		return pg.limit
	}
	return pageNumbers(f, name, pg)
}

func pageNumbers(f *schemas.Field, name string, pg *page) any {
	pages := (pg.total + max(pg.limit, 1) - 1) / max(pg.limit, 1)
	switch {
	case name == "page" || name == "currentpagenumber" || name == "currentpage":
		return pg.start/max(pg.limit, 1) + 1
	case name == "pagecount" || name == "totalpages":
		return pages
	case name == "start" || name == "offset" || name == "startat":
		return pg.start
	case f.Type.Has("boolean"):
		return false
	case f.Type.Has("array"):
		return []any{}
	}
	return nil
}

// Names of page descriptions, folded.
var (
	moreNames = map[string]bool{"hasmore": true, "hasnextpage": true, "morerecords": true, "done": true, "islast": true, "lastpage": true}
	overNames = map[string]bool{"done": true, "islast": true, "lastpage": true}
	NextNames = map[string]bool{"next": true, "nextcursor": true, "cursor": true, "endcursor": true, "nextpage": true,
		"nextpagetoken": true, "nexttoken": true, "nextlink": true, "nextpageurl": true, "nextpageuri": true, "nextrecordsurl": true,
		"nextoffset": true, "after": true, "nextid": true}
	totalNames = map[string]bool{"total": true, "totalcount": true, "count": true, "totalrecords": true, "totalitems": true,
		"totalsize": true, "resultsizeestimate": true, "numberofresults": true, "rowcount": true, "contactcount": true}
	sizeNames = map[string]bool{"limit": true, "pagesize": true, "size": true, "maxresults": true, "perpage": true}
)

// nextValue points to the next page, in the form that the vendor gives it.
func (c *Call) nextValue(p *schemas.Pagination, f *schemas.Field, pg *page) any {
	if !pg.more {
		return nil
	}
	switch {
	case f.Type.Has("object"):
		out := map[string]any{"uri": c.nextURL(p, pg)}
		if p.CursorParam != "" {
			out[p.CursorParam] = pg.next
		}
		return out
	case f.Type.Has("array"):
		return []any{map[string]any{"rel": "next", "href": c.nextURL(p, pg)}}
	case f.Type.Has("integer"):
		return typed(f, pg.next)
	case linkName(p, f.Name):
		return c.nextURL(p, pg)
	}
	return pg.next
}

// linkName reports whether a vendor gives the next page as a web address.
func linkName(p *schemas.Pagination, name string) bool {
	n := naming.Fold(name)
	return n == "next" || strings.HasSuffix(n, "link") || strings.HasSuffix(n, "url") || strings.HasSuffix(n, "uri") ||
		n == "nextpage" && p.Style != schemas.PagingCursor
}

func (c *Call) nextURL(p *schemas.Pagination, pg *page) string {
	query := url.Values{}
	if p.CursorParam != "" {
		query.Set(p.CursorParam, pg.next)
	} else {
		query.Set("page", pg.next)
	}
	if p.LimitParam != "" {
		query.Set(p.LimitParam, strconv.Itoa(pg.limit))
	}
	return "https://" + c.Account.look.host + "/api/" + c.Entity + "?" + query.Encode()
}
