package schemas_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestSearchBounds refuses what is too much for one search, with the number, and takes as
// much as may be given.
func TestSearchBounds(t *testing.T) {
	t.Parallel()
	items := func(n int, item string) string { return strings.Repeat(item+",", n-1) + item }
	in := acmeInput(t, "")
	for _, tt := range []struct {
		form string // with the elements at %s
		item string
		most int
		said string
	}{
		{`{"filter":[%s]}`, `{"field":"status","op":"eq","value":"x"}`, 1000, "`filter` has more than 1000 conditions; use `in`"},
		{`{"any_of":[%s]}`, `{"status":{"$eq":"x"}}`, 1000, "`filter` has more than 1000 conditions"},
		{`{"filter":{"$and":[{"$or":[%s]},{"status":"x"}]}}`, `{"status":"x"}`, 999, "`filter` has more than 1000 conditions"},
		{`{"filter":[{"field":"status","op":"in","value":[%s]}]}`, `"x"`, 10_000, "`filter` has more than 10000 values"},
		{`{"filter":{"$and":[{"status":["a","b"]},{"$not":{"status":{"$in":[%s]}}}]}}`, `"x"`, 9_998, "`filter` has more than 10000 values"},
		{`{"filter":[{"field":"status","op":"in","value":"%s"}]}`, `x`, 10_000, "`filter` has more than 10000 elements"},
		{`{"sort":[%s]}`, `"-status"`, 20, "`sort` has more than 20 elements"},
		{`{"sort":"%s"}`, `status`, 20, "`sort` has more than 20 elements"},
		{`{"sort":"[%s]"}`, `\"status\"`, 20, "`sort` has more than 20 elements"},
		{`{"fields":[%s]}`, `"status"`, 1000, "`fields` has more than 1000 elements"},
		{`{"fields":"%s"}`, `status`, 1000, "`fields` has more than 1000 elements"},
	} {
		if _, err := in.Check(fmt.Appendf(nil, tt.form, items(tt.most, tt.item))); err != nil {
			t.Errorf("%s with %d of %s: %v", tt.form, tt.most, tt.item, err)
		}
		faults := faultsOf(t, in, fmt.Sprintf(tt.form, items(tt.most+1, tt.item)))
		if len(faults) != 1 || !strings.HasPrefix(faults[0].String(), tt.said) {
			t.Errorf("%s with %d of %s: refused with %v, want %q", tt.form, tt.most+1, tt.item, faults, tt.said)
		}
	}
}

// TestManyValuesAsText takes a text for a list of a thousand values and no more: longer ones
// are given as lists.
func TestManyValuesAsText(t *testing.T) {
	t.Parallel()
	in := acmeInput(t, "create")
	if _, err := in.Check([]byte(`{"id":"1","tags":"` + strings.Repeat("a,", 999) + `a"}`)); err != nil {
		t.Error(err)
	}
	if _, err := in.Check([]byte(`{"id":"1","tags":["a"` + strings.Repeat(`,"a"`, 1000) + `]}`)); err != nil {
		t.Error(err)
	}
	faults := faultsOf(t, in, `{"id":"1","tags":"`+strings.Repeat("a,", 1000)+`a"}`)
	if want := "`tags` is a text of more than 1000 values; give a list"; len(faults) != 1 || faults[0].String() != want {
		t.Errorf("refused with %v, want %q", faults, want)
	}
}
