package records

import (
	"encoding/json"
	"testing"

	"airbyte-mcp-server/schemas"
)

func TestRangesOfTime(t *testing.T) {
	t.Parallel()
	for param, want := range map[string]struct {
		name      string
		after, ok bool
	}{
		"created_after": {"created", true, true}, "updatedSince": {"updated", true, true}, "before": {"", false, true},
		"until": {"", false, true}, "title": {"", false, false}, "max_modified_time": {"modified_time", false, true},
	} {
		if name, after, ok := rangeOf(param); name != want.name || after != want.after || ok != want.ok {
			t.Errorf("%s: %q, %t, %t, want %+v", param, name, after, ok, want)
		}
	}
	at := &record{fields: map[string]any{"at": "2026-01-02T03:04:05Z"}}
	seconds := &record{fields: map[string]any{"at": json.Number("1767323045")}}
	none := &record{fields: map[string]any{"at": nil}}
	field := &schemas.Field{Name: "at"}
	for _, test := range []struct {
		bound      any
		after      bool
		in, absent bool
	}{
		{"2026-01-02T03:04:05Z", true, true, false}, {"2026-01-02T03:04:06Z", true, false, false}, {"2026-01-02", true, true, false},
		{"2026-01-02T03:04:05", false, true, false}, {"2026-01-02 03:04:04", false, false, false},
		{json.Number("1767323045"), true, true, false}, {json.Number("1767323045000"), false, true, false},
		{json.Number("1767323046000"), true, false, false}, {"some day", true, false, true},
	} {
		fits := timeTest(field, test.bound, test.after)
		if (fits == nil) != test.absent {
			t.Errorf("%v makes a condition: %t", test.bound, fits != nil)
		}
		if fits == nil {
			continue
		}
		if fits(at) != test.in || fits(seconds) != test.in || fits(none) {
			t.Errorf("%v, from then on %t: %t, %t, want %t", test.bound, test.after, fits(at), fits(seconds), test.in)
		}
	}
}

// TestListsBetweenTimes asks a list for what is newer than one of its records.
func TestListsBetweenTimes(t *testing.T) {
	t.Parallel()
	x := openTrial(t, &subject{connector: "woocommerce", entity: "products"}, "normal")
	all := x.pages("list", nil, 100)
	for param, inTime := range map[string]func(changed, bound string) bool{
		"after":  func(changed, bound string) bool { return changed >= bound },
		"before": func(changed, bound string) bool { return changed <= bound },
	} {
		bound := at(all[len(all)/2], "date_modified")
		want := 0
		for _, row := range all {
			if inTime(at(row, "date_modified"), bound) {
				want++
			}
		}
		if got := x.pages("list", P{param: bound}, 100); len(got) != want || want == 0 || want == len(all) {
			t.Errorf("%s %s: %d of %d records, want %d", param, bound, len(got), len(all), want)
		}
	}
}
