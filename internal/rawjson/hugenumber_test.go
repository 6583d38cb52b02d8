package rawjson_test

import (
	"encoding/json"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/rawjson"
)

// TestHasHugeNumber agrees with encoding/json, which decodes every number into a float64.
func TestHasHugeNumber(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"1e309", "-1E309", "1e308", "1e-400", "1.7976931348623159e308", "1.7976931348623157e+308", "0",
		strings.Repeat("9", 309), strings.Repeat("9", 308), "1" + strings.Repeat("0", 400) + ".5",
		`{"a":[1,{"b":1e999}]}`, `{"a":"1e999","1e999":2}`, `["\"1e999",3]`, `[1e9 , 2e9]`, `[1e309,1]`, `{"a":1e309}`,
	} {
		var v any
		if got, want := rawjson.HasHugeNumber([]byte(raw)), json.Unmarshal([]byte(raw), &v) != nil; got != want {
			t.Errorf("%.60s: got %v, want %v", raw, got, want)
		}
	}
}
