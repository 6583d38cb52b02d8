package calls_test

import (
	"encoding/json"
	"strings"
	"testing"

	"airbyte-mcp-server/tools"
)

// TestQuestionShowsWhatIsHit by what the caller has read: its title and key fields, without
// another request.
func TestQuestionShowsWhatIsHit(t *testing.T) {
	t.Parallel()
	const many = `[{"id":2,"title":"Other"},{"id":1,"title":"Red\n boots","status":{"name":"open"},"total":"12.50","note":"x"}]`
	for name, tt := range map[string]struct{ read, answer, reader, want string }{
		"a list":                  {"shop_orders_list", many, "main", "“Red boots” (status open, total 12.50)"},
		"a list in an object":     {"shop_orders_list", `{"orders":` + many + `}`, "main", "“Red boots”"},
		"one record":              {"shop_orders_list", `{"id":"1","name":"Boots"}`, "main", "“Boots”"},
		"fields inside":           {"shop_orders_list", `[{"id":1,"properties":{"subject":"Boots"}}]`, "main", "“Boots”"},
		"another record":          {"shop_orders_list", `[{"id":11,"title":"Eleven"}]`, "main", ""},
		"an id of something else": {"shop_orders_list", `[{"id":7,"customer_id":1,"number":1,"title":"Seven"}]`, "main", ""},
		"another caller":          {"shop_orders_list", many, "other", ""},
		"nothing read":            {"", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := twoConnectors(result(tt.answer, `{}`))
			b := a.box(t)
			reads := 0
			if tt.read != "" {
				s := tools.Session{Workspace: "main", Principal: tt.reader}
				mustCall(t, b, s, tt.read, `{}`)
				reads = len(a.sent())
			}
			p := &person{}
			s := tools.Session{Workspace: "main", Principal: "main"}
			_, _ = b.Call(t.Context(), s, p, "shop_orders_delete", json.RawMessage(`{"id":1}`))
			if len(p.asked) != 1 || !strings.Contains(p.asked[0], tt.want) || strings.Contains(p.asked[0], "“") != (tt.want != "") {
				t.Errorf("asked %q, want %q in it", p.asked, tt.want)
			}
			if len(a.sent()) != reads {
				t.Errorf("%d requests for the question", len(a.sent())-reads)
			}
		})
	}
}
