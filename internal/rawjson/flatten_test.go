package rawjson_test

import (
	"encoding/json"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/rawjson"
)

func TestFlatten(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ raw, want string }{
		{`[[1]]`, `[[1]]`},
		{`[[[1]],2]`, `[["[1]"],2]`},
		{`{"a":{"b":{"c":"}\""},"d":[]},"e":"[[["}`, `{"a":{"b":"{\"c\":\"}\\\"\"}","d":"[]"},"e":"[[["}`},
		{`[[[[1],[2]]],[[3]]]`, `[["[[1],[2]]"],["[3]"]]`},
		{`"[[["`, `"[[["`},
		{`7`, `7`},
	} {
		got, found := rawjson.Flatten([]byte(tt.raw), 2)
		if string(got) != tt.want || found != (tt.raw != tt.want) {
			t.Errorf("%s: got %s %v, want %s", tt.raw, got, found, tt.want)
		}
	}
	deep := strings.Repeat(`{"a":[`, 5000) + strings.Repeat(`]}`, 5000)
	flat, _ := rawjson.Flatten([]byte(deep), 64)
	if !json.Valid(flat) || rawjson.Depth(flat) != 64 || len(flat) > 2*len(deep) {
		t.Errorf("%d levels in %d bytes, of %d", rawjson.Depth(flat), len(flat), len(deep))
	}
}
