package rawjson_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/rawjson"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{ "b" : [1.50, {"d":null,"c":true}], "a":"\u00e9" }`: `{"a":"é","b":[1.50,{"c":true,"d":null}]}`,
		`12345678901234567890`:                                `12345678901234567890`,
		`[]`:                                                  `[]`,
		`{}`:                                                  `{}`,
		`[[1],[]]`:                                            `[[1],[]]`,
		`"x"`:                                                 `"x"`,
		`null`:                                                `null`,
		`{ "a":{},"b":[{}]}`:                                  `{"a":{},"b":[{}]}`,
	} {
		if got, err := rawjson.Canonical([]byte(raw)); err != nil || string(got) != want {
			t.Errorf("Canonical(%s) = %s, %v, want %s", raw, got, err, want)
		}
	}
	for _, raw := range []string{``, `{`, `{"a"`, `{"a":`, `{"a":1`, `[1`, `[1,`, `[{]`, `{"a":[}`, `1 2`, `{} x`, `[1]]`, `{"a":{"b":tru}}`} {
		if got, err := rawjson.Canonical([]byte(raw)); err == nil {
			t.Errorf("Canonical(%s) = %s, want an error", raw, got)
		}
	}
	for _, raw := range []string{`{"a":1,"a":1}`, `[{"b":{"a":1,"\u0061":2}}]`} {
		_, err := rawjson.Canonical([]byte(raw))
		if twice, ok := errors.AsType[*rawjson.DuplicateError](err); !ok || twice.Name != "a" || err.Error() != `"a" is given twice` {
			t.Errorf("Canonical(%s) gave %v, want a twice", raw, err)
		}
	}
	if _, err := rawjson.Canonical([]byte(`1 2`)); err == nil || err.Error() != "there is text after the value" {
		t.Errorf("got %v", err)
	}
}

// TestCanonicalFlat: what is taken apart without decoding has the form that decoding gives.
func TestCanonicalFlat(t *testing.T) {
	t.Parallel()
	names := []string{"a", "b", "B", "per_page", "q\"", "é", "<", ""}
	values := []string{
		`1`, `1.50`, `-0`, `1e5`, `"x"`, `""`, `"a b"`, `"<&>"`, `"é"`, `"\u0041"`, `"\n"`, "\"\x7f\"", `true`, `null`, `[]`, `{"b":1,"a":2}`,
	}
	for range 5000 {
		var b strings.Builder
		b.WriteString(" {")
		for i, n := range rand.Perm(len(names))[:rand.IntN(len(names))] {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(string(rawjson.Quote(names[n])) + ": " + values[rand.IntN(len(values))])
		}
		raw := b.String() + "}"
		decoded, err := rawjson.Decode([]byte(raw), nil)
		if err != nil {
			t.Fatal(err)
		}
		want, err := json.Marshal(decoded)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := rawjson.Canonical([]byte(raw)); err != nil || string(got) != string(want) {
			t.Fatalf("Canonical(%s) = %s, %v, want %s", raw, got, err, want)
		}
	}
}

func TestIsEmpty(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		"": true, " \n": true, "null": true, " {} ": true, "[]": true, `""`: true, "0": false, "false": false, "[0]": false, `{"a":1}`: false,
	} {
		if got := rawjson.IsEmpty([]byte(raw)); got != want {
			t.Errorf("%q is empty: %t, want %t", raw, got, want)
		}
	}
}
