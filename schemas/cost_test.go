package schemas_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/workbound"
	"airbyte-mcp-server/schemas"
)

// many are so many bytes of a text, with a number in place of each %d.
func many(size int, text, between string) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		if i > 0 {
			b.WriteString(between)
		}
		b.WriteString(strings.ReplaceAll(text, "%d", strconv.Itoa(i)))
	}
	return b.String()
}

func deep(open, inner, shut string, levels int) string {
	return strings.Repeat(open, levels) + inner + strings.Repeat(shut, levels)
}

// heavyArguments are arguments of a few hundred kilobytes, by the action that they are for.
func heavyArguments() map[string][]string {
	const size = 300_000
	list := func(item string) string { return "[" + many(size, item, ",") + "]" }
	object := func(member string) string { return "{" + many(size, member, ",") + "}" }
	separators := strings.NewReplacer("0", "-", "1", "_", "2", ".", "3", " ", "4", "--", "5", "__", "6", "..", "7", "  ", "8", "-_", "9", "_-")
	return map[string][]string{
		"list": {
			object(`"%d":1`), object(`"sttae%d":"x"`), object(`"tool-call.id%d":1`), separators.Replace(object(`"tool%dcallid":true`)),
			`{"state":"` + strings.Repeat("x", size) + `"}`, `{"state":` + deep("[", list("1"), "]", 50) + `}`,
			`{"zzz":` + deep(`{"a":`, object(`"%d":1`), "}", 50) + `}`, `{"page_cursor":"` + strings.Repeat(`\u0041`, size/6) + `"}`,
		},
		"create": {
			`{"id":"1","tags":` + list(`{}`) + `}`, `{"id":"1","tags":` + list(`1`) + `}`, `{"id":"1","tags":` + list(`"a"`) + `}`,
			`{"id":"1","tags":` + list(`[]`) + `}`, `{"id":"1","tags":"` + many(size, "a", ",") + `"}`, `{"id":"1","counts":` + list(`"x"`) + `}`,
			`{"id":"1","counts":"` + many(size, "1", ",") + `"}`, `{"id":"1","counts":` + list(`"7"`) + `}`,
			`{"id":"1","meta":` + object(`"%d":"x"`) + `}`, `{"id":"1","free":` + object(`"%d":[{}]`) + `}`,
			`{"id":"1","free":` + deep(`{"a":[`, list("{}"), "]}", 25) + `}`, `{"id":"1","buyer":` + object(`"%d":1`) + `}`,
			`{"id":"1","buyer":{"email":"a","lines":` + list(`{"sku":1,"amount":"x","zz":1}`) + `}}`,
			`{"id":"1","buyer":{"email":"a","lines":` + list(`{"sku":"a"}`) + `}}`, `{"id":"1","count":"` + strings.Repeat("9", size) + `"}`,
		},
		"": {
			`{"filter":` + list(`{"field":"status","op":"eq","value":"x"}`) + `}`,
			`{"filter":` + list(`{"field":"statsu%d","op":"eq","value":1}`) + `}`,
			`{"filter":` + list(`{}`) + `}`, `{"filter":` + list(`7`) + `}`, `{"any_of":` + list(`{"status":{"$eq":"x"}}`) + `}`,
			`{"filter":` + object(`"f%d":{"$eq":1}`) + `}`, `{"filter":{"status":` + object(`"$op%d":1`) + `}}`,
			`{"filter":` + deep(`{"$and":[`, many(size, `{"status":"x"}`, ","), "]}", 25) + `}`,
			`{"filter":` + deep(`{"$not":`, `{"status":{"$in":`+list(`"x"`)+`}}`, "}", 50) + `}`,
			`{"filter":{"status":` + deep(`{"$not":`, `{"$in":`+list(`"x"`)+`}`, "}", 50) + `}}`,
			`{"filter":[{"field":"` + strings.Repeat("a.", size/2) + `","op":"eq","value":1}]}`,
			`{"filter":[{"field":"lines` + strings.Repeat(".a", size/2) + `","op":"eq","value":1}]}`,
			`{"filter":[{"field":"` + strings.Repeat("[]", size/2) + `","op":"eq","value":1}]}`,
			`{"sort":` + list(`"statsu%d"`) + `}`, `{"sort":` + list(`"-status"`) + `}`, `{"sort":` + object(`"s%d":"asc"`) + `}`,
			`{"sort":"` + many(size, "status", ",") + `"}`, `{"fields":` + list(`"statsu%d"`) + `}`, `{"fields":` + list(`"id"`) + `}`,
			`{"query":` + object(`"f%d":1`) + `}`, `{"query":{"filter":` + list(`{"eq":{"status":"x"}}`) + `}}`,
		},
	}
}

// TestCostOfArguments: what arguments take grows with their size and no faster, and they
// are refused in few words.
func TestCostOfArguments(t *testing.T) { //nolint:paralleltest // it measures the memory of the process
	for action, all := range heavyArguments() {
		in := acmeInput(t, action)
		_, _ = in.Check(nil) // compiles the schema
		for _, raw := range all {
			what := fmt.Sprintf("%s %.60s", action, raw)
			workbound.Check(t, what, len(raw), 300, func() {
				_, err := in.Check([]byte(raw))
				var invalid *schemas.InvalidError
				if errors.As(err, &invalid) && (len(invalid.Faults) > 51 || len(err.Error()) > 50_000) {
					t.Errorf("%s: refused with %d faults in %d bytes", what, len(invalid.Faults), len(err.Error()))
				}
			})
		}
	}
}

// TestManyFaults shows the first faults and counts the others.
func TestManyFaults(t *testing.T) {
	t.Parallel()
	items := func(n int, item string) string { return strings.Repeat(item+",", n-1) + item }
	for _, tt := range []struct{ action, given, last string }{
		{"create", `{"id":"1","tags":[` + items(60, `{}`) + `]}`, "and 10 more faults"},
		{"create", `{"id":"1","tags":[` + items(5000, `{}`) + `]}`, "and more than 1205 other faults"},
		{"create", `{"id":"1",` + many(60, `"%d":1`, ",") + `}`, "`9` is unknown"},
		{"create", `{"id":"1",` + many(20_000, `"n%d":1`, ",") + `}`, "and %d more faults"},
		{"", `{"filter":[` + items(2000, `{"field":"statsu","op":"eq","value":1}`) + `]}`, "and more than 451 other faults"},
		{"create", `{"id":"1","tags":[` + items(5000, `"a"`) + `,{}]}`, "`tags[5000]` must be string (got object)"},
		{"create", `{"id":"1","meta":{},"counts":[` + items(300, `{}`) + `],"tags":[` + items(9, `"a"`) + `,{},"a"]}`, "and 251 more faults"},
	} {
		faults := faultsOf(t, acmeInput(t, tt.action), tt.given)
		last := faults[len(faults)-1].String()
		if tt.last == "and %d more faults" {
			tt.last = fmt.Sprintf(tt.last, strings.Count(tt.given, `"n`)-50)
		}
		if !strings.HasPrefix(last, tt.last) {
			t.Errorf("%.40s…: the last of %d faults is %q, want %q", tt.given, len(faults), last, tt.last)
		}
	}
}
