package rawjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/rawjson"
)

// FuzzDecode compares Decode with encoding/json.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`[]`, `{}`, " {\"a\":1}\n", ` [ 1 , "a,]" , {"b":[-1.5e+3,2]} ,[]] `, `{"a":true,"b\"":{"c":[false,null]} , "d" : "}" }`,
		`{"a":1,"\u0061":2}`, `[{"b":{"a":1,"a":2}}]`, "[\"\\\\\",\"\\\"\"]", "{\"\xff\":[\"\\ud800\"]}", `null`, `"x"`, `7`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return
		}
		got, err := rawjson.Decode(raw, nil)
		if scanned := rawjson.Scan(raw, nil); fmt.Sprint(scanned) != fmt.Sprint(err) {
			t.Errorf("Decode(%q) gave %v, Scan %v", raw, err, scanned)
		}
		if twice, ok := errors.AsType[*rawjson.DuplicateError](err); ok {
			if bytes.Count(raw, []byte(`"`)) < 4 {
				t.Errorf("Decode(%q) finds %q twice", raw, twice.Name)
			}
			return
		}
		var want any
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber()
		if wrong := decoder.Decode(&want); wrong != nil || err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Decode(%q) = %v, %v, want %v", raw, got, err, want)
		}
	})
}

// TestDecodeRefuses names that are given twice, and numbers that are not accepted.
func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	many := `"` + strings.Join(strings.Fields("a b c d e f g h i a"), `":1,"`) + `":1`
	for _, raw := range []string{`{"a":1,"a":1}`, `[{"b":{"a":1,"\u0061":2}}]`, `{` + many + `}`} {
		_, err := rawjson.Decode([]byte(raw), nil)
		if twice, ok := errors.AsType[*rawjson.DuplicateError](err); !ok || twice.Name != "a" {
			t.Errorf("Decode(%s) gave %v, want a twice", raw, err)
		}
	}
	large := errors.New("too large")
	_, err := rawjson.Decode([]byte(`{"a":[1,22]}`), func(n json.Number) error {
		if len(n) > 1 {
			return large
		}
		return nil
	})
	if !errors.Is(err, large) {
		t.Errorf("got %v, want the number refused", err)
	}
}
