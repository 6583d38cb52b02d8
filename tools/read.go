package tools

import (
	"context"
	"encoding/json"
	"fmt"
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
	for ; pages < c.chosen.maxPages && result.goesOn() && len(result.Data) < c.budget(); pages++ {
		c.Progress(float64(pages), float64(c.chosen.maxPages), fmt.Sprintf("%d pages read", pages))
		c.args = c.args.With(schemas.Arguments{{Name: c.tool.pager.CursorParam, Value: result.Page.Next[0].Value}})
		x.Params = c.args.JSON()
		next, err := c.page(ctx, conn, x)
		if err != nil {
			result.Warning = stoppedEarly(pages, err)
			break
		}
		if !result.add(c.tool.pager, next) {
			break // the same page again, or nothing new
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

// stoppedEarly is the warning of a result that lacks the pages after an error.
func stoppedEarly(pages int, err error) json.RawMessage {
	b, marshalErr := json.Marshal(fmt.Sprintf("only %d pages could be read; the next one failed: %v. Continue with page.next.", pages, err))
	if marshalErr != nil {
		panic(marshalErr) // a text
	}
	return b
}

// goesOn reports whether there is, for certain, another page that can be asked for.
func (r *Result) goesOn() bool {
	return r.Page != nil && r.Page.HasMore != nil && *r.Page.HasMore && r.Page.Next != nil
}

// add appends the next page's records, without those that are there already, and
// reports whether there was any.
func (r *Result) add(p *pager, next *Result) bool {
	have, more := p.recordsOf(r.Data), p.recordsOf(next.Data)
	seen := make(map[string]bool, len(have))
	for _, record := range have {
		seen[identity(record)] = true
	}
	var fresh []json.RawMessage
	for _, record := range more {
		if key := identity(record); !seen[key] {
			seen[key] = true
			fresh = append(fresh, record)
		}
	}
	r.Page, r.Metadata, r.Bytes = next.Page, next.Metadata, r.Bytes+next.Bytes
	if len(fresh) == 0 {
		return false
	}
	r.Data = p.withRecords(r.Data, append(have, fresh...))
	return true
}

// identity tells a record from others: its id, or all of it.
func identity(record json.RawMessage) string {
	if id := lastID([]json.RawMessage{record}); id != nil {
		return string(id)
	}
	return string(record)
}

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
