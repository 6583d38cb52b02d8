package contextstore

import (
	"testing"
)

// P shortens queries.
type P = map[string]any

func TestNestedConditions(t *testing.T) {
	t.Parallel()
	row := map[string]any{
		"a.b":       "dotted",
		"user":      map[string]any{"name": "Ann", "tags": []any{"vip", "eu"}},
		"addresses": []any{map[string]any{"state": "CA", "zip": "1"}, map[string]any{"state": "NY", "zip": "2"}},
	}
	c := &compiler{fields: map[string]bool{"a.b": true, "user": true, "user.name": true, "user.tags": true, "addresses": true,
		"addresses.state": true, "addresses.zip": true}}
	tests := []struct {
		filter map[string]any
		want   bool
	}{
		{P{"eq": P{"user.name": "Ann"}}, true},
		{P{"eq": P{"a.b": "dotted"}}, true},
		{P{"contains": P{"user.tags": "vip"}}, true},
		{P{"contains": P{"user.tags": "vi"}}, false},
		{P{"array_contains": P{"user.tags": "eu"}}, true},
		{P{"eq": P{"addresses[].state": "NY"}}, true},
		{P{"eq": P{"addresses.state": "TX"}}, false},
		{P{"any": P{"addresses": P{"eq": P{"state": "CA", "zip": "1"}}}}, true},
		{P{"any": P{"addresses": P{"eq": P{"state": "CA", "zip": "2"}}}}, false},
	}
	for _, test := range tests {
		match, err := c.compile(test.filter)
		if err != nil {
			t.Errorf("%v: %v", test.filter, err)
			continue
		}
		if got := match(row); got != test.want {
			t.Errorf("%v holds: %v, want %v", test.filter, got, test.want)
		}
	}
}
