package records

import (
	"testing"

	"airbyte-mcp-server/schemas"
)

func TestRequirements(t *testing.T) {
	t.Parallel()
	rules := &schemas.Requirements{AllOf: []*schemas.Requirements{
		{AnyOf: [][]string{{"email"}, {"first", "last"}}, Exclusive: true},
		{When: []schemas.Condition{{Param: "mode", Equals: "timed", Require: []string{"until"}}}},
	}}
	tests := []struct {
		params P
		ok     bool
	}{
		{P{}, false},
		{P{"email": "a@b.example"}, true},
		{P{"first": "a"}, false},
		{P{"first": "a", "last": "b"}, true},
		{P{"first": "a", "last": "b", "email": "c"}, false},
		{P{"email": "a", "mode": "timed"}, false},
		{P{"email": "a", "mode": "timed", "until": 3}, true},
		{P{"email": "a", "mode": "other"}, true},
	}
	for _, test := range tests {
		c := &Call{Request: &Request{Entity: "people", Action: "create", Params: test.params}}
		if err := c.checkRequirements(rules); (err == nil) != test.ok {
			t.Errorf("%v: error %v, want none: %v", test.params, err, test.ok)
		}
	}
}
