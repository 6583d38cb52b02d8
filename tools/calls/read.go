package calls

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"airbyte-mcp-server/internal/paging"
	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/schemas"
)

// heartbeat is how often a caller is told that a call is still under way.
const heartbeat = 5 * time.Second

// read runs an action that changes nothing, over as many pages as were asked for.
func (c *Call) read(ctx context.Context, on Target, x Execution) (*Result, error) {
	defer c.beat(on)()
	asOf := c.syncedAt(ctx, on)
	result, err := c.page(ctx, on, x)
	if err != nil {
		return nil, err
	}
	result.AsOf = asOf()
	pages := 1
	asked := map[string]bool{string(c.args.Value(c.tool.Pager.CursorName())): true}
	for pages < c.chosen.maxPages && result.goesOn() && len(result.Data) < c.runner.budget() {
		cursor := result.Page.Next[0].Value
		if asked[string(cursor)] {
			result.warn(fmt.Sprintf("stopped after %s: the next one came before", pagesInWords(pages)))
			break
		}
		asked[string(cursor)] = true
		c.Progress(float64(pages), float64(c.chosen.maxPages), pagesInWords(pages)+" read")
		c.args = c.args.With(schemas.Arguments{{Name: c.tool.Pager.CursorParam, Value: cursor}})
		x.Params = c.args.JSON()
		next, err := c.page(ctx, on, x)
		if err != nil {
			result.warn(fmt.Sprintf("only %s could be read; the next one failed: %v. Continue with page.next.", pagesInWords(pages), err))
			break
		}
		pages++
		if !result.add(c.tool.Pager, next, c.chosen.fields()) {
			result.warn(fmt.Sprintf("stopped at page %d: it has only records that came before; they were left out", pages))
			break
		}
	}
	if c.chosen.maxPages > 1 {
		result.Pages = pages
	}
	c.runner.seen.note(seenKey(c.CallerKey(), on.ID, x.Entity), x.Params, result.Data)
	return result, nil
}

func pagesInWords(n int) string {
	if n == 1 {
		return "1 page"
	}
	return fmt.Sprintf("%d pages", n)
}

// page reads one page.
func (c *Call) page(ctx context.Context, on Target, x Execution) (*Result, error) {
	answer, cached, err := c.fetch(ctx, on, x)
	if err != nil {
		return nil, err
	}
	result := readAnswer(c.tool, c.args, answer)
	if cached {
		result.Source = SourceCache
	}
	return result, nil
}

// beat tells the caller now and then that the call is still under way, until the
// function that it returns is called.
func (c *Call) beat(on Target) (stop func()) {
	if !c.Listens() {
		return func() {}
	}
	b := &heartbeats{call: c, waitsFor: on.Name, began: time.Now()}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.timer = time.AfterFunc(heartbeat, b.tell)
	return b.stop
}

// heartbeats are what a caller is told while a call is under way.
type heartbeats struct {
	call     *Call
	waitsFor string
	began    time.Time
	timer    *time.Timer

	mu    sync.Mutex // held while one is told: none may follow the answer
	ended bool
}

func (b *heartbeats) tell() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended {
		return
	}
	waited := time.Since(b.began).Round(time.Second)
	b.call.Progress(waited.Seconds(), 0, fmt.Sprintf("waiting for %s, %s so far", b.waitsFor, waited))
	b.timer.Reset(heartbeat)
}

func (b *heartbeats) stop() {
	b.timer.Stop()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
}

// warn adds a warning of ours to those of the API.
func (r *Result) warn(text string) {
	quoted, err := json.Marshal(text)
	if err == nil { // as for every text
		r.alsoWarn(quoted)
	}
}

// alsoWarn adds a warning; several become a list.
func (r *Result) alsoWarn(warning json.RawMessage) {
	switch list, several := rawjson.Elements(r.Warning); {
	case warning == nil || string(warning) == string(r.Warning):
	case r.Warning == nil:
		r.Warning = warning
	case several:
		r.Warning = rawjson.Join(append(list, warning))
	default:
		r.Warning = rawjson.Join([]json.RawMessage{r.Warning, warning})
	}
}

// goesOn reports whether there is, for certain, another page that can be asked for.
func (r *Result) goesOn() bool {
	return r.Page != nil && r.Page.HasMore != nil && *r.Page.HasMore && r.Page.Next != nil
}

// add appends the next page. It reports false of a page that has only records that are
// there already.
func (r *Result) add(p *paging.Pager, next *Result, chosen bool) bool {
	r.Page, r.Metadata, r.Bytes = next.Page, next.Metadata, r.Bytes+next.Bytes
	r.alsoWarn(next.Warning)
	merged, isNew := p.Merge(r.Data, next.Data, chosen)
	r.Data = merged
	return isNew
}
