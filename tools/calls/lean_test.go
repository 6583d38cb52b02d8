package calls_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/results"
	"airbyte-mcp-server/tools"
)

// reading is a session of a model that reads answers in a format.
func reading(format tools.Format) tools.Session {
	s := inMain
	s.Answers.Format = format
	return s
}

// TestCompactAnswers leaves out what says nothing and what the page says, and keeps the
// exact result for read_result.
func TestCompactAnswers(t *testing.T) {
	t.Parallel()
	const data = `[{"id":"1","note":null,"tags":[],"owner":{"name":""},"n":0,"big":12345678901234567890.10},{"id":"2"}]`
	a := twoConnectors(result(data, `{"next_cursor":"abc","has_more":true,"total":7}`))
	b := a.box(t)
	r := mustCall(t, b, reading(tools.CompactJSON), "shop_orders_list", `{}`)
	var got struct {
		Result   json.RawMessage
		LeftOut  string `json:"left_out"`
		Exact    string
		Page     struct{ Next map[string]any }
		Metadata json.RawMessage `json:"connector_metadata"`
	}
	if err := json.Unmarshal(r.JSON(), &got); err != nil {
		t.Fatal(err)
	}
	if want := `[{"id":"1","n":0,"big":12345678901234567890.10},{"id":"2"}]`; string(got.Result) != want || got.LeftOut == "" {
		t.Errorf("got %s, want the result %s, and that something was left out", r.JSON(), want)
	}
	if string(got.Metadata) != `{"total":7}` || len(got.Page.Next) != 1 {
		t.Errorf("got %s, want the metadata beyond the page", r.JSON())
	}
	whole, err := b.WholeResult(t.Context(), inMain, got.Exact, 1)
	if err != nil || string(whole) != data {
		t.Errorf("the exact result is %s, %v, want %s", whole, err, data)
	}
	if exact := mustCall(t, b, inMain, "shop_orders_list", `{}`); string(exact.Data) != data || exact.Exact != "" {
		t.Errorf("a program got %s", exact.JSON())
	}
}

// TestCompactWithoutRoom stays exact where the exact result cannot be kept.
func TestCompactWithoutRoom(t *testing.T) {
	t.Parallel()
	const data = `[{"id":"1","note":null}]`
	a := twoConnectors(result(data, `{}`))
	a.opts.Results = results.New(results.Options{Disk: 1})
	b := a.box(t)
	if r := mustCall(t, b, reading(tools.CompactJSON), "shop_orders_list", `{}`); string(r.Data) != data || r.LeftOut {
		t.Errorf("got %s, want all of it", r.JSON())
	}
}

// TestShortenedCompactAnswers keep the exact result once, with what was left out.
func TestShortenedCompactAnswers(t *testing.T) {
	t.Parallel()
	record := `{"id":"1","note":null,"text":"` + strings.Repeat("x", 1000) + `"}`
	data := "[" + strings.TrimSuffix(strings.Repeat(record+",", 100), ",") + "]"
	b := twoConnectors(result(data, `{}`)).box(t)
	r := mustCall(t, b, reading(tools.CompactJSON), "shop_orders_list", `{}`)
	if r.Truncation == nil || r.Exact != "" || !r.LeftOut || strings.Contains(string(r.Data), "null") {
		t.Fatalf("got %.300s", r.JSON())
	}
	if whole, err := b.WholeResult(t.Context(), inMain, r.Truncation.Handle, 1); err != nil || string(whole) != data {
		t.Errorf("the whole result is %.100s, %v", whole, err)
	}
}

// TestTables writes records as rows.
func TestTables(t *testing.T) {
	t.Parallel()
	b := twoConnectors(result(`[{"id":"1","owner":{"name":"a"}},{"id":"2","owner":{"name":null}}]`, `{}`)).box(t)
	r := mustCall(t, b, reading(tools.TableJSON), "shop_orders_list", `{}`)
	if want := `{"columns":["id","owner.name"],"rows":[["1","a"],["2",null]]}`; string(r.Data) != want {
		t.Errorf("got %s, want %s", r.Data, want)
	}
}

// TestFieldsAreToldOnce: the first answer of a list names the fields that its records have
// beside those shown, and much comes with the way to less.
func TestFieldsAreToldOnce(t *testing.T) {
	t.Parallel()
	const search = "shop_orders_search"
	large := `[{"text":"` + strings.Repeat("x", 20_000) + `"}]`
	b := twoConnectors(result(`{"data":`+large+`,"meta":{"has_more":false}}`, `{}`)).box(t)
	first := mustCall(t, b, reading(tools.CompactJSON), search, `{}`)
	if !slices.Equal(first.OtherFields, []string{"id"}) {
		t.Errorf("the first answer names %q, want id", first.OtherFields)
	}
	if want := "ask for less with `fields`; the heaviest are text"; first.Hint != want {
		t.Errorf("the hint is %q, want %q", first.Hint, want)
	}
	later := `[{"id":null,"text":"x"},{"id":1,"text":"y"}]`
	b = twoConnectors(result(`{"data":`+later+`,"meta":{"has_more":false}}`, `{}`)).box(t)
	if got := mustCall(t, b, reading(tools.CompactJSON), search, `{}`); got.OtherFields != nil {
		t.Errorf("%s: the first answer names %q, want nothing that the second record shows", got.Data, got.OtherFields)
	}
	if again := mustCall(t, b, reading(tools.CompactJSON), search, `{}`); again.OtherFields != nil {
		t.Errorf("the second answer names %q", again.OtherFields)
	}
	if chosen := mustCall(t, b, reading(tools.CompactJSON), search, `{"fields":["id"]}`); chosen.Hint != "" {
		t.Errorf("who has chosen is told %q", chosen.Hint)
	}
	if program := mustCall(t, b, inMain, search, `{}`); program.Hint != "" || program.OtherFields != nil {
		t.Errorf("a program is told %q and %q", program.Hint, program.OtherFields)
	}
	list := twoConnectors(result(large, `{}`)).box(t)
	if got := mustCall(t, list, reading(tools.CompactJSON), "shop_orders_list", `{}`).Hint; !strings.Contains(got, "`select_fields`") {
		t.Errorf("the hint of a list is %q", got)
	}
}
