package schemas_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"airbyte-mcp-server/internal/workbound"
	"airbyte-mcp-server/schemas"
)

// FuzzCheck sends anything to three kinds of arguments. What is accepted must be an
// object of JSON that is accepted again as it is; what is refused must be refused
// with words, and briefly.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{}`, `[]`, `{"id":"1","count":"2","buyer":{"email":"a","age":"3","lines":[{"amount":" 4"},{"amount":"4"}]}}`,
		`{"page_cursor":"c","note":null}`, `{"query":{"filter":{"and":[{"eq":{"id":"1"}},{"any":{"lines":{"eq":{"sku":null}}}}]},` +
			`"sort":[{"id":"asc"}]}}`,
		`{"id":"1","price":1e400,"free":{"a":[1,{"b":1e-999}]}}`, `{"id":"\ud800","meta":{"\u0000":"0"}}`,
		"{\"id\":\"\xff\",\"free\":{\"\xfe\":1,\"\xfd\":2}}",
	} {
		f.Add([]byte(seed))
	}
	f.Add([]byte(`{"id":"1","tags":[` + strings.Repeat(`{},`, 50_000) + `{}]}`))
	f.Add([]byte(`{"id":"` + strings.Repeat(`\u0041`, 20_000) + `","count":"` + strings.Repeat("9", 50_000) + `"}`))
	inputs := []*schemas.Input{acmeInput(f, "create"), acmeInput(f, "list"), acmeInput(f, "")}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, in := range inputs {
			var args schemas.Arguments
			var err error
			workbound.Check(t, "arguments", len(raw), 300, func() { args, err = in.Check(raw) })
			var invalid *schemas.InvalidError
			switch {
			case err == nil:
				accepted(t, in, raw, args)
			case !errors.As(err, &invalid) || len(invalid.Faults) == 0:
				t.Errorf("Check(%q) gave %T %v, want faults", raw, err, err)
			case len(err.Error()) > 50_000:
				t.Errorf("Check(%q) is refused in %d bytes", raw, len(err.Error()))
			}
		}
	})
}

func accepted(t *testing.T, in *schemas.Input, raw []byte, args schemas.Arguments) {
	t.Helper()
	out := args.JSON()
	if !json.Valid(out) {
		t.Fatalf("Check(%q) passed on %q, which is not JSON", raw, out)
	}
	offered := make(schemas.Arguments, len(args))
	for i, a := range args {
		offered[i] = schemas.Argument{Name: schemas.ArgumentName(a.Name), Value: a.Value}
	}
	again, err := in.Check(offered.JSON())
	if err != nil {
		t.Fatalf("Check(%q) passed on %q, which it refuses: %v", raw, out, err)
	}
	if utf8.Valid(raw) && !reflect.DeepEqual(again.JSON(), out) {
		t.Errorf("Check(%q) passed on %q, then %q", raw, out, again.JSON())
	}
}
