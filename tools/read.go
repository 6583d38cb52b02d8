package tools

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/schemas"
)

// heartbeat is how often a caller is told that a call is still under way.
const heartbeat = 5 * time.Second

// read runs an action that changes nothing, over as many pages as were asked for.
func (c *call) read(ctx context.Context, conn instance, x airbyte.Execution) (*Result, error) {
	defer c.beat(conn)()
	asOf := c.syncedAt(ctx, conn)
	result, err := c.page(ctx, conn, x)
	if err != nil {
		return nil, err
	}
	result.AsOf = asOf()
	pages := 1
	asked := map[string]bool{string(c.args.Value(c.tool.pager.cursorName())): true}
	for pages < c.chosen.maxPages && result.goesOn() && len(result.Data) < c.budget() {
		cursor := result.Page.Next[0].Value
		if asked[string(cursor)] {
			result.warn(fmt.Sprintf("stopped after %d pages: the next one came before", pages))
			break
		}
		asked[string(cursor)] = true
		c.Progress(float64(pages), float64(c.chosen.maxPages), fmt.Sprintf("%d pages read", pages))
		c.args = c.args.With(schemas.Arguments{{Name: c.tool.pager.CursorParam, Value: cursor}})
		x.Params = c.args.JSON()
		next, err := c.page(ctx, conn, x)
		if err != nil {
			result.warn(fmt.Sprintf("only %d pages could be read; the next one failed: %v. Continue with page.next.", pages, err))
			break
		}
		pages++
		if !result.add(c.tool.pager, next, c.chosen.fields()) {
			result.warn(fmt.Sprintf("stopped at page %d: it has only records that came before; they were left out", pages))
			break
		}
	}
	if c.chosen.maxPages > 1 {
		result.Pages = pages
	}
	return result, nil
}

// page reads one page.
func (c *call) page(ctx context.Context, conn instance, x airbyte.Execution) (*Result, error) {
	answer, cached, err := c.fetch(ctx, conn, x)
	if err != nil {
		return nil, err
	}
	result := c.tool.result(c.args, answer)
	if cached {
		result.Source = SourceCache
	}
	return result, nil
}

// beat tells the caller now and then that the call is still under way, until the
// function that it returns is called.
func (c *call) beat(conn instance) (stop func()) {
	if _, silent := c.Dialog.(Silent); silent {
		return func() {}
	}
	began, done := time.Now(), make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(heartbeat)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				waited := time.Since(began).Round(time.Second)
				c.Progress(waited.Seconds(), 0, fmt.Sprintf("waiting for %s, %s so far", conn.Name, waited))
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

// warn adds a warning of ours to those of the API.
func (r *Result) warn(text string) { r.alsoWarn(quote(text)) }

// alsoWarn adds a warning; several become a list.
func (r *Result) alsoWarn(warning json.RawMessage) {
	switch list, several := elements(r.Warning); {
	case warning == nil || string(warning) == string(r.Warning):
	case r.Warning == nil:
		r.Warning = warning
	case several:
		r.Warning = join(append(list, warning))
	default:
		r.Warning = join([]json.RawMessage{r.Warning, warning})
	}
}

// goesOn reports whether there is, for certain, another page that can be asked for.
func (r *Result) goesOn() bool {
	return r.Page != nil && r.Page.HasMore != nil && *r.Page.HasMore && r.Page.Next != nil
}

// add appends the next page's records, without those that are surely there already.
// It reports false of a page that has nothing else. Where fields were chosen, records
// that look alike may be several.
func (r *Result) add(p *pager, next *Result, chosen bool) bool {
	have, more := p.recordsOf(r.Data), p.recordsOf(next.Data)
	r.Page, r.Metadata, r.Bytes = next.Page, next.Metadata, r.Bytes+next.Bytes
	r.alsoWarn(next.Warning)
	switch {
	case len(more) == 0:
		return true
	case have == nil: // the first page had no list
		r.Data = next.Data
		return true
	}
	key := wholeRecord
	if distinct(have) && distinct(more) {
		key = idOf
	}
	seen := make(map[string]bool, len(have))
	for _, record := range have {
		seen[key(record)] = true
	}
	fresh := slices.DeleteFunc(slices.Clone(more), func(record json.RawMessage) bool { return seen[key(record)] })
	named := idOf(more[0]) != ""
	if len(fresh) == 0 && (named || !chosen) {
		return false
	}
	if !named { // rows without an id may well be alike
		fresh = more
	}
	r.Data = p.withRecords(r.Data, append(have, fresh...))
	return true
}

// distinct reports whether records have ids, each its own. In some lists the id is that
// of something that the records have in common.
func distinct(records []json.RawMessage) bool {
	ids := make(map[string]bool, len(records))
	for _, record := range records {
		id := idOf(record)
		if id == "" || ids[id] {
			return false
		}
		ids[id] = true
	}
	return true
}

// idOf is a record's id as it was written, "" if it has none.
func idOf(record json.RawMessage) string { return string(lastID([]json.RawMessage{record})) }

func wholeRecord(record json.RawMessage) string { return string(record) }

// withRecords puts a list of records in the place of that in an answer.
func (p *pager) withRecords(data json.RawMessage, records []json.RawMessage) json.RawMessage {
	envelope, err := schemas.SplitObject(data)
	if _, isList := elements(data); isList || err != nil {
		return join(records)
	}
	for _, key := range p.listKeys() {
		for i, m := range envelope {
			if _, isList := elements(m.Value); m.Name == key && isList {
				envelope[i].Value = join(records)
				return envelope.JSON()
			}
		}
	}
	return data
}
