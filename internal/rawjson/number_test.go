package rawjson_test

import (
	"strings"
	"testing"

	"airbyte-mcp-server/internal/rawjson"
)

func TestHasLongNumber(t *testing.T) {
	t.Parallel()
	nines := func(n int) string { return strings.Repeat("9", n) }
	for _, tt := range []struct {
		raw  string
		want bool
	}{
		{nines(1000), false},
		{nines(1001), true},
		{"-" + nines(1000), true},
		{"0." + nines(999), true},
		{"1e+" + nines(998), true},
		{"1E-" + nines(997), false},
		{`{"a":[1,{"b":` + nines(1001) + `}]}`, true},
		{`{"a":"` + nines(5000) + `"}`, false},
		{`{"a":"\"` + nines(5000) + `"}`, false},
		{`{"` + nines(5000) + `":1}`, false},
		{`[` + strings.Repeat("99,", 5000) + `9]`, false},
		{`["` + nines(600) + `",` + nines(600) + `]`, false},
		{`"` + nines(5000), false},
		{nines(600) + `""` + nines(600), false},
		{"", false},
	} {
		if got := rawjson.HasLongNumber([]byte(tt.raw)); got != tt.want {
			t.Errorf("%.40s…: got %v", tt.raw, got)
		}
	}
}
