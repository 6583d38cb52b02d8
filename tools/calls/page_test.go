package calls_test

import (
	"testing"

	"airbyte-mcp-server/schemas"
)

// TestNoPage has an action that does not list.
func TestNoPage(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`{"id":1}`, `{"cursor":"x"}`))
	if got := mustCall(t, a.box(t), inMain, "shop_orders_get", `{"id":1}`); got.Page != nil {
		t.Errorf("got page %+v, want none", got.Page)
	}
}

// TestPageMerges asks for the second page as a model does: the members of "next" are
// merged into the arguments of the first call.
func TestPageMerges(t *testing.T) {
	t.Parallel()
	a := twoConnectors(result(`[1]`, `{"has_more":true,"next":"c1"}`))
	b := a.box(t)
	first := mustCall(t, b, inMain, "shop_orders_list", `{"size":1}`)
	merged := append(schemas.Arguments{{Name: "size", Value: []byte("1")}}, first.Page.Next...)
	mustCall(t, b, inMain, "shop_orders_list", string(merged.JSON()))
	want := `{"entity":"orders","action":"list","params":{"size":1,"page[cursor]":"c1"}}`
	if got := a.sent()[1].body; got != want {
		t.Errorf("the second call sent %s, want %s", got, want)
	}
}
