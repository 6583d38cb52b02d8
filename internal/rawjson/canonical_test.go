package rawjson_test

import (
	"errors"
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
