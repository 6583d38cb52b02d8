package importer

import (
	"slices"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/schemas"
)

// The names that vendors give to what steers paging, in lower case and without
// punctuation; earlier ones are likelier.
var (
	cursorNames = []string{
		"cursor", "after", "bookmark", "nextpagetoken", "pagetoken", "nexttoken", "startcursor", "pagecursor",
		"pageafter", "nextcursor", "continuationtoken", "continuation", "scrollid", "startingafter",
	}
	recordNames   = []string{"sinceid", "startid", "startingafter", "afterid", "lastid"}
	pageNames     = []string{"page", "pagenumber", "pageno", "pageindex", "currentpage"}
	offsetNames   = []string{"offset", "startat", "start", "startrow", "startindex", "skip"}
	backwardNames = []string{"before", "endingbefore", "beforecursor", "previouscursor", "prevcursor"}
	limitNames    = []string{
		"limit", "perpage", "pagesize", "maxresults", "maxresultsperpage", "first", "count", "rowlimit", "size",
		"resultsperpage", "numresults", "pagelimit", "top",
	}
	moreNames = []string{"hasmore", "hasnextpage", "hasnext", "morerecords", "moredataavailable", "more"}
	lastNames = []string{"islast", "lastpage", "islastpage", "done", "last"}

	// nextNames find the value that leads on, best first: a token, then what may be
	// one under another name, then an address, then what holds one of these.
	nextNames = []*lazyregexp.Regexp{
		lazyregexp.New(`^next.*(cursor|token|after|offset|id)$`),
		lazyregexp.New(`^(endcursor|cursor|after|offset|bookmark|pagetoken)$`),
		lazyregexp.New(`^next`),
		lazyregexp.New(`^(links|pageinfo|paging)$`),
	}
	tokenName   = lazyregexp.New(`token|cursor`)
	punctuation = lazyregexp.New(`[^a-z0-9]+`)
)

// tokenRanks is how many of nextNames are names of tokens.
const tokenRanks = 2

// foldedName is a name in lower case without punctuation, as in the lists above.
func foldedName(name string) string { return punctuation.ReplaceAllString(strings.ToLower(name), "") }

// pagination finds out how to ask for the next page. A file does not say so: it
// lists parameters, and where the answer has what leads on, and calls them what
// the vendor does.
func pagination(params []*schemas.Parameter, meta []metaField, declaredNone bool) *schemas.Pagination {
	p := &schemas.Pagination{DeclaredUnpaginated: declaredNone}
	next, isToken := nextMeta(meta)
	p.NextMeta = next
	p.MoreMeta, p.MoreMetaInverted = moreMeta(meta)
	f := parameters(params)
	f.steer(p, isToken)
	if limit := f.named(limitNames, "integer", "number"); limit != nil {
		p.LimitParam = limit.Name
		p.LimitDefault, _ = strconv.Atoi(string(limit.Default)) // no number, no default
		p.LimitMax, _ = strconv.Atoi(limit.Maximum.String())
	}
	return p
}

// parameters are those of an operation, found by their names.
type parameters []*schemas.Parameter

// named returns the parameter with the likeliest of the names. Dates and choices
// filter; they do not page.
func (f parameters) named(names []string, types ...string) *schemas.Parameter {
	var best *schemas.Parameter
	rank := len(names)
	for _, p := range f {
		if len(p.Enum) > 0 || strings.HasPrefix(p.Format, "date") || !slices.Contains(types, p.Type) {
			continue
		}
		if at := slices.Index(names, foldedName(p.Name)); at >= 0 && at < rank {
			best, rank = p, at
		}
	}
	return best
}

// steer finds the parameter that takes the next value, which tells the style.
// Where pages can also be counted, a cursor needs a token to be one: "after" may
// well be a date.
func (f parameters) steer(p *schemas.Pagination, isToken bool) {
	cursor := f.named(slices.Concat(cursorNames, pageNames, []string{"offset"}), "string")
	if cursor == nil && p.NextMeta != "" {
		cursor = f.named([]string{"start"}, "string") // else it is a date
	}
	record := f.named(recordNames, "string", "integer")
	page := f.named(pageNames, "integer", "number")
	offset := f.named(offsetNames, "integer", "number")
	backward := f.named(backwardNames, "string", "integer")
	if p.NextMeta == "" && record != nil && (cursor == record || cursor == nil) {
		cursor = nil // nothing in the answer is a token, so it is the last record's id
	}
	switch {
	case cursor != nil && (isToken || page == nil):
		p.Style, p.CursorParam = schemas.PagingCursor, cursor.Name
	case record != nil:
		p.Style, p.CursorParam = schemas.PagingRecordID, record.Name
	case page != nil:
		p.Style, p.CursorParam = schemas.PagingPage, page.Name
		if cursor != nil && tokenName.MatchString(foldedName(cursor.Name)) {
			p.OtherCursorParams = []string{cursor.Name}
		}
	case offset != nil:
		p.Style, p.CursorParam = schemas.PagingOffset, offset.Name
	case p.NextMeta != "" || p.MoreMeta != "":
		p.Style = schemas.PagingResponseOnly
	default:
		p.Style = schemas.PagingNone
	}
	if backward != nil && (p.Style == schemas.PagingCursor || p.Style == schemas.PagingRecordID) {
		p.BackwardParam = backward.Name
	}
}

// nextMeta is the name of the value that leads to the next page, and whether it is
// a token by its name.
func nextMeta(meta []metaField) (name string, isToken bool) {
	for i, names := range nextNames {
		for _, m := range meta {
			if names.MatchString(foldedName(m.Name)) && !m.Type.Has("boolean") {
				return m.Name, i < tokenRanks
			}
		}
	}
	return "", false
}

// moreMeta is the name of the flag that says whether there are more pages.
func moreMeta(meta []metaField) (name string, inverted bool) {
	for _, m := range meta {
		if !m.Type.Has("boolean") {
			continue
		}
		if slices.Contains(moreNames, foldedName(m.Name)) {
			return m.Name, false
		}
		if slices.Contains(lastNames, foldedName(m.Name)) {
			return m.Name, true
		}
	}
	return "", false
}
