package calls_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools/calls"
)

// TestLongNumbers are refused wherever a caller can give one, and nothing is sent.
func TestLongNumbers(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("7", 1001)
	object := `{"a":[{"b":` + digits + `}]}`
	text, _ := json.Marshal(object)
	for _, tt := range []struct{ tool, arguments string }{
		{"shop_orders_get", `{"id":` + digits + `}`},
		{"shop_orders_get", `{"id":"1","max_pages":` + digits + `}`},
		{"shop_orders_list", `{"max_pages":"` + digits + `"}`},
		{"shop_orders_search", `{"filter":[{"field":"id","op":"eq","value":` + digits + `}]}`},
		{"shop_orders_search", `{"filter":{"$and":[{"id":{"$in":[` + digits + `]}}]}}`},
		{"shop_orders_search", `{"query":` + object + `}`},
		{"execute_action", `{"connector":"shop","entity":"orders","action":"list","params":` + object + `}`},
		{"execute_action", `{"connector":"shop","entity":"orders","action":"list","params":` + string(text) + `}`},
		{"execute_action", `{"connector":"shop","entity":"orders","action":"list","params":{"big":[` +
			strings.Repeat(`"x",`, 30_000) + digits + `]}}`},
		{"read_result", `{"handle":"x","offset":` + digits + `}`},
	} {
		a := twoConnectors(result(`[]`, `{}`))
		_, err := a.box(t).Call(t.Context(), inMain, calls.Silent{}, tt.tool, json.RawMessage(tt.arguments))
		if _, invalid := errors.AsType[*schemas.InvalidError](err); !invalid || a.sent() != nil {
			t.Errorf("%s %.90s: got %v and sent %d, want it refused", tt.tool, tt.arguments, err, len(a.sent()))
		}
	}
	a := twoConnectors(result(`[]`, `{}`))
	_, err := a.box(t).Execute(t.Context(), inMain, calls.Silent{}, calls.RawCall{Connector: "shop",
		Execution: calls.Execution{Entity: "orders", Action: "list", Params: json.RawMessage(object)}})
	if err == nil || !strings.Contains(err.Error(), "more than 1000 digits") || a.sent() != nil {
		t.Errorf("a raw execution: got %v and sent %v, want it refused", err, a.sent())
	}
}

// TestLongNumbersOfVendors pass as they are.
func TestLongNumbersOfVendors(t *testing.T) {
	t.Parallel()
	record := `{"id":` + strings.Repeat("7", 5000) + `}`
	a := twoConnectors(result(record, `{}`))
	if got := mustCall(t, a.box(t), inMain, "shop_orders_get", `{"id":1}`); string(got.Data) != record {
		t.Errorf("got %.80s…", got.Data)
	}
}
