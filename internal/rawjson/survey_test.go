package rawjson_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"airbyte-mcp-server/internal/rawjson"
)

// surveyed are values in which there is something to find, or nearly.
func surveyed() []string {
	long := strings.Repeat("a plain text, ", 12)
	list := validities()
	for _, text := range []string{
		`{"data":[{"id":1,"a":null},{"id":2}],"meta":{"next":""}}`, `{"a\u00e4":[1, 2,[3]],"b":{"c":[]}}`,
		`[{"a":"\n\t\/\\\""},{"b":"\b"},{"c":"\f"}]`, `{"a":"\ud83d\ude00","b":"\uD800"}`, `{"a":"\\ud800"}`,
		"[\"\x7f\"]", "[\"\xff\xfe\"]", `["é"]`, `["` + long + `é"]`, `["` + long + `\ue000"]`, `{"` + long + `":null, "b" : 1}`,
		strings.Repeat("[", 64) + strings.Repeat("]", 64), strings.Repeat("[", 65) + strings.Repeat("]", 65),
		strings.Repeat(`{"a":`, 63) + "[{}]" + strings.Repeat("}", 63), `[` + strings.Repeat("1,", 60_000) + `2]`,
		`{"a":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `,"b":1}`, `[{"a":null,"b":1 ,"c":[], "d":{"e":{} }}]`,
		`{"a":{},"b":{"x":null},"c":[{"d":[1,{"e":null}]}],"f":null}`,
	} {
		list = append(list, text, `{"result":`+text+`,"connector_metadata":{"x":null}}`, ` { "x":"é" , "result" : `+text+` } `)
	}
	return list
}

func FuzzSurvey(f *testing.F) {
	for _, text := range surveyed() {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, ok := rawjson.Survey(raw)
		if ok != json.Valid(raw) {
			t.Fatalf("%.100q is valid: %t", raw, ok)
		}
		members, alsoOK := rawjson.SurveyMembers(raw)
		if alsoOK != ok {
			t.Fatalf("%.100q as an object is valid: %t", raw, alsoOK)
		}
		if !ok {
			return
		}
		checkSurveyed(t, v, bytes.Trim(raw, " \t\r\n"), true)
		want, _ := rawjson.Split(raw)
		if len(members) != len(want) {
			t.Fatalf("%.100q has %d members, want %d", raw, len(members), len(want))
		}
		for i, m := range members {
			if m.Name != want[i].Name {
				t.Errorf("%.100q has %q, want %q", raw, m.Name, want[i].Name)
			}
			checkSurveyed(t, m, want[i].Value, false)
		}
	})
}

// checkSurveyed holds what was told of a value against what looks for one thing at a time
// find. Of a member what is told may be of what stands beside it.
func checkSurveyed(t *testing.T, v rawjson.Surveyed, want []byte, exactly bool) {
	t.Helper()
	if !bytes.Equal(v.Value, want) {
		t.Fatalf("the value is %.100q, want %.100q", v.Value, want)
	}
	for thing, found := range map[rawjson.Lacks]bool{
		rawjson.LacksSpace:     !rawjson.IsCompact(want),
		rawjson.LacksEscape:    hasEscape(want, "bfu"),
		rawjson.LacksSurrogate: hasSurrogate(want),
		rawjson.LacksHigh:      bytes.ContainsFunc(want, func(r rune) bool { return r >= 0x7F }),
		rawjson.LacksDepth:     rawjson.Depth(want) > rawjson.ShallowLevels,
	} {
		if lacks := v.Lacks.All(thing); lacks && found || exactly && lacks == found && thing != rawjson.LacksSpace {
			t.Errorf("%.100q lacks %b: %t", want, thing, lacks)
		}
	}
	if got, need := len(want)+v.Escapes, len(rawjson.Quote(want))-2; rawjson.IsCompact(want) && (got < need || exactly && got > need) {
		t.Errorf("%.100q takes %d bytes as a text, want %d", want, got, need)
	}
	checkParts(t, v, rawjson.Unsurveyed(want))
	lean, left := v.Lean()
	if left == v.Lacks.All(rawjson.LacksEmpty) || len(lean.Value) < len(v.Value) != left {
		t.Errorf("%.100q without empty members is %.100q, %t", want, lean.Value, left)
	}
	checkParts(t, lean, rawjson.Unsurveyed(lean.Value))
}

// checkParts holds the parts that are known against those that are looked for.
func checkParts(t *testing.T, v, plain rawjson.Surveyed) {
	t.Helper()
	const all = 1 << 20
	if got, want := v.Elements(all), plain.Elements(all); !reflect.DeepEqual(got, want) {
		t.Errorf("%.100q has the elements %.100q, want %.100q", v.Value, got, want)
	}
	got, want := v.Members(), plain.Members()
	if len(got) != len(want) {
		t.Fatalf("%.100q has %d members, want %d", v.Value, len(got), len(want))
	}
	for i, m := range got {
		if m.Name != want[i].Name || !bytes.Equal(m.Value, want[i].Value) || !reflect.DeepEqual(m.Elements(3), want[i].Elements(3)) {
			t.Errorf("%.100q has %q: %.100q, want %q: %.100q", v.Value, m.Name, m.Value, want[i].Name, want[i].Value)
		}
		gotLean, _ := m.Lean()
		wantLean, _ := want[i].Lean()
		if !bytes.Equal(gotLean.Value, wantLean.Value) || m.Lacks.All(rawjson.LacksEmpty) && len(wantLean.Value) < len(m.Value) {
			t.Errorf("%.100q without empty members is %.100q, want %.100q", m.Value, gotLean.Value, wantLean.Value)
		}
		if !reflect.DeepEqual(m.Elements(all), want[i].Elements(all)) || len(m.Members()) != len(want[i].Members()) {
			t.Errorf("%.100q has other parts", m.Value)
		}
	}
}

// hasEscape reports a backslash that one of some letters follows.
func hasEscape(raw []byte, letters string) bool {
	for i := 0; i < len(raw); i++ {
		if raw[i] == '\\' {
			i++
			if strings.IndexByte(letters, raw[i]) >= 0 {
				return true
			}
		}
	}
	return false
}

func hasSurrogate(raw []byte) bool {
	for i := 0; i+2 < len(raw); i++ {
		if raw[i] == '\\' {
			i++
			if raw[i] == 'u' && raw[i+1]|0x20 == 'd' {
				return true
			}
		}
	}
	return false
}

// FuzzAppendInner: what it writes is what AppendQuote writes, and what it spells is the text.
func FuzzAppendInner(f *testing.F) {
	for _, text := range surveyed() {
		f.Add([]byte(text), 0)
		f.Add([]byte(strings.Repeat(text[:min(len(text), 1000)], 3)+"\x00\x1f"), 7)
	}
	f.Add(bytes.Repeat([]byte{0}, 200), 3)
	f.Add(bytes.Repeat([]byte(`"`), 200), 200)
	f.Fuzz(func(t *testing.T, text []byte, room int) {
		before := append(make([]byte, 0, max(0, min(room, 1000))+1), '"')
		got := append(rawjson.AppendInner(before, text), '"')
		if want := rawjson.AppendQuote(nil, text); !bytes.Equal(got, want) {
			t.Fatalf("%.200q became %.200q, want %.200q", text, got, want)
		}
		var spelt string
		if err := json.Unmarshal(got, &spelt); utf8.Valid(text) && (err != nil || spelt != string(text)) {
			t.Errorf("%.200q spells %.200q: %v", got, spelt, err)
		}
	})
}

// BenchmarkSurvey is what one look over an answer takes, and what quoting it takes.
func BenchmarkSurvey(b *testing.B) {
	record := `{"id":"rec_000001","name":"Customer 1","amount":101.50,"tags":["alpha","beta"],"note":"` + strings.Repeat("x", 40) + `"},`
	raw := []byte(`{"result":{"data":[` + strings.Repeat(record, 8000) + `{}],"meta":{"has_more":true}},"connector_metadata":{}}`)
	b.Run("survey", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			rawjson.SurveyMembers(raw)
		}
	})
	b.Run("quote", func(b *testing.B) {
		var out []byte
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			out = rawjson.AppendInner(out[:0], raw)
		}
	})
}
