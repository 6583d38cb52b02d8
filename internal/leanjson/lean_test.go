package leanjson_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/leanjson"
	"airbyte-mcp-server/internal/rawjson"
)

func TestLean(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ raw, want string }{
		{`{"a":1}`, `{"a":1}`},
		{`{"a":null,"b":"","c":[],"d":{},"e":0,"f":false,"g":" "}`, `{"e":0,"f":false,"g":" "}`},
		{`{"a":{"nodes":[]},"b":1}`, `{"b":1}`},
		{`{"a":null}`, `{}`},
		{`[null,"",{},{"a":null},[]]`, `[null,"",{},{},[]]`},
		{`{"a":[null],"b":[{"c":null,"d":2}]}`, `{"a":[null],"b":[{"d":2}]}`},
		{` { "a" : null , "b" : [ 1 , 2 ] , "c":{ "d" : [ ] } } `, ` {  "b" : [ 1 , 2 ]  } `},
		{`{"a":1,"b":null,"c":"","d":2,"e":[],"f":{}}`, `{"a":1,"d":2}`},
		{`{"a":null,"b":"","c":1}`, `{"c":1}`},
		{`{"a":{"b":{"c":null,"d":""},"e":[]},"f":{"g":null,"h":1,"i":null}}`, `{"f":{"h":1}}`},
		{`[{"a":null},{"a":1,"b":null}]`, `[{},{"a":1}]`},
		{`{"a\"]}":"null,[]","b":""}`, `{"a\"]}":"null,[]"}`},
		{`{"n":-1.5e+400,"x":null}`, `{"n":-1.5e+400}`},
		{`null`, `null`},
		{`""`, `""`},
		{`{"nullable":true}`, `{"nullable":true}`},
	} {
		got, left := leanjson.Lean([]byte(tt.raw))
		if string(got) != tt.want || left != (tt.want != tt.raw) && left {
			t.Errorf("Lean(%s) = %s, %t, want %s", tt.raw, got, left, tt.want)
		}
	}
}

// TestLeanAtDepth: what is nested beyond the bound is copied as it is.
func TestLeanAtDepth(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":`, 9_000) + `{"b":null}` + strings.Repeat("}", 9_000)
	if got, left := leanjson.Lean([]byte(deep)); left || string(got) != deep {
		t.Errorf("left out %t, %d of %d bytes", left, len(got), len(deep))
	}
	if got, left := leanjson.Lean([]byte(`{"x":null,"y":` + deep + `}`)); !left || string(got) != `{"y":`+deep+`}` {
		t.Errorf("left out %t, %d of %d bytes", left, len(got), len(deep))
	}
}

// FuzzLean: what comes out is what encoding/json makes of the same rule.
func FuzzLean(f *testing.F) {
	f.Add([]byte(`{"a":[{"b":null},{}],"c":{"d":{"e":""}}}`))
	f.Add([]byte("[\t{\"\\u0022\" : {} }\n]"))
	f.Add([]byte(`{"a":1 , "b":null , "c":"" ,"d":[{},{"e":[ ]} ], "f":{"g":{} }}`))
	f.Add([]byte(strings.Repeat(`{"a":`, 101) + `{"b":null,"c":{ }}` + strings.Repeat("}", 101)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if json.Valid(raw) {
			got, left := leanjson.Lean(raw)
			if want, wasLeft := written(raw); !bytes.Equal(got, want) || left != wasLeft {
				t.Fatalf("%q became %q, %t, want %q, %t", raw, got, left, want, wasLeft)
			}
		}
		if _, err := rawjson.Canonical(raw); err != nil || !json.Valid(raw) || rawjson.Depth(raw) > 90 {
			return // not valid, or two members of one name
		}
		got, left := leanjson.Lean(raw)
		if !left && !bytes.Equal(got, raw) {
			t.Fatalf("%q became %q, though nothing was left out", raw, got)
		}
		want := without(decoded(t, raw))
		if have := decoded(t, got); !reflect.DeepEqual(have, want) {
			t.Errorf("%q became %q, want %v", raw, got, want)
		}
	})
}

func decoded(t *testing.T, raw []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	return v
}

func without(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, member := range v {
			switch lean := without(member).(type) {
			case nil:
			case string:
				if lean != "" {
					out[name] = lean
				}
			case map[string]any:
				if len(lean) > 0 {
					out[name] = lean
				}
			case []any:
				if len(lean) > 0 {
					out[name] = lean
				}
			default:
				out[name] = lean
			}
		}
		return out
	case []any:
		for i := range v {
			v[i] = without(v[i])
		}
	}
	return v
}

func TestRows(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ raw, want string }{
		{`[{"id":1,"user":{"login":"a"}},{"id":2,"tags":["x"]}]`, `{"columns":["id","user.login","tags"],"rows":[[1,"a",null],[2,null,["x"]]]}`},
		{`[{"a":{}},{"a":1.50}]`, `{"columns":["a"],"rows":[[{}],[1.50]]}`},
		{`[{"a":1}]`, ""},
		{`[{"a":{"b":1},"a.b":2},{"a.b":3}]`, ""},
		{`[{"a":1},{"a":1,"a":2}]`, ""},
		{`[{"a":1},2]`, ""},
		{`{"a":1}`, ""},
	} {
		got, ok := leanjson.Rows([]byte(tt.raw))
		if string(got) != tt.want || ok != (tt.want != "") {
			t.Errorf("Rows(%s) = %s, %t, want %s", tt.raw, got, ok, tt.want)
		}
	}
}

func BenchmarkLean(b *testing.B) {
	record := `{"number":1,"title":"Issue","body":"` + strings.Repeat("x", 300) + `","labels":{"nodes":[]},"milestone":null},`
	raw := []byte("[" + strings.TrimSuffix(strings.Repeat(record, 2500), ",") + "]")
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		leanjson.Lean(raw)
	}
}
