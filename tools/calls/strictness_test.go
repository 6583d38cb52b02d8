package calls_test

import (
	"encoding/json"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/internal/results"
)

// TestDeepResults: parts that are nested deeper than many clients can read are text, which
// is said once; the original can be read without another operation.
func TestDeepResults(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":[`, 4500) + `"end"` + strings.Repeat(`]}`, 4500)
	a := twoConnectors(result(`{"id":1,"tree":`+deep+`}`, deep))
	b := a.box(t)
	answer := mustCall(t, b, inMain, "shop_orders_get", `{"id":1}`)
	if depth := rawjson.Depth(answer.JSON()); depth > 66 {
		t.Errorf("the answer is nested %d levels deep", depth)
	}
	got := read(t, answer)
	if !strings.Contains(got.Warning, "below 64 levels") || got.Truncated == nil || got.Truncated.Handle == "" {
		t.Fatalf("warning %q, kept %+v; want both", got.Warning, got.Truncated)
	}
	path := "data.tree" + strings.Repeat(".a[0]", 4499) + ".a"
	arguments, _ := json.Marshal(map[string]string{"handle": got.Truncated.Handle, "path": path})
	window := mustCall(t, b, inMain, "read_result", string(arguments))
	var original results.Window
	if err := json.Unmarshal(window.Data, &original); err != nil || string(original.Value) != `["end"]` {
		t.Errorf("got %s, %v; want the innermost text", window.Data, err)
	}
	arguments, _ = json.Marshal(map[string]string{"handle": got.Truncated.Handle, "path": "data.tree"})
	if window := mustCall(t, b, inMain, "read_result", string(arguments)); rawjson.Depth(window.JSON()) > 66 {
		t.Error("a window has the deep parts as they are")
	}
	if n := len(a.sent()); n != 1 {
		t.Errorf("%d executes, want one", n)
	}
}

// TestShallowResults stay as they are.
func TestShallowResults(t *testing.T) {
	t.Parallel()
	data := strings.Repeat(`[`, 64) + strings.Repeat(`]`, 64)
	got := read(t, mustCall(t, twoConnectors(result(data, `{}`)).box(t), inMain, "shop_orders_get", `{"id":1}`))
	if string(got.Result) != data || got.Warning != "" || got.Truncated != nil {
		t.Errorf("got %+v", got)
	}
}

// TestHalvesOfCharacters are replaced wherever the vendor sent them, which is said once.
func TestHalvesOfCharacters(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`[{"id":1,"title":"cut \ud83d here"},{"id":2,"\udc00":"whole \ud83d\ude00"}]`, `{"x":"\ud800"}`))
	answer := mustCall(t, a.box(t), inMain, "shop_orders_list", `{}`)
	const want = `[{"id":1,"title":"cut \ufffd here"},{"id":2,"\ufffd":"whole \ud83d\ude00"}]`
	if got := read(t, answer); string(got.Result) != want || !strings.Contains(got.Warning, "U+FFFD") {
		t.Errorf("got %s, %q", got.Result, got.Warning)
	}
	if text := string(answer.JSON()); strings.Contains(text, `\ud800`) || strings.Count(text, "halves") != 1 {
		t.Errorf("got %s", text)
	}
}
