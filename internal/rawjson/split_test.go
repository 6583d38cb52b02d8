package rawjson_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"airbyte-mcp-server/internal/rawjson"
)

// FuzzSplit compares Elements and Split with encoding/json, and what they give with what
// there is.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{
		`[]`, `{}`, " {\"a\":1}\n", ` [ 1 , "a,]" , {"b":[1,2]} ,[]] `, `{"a":1,"b\"":{"c":[1,2]} , "d" : "}" }`,
		`{"a":1,"a":2}`, `[1,]`, `[1`, `{"a"}`, `"[1]"`, `[1]2`,
		"[\"\\\\\",\"\\\"\"]", "{\"\xff\":[\"\\ud800\"]}", `[null]`, `null`, ``, "[]\v", "\u00a0{}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var list []json.RawMessage
		isList := json.Unmarshal(raw, &list) == nil && list != nil
		elements, ok := rawjson.Elements(raw)
		if ok != isList || len(elements) != len(list) {
			t.Fatalf("Elements(%q) = %q, %v, want %q, %v", raw, elements, ok, list, isList)
		}
		for i, e := range elements {
			if !bytes.Equal(e, list[i]) {
				t.Errorf("Elements(%q)[%d] = %q, want %q", raw, i, e, list[i])
			}
		}
		var object map[string]json.RawMessage
		isObject := json.Unmarshal(raw, &object) == nil && object != nil
		members, ok := rawjson.Split(raw)
		if ok != isObject {
			t.Fatalf("Split(%q) = %q, %v, want %v", raw, members, ok, isObject)
		}
		last := map[string]json.RawMessage{}
		for _, m := range members {
			last[m.Name] = m.Value
		}
		for name, value := range object {
			if !bytes.Equal(last[name], value) || len(last) != len(object) {
				t.Errorf("Split(%q) = %q, want %q", raw, last, object)
			}
		}
	})
}
