package rawjson_test

import (
	"encoding/json"
	"errors"
	"testing"

	"airbyte-mcp-server/internal/rawjson"
)

func TestFault(t *testing.T) {
	t.Parallel()
	type inner struct {
		Size *int            `json:"size"`
		Tags map[string]bool `json:"tags"`
	}
	for text, want := range map[string]string{
		`{"name":1}`:                   "name: want a text, not a number",
		`{"list":"x"}`:                 "list: want a list, not a text",
		`{"list":[{"size":"x"}]}`:      "list.size: want a whole number, not a text",
		`{"list":[{"size":1.5}]}`:      "list.size: want a whole number, not another number",
		`{"list":[{"tags":[]}]}`:       "list.tags: want an object, not a list",
		`{"list":[{"tags":{"a":{}}}]}`: "list.tags: want true or false, not an object",
		`[]`:                           "want an object, not a list",
		`"x"`:                          "want an object, not a text",
	} {
		var into struct {
			Name string  `json:"name"`
			List []inner `json:"list"`
		}
		if got := rawjson.Fault(json.Unmarshal([]byte(text), &into)); got == nil || got.Error() != want {
			t.Errorf("%s: got %v, want %s", text, got, want)
		}
	}
	if other := errors.New("x"); !errors.Is(rawjson.Fault(other), other) || rawjson.Fault(nil) != nil {
		t.Error("another error is changed")
	}
}
