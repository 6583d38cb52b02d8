package records

import (
	"encoding/json"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// TestFormsOfAValue takes a value of any of the forms, and no other.
func TestFormsOfAValue(t *testing.T) {
	t.Parallel()
	p := &schemas.Parameter{Name: "text", Type: "boolean", OneOf: []*schemas.Parameter{
		{Type: "boolean"}, {Type: "object"}, {Type: "array", Items: &schemas.Parameter{Type: "integer"}},
	}}
	for value, taken := range map[string]bool{`true`: true, `{"a": 1}`: true, `[1, 2]`: true, `"x"`: false, `["x"]`: false} {
		var decoded any
		dec := json.NewDecoder(strings.NewReader(value))
		dec.UseNumber()
		if err := dec.Decode(&decoded); err != nil {
			t.Fatal(err)
		}
		if err := checkParam(p, decoded); (err == nil) != taken {
			t.Errorf("%s: %v", value, err)
		}
	}
}
