package calls_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// script answers the list of orders with one page after the other.
func script(a *api, pages ...string) {
	a.reply = func(executed) string {
		n := min(len(a.sent()), len(pages))
		next := fmt.Sprintf(`"p%d"`, n)
		if n == len(pages) {
			next = "null"
		}
		return result(pages[n-1], `{"next":`+next+`}`)
	}
}

// TestMergingLosesNothing: records are only dropped when they are surely the same.
func TestMergingLosesNothing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, arguments string
		pages           []string
		want            string
	}{
		{"the id was not selected", `{"max_pages":5,"select_fields":["status"]}`,
			[]string{`[{"status":"open"},{"status":"open"}]`, `[{"status":"open"},{"status":"shut"}]`, `[{"status":"open"}]`},
			`[{"status":"open"},{"status":"open"},{"status":"open"},{"status":"shut"},{"status":"open"}]`},
		{"rows without an id", `{"max_pages":5}`, []string{`[{"day":1,"n":0},{"day":1,"n":0}]`, `[{"day":1,"n":0},{"day":2,"n":0}]`},
			`[{"day":1,"n":0},{"day":1,"n":0},{"day":1,"n":0},{"day":2,"n":0}]`},
		{"an id of something else", `{"max_pages":5}`, []string{`[{"id":7,"day":1},{"id":7,"day":2}]`, `[{"id":7,"day":3},{"id":7,"day":2}]`},
			`[{"id":7,"day":1},{"id":7,"day":2},{"id":7,"day":3}]`},
		{"ids of two types", `{"max_pages":5}`, []string{`[{"id":1},{"id":"1"}]`, `[{"id":2}]`}, `[{"id":1},{"id":"1"},{"id":2}]`},
		{"changed in between", `{"max_pages":5}`, []string{`[{"id":1,"v":1},{"id":2,"v":1}]`, `[{"id":2,"v":2},{"id":3,"v":1}]`},
			`[{"id":1,"v":1},{"id":2,"v":1},{"id":3,"v":1}]`},
		{"numbers", `{"max_pages":5}`, []string{`[1,2]`, `[2,3]`}, `[1,2,2,3]`},
		{"all of it again", `{"max_pages":5}`, []string{`["a","b"]`, `["a","b"]`, `["c"]`}, `["a","b"]`},
		{"an empty page in between", `{"max_pages":5}`, []string{`[{"id":1}]`, `[]`, `[{"id":2}]`}, `[{"id":1},{"id":2}]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := twoConnectors("")
			script(a, tt.pages...)
			got := read(t, mustCall(t, a.box(t), inMain, "shop_orders_list", tt.arguments))
			if string(got.Result) != tt.want || got.Pages != len(a.sent()) {
				t.Errorf("got %s, %d pages after %d executes\nwant %s", got.Result, got.Pages, len(a.sent()), tt.want)
			}
		})
	}
}

// TestCursorsThatGoRound end the walk: each page is billed.
func TestCursorsThatGoRound(t *testing.T) {
	t.Parallel()
	a := twoConnectors("")
	a.reply = func(executed) string {
		n := len(a.sent())
		return result(`[{"status":"open"}]`, fmt.Sprintf(`{"next":"p%d"}`, n%3))
	}
	got := read(t, mustCall(t, a.box(t), inMain, "shop_orders_list", `{"max_pages":20,"select_fields":["status"]}`))
	if len(a.sent()) > 4 || !strings.Contains(got.Warning, "came before") {
		t.Errorf("%d executes, warning %q", len(a.sent()), got.Warning)
	}
}

// TestWarningsOfLaterPages are not lost, nor is the one of the API when a page fails.
func TestWarningsOfLaterPages(t *testing.T) {
	t.Parallel()
	a := twoConnectors("")
	a.reply = func(executed) string {
		switch n := len(a.sent()); n {
		case 1, 2:
			return fmt.Sprintf(`{"status":"success","result":[{"id":%d}],"connector_metadata":{"next":"p%d"},"warning":"of page %d"}`, n, n, n)
		default:
			return `{"status":"error","result":{"error":"the vendor is down"}}`
		}
	}
	var got struct{ Warning json.RawMessage }
	if err := json.Unmarshal(mustCall(t, a.box(t), inMain, "shop_orders_list", `{"max_pages":5}`).JSON(), &got); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"of page 1", "of page 2", "the vendor is down"} {
		if !strings.Contains(string(got.Warning), want) {
			t.Errorf("got %s, want %q in it", got.Warning, want)
		}
	}
}
