package calls_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// pagesOf answers a list of the shop page by page, two records each, the last of a
// page being the first of the next.
func pagesOf(count int) func(executed) string {
	return func(x executed) string {
		var call struct {
			Params struct {
				Cursor string `json:"page[cursor]"`
			}
		}
		_ = json.Unmarshal([]byte(x.body), &call)
		first := 0
		_, _ = fmt.Sscanf(call.Params.Cursor, "p%d", &first)
		next := fmt.Sprintf(`"p%d"`, first+1)
		if first+2 >= count {
			next = "null"
		}
		return result(fmt.Sprintf(`[{"id":%d},{"id":%d}]`, first, first+1), `{"next":`+next+`}`)
	}
}

// TestMaxPages reads several pages with one call: every record once, and where it
// stopped.
func TestMaxPages(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, arguments, want string
		executes              int
	}{
		{"one by default", `{}`, `{"result":[{"id":0},{"id":1}],"page":{"has_more":true,"next":{"page_cursor":"p1"}}`, 1},
		{"three", `{"max_pages":3}`,
			`{"result":[{"id":0},{"id":1},{"id":2},{"id":3}],"page":{"has_more":true,"next":{"page_cursor":"p3"}},"pages":3`, 3},
		{"from a later one", `{"max_pages":2,"page_cursor":"p3"}`,
			`{"result":[{"id":3},{"id":4},{"id":5}],"page":{"has_more":true,"next":{"page_cursor":"p5"}},"pages":2`, 2},
		{"to the end", `{"max_pages":20}`,
			`{"result":[{"id":0},{"id":1},{"id":2},{"id":3},{"id":4},{"id":5},{"id":6}],"page":{"has_more":false},"pages":6`, 6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := twoConnectors("")
			a.reply = pagesOf(7)
			got := string(mustCall(t, a.box(t), inMain, "shop_orders_list", tt.arguments).JSON())
			if !strings.HasPrefix(got, tt.want) || len(a.sent()) != tt.executes {
				t.Errorf("got %s with %d executes\nwant %s… with %d", got, len(a.sent()), tt.want, tt.executes)
			}
		})
	}
}

// TestMaxPagesStops at the budget, at a page that fails, and at one that comes again.
func TestMaxPagesStops(t *testing.T) {
	t.Parallel()
	a := twoConnectors("")
	a.opts.MaxResultBytes = 4096
	a.reply = func(executed) string {
		n := len(a.sent())
		return result(fmt.Sprintf(`[{"id":%d,"text":%q}]`, n, strings.Repeat("x", 1000)), fmt.Sprintf(`{"next":"p%d"}`, n))
	}
	if got := read(t, mustCall(t, a.box(t), inMain, "shop_orders_list", `{"max_pages":20}`)); got.Pages > 3 {
		t.Errorf("read %d pages of 1 kB for a budget of 2 kB", got.Pages)
	}

	again := twoConnectors(result(`[{"id":1}]`, `{"next":"p1"}`))
	if got := read(t, mustCall(t, again.box(t), inMain, "shop_orders_list", `{"max_pages":20}`)); string(got.Result) != `[{"id":1}]` ||
		len(again.sent()) > 3 {
		t.Errorf("a page that comes again: got %s with %d executes", got.Result, len(again.sent()))
	}

	broken := twoConnectors("")
	pages := pagesOf(9)
	broken.reply = func(x executed) string {
		if len(broken.sent()) == 3 {
			return `{"status":"error","result":{"error":"the vendor is down"}}`
		}
		return pages(x)
	}
	got := read(t, mustCall(t, broken.box(t), inMain, "shop_orders_list", `{"max_pages":5}`))
	if string(got.Result) != `[{"id":0},{"id":1},{"id":2}]` || !strings.Contains(got.Warning, "the vendor is down") ||
		string(got.Page.Next) != `{"page_cursor":"p2"}` {
		t.Errorf("a page that fails: got %s, next %s, warning %q", got.Result, got.Page.Next, got.Warning)
	}
}
