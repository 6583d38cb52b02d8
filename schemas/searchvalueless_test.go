package schemas_test

import (
	"strings"
	"testing"
)

// Operators without a value are taken in each form, and mean the opposite with false.
func TestOperatorsWithoutAValue(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		`{"field":"status","op":"empty"}`:                 `{"eq":{"status":null}}`,
		`{"field":"status","op":"empty","value":"false"}`: `{"neq":{"status":null}}`,
		`{"field":"status","op":"filled","value":false}`:  `{"eq":{"status":null}}`,
		`{"field":"status","op":"IS NOT NULL"}`:           `{"neq":{"status":null}}`,
		`{"field":"status","op":"not in","value":"a,b"}`:  `{"not":{"in":{"status":["a","b"]}}}`,
		`{"empty":"status"}`:                              `{"eq":{"status":null}}`,
		`{"filled":{"status":true}}`:                      `{"neq":{"status":null}}`,
		`{"status":{"empty":true}}`:                       `{"eq":{"status":null}}`,
		`{"status":{"$exists":false}}`:                    `{"eq":{"status":null}}`,
	} {
		got, err := acmeInput(t, "").Check([]byte(`{"filter":[` + given + `]}`))
		if err != nil || !strings.Contains(string(got.JSON()), want) {
			t.Errorf("%s became %s, error %v, want %s", given, got.JSON(), err, want)
		}
	}
}

// What no one can read as values is refused, not asked for nothing.
func TestValuesNobodyCanRead(t *testing.T) {
	t.Parallel()
	for _, given := range []string{
		`{"field":"status","op":"in","value":"\"a,b\",c"}`, `{"field":"status","op":"in","value":""}`, `{"in":{"count":""}}`,
		`{"field":"status","op":"empty","value":"maybe"}`, `{"empty":{"status":"maybe"}}`, `{"empty":""}`,
	} {
		if got, err := acmeInput(t, "").Check([]byte(`{"filter":[` + given + `]}`)); err == nil {
			t.Errorf("%s became %s", given, got.JSON())
		}
	}
}
