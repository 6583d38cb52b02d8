package paging_test

import (
	"encoding/json"
	"testing"

	"airbyte-mcp-server/internal/paging"
	"airbyte-mcp-server/internal/rawjson"
)

// TestMerge drops records only when they are surely the same.
func TestMerge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, have, next, want string
		chosen, isNew          bool
	}{
		{"an overlap", `[{"id":1},{"id":2}]`, `[{"id":2},{"id":3}]`, `[{"id":1},{"id":2},{"id":3}]`, false, true},
		{"changed in between", `[{"id":1,"v":1}]`, `[{"id":1,"v":2},{"id":2}]`, `[{"id":1,"v":1},{"id":2}]`, false, true},
		{"ids of something else", `[{"id":7,"d":1},{"id":7,"d":2}]`, `[{"id":7,"d":2},{"id":7,"d":3}]`,
			`[{"id":7,"d":1},{"id":7,"d":2},{"id":7,"d":3}]`, false, true},
		{"rows without an id", `[{"n":0}]`, `[{"n":0},{"n":1}]`, `[{"n":0},{"n":0},{"n":1}]`, false, true},
		{"all of it again", `[{"n":0}]`, `[{"n":0}]`, `[{"n":0}]`, false, false},
		{"alike, of chosen fields", `[{"n":0}]`, `[{"n":0}]`, `[{"n":0},{"n":0}]`, true, true},
		{"named, again", `[{"id":1}]`, `[{"id":1}]`, `[{"id":1}]`, true, false},
		{"an empty page", `[{"id":1}]`, `[]`, `[{"id":1}]`, false, true},
		{"no list at first", `{"x":1}`, `[1]`, `[1]`, false, true},
		{"envelopes", `{"n":1,"data":[1]}`, `{"data":[2]}`, `{"n":1,"data":[1,2]}`, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, isNew := paging.OfUnknown().Merge(json.RawMessage(tt.have), json.RawMessage(tt.next), tt.chosen)
			if string(got) != tt.want || isNew != tt.isNew {
				t.Errorf("got %s, %t; want %s, %t", got, isNew, tt.want, tt.isNew)
			}
		})
	}
}

// TestNoPager: an action that does not list has no pages, but may answer records.
func TestNoPager(t *testing.T) {
	t.Parallel()
	var p *paging.Pager
	if p.Turns() || p.CursorName() != "" || len(p.Records(rawjson.Unsurveyed([]byte(`{"data":[1,2]}`)))) != 2 {
		t.Error("the pager of an action without pages turns, or misses records")
	}
}
