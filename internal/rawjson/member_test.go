package rawjson_test

import (
	"encoding/json"
	"slices"
	"testing"

	"airbyte-mcp-server/internal/rawjson"
)

// FuzzEachMember: its members are those of Split, with their names as they were written.
func FuzzEachMember(f *testing.F) {
	for _, text := range surveyed() {
		f.Add([]byte(text))
	}
	f.Add([]byte("{ \"a\" :\t1.5e3 ,\n\"\\u0061\":[{}] , \"b\" : \"x\\\"\" , \"\xff\":true}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return
		}
		var got []rawjson.Member
		isObject := rawjson.EachMember(raw, func(name, value []byte) bool {
			text, _ := rawjson.Text(name)
			if rawjson.IsPlainName(name) && text != string(name[1:len(name)-1]) {
				t.Errorf("%q spells %q", name, text)
			}
			got = append(got, rawjson.Member{Name: text, Value: value})
			return true
		})
		want, alsoObject := rawjson.Split(raw)
		same := func(a, b rawjson.Member) bool { return a.Name == b.Name && string(a.Value) == string(b.Value) }
		if isObject != alsoObject || !slices.EqualFunc(got, want, same) {
			t.Errorf("%.200q has %.200q, want %.200q", raw, got, want)
		}
	})
}
